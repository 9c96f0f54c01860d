"""Interest by four day counts, worked out by hand, leap years and 31sts among them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engines.cashflow.days import DAY_COUNTS, CashflowError, interest, rounded, year_fraction


@pytest.mark.parametrize(
    ("start", "end", "day_count", "expected"),
    [
        # 90 days of a million yuan at 3.45 %: 100,000,000 × 0.0345 × 90 ÷ 360.
        (date(2026, 1, 6), date(2026, 4, 6), "actual/360", 862_500),
        # The same 90 days ÷ 365 = 850,684.93…
        (date(2026, 1, 6), date(2026, 4, 6), "actual/365", 850_685),
        # 30/360 counts three months of thirty days.
        (date(2026, 1, 6), date(2026, 4, 6), "30/360", 862_500),
        # A leap February has 29 days: 100,000,000 × 0.0345 × 29 ÷ 360 = 277,916.67.
        (date(2024, 2, 1), date(2024, 3, 1), "actual/360", 277_917),
        (date(2023, 2, 1), date(2023, 3, 1), "actual/360", 268_333),
        # Over the turn of the year 1 day of 365 and 365 days of 366: 3,450,000 × (1/365 + 365/366) = 3,450,025.82…
        (date(2023, 12, 31), date(2024, 12, 31), "actual/actual", 3_450_026),
        (date(2024, 1, 1), date(2025, 1, 1), "actual/actual", 3_450_000),
        (date(2024, 1, 1), date(2025, 1, 1), "actual/365", 3_459_452),
    ],
)
def test_interest_is_what_a_pencil_says(start: date, end: date, day_count: str, expected: int) -> None:
    assert interest(100_000_000, rate=34_500, start=start, end=end, day_count=day_count) == expected


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 1, 31), date(2026, 3, 31), 60),
        (date(2026, 1, 30), date(2026, 3, 31), 60),
        (date(2026, 1, 29), date(2026, 3, 31), 62),
        (date(2026, 2, 28), date(2026, 3, 1), 3),
        (date(2024, 2, 29), date(2024, 3, 31), 32),
        (date(2026, 1, 31), date(2026, 2, 28), 28),
    ],
)
def test_30_360_counts_the_31st_as_the_bond_basis_does(start: date, end: date, days: int) -> None:
    assert year_fraction(start, end, "30/360") == Fraction(days, 360)


def test_half_a_fen_goes_where_the_rule_says() -> None:
    half, one_and_a_half = Fraction(1, 2), Fraction(3, 2)

    assert [rounded(half, rule) for rule in ("half_up", "half_even", "down", "up")] == [1, 0, 0, 1]
    assert [rounded(one_and_a_half, rule) for rule in ("half_up", "half_even", "down", "up")] == [2, 2, 1, 2]
    assert rounded(-half, "half_up") == -1


def test_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(CashflowError):
        year_fraction(date(2026, 1, 2), date(2026, 1, 1), "actual/360")


days = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@given(days, days, days, st.sampled_from([each for each in DAY_COUNTS if each != "30/360"]))
def test_nothing_is_lost_where_a_period_is_cut(
    first: date, second: date, third: date, day_count: str
) -> None:
    start, middle, end = sorted((first, second, third))

    whole = year_fraction(start, end, day_count)
    assert whole == year_fraction(start, middle, day_count) + year_fraction(middle, end, day_count)
