"""What is not published: true counts, where it was looked for, and the same list as a file."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import openpyxl

from kerong.capabilities.policy_library import queries
from kerong.capabilities.policy_library.tests.small_law import (
    GAP,
    MARK,
    ON,
    library,
    pack,
    parameter,
    row,
    value,
)

if TYPE_CHECKING:
    from django.test import Client

    from kerong.records.packs.queries import CurrentLaw


def test_values_and_rows_are_counted_once_and_replaced_ones_not() -> None:
    from datetime import date

    table = parameter(
        "cap",
        "yuan",
        value(None, date(2020, 1, 1), rows=(row("A", 1), row("B", None, mark=GAP)), mark=MARK),
        by="g",
    )
    gap = parameter("rate", "bp", value(5, date(2020, 1, 1)), value(None, date(2025, 1, 1)))
    closed = parameter("term", "months", value(None, date(2020, 1, 1)), value(36, date(2025, 1, 1)))
    one = pack("a.b", table, gap, closed)

    found = queries.unpublished(library(one), ON)

    assert [(g.parameter, g.row) for group in found for g in group.gaps] == [("cap", "B"), ("rate", "")]
    assert queries.unpublished_count(library(one), one, ON) == 2


def test_the_count_is_the_home_page_s_and_the_list_holds_as_many(law: CurrentLaw, client: Client) -> None:
    home = client.get("/").content.decode()
    page = client.get("/unpublished/").content.decode()

    total = sum(len(group.gaps) for group in queries.unpublished(law.library, law.on))
    assert total > 20
    assert re.search(rf"未公布的数</dt><dd>(?:<[^>]*>)?{total}<", home)
    assert f"共 {total} 个，列出 {total} 个" in page
    assert page.count('data-label="找过哪里"') == total


def test_filter_narrows_and_says_both_counts(law: CurrentLaw, client: Client) -> None:
    page = client.get("/unpublished/", {"q": "各等级最高额度 B级", "region": "湖北"}).content.decode()

    assert law
    assert "知识价值" in page
    assert re.search(r"共 \d+ 个，列出 [1-9] 个", page)
    assert "没有找到这样的数" in client.get("/unpublished/", {"q": "没有的词"}).content.decode()


def test_files_hold_the_same_lines_as_the_page(law: CurrentLaw, client: Client) -> None:
    total = sum(len(group.gaps) for group in queries.unpublished(law.library, law.on))

    lines = list(csv.reader(io.StringIO(client.get("/unpublished/csv/").content.decode("utf-8-sig"))))
    answer = client.get("/unpublished/xlsx/")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active

    assert sheet is not None
    assert len(lines) == sheet.max_row == total + 1
    assert lines[0][:3] == ["地区", "规则", "数值"]
    assert 'filename="unpublished-' in answer["Content-Disposition"]
    assert len(client.get("/unpublished/csv/", {"q": "B级"}).content) < len(
        client.get("/unpublished/csv/").content
    )
    assert client.get("/unpublished/pdf/").status_code == 404


def test_products_of_the_shelf_are_counted_apart(law: CurrentLaw, client: Client) -> None:
    page = client.get("/unpublished/").content.decode()

    products = queries.products_without_cap(law.library)
    total = sum(len(bank.products) for bank in law.library.shelf.values())
    assert 0 < len(products) < total
    assert f"{total} 个中的 {len(products)} 个" in page
