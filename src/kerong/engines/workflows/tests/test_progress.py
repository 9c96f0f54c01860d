"""Clocks count the right days and show the right light; pauses do not count."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kerong
from kerong.basics.working_days import working_days_between
from kerong.engines.workflows.loading import read_workflows
from kerong.engines.workflows.progress import (
    clocks_started,
    clocks_stopped,
    deadline,
    light_of,
    moves_for,
    worst,
)

LIBRARY, _MISTAKES = read_workflows(Path(kerong.__file__).parents[2] / "policies")
LOAN = LIBRARY.workflows["hubei.workflows.loan_application"]
DISPUTE = LIBRARY.workflows["national.workflows.fact_dispute"]
DAYS = st.dates(date(2025, 1, 1), date(2026, 9, 1))


def test_working_days_leave_the_holidays_out() -> None:
    end = deadline(LOAN.clocks["take_on"], date(2026, 9, 30), LIBRARY.calendar)

    assert (end.due_on, end.yellow_from, end.is_published) == (date(2026, 10, 10), date(2026, 10, 9), True)


def test_the_twenty_days_of_a_dispute_count_holidays() -> None:
    end = deadline(DISPUTE.clocks["answer"], date(2026, 9, 30), LIBRARY.calendar)

    assert (end.due_on, end.yellow_from) == (date(2026, 10, 20), date(2026, 10, 15))


def test_a_clock_without_any_length_has_no_end() -> None:
    assert deadline(LOAN.clocks["signing"], date(2026, 3, 2), LIBRARY.calendar).due_on is None
    assert (
        light_of(due_on=None, yellow_from=None, on=date(2027, 1, 1), is_paused=False, is_running=True)
        == "unpublished"
    )


@given(start=DAYS, offset=st.integers(0, 20), length=st.integers(0, 30))
def test_days_of_a_pause_are_added(start: date, offset: int, length: int) -> None:
    clock = LOAN.clocks["decision"]
    pause = (start + timedelta(days=offset), start + timedelta(days=offset + length))

    plain = deadline(clock, start, LIBRARY.calendar).due_on
    longer = deadline(clock, start, LIBRARY.calendar, [pause]).due_on

    assert plain is not None
    assert longer is not None
    assert working_days_between(plain, longer, LIBRARY.calendar) == working_days_between(
        *pause, LIBRARY.calendar
    )


def test_a_clock_of_the_law_does_not_pause() -> None:
    clock, start = DISPUTE.clocks["answer"], date(2026, 3, 2)
    pause = (date(2026, 3, 3), date(2026, 3, 10))

    assert deadline(clock, start, LIBRARY.calendar, [pause]) == deadline(clock, start, LIBRARY.calendar)


@pytest.mark.parametrize(
    ("day", "light"),
    [(8, "green"), (9, "yellow"), (10, "yellow"), (11, "red")],
    ids=["before", "near", "last", "late"],
)
def test_lights(day: int, light: str) -> None:
    found = light_of(
        due_on=date(2026, 10, 10),
        yellow_from=date(2026, 10, 9),
        on=date(2026, 10, day),
        is_paused=False,
        is_running=True,
    )
    assert found == light


def test_the_worst_light_is_the_whole() -> None:
    assert worst(["green", "red", "unpublished"]) == "red"
    assert worst([]) == "stopped"


def test_a_clock_goes_on_inside_its_states_and_stops_outside() -> None:
    begin, submit = LOAN.transitions["begin_diligence"], LOAN.transitions["submit_review"]
    approve = LOAN.transitions["approve"]

    assert [
        clock.name for clock in clocks_started(LOAN, "matched", LOAN.transitions["accept"], "accepted")
    ] == ["decision"]
    assert clocks_started(LOAN, "accepted", begin, "diligence") == []
    assert clocks_stopped(LOAN, "diligence", submit, "review") == []
    assert [clock.name for clock in clocks_stopped(LOAN, "review", approve, "approved")] == ["decision"]


def test_moves_depend_on_part_and_duty() -> None:
    manager = moves_for(LOAN, "review", {"creditor"}, {"institution.act"})
    approver = moves_for(LOAN, "review", {"creditor"}, {"institution.act", "institution.approve"})

    assert [move.name for move in manager] == ["decline", "reassign"]
    assert [move.name for move in approver] == ["approve", "decline", "reassign"]
    assert moves_for(LOAN, "review", {"firm"}, {"institution.approve"}) == []
