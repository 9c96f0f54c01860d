"""Law that is no longer or not yet in force is quoted with the numbers of its own time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from kerong.capabilities.policy_library import queries
from kerong.capabilities.policy_library.tests.small_law import MARK, ON, library, pack, parameter, value
from kerong.engines.rules.model import Clause

if TYPE_CHECKING:
    from django.test import Client

    from kerong.engines.rules.model import Pack
    from kerong.records.packs.queries import CurrentLaw

ENDED, BEGINS = date(2026, 3, 31), date(2027, 7, 1)
GIANT = "national.recognition.little_giant"


def clause(name: str, expression: str, **more: date) -> Clause:
    return Clause(
        name, f"至少 {{{expression}}}", f"at least {{{expression}}}", f"x >= {expression}", (), MARK, **more
    )


def moving() -> Pack:
    """Return a pack whose number was 70, is 90 and will be 95, and one that only an ended clause used."""
    share = parameter(
        "share", "percent", value(7000, date(2020, 1, 1)), value(9000, date(2026, 4, 1)), value(9500, BEGINS)
    )
    old = parameter("old", "wan_yuan", value(5_000_000, date(2020, 1, 1)))
    clauses = (
        clause("then", "share", until=ENDED), clause("now", "share", start=date(2026, 4, 1)),
        clause("later", "share", start=BEGINS), clause("gone", "old", until=ENDED),
    )  # fmt: skip
    return pack("a.b", share, old, kind="product", clauses=clauses)


def test_a_clause_is_filled_with_the_values_of_its_own_days() -> None:
    one = moving()

    found = queries.rule_in_words(library(one), "a.b", ON)

    assert [s.text for s in found.clauses] == ["至少 90.0%"]
    assert [(s.clause.id, s.time, s.text) for s in found.other_clauses] == [
        ("then", "past", "至少 70.0%"), ("later", "future", "至少 95.0%"), ("gone", "past", "至少 5万元"),
    ]  # fmt: skip
    cited = queries.everything_citing(library(one), ON)["doc-a#art1"]
    assert [c.label for c in cited if c.kind == "clause"] == [
        "至少 70.0%", "至少 90.0%", "至少 95.0%", "至少 5万元",
    ]  # fmt: skip


def test_clauses_of_a_pack_that_ended_are_quoted_by_its_last_day() -> None:
    one = replace(moving(), until=date(2026, 1, 31))

    found = queries.rule_in_words(library(one), "a.b", ON)

    assert [s.text for s in found.other_clauses if s.clause.id == "then"] == ["至少 70.0%"]
    assert {p.lapsed for p in found.parameters} == {date(2026, 1, 31)}


def test_a_number_that_only_ended_clauses_used_has_lapsed_with_them() -> None:
    one = moving()

    share, old = (queries.timeline(library(one), one, p, ON) for p in one.parameters.values())

    assert share.lapsed is None
    assert [(use.time, use.day) for use in share.uses] == [
        ("present", None),
        ("future", BEGINS),
        ("past", ENDED),
    ]
    assert old.lapsed == ENDED
    assert old.moments[0].last_day == ENDED
    assert [(use.time, use.label) for use in old.uses] == [("past", "至少 5万元")]


def test_a_number_that_nothing_mentions_does_not_lapse() -> None:
    lone = parameter("lone", "wan_yuan", value(5_000_000, date(2020, 1, 1)))
    one = pack("a.b", lone)

    assert queries.timeline(library(one), one, lone, ON).lapsed is None


@pytest.mark.parametrize(("language", "old", "new"), [("zh-hans", "70.0%", "90.0%"), ("en", "70%", "90%")])
def test_the_old_rule_of_little_giants_says_70_percent(
    law: CurrentLaw, client: Client, language: str, old: str, new: str
) -> None:
    client.cookies["django_language"] = language

    page = client.get(f"/rules/{GIANT}/").content.decode()
    shown = page[page.index('id="clause-main_business_share_2022"') :].partition("</li>")[0]

    assert law
    assert old.rstrip("%") in shown
    assert new.rstrip("%") not in shown


def test_pages_of_a_lapsed_number_never_call_it_present(law: CurrentLaw, client: Client) -> None:
    page = client.get(f"/rules/{GIANT}/values/small_revenue_below/").content.decode()
    rule = client.get(f"/rules/{GIANT}/").content.decode()
    source = client.get("/sources/little-giant-2022/").content.decode()

    assert law
    assert "已随条款失效（最后一天 2026年3月31日）" in page
    assert ">现行<" not in page
    assert "今天是" not in page
    assert "到2026年3月31日止" in page[page.index('id="uses"') :]
    assert (
        "已随条款失效（最后一天 2026年3月31日）" in rule[rule.index('id="parameter-small_revenue_below"') :]
    )
    assert "已失效" in source
