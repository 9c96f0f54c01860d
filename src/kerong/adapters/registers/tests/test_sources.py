"""Files as people send them: encodings, workbooks, damage, and what is refused."""

from __future__ import annotations

import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kerong.adapters.registers.columns import ColumnsError
from kerong.adapters.registers.sources import Limits, SourceError
from kerong.adapters.registers.tests.invented import checks, code, run

if TYPE_CHECKING:
    from pathlib import Path

A, B, C, D = (code(number) for number in range(4))


def _facts(folder: Path) -> list[dict[str, Any]]:
    return pq.read_table(folder / "facts.parquet").to_pylist()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_encoding_and_delimiter_are_found(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "register.csv"
    rows = [("统一社会信用代码", "名称", "市"), (A, "甲鱼镕有限公司", "武汉"), (B, "乙", "宜昌")]
    path.write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))

    report = run(path, tmp_path / "out")

    assert [(row["uscc"], row["name"]) for row in _facts(tmp_path / "out")] == [
        (A, "甲鱼镕有限公司"),
        (B, "乙"),
    ]
    assert report["notes"] == [f"编码 {encoding}，分隔符 {delimiter!r}"]


def test_late_non_ascii_is_still_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    lines = [
        "uscc,name",
        *(f"{code(number)},plain" for number in range(30_000)),
        f"{A[:-1]}?,武汉末行有限公司",
    ]
    path.write_bytes("\n".join(lines).encode("gb18030"))

    assert run(path)["notes"] == ["编码 gb18030，分隔符 ','"]


