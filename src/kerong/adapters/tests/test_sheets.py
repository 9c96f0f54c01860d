"""Tables as files: what was written is read back, and no cell runs as a formula."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from kerong.adapters.sheets import as_csv, as_xlsx, harmless

HEAD = ["名称", "数"]
ROWS = [["甲，乙", 5], ['引"号', None], ["=1+1", 0], ["@SUM(A1)", -3], ["含\x07铃\n换行", 7]]


def test_csv_is_read_back_by_excel_s_rules() -> None:
    written = as_csv(HEAD, ROWS)

    assert written.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert lines[0] == HEAD
    assert lines[1] == ["甲，乙", "5"]
    assert lines[3][0] == "'=1+1"


def test_workbook_holds_texts_and_numbers_and_no_formula() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx("长" * 50, HEAD, ROWS))).active

    assert sheet is not None
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0] == ("名称", "数")
    assert lines[1] == ("甲，乙", 5)
    assert lines[5] == ("含铃\n换行", 7)
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", " =1", "\0=1"]
)
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    notes = ("说明", [("查找", text)])
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx("表", ["a"], [[text]], notes)))
    cells = [book.worksheets[0]["A2"], book.worksheets[1]["B1"]]

    stored = text.replace("\0", "")
    assert [(cell.data_type, cell.value, cell.quotePrefix) for cell in cells] == [("s", stored, True)] * 2
    _head, [in_csv] = csv.reader(io.StringIO(as_csv(["a"], [[text]]).decode("utf-8-sig"), newline=""))
    assert in_csv.startswith("'")


def test_numbers_stay_numbers_and_control_characters_are_dropped() -> None:
    assert harmless(-5) == -5
    assert harmless("a\x07b\ufffe\ud800") == "ab"


def test_a_table_without_rows_is_a_head_that_can_be_opened() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx("空", HEAD, []))).active

    assert sheet is not None
    assert list(sheet.iter_rows(values_only=True)) == [("名称", "数")]
    assert sheet.freeze_panes == "A2"
