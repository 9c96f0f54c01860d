"""The synthetic population is loaded once beside the firms of stories, and every firm's history can be read."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from kerong.basics.identity_codes import compose
from kerong.basics.party_reference import enterprise
from kerong.records.facts import actions, queries
from kerong.records.facts.models import Dossier, FirmHistory, Observation

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
CODES = [compose("X", "9", "420100", f"TEXT{number:04}") for number in range(3)]
YEARS = [
    {"year": 2024, "revenue_fen": 100, "staff_count": 3, "rd_expense_fen": None, "ip_class1_count": 0},
    {"year": 2025, "revenue_fen": 200, "staff_count": 4, "rd_expense_fen": 10, "ip_class1_count": 1},
]
EVENTS = [
    {"day": "2020-01-02", "kind": "registered"},
    {"day": "2025-03-04", "kind": "funding_round", "amount_fen": 500},
]


@pytest.fixture(autouse=True)
def law(settings: SettingsWrapper) -> None:
    settings.KERONG_FOLLOW_FILES = True


def load(*codes: str, fingerprint: str = "one") -> bool:
    firms = [(code, "测试（虚构）", json.dumps({"staff_count": 4})) for code in codes]
    return actions.load_demo_facts(
        firms=firms, as_of=date(2026, 11, 23), source="测试", fingerprint=fingerprint
    )


def store_story(**more: Any) -> None:
    actions.store_demo_firm(
        uscc=CODES[0], name="故事（虚构）", facts={"staff_count": 9}, as_of=date(2026, 11, 23), source="测试"
    )
    actions.store_demo_history(uscc=CODES[0], **{"years": YEARS, "events": EVENTS, **more})


def test_a_population_is_loaded_beside_the_stories_and_only_once() -> None:
    store_story()

    assert load(CODES[1], CODES[2]) is True
    assert load(CODES[1]) is False

    assert [firm.uscc for firm in queries.demo_firms()] == [CODES[0]]
    found = queries.demo_firm(CODES[2])
    assert found is not None
    assert found.facts == {"staff_count": 4}


def test_another_population_replaces_the_first_and_keeps_the_stories() -> None:
    store_story()
    load(CODES[1], CODES[2])

    assert load(CODES[2], fingerprint="two") is True

    both = {enterprise(CODES[0]), enterprise(CODES[2])}
    assert set(Dossier.objects.values_list("owner", flat=True)) == both
    assert set(Observation.objects.values_list("owner", flat=True)) == both


def test_histories_are_read_with_the_latest_first() -> None:
    actions.load_demo_histories(
        histories=[(CODES[1], json.dumps(YEARS), json.dumps(EVENTS))], fingerprint="one"
    )

    found = queries.firm_history(CODES[1])

    assert found is not None
    assert [year.year for year in found.years] == [2025, 2024]
    assert found.years[1].rd_expense_fen is None
    assert found.events[0] == queries.FirmEvent(date(2025, 3, 4), "funding_round", 500)
    assert [str(event.kind_label) for event in found.events] == ["股权融资到账", "登记成立"]
    assert queries.firm_history(CODES[2]) is None


def test_loading_histories_keeps_those_of_stories() -> None:
    store_story()
    line = (CODES[1], json.dumps(YEARS), json.dumps(EVENTS))

    assert actions.load_demo_histories(histories=[line], fingerprint="one") is True
    assert actions.load_demo_histories(histories=[], fingerprint="one") is False
    assert actions.load_demo_histories(histories=[], fingerprint="two") is True

    assert list(FirmHistory.objects.values_list("uscc", flat=True)) == [CODES[0]]


@pytest.mark.parametrize("events", [[{"day": "2020-01-02", "kind": "moved_to_mars"}], list(reversed(EVENTS))])
def test_a_history_out_of_order_or_of_unknown_kinds_is_refused(events: list[dict[str, Any]]) -> None:
    with pytest.raises(actions.FirmRefusedError):
        store_story(events=events)


def test_the_database_refuses_a_population_that_could_be_real() -> None:
    real_looking = compose("9", "1", "420100", "MA4K0001")

    with pytest.raises(IntegrityError), transaction.atomic():
        load(real_looking)
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.load_demo_histories(histories=[(real_looking, "[]", "[]")], fingerprint="one")
