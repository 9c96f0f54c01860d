"""The three doors: what stands open, the one thing that would open the next, and what nobody can decide."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kerong.capabilities.matchmaking import queries
from kerong.capabilities.matchmaking.queries.doors import distance
from kerong.capabilities.matchmaking.queries.obstacles import JUDGES, documents_needed, is_within_reach
from kerong.capabilities.matchmaking.tests.conftest import store_firm
from kerong.engines.rules.moves import ways

if TYPE_CHECKING:
    from django.test import Client

    from kerong.records.packs.queries import CurrentLaw

LOAN = "hubei.credit.knowledge_value_loan"


def debt(law: CurrentLaw, facts: dict[str, int | str]) -> queries.Door:
    return next(door for door in queries.doors(law, facts).doors if door.name == "debt")


def test_every_rule_with_a_door_stands_behind_it_once(law: CurrentLaw) -> None:
    found = queries.doors(law, store_firm().facts)

    for door in found.doors:
        shown = [opening.outcome for opening in door.open]
        shown += [*([door.next] if door.next else []), *door.further, *door.undecidable]
        expected = {rule.key for rule in law.catalogue.rules if rule.pack.door == door.name}
        assert sorted(outcome.pack.key for outcome in shown) == sorted(expected)
        assert expected, door.name


def test_titles_say_what_one_more_sum_would_do(law: CurrentLaw) -> None:
    found = queries.doors(law, store_firm().facts).titles

    shown = [opening.outcome for opening in found.open]
    shown += [*([found.next] if found.next else []), *found.further, *found.undecidable]
    assert shown
    assert all(outcome.pack.kind == "recognition" and not outcome.pack.door for outcome in shown)


def test_a_met_rule_stands_open_and_names_who_offers_it(law: CurrentLaw) -> None:
    opened = {opening.outcome.pack.key: opening for opening in debt(law, dict(store_firm().facts)).open}

    assert LOAN in opened
    assert all(offer.rule == LOAN for offer in opened[LOAN].offers)
    assert opened[LOAN].offers


def test_one_act_comes_before_many_and_the_undecidable_last(law: CurrentLaw) -> None:
    facts = dict(store_firm().facts) | {"requested_amount_fen": 1_100_000_000}
    found = debt(law, facts)

    assert found.next is not None
    distances = [distance(outcome) for outcome in (found.next, *found.further)]
    assert distances == sorted(distances)
    assert LOAN in [outcome.pack.key for outcome in (found.next, *found.further)]
    assert all(outcome.unpublished for outcome in found.undecidable)
    assert not any(opening.outcome.pack.key == LOAN for opening in found.open)


def test_page_says_what_would_open_the_next_door(law: CurrentLaw, client: Client) -> None:
    firm = store_firm(requested_amount_fen=1_100_000_000)

    page = client.get(f"/firms/{firm.uscc}/doors/").content.decode()

    assert law
    for words in ("股权", "债权", "上市", "离得最近的下一扇", "预评，不是审批"):
        assert words in page


def test_changed_facts_in_the_address_move_the_doors(law: CurrentLaw, client: Client) -> None:
    firm = store_firm(requested_amount_fen=1_100_000_000)

    page = client.get(f"/firms/{firm.uscc}/doors/", {"requested_amount_fen": "500万"}).content.decode()

    assert law
    assert "假设" in page


def test_nobody_has_doors_that_are_not_there(law: CurrentLaw, client: Client) -> None:
    assert law
    assert client.get("/firms/X9420100NOBODY0000/doors/").status_code == 404


def test_stage_is_told_with_its_mark(law: CurrentLaw) -> None:
    known = queries.stage(law, {"registered_on": 20190618, "annual_revenue_fen": 3_800_000_000})

    assert known is not None
    assert known.label == "成长期"
    assert known.mark.verified == "assumption"
    assert queries.stage(law, {}) is None


def door(law: CurrentLaw, name: str, facts: dict[str, int | str]) -> queries.Door:
    return next(door for door in queries.doors(law, facts).doors if door.name == name)


FACTS: dict[str, int | str] = {"is_legal_person": 1, "is_tech_enterprise": 1, "has_hard_collateral": 0}
FACTS |= {"has_third_party_guarantee": 0, "requested_term_months": 24, "rd_expense_fen": 152_000_000}
GROWING: dict[str, int | str] = {"registered_on": 20190618, "annual_revenue_fen": 3_800_000_000}
SEED_FUND = "hubei.funds.seed_fund"


def test_door_for_another_stage_is_not_the_nearest_and_says_for_whom(law: CurrentLaw, client: Client) -> None:
    firm = store_firm(**GROWING)
    equity = door(law, "equity", dict(firm.facts))

    assert equity.next is None or equity.next.pack.key != SEED_FUND
    fund = next(o for o in (*equity.further, *equity.undecidable) if o.pack.key == SEED_FUND)
    assert [stage.label for stage in fund.other_stages] == ["种子期"]
    if equity.further and not fund.unpublished:
        assert equity.further[-1].pack.key == SEED_FUND
    page = client.get(f"/firms/{firm.uscc}/doors/").content.decode()
    assert "面向 种子期" in page


def test_door_for_the_own_stage_or_an_unknown_one_keeps_its_place(law: CurrentLaw) -> None:
    for facts in ({"registered_on": 20260618, "annual_revenue_fen": 0}, {}):
        stages = [o.other_stages for o in queries.outcomes(law, facts) if o.pack.key == SEED_FUND]
        assert stages == [()]


def test_only_the_decision_of_the_other_side_is_something_to_apply_for(law: CurrentLaw) -> None:
    theirs = [o for o in queries.outcomes(law, store_firm().facts) if o.is_theirs]

    missing = [law.library.facts[fact.name] for o in theirs for fact in o.evaluation.missing]
    assert all(fact.act == "no" and fact.holder in JUDGES for fact in missing)
    # In which market a firm is listed is looked up in a paper of the exchange, not decided by anybody.
    assert "neeq_layer_code" not in {fact.name for fact in missing}
    assert all(distance(outcome)[0] > 1 for outcome in theirs)


def test_number_not_published_is_named_on_both_pages(law: CurrentLaw, client: Client) -> None:
    firm = store_firm(neeq_layer_code="base", net_profit_fen=1_000_000_000)
    listing = door(law, "listing", dict(firm.facts))

    layer = next(o for o in listing.undecidable if o.pack.key == "national.listing.neeq_innovation")
    assert layer.unpublished
    for address in (f"/firms/{firm.uscc}/doors/", f"/firms/{firm.uscc}/"):
        page = client.get(address).content.decode()
        line = page[page.rindex("新三板创新层") :][:800]
        assert layer.unpublished[0].label in line
        assert "缺 <strong>" not in line.split("</ul>")[0]


@pytest.mark.parametrize(
    ("fact", "before", "after", "is_near"),
    [
        ("net_profit_fen", 113_000_000, 226_000_000, True),
        ("net_profit_fen", 113_000_000, 9_882_000_000, False),
        ("rd_expense_fen", 0, 100_000_000, False),
        ("ip_class1_count", 0, 1, True),
        ("ip_class1_count", 0, 2, False),
        ("requested_amount_fen", 2_000_000_000, 1_000_000, True),
        ("has_hard_collateral", 1, 0, True),
    ],
)
def test_way_that_more_than_doubles_a_fact_is_not_near(
    read_once: CurrentLaw, fact: str, before: int, after: int, *, is_near: bool
) -> None:
    facts = FACTS | {"requested_amount_fen": 1_100_000_000}
    found = ways(read_once.catalogue, LOAN, facts, limit=1)[0]
    move = replace(found.moves[0], fact=fact, before=before, after=after)

    assert is_within_reach(read_once.library, replace(found, moves=(move,))) is is_near


def test_far_way_stands_among_the_further_ones(law: CurrentLaw) -> None:
    found = queries.outcomes(law, dict(store_firm().facts) | {"requested_amount_fen": 1_100_000_000})
    loan = next(outcome for outcome in found if outcome.pack.key == LOAN)
    far = replace(loan, is_within_reach=False)

    assert distance(loan)[0] == 1
    debt = queries.doors(law, {}, [far]).doors[1]
    assert debt.next is None
    assert debt.further == (far,)


def test_doors_and_evaluation_say_what_they_could_not_read(law: CurrentLaw, client: Client) -> None:
    firm = store_firm()
    assert law

    for place in (f"/firms/{firm.uscc}/doors/", f"/firms/{firm.uscc}/rules/{LOAN}/"):
        page = client.get(place, {"requested_amount_fen": "很多"}).content.decode()
        assert "读不懂“很多”" in page
        assert "读不懂" not in client.get(place).content.decode()


def test_changed_sum_goes_along_to_the_shelf(law: CurrentLaw, client: Client) -> None:
    firm = store_firm()
    assert law

    page = client.get(f"/firms/{firm.uscc}/doors/", {"requested_amount_fen": "300万"}).content.decode()

    assert f"/shelf/?firm={firm.uscc}&amp;amount=300%E4%B8%87%E5%85%83" in page
    assert "货架按企业原值判断" in page
    assert "货架按企业原值判断" not in client.get(f"/firms/{firm.uscc}/doors/").content.decode()


def test_documents_of_branches_are_alternatives_and_of_one_condition_all_needed(law: CurrentLaw) -> None:
    facts = dict(store_firm().facts) | {"is_tech_enterprise": None}
    loan = next(o for o in queries.outcomes(law, facts) if o.pack.key == LOAN)
    assert loan.group == "one_document_away"
    assert loan.needed == "all"

    for outcome in queries.outcomes(law, store_firm(2).facts):
        unknown = [clause for clause in outcome.evaluation.clauses if clause.truth == "unknown"]
        if documents_needed(outcome.pack, outcome.evaluation) == "any":
            assert unknown[0].branches
            open_branches = [branch for branch in unknown[0].branches if branch.truth == "unknown"]
            assert len(open_branches) > 1
