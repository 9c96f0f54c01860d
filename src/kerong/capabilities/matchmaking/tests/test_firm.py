"""One firm against all rules, and against one: groups, reasons, changed facts, nonsense."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kerong.capabilities.matchmaking import queries
from kerong.capabilities.matchmaking.tests.conftest import store_firm

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from kerong.records.packs.queries import CurrentLaw

LOAN = "hubei.credit.knowledge_value_loan"

# Each request is one transaction, which is a savepoint and its release inside a test's own.
SAVEPOINT = 2


def group_of(law: CurrentLaw, key: str, facts: dict[str, int | str | None]) -> str:
    return next(o.group for o in queries.outcomes(law, facts) if o.pack.key == key)


@pytest.mark.parametrize("firms", [1, 3])
def test_list_of_any_number_of_stories_takes_the_same_queries(
    law: CurrentLaw, client: Client, django_assert_num_queries: DjangoAssertNumQueries, firms: int
) -> None:
    stored = [store_firm(number) for number in range(1, firms + 1)]

    with django_assert_num_queries(SAVEPOINT + 2):
        page = client.get("/firms/").content.decode()

    assert law
    assert all(f"/firms/{firm.uscc}/" in page for firm in stored)


def test_every_rule_stands_in_exactly_one_group(law: CurrentLaw) -> None:
    found = queries.outcomes(law, store_firm().facts)

    groups = queries.in_groups(found)

    assert sum(len(group.outcomes) for group in groups) == len(law.catalogue.rules)


def test_firm_page_takes_one_query_and_prints_true_counts(
    law: CurrentLaw, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    firm = store_firm()

    with django_assert_num_queries(SAVEPOINT + 1):
        page = client.get(f"/firms/{firm.uscc}/").content.decode()

    tally = page[page.index('class="tally"') :]
    printed = [int(number) for number in re.findall(r"<b>(\d+)</b>", tally)[:5]]
    assert printed == [len(group.outcomes) for group in queries.in_groups(queries.outcomes(law, firm.facts))]
    assert page.count('<article class="outcome">') == len(law.catalogue.rules)


def test_three_answers_are_three_things(law: CurrentLaw) -> None:
    facts: dict[str, int | str | None] = dict(store_firm().facts)

    assert group_of(law, LOAN, facts) == "met"
    assert group_of(law, LOAN, facts | {"has_hard_collateral": 1}) == "near_miss"
    assert group_of(law, LOAN, facts | {"is_tech_enterprise": None}) == "one_document_away"
    assert group_of(law, LOAN, facts | {"has_hard_collateral": 1, "is_legal_person": 0}) == "not_met"


def test_changed_fact_changes_the_answer_and_stays_in_the_links(law: CurrentLaw, client: Client) -> None:
    firm = store_firm()

    page = client.get(f"/firms/{firm.uscc}/", {"requested_amount_fen": "1200万元"}).content.decode()

    assert law
    assert "申请金额 1,200万元，要求不超过 1,000万元，超出 200万元" in page
    assert f"/firms/{firm.uscc}/rules/{LOAN}/?requested_amount_fen=1%2C200" in page


@pytest.mark.parametrize("typed", ["1200", "1200万元", "１２００万元", "0.12亿元", "12,000,000元"])
def test_units_and_bare_numbers_mean_the_same(law: CurrentLaw, client: Client, typed: str) -> None:
    firm = store_firm()

    page = client.get(f"/firms/{firm.uscc}/rules/{LOAN}/", {"requested_amount_fen": typed}).content.decode()

    assert law
    assert "超出 200万元" in page


@pytest.mark.parametrize("typed", ["abc", "<b>", "5人", "1.0000000001", "-5", "9" * 55, "万元", "12,34万元"])
def test_nonsense_stands_at_the_field_and_is_kept(law: CurrentLaw, client: Client, typed: str) -> None:
    firm = store_firm()

    answer = client.get(f"/firms/{firm.uscc}/", {"requested_amount_fen": typed})
    page = answer.content.decode()

    assert law
    assert answer.status_code == 200
    note = page[page.index('id="note-requested_amount_fen"') :].split("</p>")[0]
    assert 'class="error"' in note
    assert f'value="{typed.replace("<", "&lt;").replace(">", "&gt;")}"' in page
    assert "符合" in page


@pytest.mark.parametrize(
    "asked",
    [
        {"has_hard_collateral": "2"},
        {"knowledge_value_grade": "Z"},
        {"no_such_fact": "1"},
        {"is_tech_sme": "x"},
    ],
)
def test_strange_choices_change_nothing(law: CurrentLaw, client: Client, asked: dict[str, str]) -> None:
    firm = store_firm()

    answer = client.get(f"/firms/{firm.uscc}/", asked)

    assert law
    assert answer.status_code == 200
    assert "changes" not in answer.content.decode().split('id="answer"')[1][:200]


def test_empty_field_means_not_known(law: CurrentLaw, client: Client) -> None:
    firm = store_firm()

    page = client.get(f"/firms/{firm.uscc}/rules/{LOAN}/", {"requested_amount_fen": ""}).content.decode()

    assert law
    assert "缺的资料" in page


def test_evaluation_gives_every_reason_with_its_source(
    law: CurrentLaw, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    firm = store_firm(requested_amount_fen=1_200_000_000)

    with django_assert_num_queries(SAVEPOINT + 1):
        page = client.get(f"/firms/{firm.uscc}/rules/{LOAN}/").content.decode()

    pack = law.library.packs[LOAN]
    assert "超出 200万元" in page
    assert "已重新计算验证" in page
    assert "由 1,200万元 降至 1,000万元" in page
    assert pack.text_sha256 in page
    assert law.library.sha256 in page
    assert "2025年3月25日" in page


@pytest.mark.parametrize("uscc", ["nope", "914201000000000000", "X" * 18, "%00", "1" * 500])
def test_unknown_firm_is_not_found(law: CurrentLaw, client: Client, uscc: str) -> None:
    assert law
    assert client.get(f"/firms/{uscc}/").status_code == 404
    assert client.get(f"/firms/{uscc}/rules/{LOAN}/").status_code == 404


def test_unknown_rule_of_a_known_firm_is_not_found(law: CurrentLaw, client: Client) -> None:
    firm = store_firm()

    assert law
    assert client.get(f"/firms/{firm.uscc}/rules/hubei.credit.nope/").status_code == 404


def test_firm_pages_are_never_kept_by_a_cache(law: CurrentLaw, client: Client) -> None:
    firm = store_firm()

    assert law
    assert "no-store" in client.get(f"/firms/{firm.uscc}/")["Cache-Control"]
