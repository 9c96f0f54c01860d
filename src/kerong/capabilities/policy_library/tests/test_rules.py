"""The list of rules and one rule in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from kerong.capabilities.policy_library import queries

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from django.test import Client

    from kerong.records.packs.queries import CurrentLaw

TALENT = "/rules/hubei.credit.talent_loan/"


def keys(law: CurrentLaw, **wanted: Any) -> list[str]:
    return [line.pack.key for line in queries.rules_matching(law.library, law.on, queries.Asked(**wanted))]


def since(law: CurrentLaw, key: str) -> tuple[date | None, bool, int]:
    line = next(line for line in queries.rules_matching(law.library, law.on) if line.pack.key == key)
    return line.since.day, line.since.is_first_day, line.since.other_periods


def test_list_names_every_pack_without_a_query(
    law: CurrentLaw, client: Client, assert_reads: Callable[[int], AbstractContextManager[None]]
) -> None:
    with assert_reads(0):
        page = client.get("/rules/").content.decode()

    assert all(f"/rules/{key}/" in page for key in law.library.packs)
    assert f"共 {len(law.library.packs)} 份，列出 {len(law.library.packs)} 份" in page


def test_search_finds_a_part_of_the_name_or_of_the_document_number(law: CurrentLaw) -> None:
    assert keys(law, text="人才贷") == ["hubei.credit.talent_loan"]
    for written in ("〔2024〕19号", "[2024]19号", "（2024）19", "鄂科技发创(2024)19号"):
        assert keys(law, text=written) == ["hubei.credit.talent_loan"]
    assert keys(law, text=" TALENT ") == ["hubei.credit.talent_loan"]


def test_filters_by_kind_and_region(law: CurrentLaw) -> None:
    assert keys(law, kind="product", region="武汉") == ["hubei.credit.startup_guaranteed_loan"]


def test_filters_by_task_door_and_instrument(law: CurrentLaw) -> None:
    for name, value in (("task", 47), ("door", "debt"), ("instrument", "credit")):
        found = keys(law, **{name: value})
        packs = [law.library.packs[key] for key in found]

        assert "hubei.credit.knowledge_value_loan" in found
        assert len(found) < len(law.library.packs)
        assert all(
            value in pack.tasks or value in (pack.door, pack.facets.get("instrument")) for pack in packs
        )


def test_rules_of_other_regions_come_last_under_their_region(law: CurrentLaw, client: Client) -> None:
    found = keys(law)
    page = client.get("/rules/").content.decode()

    theirs = [key.startswith("regions.") for key in found]
    assert any(theirs)
    assert theirs == sorted(theirs)
    assert "外地规则，只供对标" in page
    regions = {law.library.packs[key].facets["region"] for key in found if key.startswith("regions.")}
    assert page.count('class="group-row"') == len(regions)


def test_the_day_shown_is_that_of_what_is_in_force_today(law: CurrentLaw, client: Client) -> None:
    assert since(law, "national.recognition.little_giant") == (date(2026, 4, 1), True, 1)
    assert since(law, "hubei.credit.knowledge_value_loan") == (date(2025, 3, 25), False, 0)
    assert since(law, "hubei.credit.talent_loan") == (date(2024, 10, 15), False, 0)
    page = client.get("/rules/", {"q": "小巨人"}).content.decode()
    assert "2026年4月1日起" in page
    assert "另有 1 个时期" in page


def test_every_instrument_of_a_shipped_pack_has_a_name_in_words(law: CurrentLaw) -> None:
    assert [n for n in queries.facet_values(law.library, "instrument") if n not in queries.INSTRUMENTS] == []


def test_empty_answer_says_what_to_do(law: CurrentLaw, client: Client) -> None:
    page = client.get("/rules/", {"q": "没有这样的词"}).content.decode()

    assert "没有找到这样的规则" in page
    assert f"共 {len(law.library.packs)} 份，列出 0 份" in page


@pytest.mark.parametrize(
    "asked", [{"q": "\0'\"<script>"}, {"q": "长" * 5_000}, {"kind": "nonsense", "region": "../../etc"}]
)
def test_nonsense_is_searched_for_and_printed_harmlessly(
    law: CurrentLaw, client: Client, asked: dict[str, str]
) -> None:
    answer = client.get("/rules/", asked)

    assert law
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().replace("<script src=", "")
    assert ("没有这个筛选值：nonsense、../../etc" in answer.content.decode()) == ("kind" in asked)


def test_filter_values_that_exist_are_not_called_strange(law: CurrentLaw, client: Client) -> None:
    page = client.get(
        "/rules/", {"task": "47", "kind": "product", "region": "", "door": "debt"}
    ).content.decode()

    assert law
    assert "没有这个筛选值" not in page
    assert "没有这个筛选值：99" in client.get("/rules/", {"task": "99"}).content.decode()


def test_values_of_a_number_stand_newest_first_with_the_present_marked(law: CurrentLaw) -> None:
    for key in law.library.packs:
        for shown in queries.rule_in_words(law.library, key, law.on).parameters:
            days = [value.dated.effective for value in shown.values]
            assert days == sorted(days, reverse=True)


def test_rule_says_conditions_values_document_and_marks(
    law: CurrentLaw, client: Client, assert_reads: Callable[[int], AbstractContextManager[None]]
) -> None:
    # The release and the one text whose YAML is shown.
    with assert_reads(2):
        page = client.get(TALENT).content.decode()

    assert "申请金额不超过 1,000万元" in page
    assert "鄂科技发创〔2024〕19号" in page
    assert "未公布" in page
    assert "报刊" in page
    assert law.library.packs["hubei.credit.talent_loan"].text_sha256 in page
    assert "pack: hubei.credit.talent_loan" in page
    assert 'rel="noreferrer noopener external"' in page


def test_timeline_keeps_what_was_superseded(law: CurrentLaw, client: Client) -> None:
    page = client.get("/rules/national.recognition.little_giant/").content.decode()

    assert law
    assert "已被取代" in page
    assert "2026年4月1日起" in page


def test_other_published_readings_stay_visible(law: CurrentLaw, client: Client) -> None:
    page = client.get("/rules/hubei.credit.business_value_grade/").content.decode()

    assert law
    assert "另一种公开说法，未采用" in page


def test_terms_say_that_they_judge_nobody_and_link_to_the_comparison(law: CurrentLaw, client: Client) -> None:
    page = client.get("/rules/regions.chongqing.credit.knowledge_value_loan/").content.decode()

    assert law
    assert "政策参数不判断任何企业" in page
    assert "看演示企业是否符合" not in page
    assert "/comparison/knowledge_value_loan/" in page
    assert "/rules/hubei.credit.knowledge_value_loan/" in page


def test_tasks_of_the_plan_stand_beside_the_rule(law: CurrentLaw, client: Client) -> None:
    page = client.get("/rules/hubei.credit.knowledge_value_loan/").content.decode()

    assert law
    assert "计划第 47 项任务" in page


@pytest.mark.parametrize("key", ["nope", "hubei.credit", "..", "hubei.credit.talent_loan.yaml", "%00"])
def test_unknown_rule_is_not_found(law: CurrentLaw, client: Client, key: str) -> None:
    assert law
    assert client.get(f"/rules/{key}/").status_code == 404


def test_placeholders_of_tables_name_the_table_and_never_say_unpublished(law: CurrentLaw) -> None:
    for key in law.library.packs:
        for sentence in queries.rule_in_words(law.library, key, law.on).clauses:
            assert "{" not in sentence.text


def test_notes_of_conditions_and_subjects_other_than_firms_are_said(law: CurrentLaw, client: Client) -> None:
    page = client.get("/rules/hubei.risk_sharing.credit_loan_compensation/").content.decode()

    note = law.library.packs["hubei.risk_sharing.credit_loan_compensation"].clauses[0].mark.note
    assert note
    assert note in page
    assert "对象：资金池" in page
    assert "看演示企业是否符合" not in page
