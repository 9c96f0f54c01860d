"""Derived facts equal a plain-Python reference, row by row, whatever the size of the numbers."""

from __future__ import annotations

import calendar
from datetime import date
from fractions import Fraction
from math import floor, isqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engines.rules.derived import MISSING, arity, compute, names

ON = date(2026, 11, 23)
LARGEST = 2**63 - 1
SHARES = ["rd_share_bp", "debt_share_bp", "main_business_share_bp", "tech_staff_share_bp"]
SIZES = st.one_of(
    st.just(MISSING), st.integers(-5, 5), st.integers(-(10**14), 10**14), st.integers(-LARGEST, LARGEST)
)
DATES = st.one_of(
    st.just(MISSING),
    st.dates(date(1, 1, 1)).map(lambda day: day.year * 10_000 + day.month * 100 + day.day),
    st.integers(19000000, 20270000),
    st.integers(-LARGEST, LARGEST),
)


def one(name: str, *values: int, on: date = ON) -> int:
    """Return a derived value of a single row."""
    return int(compute(name, on, [np.asarray([value], dtype=np.int64) for value in values])[0])


def fitting(value: int) -> int:
    return value if -LARGEST <= value <= LARGEST else MISSING


def share(part: int, whole: int) -> int:
    """Return the reference: the exact fraction, floored."""
    if MISSING in (part, whole) or whole <= 0:
        return MISSING
    return fitting(floor(Fraction(part * 10_000, whole)))


def test_registered_functions() -> None:
    assert {name: arity(name) for name in names()} == {
        "age_begun_months": 1,
        "age_days": 1,
        "age_months": 1,
        "debt_share_bp": 2,
        "main_business_share_bp": 2,
        "rd_share_bp": 2,
        "rd_two_year_total_fen": 2,
        "revenue_cagr_2y_bp": 2,
        "revenue_growth_bp": 2,
        "tech_staff_share_bp": 2,
    }


def test_wrong_number_of_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="takes 2 columns, not 1"):
        compute("rd_share_bp", ON, [np.asarray([1])])


@pytest.mark.parametrize(
    ("start", "on", "months"),
    [
        (20260123, date(2026, 11, 23), 10),
        (20260124, date(2026, 11, 23), 9),
        (20260131, date(2026, 2, 27), 0),
        (20260131, date(2026, 2, 28), 1),
        (20240131, date(2024, 2, 28), 0),
        (20240131, date(2024, 2, 29), 1),
        (20240229, date(2025, 2, 28), 12),
        (20240229, date(2025, 2, 27), 11),
        (20240229, date(2028, 2, 28), 47),
        (20240229, date(2028, 2, 29), 48),
        (20260331, date(2026, 4, 30), 1),
        (20261123, date(2026, 11, 23), 0),
        (20261124, date(2026, 11, 23), MISSING),
        (20260230, date(2026, 11, 23), MISSING),
        (20261300, date(2026, 11, 23), MISSING),
        (0, date(2026, 11, 23), MISSING),
        (MISSING, date(2026, 11, 23), MISSING),
    ],
)
def test_age_in_months(start: int, on: date, months: int) -> None:
    assert one("age_months", start, on=on) == months


def real_date(number: int) -> date | None:
    if not 10101 <= number <= 99991231:
        return None
    try:
        return date(number // 10_000, number // 100 % 100, number % 100)
    except ValueError:
        return None


@given(DATES, st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_ages_equal_the_calendar(number: int, on: date) -> None:
    start = real_date(number)
    if start is None or start > on:
        assert (one("age_days", number, on=on), one("age_months", number, on=on)) == (MISSING, MISSING)
        return
    months = (on.year - start.year) * 12 + on.month - start.month
    if on.day < min(start.day, calendar.monthrange(on.year, on.month)[1]):
        months -= 1

    assert one("age_days", number, on=on) == (on - start).days
    assert one("age_months", number, on=on) == months


@given(SIZES, SIZES)
def test_shares_equal_the_exact_fraction(part: int, whole: int) -> None:
    for name in SHARES:
        assert one(name, part, whole) == share(part, whole)


@given(SIZES, SIZES)
def test_growth_equals_the_exact_fraction(last: int, before: int) -> None:
    expected = share(last, before)
    if expected != MISSING:
        expected = fitting(floor(Fraction((last - before) * 10_000, before)))

    assert one("revenue_growth_bp", last, before) == expected


@given(SIZES, SIZES)
def test_compound_growth_is_the_largest_rate_not_above(last: int, base: int) -> None:
    result = one("revenue_cagr_2y_bp", last, base)

    if MISSING in (last, base) or base <= 0 or last < 0:
        assert result == MISSING
        return
    # (1 + rate)² · base ≤ last holds for the result and for no larger basis point.
    factor = result + 10_000
    assert factor**2 * base <= last * 10**8 < (factor + 1) ** 2 * base
    assert factor == isqrt(last * 10**8 // base)


@pytest.mark.parametrize(
    ("last", "base", "bp"), [(121, 100, 1000), (144, 100, 2000), (100, 100, 0), (0, 9, -10_000)]
)
def test_compound_growth_of_round_numbers(last: int, base: int, bp: int) -> None:
    assert one("revenue_cagr_2y_bp", last, base) == bp


@given(SIZES, SIZES)
def test_two_year_total_is_the_sum(last: int, before: int) -> None:
    expected = MISSING if MISSING in (last, before) else fitting(last + before)

    assert one("rd_two_year_total_fen", last, before) == expected


@given(st.sampled_from(names()), st.lists(st.tuples(SIZES | DATES, SIZES), min_size=1, max_size=20))
def test_columns_equal_row_by_row(name: str, rows: list[tuple[int, int]]) -> None:
    columns = [np.asarray(column, dtype=np.int64) for column in zip(*rows, strict=True)][: arity(name)]

    together = compute(name, ON, columns)

    assert together.dtype == np.int64
    assert together.tolist() == [one(name, *row[: arity(name)]) for row in rows]


@pytest.mark.parametrize(
    ("registered_on", "on", "months"),
    [
        (20211123, date(2026, 11, 23), 60),
        (20211122, date(2026, 11, 23), 61),
        (20211124, date(2026, 11, 23), 60),
        (20240131, date(2024, 2, 29), 1),
        (20240130, date(2024, 2, 28), 1),
        (20261124, date(2026, 11, 23), MISSING),
        (MISSING, date(2026, 11, 23), MISSING),
    ],
)
def test_months_begun_count_one_that_is_not_completed(registered_on: int, on: date, months: int) -> None:
    assert compute("age_begun_months", on, [np.asarray([registered_on])]).tolist() == [months]
