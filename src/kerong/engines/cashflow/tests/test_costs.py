"""The total cost names each payer, and the annual rate is the one that makes the flows worth nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engines.cashflow.costs import Cost, CostLine, annual_rate, periodic_rate, total_cost
from kerong.engines.cashflow.due_days import due_days
from kerong.engines.cashflow.schedules import Terms, schedule

DAY = date(2026, 1, 1)


def test_one_year_bullet_has_its_own_rate() -> None:
    assert annual_rate([(DAY, 100_000), (date(2027, 1, 1), -106_000)]) == 60_000


def test_fee_at_the_start_raises_the_rate() -> None:
    # 100 − 2 received, 106 paid back after 365 days: 106 ÷ 98 − 1 = 8.1633 %.
    assert annual_rate([(DAY, 98_000), (date(2027, 1, 1), -106_000)]) == 81_633


def test_monthly_rate_times_twelve_is_the_simple_annual_one() -> None:
    # The annuity of a million at 6 % a year, to the fen.
    assert periodic_rate([100_000_000, *[-8_606_643] * 12], periods_per_year=12) == pytest.approx(
        60_000, abs=2
    )


def test_flows_in_one_direction_have_no_rate() -> None:
    assert annual_rate([(DAY, 100), (date(2027, 1, 1), 100)]) is None
    assert periodic_rate([100, 100], periods_per_year=12) is None


def test_cost_list_names_each_payer_and_the_rate_counts_the_borrower_only() -> None:
    terms = Terms(
        100_000_000, 40_000, "bullet", "actual/365", DAY, due_days(starts_on=DAY, matures_on=date(2027, 1, 1))
    )
    found = total_cost(
        received=100_000_000,
        received_on=DAY,
        instalments=schedule(terms),
        costs=[
            Cost("guarantee_fee", "borrower", DAY, 500_000),
            Cost("guarantee_fee", "government", DAY, 500_000),
            Cost("appraisal", "lender", DAY, 300_000),
        ],
    )

    assert found.lines == (
        CostLine("interest", "borrower", 4_000_000),
        CostLine("guarantee_fee", "borrower", 500_000),
        CostLine("guarantee_fee", "government", 500_000),
        CostLine("appraisal", "lender", 300_000),
    )
    assert (found.total, found.borrower_total) == (5_300_000, 4_500_000)
    # 104 ÷ 99.5 − 1 = 4.5226 %.
    assert found.borrower_rate == 45_226


@given(st.integers(1_000, 10**12), st.integers(1, 300_000), st.integers(30, 3_650))
def test_rate_makes_the_flows_worth_nothing(amount: int, rate: int, days: int) -> None:
    later = DAY + timedelta(days=days)
    back = round(amount * (1 + rate / 1_000_000) ** (days / 365))

    found = annual_rate([(DAY, amount), (later, -back)])

    assert found is not None
    worth = back / (1 + found / 1_000_000) ** (days / 365)
    # A millionth of a rate over ten years, and the fen the payment was rounded to.
    assert abs(worth - amount) <= max(1.0, amount * 1e-5)
