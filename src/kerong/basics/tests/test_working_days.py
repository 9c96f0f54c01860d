"""Working days follow the published calendar, and say so where none is published."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.basics.working_days import (
    MONDAY_TO_FRIDAY,
    WorkingCalendar,
    WorkingDaysError,
    add_calendar_days,
    add_working_days,
    joined,
    working_days_between,
)

# National Day 2026 as published, with its two make-up days.
AUTUMN = WorkingCalendar(
    frozenset({2026}),
    frozenset(date(2026, 10, day) for day in range(1, 8)),
    frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
)
DAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    off = draw(st.sets(DAYS, max_size=20))
    weekend = {day for day in draw(st.sets(DAYS, max_size=10)) if day.weekday() >= 5 and day not in off}
    return WorkingCalendar(frozenset({2026}), frozenset(off), frozenset(weekend))


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 10, 8), 2, date(2026, 10, 10)),
        (date(2026, 9, 18), 1, date(2026, 9, 20)),
        (date(2026, 10, 3), 0, date(2026, 10, 3)),
    ],
)
def test_counts_over_holidays_and_make_up_days(start: date, count: int, end: date) -> None:
    assert add_working_days(start, count, AUTUMN) == (end, True)


def test_a_year_without_a_calendar_is_flagged() -> None:
    assert add_working_days(date(2026, 12, 31), 1, AUTUMN) == (date(2027, 1, 1), False)
    assert add_working_days(date(2026, 12, 30), 1, AUTUMN) == (date(2026, 12, 31), True)


@given(start=DAYS, count=st.integers(0, 300), calendar=calendars())
def test_what_was_added_lies_between(start: date, count: int, calendar: WorkingCalendar) -> None:
    end = add_working_days(start, count, calendar).day

    assert working_days_between(start, end, calendar) == count
    assert count == 0 or calendar.is_working_day(end)


@given(start=DAYS, first=st.integers(0, 60), second=st.integers(0, 60), calendar=calendars())
def test_adding_in_two_steps_is_adding_once(
    start: date, first: int, second: int, calendar: WorkingCalendar
) -> None:
    middle = add_working_days(start, first, calendar).day

    assert (
        add_working_days(middle, second, calendar).day
        == add_working_days(start, first + second, calendar).day
    )


@given(days=st.lists(DAYS, min_size=3, max_size=3), calendar=calendars())
def test_between_adds_up_and_turns_its_sign(days: list[date], calendar: WorkingCalendar) -> None:
    one, two, three = days

    whole = working_days_between(one, three, calendar)
    assert whole == working_days_between(one, two, calendar) + working_days_between(two, three, calendar)
    assert working_days_between(three, one, calendar) == -whole


@given(start=DAYS, count=st.integers(0, 400))
def test_calendar_days_are_plain(start: date, count: int) -> None:
    assert add_calendar_days(start, count) == (start + timedelta(days=count), True)


def test_joined_calendars_know_every_year() -> None:
    other = WorkingCalendar(frozenset({2025}), frozenset({date(2025, 1, 1)}))
    both = joined([AUTUMN, other])

    assert both.years == frozenset({2025, 2026})
    assert not both.is_working_day(date(2025, 1, 1))
    assert MONDAY_TO_FRIDAY.is_working_day(date(2025, 1, 1))


@pytest.mark.parametrize("count", [-1, 3_661])
def test_senseless_counts_are_refused(count: int) -> None:
    with pytest.raises(WorkingDaysError):
        add_working_days(date(2026, 1, 1), count, AUTUMN)
    with pytest.raises(WorkingDaysError):
        add_calendar_days(date(2026, 1, 1), count)
