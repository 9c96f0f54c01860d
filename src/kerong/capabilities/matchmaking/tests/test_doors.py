"""The three doors: what stands open, the one thing that would open the next, and what nobody can decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.capabilities.matchmaking import queries
from kerong.capabilities.matchmaking.queries.doors import distance, is_undecidable
from kerong.capabilities.matchmaking.tests.conftest import store_firm

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
    assert all(is_undecidable(outcome) for outcome in found.undecidable)
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
