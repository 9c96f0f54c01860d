"""Whole imports of small invented registers: what is stored, what is reported, what is kept safe."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kerong.adapters.registers.importing import OutputError, Request, import_register, open_register
from kerong.adapters.registers.sources import Limits, SourceError
from kerong.adapters.registers.tests.invented import ON, VOCABULARY, checks, code, run

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "统一社会信用代码,企业名称,注册资本,成立日期,类型,市,住所"
A, B, C, D = (code(number) for number in range(4))
WIDE = "".join(chr(ord(character) + 0xFEE0) for character in C)


def _csv(tmp_path: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path = tmp_path / "register.csv"
    path.write_text("\n".join((header, *lines)) + "\n", encoding=encoding)
    return path


def _facts(folder: Path) -> list[dict[str, Any]]:
    return pq.read_table(folder / "facts.parquet").to_pylist()


def _problems(folder: Path) -> list[dict[str, str]]:
    with (folder / "problems.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_row_becomes_facts_in_stored_units(tmp_path: Path) -> None:
    path = _csv(tmp_path, f'{A},甲有限公司,"1,000(万元)",2019年3月1日,有限责任公司,武汉,武汉市江夏区某路1号')

    run(path, tmp_path / "out")

    assert _facts(tmp_path / "out") == [
        {
            "uscc": A,
            "name": "甲有限公司",
            "region_code": "420115",
            "registered_on": 20190301,
            "registered_capital_fen": 1_000_000_000,
            "enterprise_form_code": "company",
            "is_legal_person": 1,
            "flag_row": 2,
            "flag_organisation_code_fails": False,
            "flag_capital_check": None,
            "flag_capital_currency": "CNY",
            "flag_date_check": None,
            "flag_region_from": "address",
            "flag_region_zone": None,
            "flag_form_from": "type",
        }
    ]


def test_lower_case_and_full_width_codes_are_imported_in_their_right_form(tmp_path: Path) -> None:
    path = _csv(tmp_path, f"{B.lower()},乙,,,,,", f"{WIDE},丙,,,,,", f" {D[:8]}-{D[8:]} ,丁,,,,,")

    report = run(path, tmp_path / "out")

    assert [row["uscc"] for row in _facts(tmp_path / "out")] == [B, C, D]
    assert report["rows"] == {"read": 3, "imported": 3, "rejected": 0, "codes_normalised": 3}


def test_bad_and_repeated_codes_are_rejected_with_row_and_reason(tmp_path: Path) -> None:
    wrong = A[:17] + ("0" if A[17] != "0" else "1")
    path = _csv(
        tmp_path,
        f"{A},甲,,,,,",
        f"{wrong},乙,100贝壳,,,,",
        f"{A.lower()},丙,,,,,",
        ",丁,,,,,",
        f"{A[:-1]}I,戊,,,,,",
    )

    report = run(path, tmp_path / "out")

    assert [row["name"] for row in _facts(tmp_path / "out")] == ["甲"]
    assert [(one["行号"], one["检查"]) for one in _problems(tmp_path / "out")] == [
        ("3", "code_check_digit"),
        ("4", "code_duplicate"),
        ("5", "code_empty"),
        ("6", "code_alphabet"),
    ]
    assert "首次出现在第 2 行" in _problems(tmp_path / "out")[1]["原因"]
    assert report["rows"]["rejected"] == 4


def test_less_serious_problems_leave_the_fact_missing(tmp_path: Path) -> None:
    path = _csv(
        tmp_path, f"{A},甲,10万美元,2030-01-01,火星公司X,武汉,", f'{B},乙,"10,0000000(万)",1/2/2019,,,'
    )

    report = run(path, tmp_path / "out")

    rows = _facts(tmp_path / "out")
    assert [(row["registered_capital_fen"], row["registered_on"]) for row in rows] == [(None, None)] * 2
    assert [row["flag_capital_currency"] for row in rows] == ["USD", "CNY"]
    assert checks(report) == {
        "capital_foreign": 1,
        "capital_lost_point": 1,
        "date_in_future": 1,
        "date_ambiguous": 1,
        "form_unknown_text": 1,
    }


def test_regions_record_how_they_were_found(tmp_path: Path) -> None:
    path = _csv(
        tmp_path,
        f"{A},甲,,,,武汉,武汉市东湖新技术开发区高新大道",
        f"{B},乙,,,,宜昌,城关某路",
        f"{code(11, '421202')},丙,,,,,",
        f"{code(12, '421221')},丁,,,,荆州,嘉鱼县某镇",
        f"{code(13, '420600')},戊,,,,武汉,宜昌市夷陵区某路",
    )

    report = run(path, tmp_path / "out")

    found = [
        (row["region_code"], row["flag_region_from"], row["flag_region_zone"])
        for row in _facts(tmp_path / "out")
    ]
    assert found == [
        ("420100", "zone", "wuhan_east_lake"),
        ("420500", "names", None),
        ("421202", "uscc", None),
        ("421221", "address", None),
        ("420100", "names", None),
    ]
    assert checks(report) == {
        "region_code_conflict": 2,
        "region_address_conflict": 1,
        "region_city_outvoted": 1,
    }


def test_forms_come_from_type_code_and_name(tmp_path: Path) -> None:
    path = _csv(
        tmp_path,
        f"{code(21, category='3')},甲专业合作社,,,,,",
        f"{code(22, category='2')},乙小店,,,,,",
        f"{code(23)},丙科技有限公司,,,,,",
        f"{code(24)},丙科技有限公司武汉分公司,,,,,",
        f"{code(25)},丁合伙企业（有限合伙）,,,,,",
        f"{code(26)},戊厂,,,,,",
        f"{code(27)},己厂,,,个人独资企业,,",
        f"{code(28)},庚公司分公司,,,有限责任公司,,",
    )

    run(path, tmp_path / "out")

    found = [
        (row["enterprise_form_code"], row["is_legal_person"], row["flag_form_from"])
        for row in _facts(tmp_path / "out")
    ]
    assert found == [
        ("cooperative", 1, "code"),
        ("sole_trader", 0, "code"),
        ("company", 1, "name"),
        ("other", 0, "name"),
        ("partnership", 0, "name"),
        (None, None, None),
        ("sole_proprietorship", 0, "type"),
        ("other", 0, "name"),
    ]


def test_facts_are_read_in_the_unit_of_their_header(tmp_path: Path) -> None:
    path = _csv(
        tmp_path,
        f'{A},"1,234.5",12.5%,20,是,小型,3912',
        f"{B},0.0000001,12.345,-1,也许,巨型,9999",
        f"{C},无数据,200,1.5,,,",
        header="uscc,营业收入(万元),研发费用占比(%),从业人员,is_hnte,size_code,industry_code",
    )

    report = run(path, tmp_path / "out")

    names = ("annual_revenue_fen", "rd_share_bp", "staff_count", "is_hnte", "size_code", "industry_code")
    assert [tuple(row[name] for name in names) for row in _facts(tmp_path / "out")] == [
        (1_234_500_000, 1_250, 20, 1, "small", "3912"),
        (None, None, None, None, None, None),
        (None, None, None, None, None, None),
    ]
    assert checks(report) == {
        "value_not_whole": 3,
        "value_out_of_range": 2,
        "value_unknown_code": 2,
        "value_unreadable": 1,
    }


def test_report_and_page_hold_no_name_and_no_code(tmp_path: Path) -> None:
    wrong = A[:17] + ("0" if A[17] != "0" else "1")
    path = _csv(tmp_path, f"{B},秘密有限公司,张三丰,张三丰,张三丰,武汉,秘密路", f"{wrong},秘密二公司,,,,,")

    run(path, tmp_path / "out")

    for name in ("quality.json", "quality.html", "import.json"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert re.search(r"秘密|张三丰", text) is None
        assert B not in text
        assert wrong not in text


def test_page_is_self_contained_and_escaped(tmp_path: Path) -> None:
    path = _csv(tmp_path, f"{A},1", header="uscc,<script>alert(1)</script>")

    run(path, tmp_path / "out")

    text = (tmp_path / "out" / "quality.html").read_text(encoding="utf-8")
    assert '<html lang="zh-Hans">' in text
    assert "&lt;script&gt;" in text
    assert re.search(r"<script|src=|href=|\$\w", text) is None
    assert text.count("<table>") == text.count("<caption>") == text.count("</table>")


def test_existing_output_is_kept_unless_replaced(tmp_path: Path) -> None:
    path, out = _csv(tmp_path, f"{A},甲,,,,,"), tmp_path / "out"
    run(path, out)

    with pytest.raises(OutputError, match="--replace"):
        run(path, out)
    run(_csv(tmp_path, f"{B},乙,,,,,"), out, replace=True)

    assert [row["uscc"] for row in _facts(out)] == [B]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["out", "register.csv"]


def test_folder_that_is_no_import_is_never_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "diary.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(OutputError, match="不是导入的结果"):
        run(_csv(tmp_path, f"{A},甲,,,,,"), out, replace=True)

    assert (out / "diary.txt").read_text(encoding="utf-8") == "mine"


def test_failure_in_the_middle_leaves_the_former_result(tmp_path: Path) -> None:
    path, out = _csv(tmp_path, f"{A},甲,,,,,"), tmp_path / "out"
    run(path, out)

    def fail(_folder: Path) -> None:
        raise SourceError("broken on purpose")

    opened = open_register(Request(source=path, on=ON, out=out, replace=True), VOCABULARY)
    with pytest.raises(SourceError):
        import_register(opened, finish=fail)

    assert [row["uscc"] for row in _facts(out)] == [A]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["out", "register.csv"]


def test_report_only_stores_nothing(tmp_path: Path) -> None:
    report = run(_csv(tmp_path, f"{A},甲,,,,,"))

    assert report["rows"]["imported"] == 1
    assert [one.name for one in tmp_path.iterdir()] == ["register.csv"]


def test_batches_of_any_size_give_the_same_result(tmp_path: Path) -> None:
    lines = [f"{code(number % 90)},企业{number},{number}万元,2019-01-01,,武汉," for number in range(100)]
    path = _csv(tmp_path, *lines)

    whole = run(path, tmp_path / "whole")
    parts = run(path, tmp_path / "parts", limits=Limits(batch_rows=7))

    assert whole == parts
    assert _facts(tmp_path / "whole") == _facts(tmp_path / "parts")
    assert _problems(tmp_path / "whole") == _problems(tmp_path / "parts")


def test_report_is_json(tmp_path: Path) -> None:
    report = run(_csv(tmp_path, f"{A},甲,,,,,"), tmp_path / "out")

    assert json.loads((tmp_path / "out" / "quality.json").read_text(encoding="utf-8")) == report


def test_parquet_of_any_types_reads_like_text(tmp_path: Path) -> None:
    path = tmp_path / "register.parquet"
    table = pa.table(
        {
            "uscc": pa.array([A, B], pa.large_string()),
            "reg_date": pa.array([ON, None], pa.date32()),
            "city": pa.array(["武汉", "宜昌"]).dictionary_encode(),
            "annual_revenue_fen": pa.array([5, None], pa.int64()),
            "is_hnte": pa.array([True, None]),
        }
    )
    pq.write_table(table, path)

    run(path, tmp_path / "out")

    names = ("uscc", "registered_on", "region_code", "annual_revenue_fen", "is_hnte")
    assert [tuple(row[name] for name in names) for row in _facts(tmp_path / "out")] == [
        (A, 20261123, "420100", 5, 1),
        (B, None, "420500", None, None),
    ]
