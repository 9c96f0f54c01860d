"""The command `kerong facts`: imports, refusals and exit statuses, as an operator meets them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from kerong.adapters.registers import forms
from kerong.basics.identity_codes import compose
from kerong.basics.policies_folder import policies_folder
from kerong.cli import main
from kerong.engines.rules.loading import read_library
from kerong.engines.rules.snapshot import open_snapshot

if TYPE_CHECKING:
    from click.testing import Result

A, B = (compose("9", "1", "420100", f"T{number:07d}") for number in range(2))
FACTS = """\
schema: 1
holders:
  market_regulation: {label: 市场监管部门, label_en: market regulation}
facts:
  registered_on:
    label: 成立日期
    label_en: date of registration
    type: date
    subject: enterprise
    holder: market_regulation
    document: 营业执照
    document_en: business licence
    sensitivity: L1
    act: "no"
    effort: 9
  registered_capital_fen:
    label: 注册资本
    label_en: registered capital
    type: money
    unit: wan_yuan
    range: {min: 0, max: 100000000}
    subject: enterprise
    holder: market_regulation
    document: 营业执照
    document_en: business licence
    sensitivity: L1
    act: up
    effort: 6
"""


@pytest.fixture(autouse=True)
def _own_policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "facts.yaml").write_text(FACTS, encoding="utf-8")
    monkeypatch.setenv("KERONG_POLICIES", str(folder))
    monkeypatch.chdir(tmp_path)


def _run(*words: str) -> Result:
    return CliRunner().invoke(main, ["facts", *words])


def _register(text: str = f"uscc,名称,注册资本,成立日期,备注\n{A},甲有限公司,100万元,2019-03-01,x\n") -> str:
    Path("register.csv").write_text(text, encoding="utf-8")
    return "register.csv"


def test_import_stores_facts_and_snapshot_where_it_says() -> None:
    result = _run("import", _register(), "--on", "2026-11-23")

    folder = Path(".kerong/facts/register")
    assert (result.exit_code, result.exception) == (0, None)
    assert "备注  不认识的列，未导入" in result.output
    assert "读取 1 行，导入 1 行，未导入 0 行" in result.output
    assert pq.read_table(folder / "facts.parquet")["registered_capital_fen"].to_pylist() == [100_000_000]
    snapshot = open_snapshot(folder / "snapshot", verify=True)
    assert snapshot.firm(0) == {"registered_on": 20190301, "registered_capital_fen": 100_000_000}
    assert snapshot.row_of(A) == 0


def test_import_again_keeps_the_result_until_told_to_replace() -> None:
    _run("import", _register())

    refused = _run("import", _register())
    replaced = _run("import", _register(), "--replace")

    assert refused.exit_code == 1
    assert "--replace" in refused.output
    assert replaced.exit_code == 0


def test_report_only_stores_nothing() -> None:
    result = _run("import", _register(), "--report-only")

    assert result.exit_code == 0
    assert not Path(".kerong").exists()


def test_mapping_file_is_used() -> None:
    Path("mapping.yaml").write_text(
        "columns:\n  代号: uscc\n  资本: {role: registered_capital, unit: 万元}\n", encoding="utf-8"
    )

    result = _run("import", _register(f"代号,资本\n{A},5\n"), "--mapping", "mapping.yaml", "--out", "out")

    assert result.exit_code == 0
    assert pq.read_table("out/facts.parquet")["registered_capital_fen"].to_pylist() == [5_000_000]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "空文件"),
        ("甲,乙\n1,2\n", "文件中的列：甲、乙"),
        (f"uscc\n{A}\x00\n", "编码"),
        ("uscc\n", "只有表头"),
    ],
)
def test_unusable_file_is_refused_in_words(text: str, said: str) -> None:
    result = _run("import", _register(text))

    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_missing_file_is_refused_in_words() -> None:
    result = _run("import", "nothing.csv")

    assert result.exit_code == 1
    assert "没有这个文件：nothing.csv" in result.output


def test_no_usable_row_has_its_own_exit_status() -> None:
    result = _run("import", _register(f"uscc\n{A[:-1]}\n"), "--out", "out")

    assert result.exit_code == 3
    assert Path("out/problems.csv").exists()


def test_list_prints_every_fact() -> None:
    result = _run("list")

    assert result.output.splitlines() == [
        "registered_on\t成立日期\tdate",
        "registered_capital_fen\t注册资本\t万元",
    ]


def test_forms_are_codes_of_the_shipped_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KERONG_POLICIES")
    library, _ = read_library(policies_folder())
    texts = ("有限责任公司", "普通合伙", "个人独资企业", "个体工商户", "农民专业合作社", "分公司")

    decided = {forms.decide_form(text, "91", "").code for text in texts}

    assert decided == set(library.facts["enterprise_form_code"].codes)