def test_rows_keep_their_numbers_after_broken_and_empty_ones(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    lines = ["登记册", "uscc,name", f"{A},甲", "", "a,b,c,d", f"{B},乙", "only", f"{C},丙"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    report = run(path, tmp_path / "out")

    assert [(row["flag_row"], row["name"]) for row in _facts(tmp_path / "out")] == [
        (3, "甲"),
        (6, "乙"),
        (8, "丙"),
    ]
    assert checks(report) == {"row_width": 2}
    assert report["rows"]["read"] == 5
    assert report["notes"][-1] == "略过 1 个空白行（读入的各列都没有内容）"


def test_quoted_cells_hold_delimiters_and_lines(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(f'uscc,"na\nme",住所\n{A},"甲,\n乙","武汉市江夏区"\n', encoding="utf-8")

    run(path, tmp_path / "out")

    assert _facts(tmp_path / "out")[0]["region_code"] == "420115"


def test_one_column_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(f"uscc\n{A}\n{B}\n", encoding="utf-8")

    assert run(path)["rows"]["imported"] == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "空文件"),
        ("a.csv", b"uscc,name\n", "只有表头"),
        ("a.csv", b"\xff\xfeu\x00", "UTF-16"),
        ("a.csv", b"uscc\n\x00\x01\x02", "编码"),
        ("a.csv", b"<html><body>login</body></html>", "不是 csv"),
        ("a.csv", b"%PDF-1.7", "不是 csv"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Excel"),
        ("a.xlsx", b"uscc,name\n", "不是 csv、xlsx 或 Parquet"),
        ("a.xlsx", b"PK\x03\x04broken", "已损坏"),
        ("a.csv", b"PK\x03\x04broken", "扩展名"),
        ("a.parquet", b"PAR1broken", "截断"),
        ("a.exe", b"uscc\n", "扩展名"),
    ],
)
def test_unusable_file_is_refused_with_a_reason(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(SourceError, match=said):
        run(path, tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="没有这个文件"):
        run(tmp_path / "nothing.csv")
    with pytest.raises(SourceError, match="不是文件"):
        run(tmp_path)


def test_truncated_parquet_is_refused_and_nothing_stored(tmp_path: Path) -> None:
    whole = tmp_path / "whole.parquet"
    pq.write_table(pa.table({"uscc": [code(number) for number in range(5_000)]}), whole)
    path = tmp_path / "register.parquet"
    path.write_bytes(whole.read_bytes()[:-200])

    with pytest.raises(SourceError, match="截断"):
        run(path, tmp_path / "out")


def test_parquet_damaged_inside_is_refused_and_nothing_stored(tmp_path: Path) -> None:
    path = tmp_path / "register.parquet"
    pq.write_table(pa.table({"uscc": [code(number) for number in range(5_000)]}), path, compression="zstd")
    content = bytearray(path.read_bytes())
    content[1_000:9_000] = bytes(8_000)
    path.write_bytes(content)

    with pytest.raises(SourceError, match="损坏"):
        run(path, tmp_path / "out")

    assert [one.name for one in tmp_path.iterdir()] == ["register.parquet"]


def test_nested_parquet_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "register.parquet"
    pq.write_table(pa.table({"uscc": [[A]]}), path)

    with pytest.raises(SourceError, match="应为文本"):
        run(path)


def _workbook(path: Path, rows: list[list[Any]], *, merge: str = "") -> Path:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "企业"
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    book.save(path)
    return path


def test_workbook_with_title_blank_rows_merged_cells_and_dates(tmp_path: Path) -> None:
    rows = [
        ["某市企业名单", None, None, None],
        [],
        ["统一社会信用代码", "名称", "成立日期", "注册资本(万元)"],
        [A, "甲", datetime(2019, 3, 1), 100],  # noqa: DTZ001 - spreadsheets know no zone
        [None, None, None, None],
        [B, "乙", "2020/5/6", 12.5],
        [C, "丙", 43525, "=10*10"],
    ]
    path = _workbook(tmp_path / "register.xlsx", rows, merge="A1:D1")

    report = run(path, tmp_path / "out")

    names = ("flag_row", "uscc", "registered_on", "registered_capital_fen")
    assert [tuple(row[name] for name in names) for row in _facts(tmp_path / "out")] == [
        (4, A, 20190301, 100_000_000),
        (6, B, 20200506, 12_500_000),
        (7, C, None, None),
    ]
    assert checks(report) == {"date_serial": 1, "formula_without_value": 1}
    assert [note for note in report["notes"] if "合并单元格" in note]


def test_formula_with_a_stored_value_counts_with_it(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "plain.xlsx", [["uscc", "从业人员"], [A, "=1+1"]])
    stored = tmp_path / "register.xlsx"
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(stored, "w") as after:
        for member in before.infolist():
            content = before.read(member).replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
            content = content.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
            after.writestr(member, content)

    report = run(stored, tmp_path / "out")

    assert _facts(tmp_path / "out")[0]["staff_count"] == 2
    assert checks(report) == {}


def test_code_stored_as_a_number_is_rejected(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "register.xlsx", [["uscc"], [914201001234567890], [A]])

    assert run(path)["rows"] == {"read": 2, "imported": 1, "rejected": 1, "codes_normalised": 0}


def test_sheet_is_chosen_by_name(tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    book = openpyxl.Workbook()
    second: Any = book.create_sheet("第二")
    second.append(["uscc"])
    second.append([A])
    book.save(path)

    assert run(path, sheet="第二")["rows"]["imported"] == 1
    with pytest.raises(SourceError, match="没有内容"):
        run(path)
    with pytest.raises(SourceError, match="第二"):
        run(path, sheet="第三")


@pytest.mark.parametrize("declaration", [b"<!DOCTYPE x>", b'<!DOCTYPE x [<!ENTITY a "b">]>'])
def test_workbook_with_a_document_type_is_refused(tmp_path: Path, declaration: bytes) -> None:
    path = _workbook(tmp_path / "plain.xlsx", [["uscc"], [A]])
    hostile = tmp_path / "register.xlsx"
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(hostile, "w") as after:
        for member in before.infolist():
            after.writestr(member, declaration + before.read(member))

    with pytest.raises(SourceError, match="文档类型声明"):
        run(hostile)


@pytest.mark.parametrize(
    ("member", "content"),
    [("xl/inner.zip", b"PK"), ("../outside.xml", b"<a/>"), ("xl/bomb.xml", b"0" * 3_000_000)],
)
def test_hostile_archive_is_refused(tmp_path: Path, member: str, content: bytes) -> None:
    path = tmp_path / "register.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<a/>")
        archive.writestr(member, content)

    with pytest.raises(SourceError, match="不可接受"):
        run(path)


def test_too_many_rows_columns_and_members_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("uscc,b,c\n" + f"{A},,\n" * 5, encoding="utf-8")

    with pytest.raises(SourceError, match="上限"):
        run(path, limits=Limits(rows=3))
    with pytest.raises(SourceError, match="上限"):
        run(path, limits=Limits(columns=2))
    with pytest.raises(SourceError, match="上限"):
        run(_workbook(tmp_path / "a.xlsx", [["uscc"], [A]]), limits=Limits(archive_members=2))


def test_file_without_code_column_names_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("甲,乙\n1,2\n", encoding="utf-8")

    with pytest.raises(ColumnsError, match="甲、乙"):
        run(path)
