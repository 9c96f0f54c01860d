"""Invoice files: what is read exactly, what is set aside and why, what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kerong.adapters.invoices.columns import HeadingError
from kerong.adapters.invoices.reading import ReadFile, read_invoices
from kerong.adapters.registers.sources import Limits, SourceError
from kerong.adapters.registers.tests.invented import code

SALES = "企业代号,发票号码,开票日期,购方单位代号,金额,税额,价税合计,发票状态"


def _csv(tmp_path: Path, *lines: str, header: str = SALES, encoding: str = "utf-8") -> Path:
    path = tmp_path / "invoices.csv"
    path.write_text("\n".join((header, *lines)) + "\n", encoding=encoding)
    return path


def _rows(read: ReadFile) -> list[dict[str, Any]]:
    return read.table.to_pylist()


def _problems(read: ReadFile) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.check) for one in read.problems]


def test_row_of_the_tax_bureau_is_read_exactly(tmp_path: Path) -> None:
    path = _csv(tmp_path, "E1,3390939,2017-07-18,A1,-943.40,-56.6,-1000,有效发票", encoding="gb18030")

    read = read_invoices(path, "sale")

    assert _rows(read) == [
        {"firm": "E1", "counterparty": "A1", "day": date(2017, 7, 18), "net_fen": -94_340, "is_valid": True}
    ]
    assert _problems(read) == []


def test_own_columns_in_fen_and_flags_are_read(tmp_path: Path) -> None:
    path = tmp_path / "own.parquet"
    table = {
        "firm": ["E1", "E1"],
        "counterparty": ["a", None],
        "day": pa.array([date(2024, 1, 2), date(2024, 1, 3)]),
        "net_fen": [123, -5],
        "tax_fen": [10, 0],
        "total_fen": [133, -5],
        "valid": [True, False],
    }
    pq.write_table(pa.table(table), path)

    read = read_invoices(path, "purchase")

    assert [(row["net_fen"], row["is_valid"], row["counterparty"]) for row in _rows(read)] == [
        (123, True, "a"),
        (-5, False, None),
    ]
    assert _problems(read) == [(3, "counterparty", "counterparty_missing")]
    assert read.notes == ["没有“发票号码”一列：无法识别重复的行，全部计入"]


def test_floats_and_workbooks_give_the_same_fen_as_text(tmp_path: Path) -> None:
    amounts = [0.29, 1.1, 100000.57, 3978956.9, -0.07, 99999999.99, 1234567.85]
    lines = [f"E1,{at},2024-01-02,A,{amount},0,{amount},有效发票" for at, amount in enumerate(amounts)]
    book = openpyxl.Workbook()
    book.active.append(SALES.split(","))
    for at, amount in enumerate(amounts):
        book.active.append(["E1", at, date(2024, 1, 2), "A", amount, 0, amount, "有效发票"])
    book.save(tmp_path / "book.xlsx")
    pq.write_table(
        pa.table(
            {
                "firm": ["E1"] * 7, "counterparty": ["A"] * 7, "date": [date(2024, 1, 2)] * 7,
                "net": amounts, "tax": [0.0] * 7, "gross": amounts, "valid": [True] * 7,
            }
        ),
        tmp_path / "floats.parquet",
    )  # fmt: skip

    found = [
        read_invoices(path, "sale").table.column("net_fen").to_pylist()
        for path in (_csv(tmp_path, *lines), tmp_path / "book.xlsx", tmp_path / "floats.parquet")
    ]

    assert found == [[29, 110, 10_000_057, 397_895_690, -7, 9_999_999_999, 123_456_785]] * 3


@pytest.mark.parametrize(
    ("line", "column", "check"),
    [
        (",1,2024-01-02,A,1,0,1,有效发票", "企业代号", "firm_missing"),
        ("E1,1,,A,1,0,1,有效发票", "开票日期", "day_missing"),
        ("E1,1,02/03/2024,A,1,0,1,有效发票", "开票日期", "day_ambiguous"),
        ("E1,1,45293,A,1,0,1,有效发票", "开票日期", "day_serial"),
        ("E1,1,2024-02-30,A,1,0,1,有效发票", "开票日期", "day_no_such_day"),
        ("E1,1,2024-01,A,1,0,1,有效发票", "开票日期", "day_incomplete"),
        ("E1,1,2024-01-02,A,,0,1,有效发票", "金额", "net_missing"),
        ("E1,1,2024-01-02,A,一百,0,1,有效发票", "金额", "net_unreadable"),
        ("E1,1,2024-01-02,A,(1.00),0,1,有效发票", "金额", "net_unreadable"),
        ("E1,1,2024-01-02,A,1.005,0,1,有效发票", "金额", "net_not_whole"),
        ("E1,1,2024-01-02,A,1000000000000,0,1,有效发票", "金额", "net_too_large"),
        ("E1,1,2024-01-02,A,1,0,1,", "发票状态", "state_missing"),
        ("E1,1,2024-01-02,A,1,0,1,异常", "发票状态", "state_unknown"),
        ("E1,1,2024-01-02,A,1,0,1,有效发票,多一列", "", "row_width"),
    ],
)
def test_bad_row_is_set_aside_and_named(tmp_path: Path, line: str, column: str, check: str) -> None:
    good = "E1,2,2024-01-03,A,2,0,2,有效发票"

    read = read_invoices(_csv(tmp_path, line, good), "sale")

    assert [row["net_fen"] for row in _rows(read)] == [200]
    assert _problems(read) == [(2, column, check)]
    assert (read.rows_read, read.rows_rejected) == (2, 1)
    assert "：" in read.problems[0].reason


def test_sums_that_disagree_are_noted_and_counted_by_net(tmp_path: Path) -> None:
    path = _csv(
        tmp_path,
        "E1,1,2024-01-02,A,100,13,113,有效发票",
        "E1,2,2024-01-02,A,100,13,113.01,有效发票",
        "E1,3,2024-01-02,A,100,,113,有效发票",
    )

    read = read_invoices(path, "sale")

    assert read.table.column("net_fen").to_pylist() == [10_000] * 3
    assert _problems(read) == [(3, "价税合计", "sums_disagree"), (4, "税额", "tax_unusable")]


def test_only_rows_equal_in_everything_count_once(tmp_path: Path) -> None:
    path = _csv(
        tmp_path,
        "E1,7,2024-01-02,A,100,13,113,有效发票",
        "E1,7,2024-01-02,A,100,13,113,作废发票",
        "E2,7,2024-01-02,A,100,13,113,有效发票",
        "E1,7,2024/1/2,A,100.00,13,113,有效发票",
        "E1,7,2024-01-02,B,100,13,113,有效发票",
        "E1,,2024-01-02,A,100,13,113,有效发票",
        "E1,,2024-01-02,A,100,13,113,有效发票",
    )

    read = read_invoices(path, "sale")

    assert read.table.num_rows == 6
    assert _problems(read) == [(5, "发票号码", "duplicate")]


def test_repeated_rows_are_found_across_batches(tmp_path: Path) -> None:
    lines = [f"E1,{number},2024-01-02,A,{number},0,{number},有效发票" for number in range(1, 40)]

    read = read_invoices(_csv(tmp_path, *lines, *lines[:5]), "sale", limits=Limits(batch_rows=7))

    assert read.table.num_rows == 39
    assert [row for row, _, _ in _problems(read)] == [41, 42, 43, 44, 45]


def test_rows_of_the_other_direction_are_passed_over(tmp_path: Path) -> None:
    path = _csv(
        tmp_path,
        "E1,2024-01-02,A,100,0,100,有效,sale",
        "E1,2024-01-02,B,200,0,200,有效,purchase",
        header="firm,day,counterparty,net,tax,total,state,direction",
    )

    sales, purchases = read_invoices(path, "sale"), read_invoices(path, "purchase")

    assert sales.table.column("net_fen").to_pylist() == [10_000]
    assert purchases.table.column("net_fen").to_pylist() == [20_000]
    assert sales.rows_of_other_direction == 1


def test_file_given_the_wrong_way_round_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HeadingError, match="是否写反了"):
        read_invoices(_csv(tmp_path, "E1,1,2024-01-02,A,1,0,1,有效发票"), "purchase")


def test_missing_and_doubled_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(HeadingError, match=r"缺少这些列.*发票状态"):
        read_invoices(_csv(tmp_path, "1", header="企业代号,开票日期,购方单位代号,金额,税额,价税合计"), "sale")
    with pytest.raises(HeadingError, match="“金额”和“net”是同一个意思"):
        read_invoices(_csv(tmp_path, "1", header=SALES + ",net"), "sale")


def test_amounts_in_another_unit_are_not_taken_for_yuan(tmp_path: Path) -> None:
    header = SALES.replace("金额", "金额（万元）", 1)

    with pytest.raises(HeadingError, match="缺少这些列"):
        read_invoices(_csv(tmp_path, "E1,1,2024-01-02,A,1,0,1,有效发票", header=header), "sale")


def test_file_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="没有数据行"):
        read_invoices(_csv(tmp_path), "sale")


def test_credit_codes_take_their_usual_form(tmp_path: Path) -> None:
    path = _csv(tmp_path, f" {code(1).lower()} ,1,2024-01-02,A,1,0,1,有效发票")

    (row,) = _rows(read_invoices(path, "sale"))

    assert row["firm"] == code(1)
