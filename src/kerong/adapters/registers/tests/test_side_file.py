"""The side file cannot run anything in a spreadsheet, and comes back as it was written."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.adapters.registers.checks import Problem
from kerong.adapters.registers.side_file import HEADER, SideFile, harmless

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("text", ["=1+1", "+1", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "＝1", "-1+2", "--5"])
def test_formula_is_prefixed(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["-5", "-5.25", "-1,234", "5", "武汉", "", "a=b"])
def test_number_and_text_stay(text: str) -> None:
    assert harmless(text) == text


@given(text=st.text())
def test_nothing_starts_like_a_formula(text: str) -> None:
    cell = harmless(text)

    assert not cell.startswith(("=", "+", "@", "\t", "\r"))
    assert cell.removeprefix("'") == text.replace("\0", "").removeprefix("'")


def test_lines_come_back_as_written(tmp_path: Path) -> None:
    path = tmp_path / "problems.csv"

    with SideFile(path) as side_file:
        side_file.write([Problem(7, "名称", '=HYPERLINK("x"),\n"', "code_check_digit", "细节")])

    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == list(HEADER)
    assert rows[1] == [
        "7",
        "名称",
        '\'=HYPERLINK("x"),\n"',
        "整行未导入",
        "code_check_digit",
        "统一社会信用代码：第 18 位校验码不符：细节",
    ]
