"""The shelf side by side and to take away: at most four, every row with its source, no formulas."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from kerong.capabilities.matchmaking import queries
from kerong.capabilities.matchmaking.tests.conftest import store_firm

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


def row_of(page: str, label: str) -> str:
    return next(row for row in page.split("<tr") if f">{label}" in row)


def test_compare_marks_what_differs_and_does_not_call_the_unpublished_different(
    law: CurrentLaw, client: Client
) -> None:
    page = client.get("/shelf/compare/", {"p": [TALENT, SHANXIN, POLICY]}).content.decode()
    two_known = client.get("/shelf/compare/", {"p": [TALENT, POINTS]}).content.decode()

    assert law
    assert NOTICE in page
    # Two say 1,000万元, the third has published nothing: nobody knows whether it differs.
    ceiling = row_of(page, "额度上限")
    assert "1,000万元" in ceiling
    assert "部分未公布" in ceiling
    assert "不同" not in ceiling
    assert "信用贷款" in row_of(page, "类别")
    assert "不同" in row_of(two_known, "额度上限")
    assert "部分未公布" not in row_of(two_known, "额度上限")


def test_bar_and_comparison_name_the_institution_of_each_product(law: CurrentLaw, client: Client) -> None:
    bar = client.get("/shelf/", {"p": [POINTS], "q": "没有这样的"}).content.decode()
    compared = client.get("/shelf/compare/", {"p": [POINTS, POLICY]}).content.decode()

    assert law
    assert "汉口银行" in bar.split('class="tray"')[1].split("</div>")[0]
    assert "汉口银行" in compared.split("</thead>")[0]
    assert "鄂科技发创〔2024〕19号" in row_of(compared, "机构")


def test_compare_says_that_a_product_does_not_stand_on_the_shelf(law: CurrentLaw, client: Client) -> None:
    assert law
    assert "有 1 个产品不在货架上" in client.get("/shelf/compare/", {"p": [TALENT, "nope"]}).content.decode()
    assert "不在货架上" not in client.get("/shelf/compare/", {"p": [TALENT]}).content.decode()


def test_compare_with_a_firm_says_what_the_verdicts_rest_on(law: CurrentLaw, client: Client) -> None:
    firm = store_firm()

    asked = {"p": [TALENT, SHANXIN], "firm": firm.uscc, "amount": "1500万"}
    page = client.get("/shelf/compare/", asked).content.decode()

    assert law
    assert "按申请 1,500万元判断" in page
    assert "资料截至 2026年10月31日" in page
    assert "是预评，不是审批" in page


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


def test_export_with_a_firm_holds_verdicts_and_what_they_rest_on(law: CurrentLaw, client: Client) -> None:
    firm = store_firm(requested_amount_fen=1_200_000_000)
    asked = {"q": "知识价值", "firm": firm.uscc}

    def line(**more: str) -> dict[str, object]:
        book = load_workbook(io.BytesIO(client.get("/shelf/export.xlsx", asked | more).content))
        table, notes = (list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets)
        lines = [dict(zip(table[0], row, strict=True)) for row in table[1:]]
        found = next(one for one in lines if one["机构"] == "湖北省合作银行")
        return found | {f"note {name}": value for name, value in notes}

    at_home, asking = line(), line(amount="500万")

    assert law
    assert at_home["结论"] == "差一条"
    assert at_home["note 申请金额"] == "按企业已填的申请金额 1,200万元判断"
    assert asking["结论"] == "符合政策条件（机构另审）"
    assert asking["note 申请金额"] == "按申请 500万元判断"
    assert firm.uscc in str(at_home["note 对照企业（演示）"])
    assert "预评" in str(at_home["note 结论"])
    assert at_home["note 资料截至"] == "2026-10-31"
    text = client.get("/shelf/export.csv", asked).content.decode("utf-8-sig")
    for row in csv.DictReader(io.StringIO(text)):
        assert firm.name in row["对照企业（演示）"]
        assert "预评，不是审批" in row["对照企业（演示）"]


def test_export_without_a_firm_has_no_column_of_verdicts(law: CurrentLaw, client: Client) -> None:
    [head, *_rows] = csv.reader(io.StringIO(client.get("/shelf/export.csv").content.decode("utf-8-sig")))

    assert law
    assert "结论" not in head


def test_export_of_a_search_written_as_a_formula_is_harmless(law: CurrentLaw, client: Client) -> None:
    answer = client.get("/shelf/export.xlsx", {"q": '=HYPERLINK("x")'})
    book = load_workbook(io.BytesIO(answer.content))

    assert law
    assert all(
        cell.data_type != "f" for sheet in book.worksheets for row in sheet.iter_rows() for cell in row
    )
