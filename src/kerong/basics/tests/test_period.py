"""Half-open periods, and months counted as laws count them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.basics.period import (
    Period,
    PeriodError,
    add_months,
    as_integer,
    from_integer,
    full_months_between,
    month,
    through,
    year,
)

DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))


def test_period_holds_its_first_day_and_not_its_end() -> None:
    period = Period(date(2026, 1, 1), date(2026, 2, 1))

    assert date(2026, 1, 1) in period
    assert date(2026, 2, 1) not in period
    assert period.last_day == date(2026, 1, 31)
    assert period.days == 31
    assert through(date(2026, 1, 1), date(2026, 1, 31)) == period == month(2026, 1)


def test_period_may_be_open() -> None:
    period = through(date(2026, 1, 1), None)

    assert date(9999, 1, 1) in period
    assert (period.days, period.last_day) == (None, None)


def test_period_refuses_to_end_before_it_starts() -> None:
    with pytest.raises(PeriodError):
        Period(date(2026, 2, 1), date(2026, 1, 1))


@given(a=DAYS, b=DAYS, c=DAYS, d=DAYS, day=DAYS)
def test_intersection_holds_exactly_the_common_days(a: date, b: date, c: date, d: date, day: date) -> None:
    one, other = Period(min(a, b), max(a, b)), Period(min(c, d), max(c, d))
    common = one.intersection(other)

    assert (common is not None and day in common) == (day in one and day in other)


def test_year_touches_the_next_without_overlap() -> None:
    assert not year(2025).overlaps(year(2026))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_add_months_keeps_within_the_month(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(start=DAYS, months=st.integers(0, 600))
def test_full_months_count_back_what_was_added(start: date, months: int) -> None:
    assert full_months_between(start, add_months(start, months)) == months


def test_full_months_are_completed_ones() -> None:
    assert full_months_between(date(2026, 1, 15), date(2026, 2, 14)) == 0
    assert full_months_between(date(2026, 1, 15), date(2026, 2, 15)) == 1
    assert full_months_between(date(2026, 2, 15), date(2026, 1, 15)) == -1


@given(day=DAYS)
def test_integers_and_dates_are_inverse(day: date) -> None:
    assert from_integer(as_integer(day)) == day


def test_from_integer_refuses_no_such_day() -> None:
    with pytest.raises(PeriodError):
        from_integer(20260230)
