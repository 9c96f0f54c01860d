"""The lives of synthetic firms agree with their facts: years, events, and their order."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from kerong.basics.policies_folder import policies_folder
from kerong.demo.lives import EVENTS_FILE, HISTORY_FILE, KINDS
from kerong.demo.population import DIRECTORY_FILE, FACTS_FILE, build_population
from kerong.engines.rules.loading import load_library
from kerong.records.facts.queries import EVENT_KINDS

if TYPE_CHECKING:
    from pathlib import Path

ON = date(2026, 11, 23)
FIRMS = 3_000


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("lives")
    build_population(folder, load_library(policies_folder()), ON, firms=FIRMS, seed=5)
    facts = {row["uscc"]: row for row in pq.read_table(folder / FACTS_FILE).to_pylist()}
    years: dict[str, list[dict[str, Any]]] = {}
    events: dict[str, list[dict[str, Any]]] = {}
    for file, found in ((HISTORY_FILE, years), (EVENTS_FILE, events)):
        for row in pq.read_table(folder / file).to_pylist():
            found.setdefault(row["uscc"], []).append(row)
    return {"facts": facts, "years": years, "events": events, "folder": folder}


def days_of(events: list[dict[str, Any]], kind: str) -> list[date]:
    return [event["day"] for event in events if event["kind"] == kind]


def test_years_are_whole_ones_since_the_founding_and_five_at_most(world: dict[str, Any]) -> None:
    for uscc, facts in world["facts"].items():
        first = max(facts["registered_on"] // 10_000, 2021)
        assert [row["year"] for row in world["years"].get(uscc, [])] == list(range(first, 2026))


def test_years_say_what_the_facts_say(world: dict[str, Any]) -> None:
    pairs = (
        (2025, "revenue_fen", "annual_revenue_fen"), (2024, "revenue_fen", "previous_revenue_fen"),
        (2023, "revenue_fen", "revenue_two_years_ago_fen"), (2025, "staff_count", "staff_count"),
        (2025, "rd_expense_fen", "rd_expense_fen"), (2024, "rd_expense_fen", "previous_rd_expense_fen"),
    )  # fmt: skip
    for uscc, facts in world["facts"].items():
        years = {row["year"]: row for row in world["years"].get(uscc, [])}
        for year, column, fact in pairs:
            if year in years:
                assert years[year][column] == facts[fact], (uscc, year, column)


def test_patents_of_a_year_are_the_events_until_its_end(world: dict[str, Any]) -> None:
    for uscc, facts in world["facts"].items():
        granted = days_of(world["events"][uscc], "patent_granted")
        if facts["ip_class1_count"] is None:
            assert granted == []
            continue
        assert len(granted) == facts["ip_class1_count"]
        for row in world["years"].get(uscc, []):
            assert row["ip_class1_count"] == sum(day.year <= row["year"] for day in granted)


def test_nothing_happens_before_the_registration_or_after_the_end(world: dict[str, Any]) -> None:
    for uscc, events in world["events"].items():
        registered = world["facts"][uscc]["registered_on"]
        days = [event["day"] for event in events]
        assert events[0]["kind"] == "registered"
        assert days[0] == date(registered // 10_000, registered // 100 % 100, registered % 100)
        assert days == sorted(days)
        assert days[-1] <= ON
        if gone := days_of(events, "deregistered"):
            assert gone == [days[-1]]


def test_flags_have_their_events(world: dict[str, Any]) -> None:
    counted = dict.fromkeys(("hnte", "gone", "bad"), 0)
    for uscc, facts in world["facts"].items():
        events = world["events"][uscc]
        recognised = [day for day in days_of(events, "hnte_recognised") if (ON - day).days <= 3 * 365]
        assert bool(recognised) == bool(facts["is_hnte"])
        assert bool(days_of(events, "deregistered")) == (facts["is_active"] is False)
        assert bool(days_of(events, "loan_overdue")) == bool(facts["has_bad_credit_record"])
        counted["hnte"] += bool(recognised)
        counted["gone"] += facts["is_active"] is False
        counted["bad"] += bool(facts["has_bad_credit_record"])
    assert all(counted.values())


def test_rounds_add_up_to_the_equity_of_two_and_three_years(world: dict[str, Any]) -> None:
    seen = 0
    for uscc, facts in world["facts"].items():
        rounds = [event for event in world["events"][uscc] if event["kind"] == "funding_round"]
        if facts["new_equity_three_years_fen"] is None or facts["new_equity_two_years_fen"] is None:
            assert rounds == []
            continue
        lately = [event["amount_fen"] for event in rounds if (ON - event["day"]).days <= 2 * 365]
        assert sum(lately) == facts["new_equity_two_years_fen"]
        # A firm that has gone may have raised what it had longer ago than its last day.
        if facts["is_active"]:
            assert sum(event["amount_fen"] for event in rounds) == facts["new_equity_three_years_fen"]
        seen += bool(rounds)
    assert seen > 20


def test_a_first_time_borrower_never_had_a_loan(world: dict[str, Any]) -> None:
    for uscc, facts in world["facts"].items():
        if facts["is_first_time_borrower"] is not None:
            granted = bool(days_of(world["events"][uscc], "loan_granted"))
            assert granted != facts["is_first_time_borrower"]


def test_a_guaranteed_balance_has_an_open_loan(world: dict[str, Any]) -> None:
    for uscc, facts in world["facts"].items():
        if facts["guaranteed_balance_fen"]:
            events = world["events"][uscc]
            assert len(days_of(events, "loan_granted")) > len(days_of(events, "loan_repaid"))


def test_every_kind_of_event_happens_and_has_a_name(world: dict[str, Any]) -> None:
    kinds = {event["kind"] for events in world["events"].values() for event in events}

    assert kinds == set(KINDS)
    assert list(EVENT_KINDS) == list(KINDS)


def test_the_directory_has_every_firm_once_with_the_classes_of_the_rules(world: dict[str, Any]) -> None:
    table = pq.read_table(world["folder"] / DIRECTORY_FILE)

    assert table["uscc"].to_pylist() == list(world["facts"])
    assert set(table["enterprise_size"].to_pylist()) <= {"large", "medium", "small", "micro", None}
    assert set(table["lifecycle_stage"].to_pylist()) <= {"seed", "startup", "growth", "mature", None}
    assert np.count_nonzero([size is None for size in table["enterprise_size"].to_pylist()]) < FIRMS / 4
