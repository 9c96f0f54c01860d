"""The timeline of one number: in force, future and replaced values, tables that change, and who uses it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

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
from kerong.records.packs.actions import release_folder

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from kerong.records.packs.queries import CurrentLaw

LIMIT = "/rules/hubei.credit.knowledge_value_loan/values/limit_by_grade/"


def test_values_stand_newest_first_each_until_the_day_before_the_next() -> None:
    moved = parameter(
        "cap", "wan_yuan", value(10**8, date(2020, 1, 1)), value(12 * 10**7, date(2027, 7, 1)),
        value(9 * 10**7, date(2025, 3, 25)),
    )  # fmt: skip
    one = pack("a.b", moved)

    found = queries.timeline(library(one), one, moved, ON).moments

    assert [m.value.time for m in found] == ["future", "present", "past"]
    assert [m.last_day for m in found] == [None, date(2027, 6, 30), date(2025, 3, 24)]
    assert [m.change for m in found] == ["比上一个数高 30万元", "比上一个数低 10万元", ""]


def test_cells_that_changed_between_versions_are_told_from_those_that_did_not() -> None:
    old = (row("A", 500), row("B", 300), row("C", 100))
    new = (row("A", 600), row("B", 300), row("D", None, mark=GAP))
    table = parameter(
        "cap", "wan_yuan", value(None, date(2020, 1, 1), rows=old, mark=MARK),
        value(None, date(2025, 1, 1), rows=new, mark=MARK), by="grade",
    )  # fmt: skip
    one = pack("a.b", table)

    now, before = queries.timeline(library(one), one, table, ON).moments

    assert [(line.row.key, line.is_changed, line.is_new) for line in now.rows] == [
        ("A", True, False), ("B", False, False), ("D", True, True),
    ]  # fmt: skip
    assert now.rows[0].cells[0].was == "5元"
    assert now.rows_gone == ("C",)
    assert now.changed_rows == 2
    assert before.changed_rows == 0


def test_a_number_not_published_says_where_it_was_looked_for(law: CurrentLaw, client: Client) -> None:
    page = client.get(LIMIT).content.decode()

    assert law
    assert "1,000万元" in page
    assert "100万元" in page
    assert "未公布" in page
    assert "查过" in page
    assert "取较小者（各等级最高额度，单笔贷款上限）" in page


def test_replaced_values_stay_with_their_days(law: CurrentLaw, client: Client) -> None:
    page = client.get(
        "/rules/national.recognition.little_giant/values/main_business_share_min/"
    ).content.decode()

    assert law
    assert "已被取代" in page
    assert "2026年3月31日" in page
    assert "比上一个数高 20个百分点" in page
    assert "/what-if/?rule=national.recognition.little_giant&amp;parameter=main_business_share_min" in page


def test_a_number_that_no_result_depends_on_offers_no_what_if(law: CurrentLaw, client: Client) -> None:
    page = client.get("/rules/regions.chongqing.credit.knowledge_value_loan/values/single_loan_max/")

    assert law
    assert "/what-if/?rule=" not in page.content.decode()
    assert "没有条件或金额用到它" in page.content.decode()


@pytest.mark.parametrize("path", ["nope/values/x", "hubei.credit.talent_loan/values/nope", "%00/values/%00"])
def test_unknown_number_is_not_found(law: CurrentLaw, client: Client, path: str) -> None:
    assert law
    assert client.get(f"/rules/{path}/").status_code == 404


def test_releases_that_changed_the_number_are_named_and_others_are_not(
    law: CurrentLaw, client: Client, tmp_path: Path
) -> None:
    import shutil

    from kerong.basics.policies_folder import policies_folder

    folder = tmp_path / "policies"
    shutil.copytree(policies_folder(), folder)
    file = folder / "hubei/credit/knowledge_value_loan.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("value: 80,", "value: 75,"), encoding="utf-8")
    (folder / "hubei/credit/knowledge_value_loan.cases.yaml").unlink()
    release_folder(
        folder=folder, by="测试", document_number="测试〔2026〕2号", in_force_from=date(2026, 2, 1)
    )
    one = law.library.packs["hubei.credit.knowledge_value_loan"]

    changed = queries.releases_changing(one, "compensation_share")
    same = queries.releases_changing(one, "single_loan_max")

    assert [(r.number, r.document_number, r.is_first) for r in changed] == [
        (2, "测试〔2026〕2号", False), (1, "测试〔2026〕1号", True),
    ]  # fmt: skip
    assert [r.number for r in same] == [1]
    assert [(r.old, r.new, r.is_gone) for r in changed[0].rewritten] == [("80.0%", "75.0%", False)]
    page = client.get(f"/rules/{one.key}/values/compensation_share/").content.decode()
    assert "同一生效日的数被改写" in page
    assert "<s>80.0%</s> → <strong>75.0%</strong>" in page
    assert "被改写" not in client.get(LIMIT).content.decode()


def test_citations_lead_to_the_clause_among_the_documents(law: CurrentLaw, client: Client) -> None:
    page = client.get(LIMIT).content.decode()
    source = client.get("/sources/knowledge-value-loan-2025/").content.decode()

    assert law
    assert 'href="/sources/knowledge-value-loan-2025/#anchor-grades"' in page
    assert 'id="anchor-grades"' in source
