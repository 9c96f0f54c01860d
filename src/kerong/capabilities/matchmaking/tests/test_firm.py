"""One firm against all rules, and against one: groups, reasons, changed facts, nonsense."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kerong.capabilities.matchmaking import queries
from kerong.capabilities.matchmaking.tests.conftest import store_firm
from kerong.records.facts.actions import store_demo_history

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from django.test import Client

    from kerong.records.packs.queries import CurrentLaw

LOAN = "hubei.credit.knowledge_value_loan"


def group_of(law: CurrentLaw, key: str, facts: dict[str, int | str | None]) -> str:
    return next(o.group for o in queries.outcomes(law, facts) if o.pack.key == key)


@pytest.mark.parametrize("firms", [1, 3])
def test_list_of_any_number_of_stories_takes_the_same_queries(
    law: CurrentLaw, client: Client, assert_reads: Callable[[int], AbstractContextManager[None]], firms: int
) -> None:
    stored = [store_firm(number) for number in range(1, firms + 1)]

    with assert_reads(3):
        page = client.get("/firms/").content.decode()

    assert law
    assert all(f"/firms/{firm.uscc}/" in page for firm in stored)


def test_every_rule_stands_in_exactly_one_group(law: CurrentLaw) -> None:
    found = queries.outcomes(law, store_firm().facts)

    groups = queries.in_groups(found)

    assert sum(len(group.outcomes) for group in groups) == len(law.catalogue.rules)


def test_firm_page_reads_each_table_once_and_prints_true_counts(
    law: CurrentLaw, client: Client, assert_reads: Callable[[int], AbstractContextManager[None]]
) -> None:
    firm = store_firm()

    with assert_reads(6):
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
    law: CurrentLaw, client: Client, assert_reads: Callable[[int], AbstractContextManager[None]]
) -> None:
    firm = store_firm(requested_amount_fen=1_200_000_000)

    with assert_reads(5):
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


def test_change_says_which_rules_it_opens_and_closes_beside_the_form(law: CurrentLaw, client: Client) -> None:
    firm = store_firm()
    assert law

    def state(**asked: str) -> str:
        page = client.get(f"/firms/{firm.uscc}/", asked).content.decode()
        return page[page.index('id="form-state"') :].split("</p>")[0]

    assert "新" not in state()
    closed = state(requested_amount_fen="1200万元")
    assert "新关" in closed
    assert law.library.packs[LOAN].label in closed
    assert "没有规则因此新开或新关" in state(requested_term_months="23")
    dear = store_firm(2, requested_amount_fen=1_200_000_000)
    page = client.get(f"/firms/{dear.uscc}/", {"requested_amount_fen": "500"}).content.decode()
    opened = page[page.index('id="form-state"') :].split("</p>")[0]
    assert "新开" in opened
    assert law.library.packs[LOAN].label in opened


def test_understood_value_is_echoed_and_a_hundredfold_one_is_asked_about(
    law: CurrentLaw, client: Client
) -> None:
    firm = store_firm()
    assert law

    def note(typed: str) -> str:
        page = client.get(f"/firms/{firm.uscc}/", {"rd_expense_fen": typed}).content.decode()
        return page[page.index('id="note-rd_expense_fen"') :].split("</p>")[0]

    assert "152亿元" in note("1,520,000")
    assert "请看单位" in note("1,520,000")
    assert "190万元" in note("190")
    assert "请看单位" not in note("190")
    assert "请看单位" in note("1")


def test_field_says_its_unit(law: CurrentLaw, client: Client) -> None:
    page = client.get(f"/firms/{store_firm().uscc}/").content.decode()

    assert law
    assert "不写单位按万元" in page
    assert 'aria-describedby="unit-requested_amount_fen note-requested_amount_fen"' in page


def test_first_three_groups_stand_open_and_the_others_are_folded(law: CurrentLaw, client: Client) -> None:
    page = client.get(f"/firms/{store_firm().uscc}/").content.decode()

    assert law
    folds = re.findall(r'<details class="group-fold" id="fold-(\w+)"( open)?>', page)
    assert [name for name, is_open in folds if is_open] == [
        name for name, _ in folds if name in {"met", "near_miss", "one_document_away"}
    ]
    assert folds[-1] == ("not_met", "")
    assert 'href="#facts-heading"' in page


def test_history_shows_the_last_years_and_what_happened(law: CurrentLaw, client: Client) -> None:
    firm = store_firm()
    assert law
    assert 'class="history"' not in client.get(f"/firms/{firm.uscc}/").content.decode()

    years = [
        {"year": year, "revenue_fen": 100_000_000 * (year - 2010), "staff_count": 10, "rd_expense_fen": None,
         "ip_class1_count": 2}
        for year in range(2018, 2026)
    ]  # fmt: skip
    events = [{"day": "2021-03-22", "kind": "loan_granted", "amount_fen": 200_000_000}]
    store_demo_history(uscc=firm.uscc, years=years, events=events)
    page = client.get(f"/firms/{firm.uscc}/").content.decode()
    history = page[page.index('class="history"') :].split("</details>")[0]

    assert [year for year in range(2018, 2026) if f">{year}</th>" in history] == list(range(2021, 2026))
    assert "1,500万元" in history
    assert "未知" in history
    assert "2021年3月22日" in history
    assert "获得贷款" in history
    assert "200万元" in history
    assert "演示数据" in history
