"""The shelf side by side and to take away: at most four, every row with its source, no formulas."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from kerong.capabilities.matchmaking import queries
from kerong.capabilities.matchmaking.queries.shelf_table import as_csv, as_xlsx, safe

if TYPE_CHECKING:
    from django.test import Client

    from kerong.records.packs.queries import CurrentLaw

NOTICE = "公开信息，未经机构确认"
TALENT = "hubei_partner_banks.talent_loan"
SHANXIN = "ccb_hubei.shanxin_loan"
POINTS = "hankou_bank.innovation_points_loan"
POLICY = "hubei.credit.talent_loan"


@pytest.fixture
def law(law_read_once: CurrentLaw) -> CurrentLaw:
    return law_read_once


def found(law: CurrentLaw, **asked: object) -> set[str]:
    return {line.key for line in queries.shelf_matching(law, queries.ShelfQuestion(**asked))}


# ── side by side


def test_compare_shows_each_product_and_marks_what_differs(law: CurrentLaw, client: Client) -> None:
    page = client.get("/shelf/compare/", {"p": [TALENT, SHANXIN, POLICY]}).content.decode()
    ceiling = next(row for row in page.split("<tr") if ">额度上限" in row)
    door = next(row for row in page.split("<tr") if ">类别" in row)

    assert law
    assert NOTICE in page
    assert "1,000万元" in ceiling
    assert "未公布" in ceiling
    assert "不同" in ceiling
    assert "信用贷款" in door


def test_compare_takes_four_and_says_what_it_left_out(law: CurrentLaw, client: Client) -> None:
    five = [TALENT, SHANXIN, POINTS, POLICY, "cdb_hubei.term_credit_loan"]

    page = client.get("/shelf/compare/", {"p": five}).content.decode()

    assert law
    assert page.count('class="remove"') == 4
    assert "最多比较 4 个" in page
    assert "国家开发银行" not in page


def test_compare_leaves_out_what_is_no_product_and_what_was_chosen_twice(
    law: CurrentLaw, client: Client
) -> None:
    page = client.get("/shelf/compare/", {"p": [TALENT, TALENT, "nope", "\0", "<b>"]}).content.decode()

    assert law
    assert page.count('class="remove"') == 1
    assert "还没有选产品" in client.get("/shelf/compare/", {"p": "nope"}).content.decode()


def test_a_product_can_be_taken_away_and_the_search_stays(law: CurrentLaw, client: Client) -> None:
    page = client.get("/shelf/compare/", {"p": [TALENT, SHANXIN], "q": "贷"}).content.decode()

    assert law
    assert f"/shelf/compare/?q=%E8%B4%B7&amp;p={SHANXIN}" in page
    assert f"/shelf/?q=%E8%B4%B7&amp;p={TALENT}&amp;p={SHANXIN}" in page


def test_choice_on_the_list_survives_a_search_that_hides_it(law: CurrentLaw, client: Client) -> None:
    page = client.get("/shelf/", {"p": [TALENT, SHANXIN], "q": "人才"}).content.decode()

    assert law
    assert f'<input type="hidden" name="p" value="{SHANXIN}">' in page
    assert f'value="{TALENT}" id="choose-{TALENT}" checked' in page


# ── to take away


def test_export_holds_every_row_that_fits_with_mark_and_source(law: CurrentLaw, client: Client) -> None:
    answer = client.get("/shelf/export.xlsx", {"q": "信用", "page": "2"})
    book = load_workbook(io.BytesIO(answer.content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    heading, lines = rows[0], [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]

    assert answer["Content-Disposition"].endswith('.xlsx"')
    assert "额度上限（万元）" in heading
    assert len(lines) == len(found(law, text="信用"))
    assert all(line["可信程度"] in {"官方", "报刊", "摘编", "推算", "本软件假设"} for line in lines)
    assert all(line["来源"] and line["声明"] == NOTICE for line in lines)
    points = next(line for line in lines if line["产品"] == "科创积分贷" and line["机构"] == "汉口银行")
    assert (points["额度上限（万元）"], points["期限上限（月）"]) == (5000, "未公布")
    assert "信用" in [row[1] for row in book.worksheets[1].iter_rows(values_only=True)]


def test_csv_holds_the_same_rows(law: CurrentLaw, client: Client) -> None:
    content = client.get("/shelf/export.csv", {"kind": "ip_pledge"}).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))

    assert len(rows) - 1 == len(found(law, kind="ip_pledge"))
    assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", " =1", "\0=1"]
)
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    written = safe(text)

    assert str(written).startswith("'")
    sheet = load_workbook(io.BytesIO(as_xlsx([["a"], [text]], []))).worksheets[0]
    assert sheet["A2"].data_type == "s"
    assert str(sheet["A2"].value).startswith("'")
    _head, [in_csv] = csv.reader(io.StringIO(as_csv([["a"], [text]]).decode("utf-8-sig"), newline=""))
    assert in_csv.startswith("'")


def test_numbers_stay_numbers_and_control_characters_are_dropped() -> None:
    assert safe(-5) == -5
    assert safe("a\x07b\ufffe\ud800") == "ab"


def test_export_of_a_search_written_as_a_formula_is_harmless(law: CurrentLaw, client: Client) -> None:
    answer = client.get("/shelf/export.xlsx", {"q": '=HYPERLINK("x")'})
    book = load_workbook(io.BytesIO(answer.content))

    assert law
    assert all(
        cell.data_type != "f" for sheet in book.worksheets for row in sheet.iter_rows() for cell in row
    )
