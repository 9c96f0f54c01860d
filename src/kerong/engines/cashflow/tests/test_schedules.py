"""Schedules lose nothing and keep their order; the textbook annuity and examples by hand come out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, localcontext
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kerong.engines.cashflow.days import DAY_COUNTS, CashflowError, interest
from kerong.engines.cashflow.due_days import Due, due_days, months_after
from kerong.engines.cashflow.schedules import METHODS, Terms, level_payment, prepay, schedule


def _terms(**changes: object) -> Terms:
    starts_on, matures_on = date(2026, 1, 20), date(2027, 1, 20)
    usual = Terms(
        principal=100_000_000,
        rate=60_000,
        method="equal_instalments",
        day_count="30/360",
        starts_on=starts_on,
        dues=due_days(starts_on=starts_on, matures_on=matures_on),
    )
    return replace(usual, **changes)


# ── days ──────────────────────────────────────────────────────────────────────


def test_31st_comes_back_after_a_short_month() -> None:
    found = due_days(starts_on=date(2026, 12, 31), matures_on=date(2027, 5, 31))

    assert [due.ends_on.isoformat() for due in found] == [
        *("2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"),
    ]


def test_30th_stays_the_30th_after_february_and_a_leap_day_is_used() -> None:
    found = due_days(starts_on=date(2028, 1, 30), matures_on=date(2028, 4, 30))

    assert [due.ends_on.isoformat() for due in found] == ["2028-02-29", "2028-03-30", "2028-04-30"]


def test_last_day_of_february_means_last_days_unless_told_otherwise() -> None:
    starts_on, matures_on = date(2026, 2, 28), date(2026, 5, 31)

    kept = due_days(starts_on=starts_on, matures_on=matures_on)
    plain = due_days(starts_on=starts_on, matures_on=matures_on, keeps_month_end=False)
    assert [due.ends_on.day for due in kept] == [31, 30, 31]
    assert [due.ends_on.day for due in plain] == [28, 28, 28, 31]


def test_moved_payment_leaves_the_interest_period_alone() -> None:
    found = due_days(
        starts_on=date(2026, 9, 1),
        matures_on=date(2026, 11, 1),
        move=lambda day: day + timedelta(days=7) if day == date(2026, 10, 1) else day,
    )

    assert found == (Due(date(2026, 10, 1), date(2026, 10, 8)), Due(date(2026, 11, 1), date(2026, 11, 1)))


# ── by hand ───────────────────────────────────────────────────────────────────


def test_annuity_of_a_million_at_six_percent_is_the_one_in_the_tables() -> None:
    made = schedule(_terms())

    # 1,000,000 × 0.005 ÷ (1 − 1.005^−12) = 86,066.43; the first interest is 5,000.00, the second
    # (1,000,000 − 81,066.43) × 0.005 = 4,594.67.
    assert [each.total for each in made[:11]] == [8_606_643] * 11
    assert [each.interest for each in made[:2]] == [500_000, 459_467]
    assert abs(made[-1].total - 8_606_643) <= 12


def test_equal_principal_gives_the_odd_fen_to_the_last() -> None:
    made = schedule(_terms(principal=100_000_001, method="equal_principal"))

    assert [each.principal for each in made] == [8_333_333] * 11 + [8_333_338]
    assert [each.interest for each in made[:2]] == [500_000, 458_333]


def test_interest_first_pays_the_principal_at_the_end() -> None:
    made = schedule(_terms(method="interest_first", day_count="actual/360"))

    assert [each.principal for each in made] == [0] * 11 + [100_000_000]
    # January 20 to February 20 is 31 days, then 28: 100,000,000 × 0.06 × 31 ÷ 360.
    assert [each.interest for each in made[:2]] == [516_667, 466_667]


def test_bullet_pays_once_with_simple_interest() -> None:
    (only,) = schedule(_terms(method="bullet", day_count="actual/365"))

    assert (only.principal, only.interest, only.pays_on) == (100_000_000, 6_000_000, date(2027, 1, 20))


def test_interest_larger_than_the_level_payment_is_refused() -> None:
    starts_on = date(2020, 1, 1)
    late = due_days(starts_on=starts_on, matures_on=date(2060, 1, 1), first_on=date(2035, 1, 1))

    with pytest.raises(CashflowError, match="more than the equal instalment"):
        schedule(_terms(starts_on=starts_on, dues=late, rate=100_000))


# ── for whatever comes ────────────────────────────────────────────────────────

cents = st.integers(1, 10**13)
rates = st.integers(0, 360_000)
starts = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@st.composite
def any_terms(draw: st.DrawFn, *, methods: tuple[str, ...] = METHODS) -> Terms:
    starts_on = draw(starts)
    matures_on = starts_on + timedelta(days=draw(st.integers(1, 5_000)))
    dues = due_days(
        starts_on=starts_on,
        matures_on=matures_on,
        months_between=draw(st.sampled_from([1, 3, 6, 12])),
        keeps_month_end=draw(st.booleans()),
    )
    return Terms(
        principal=draw(cents),
        rate=draw(rates),
        method=draw(st.sampled_from(methods)),
        day_count=draw(st.sampled_from(DAY_COUNTS)),
        starts_on=starts_on,
        dues=dues,
    )


@given(any_terms())
def test_nothing_is_lost_and_order_is_kept(terms: Terms) -> None:
    made = _schedule_if_any(terms)

    assert sum(each.principal for each in made) == terms.principal
    assert all(each.principal >= 0 and each.interest >= 0 for each in made)
    assert made[0].opening == terms.principal
    assert made[-1].closing == 0
    for before, after in pairwise(made):
        assert before.closing == after.opening
        assert before.ends_on == after.starts_on < after.ends_on
        assert before.pays_on <= after.pays_on
    for each in made:
        owed = interest(
            each.opening, rate=terms.rate, start=each.starts_on, end=each.ends_on, day_count=terms.day_count
        )
        assert each.interest == owed


@given(cents, st.integers(1, 360_000), st.integers(1, 360))
def test_equal_instalments_are_the_textbook_annuity_within_a_fen(
    principal: int, rate: int, months: int
) -> None:
    starts_on = date(2026, 1, 15)
    terms = _terms(
        principal=principal,
        rate=rate,
        starts_on=starts_on,
        dues=due_days(starts_on=starts_on, matures_on=months_after(starts_on, months)),
    )
    with localcontext() as context:
        context.prec = 80
        monthly = Decimal(rate) / 12_000_000
        textbook = principal * monthly / (1 - (1 + monthly) ** -months)
        made = schedule(terms)

        assert abs(level_payment(terms) - textbook) <= 1
        assert all(abs(each.total - textbook) <= 1 for each in made[:-1] if each.closing)


@given(any_terms(), st.data())
def test_prepayment_loses_nothing(terms: Terms, data: st.DataObject) -> None:
    made = _schedule_if_any(terms)
    on = data.draw(st.dates(terms.starts_on, made[-1].ends_on - timedelta(days=1)))
    balance = next(each.opening for each in made if each.ends_on > on)
    amount = data.draw(st.integers(1, balance))
    keep = data.draw(st.sampled_from(["term", "instalment"]))

    try:
        found = prepay(terms, on=on, amount=amount, keep=keep)
    except CashflowError as refused:
        assume("more than the equal instalment" not in str(refused))
        raise

    paid = sum(each.principal for each in made if each.ends_on <= on)
    assert paid + amount + sum(each.principal for each in found.instalments) == terms.principal
    assert found.interest >= 0
    assert len(found.instalments) <= len(terms.dues)


def test_prepayment_by_hand_saves_interest_either_way() -> None:
    terms = _terms(method="equal_principal", principal=120_000_000)
    day = date(2026, 7, 20)

    shorter = prepay(terms, on=day, amount=30_000_000, keep="instalment")
    smaller = prepay(terms, on=day, amount=30_000_000, keep="term")

    # After six payments 60,000,000 are left; 30,000,000 go at once, the rest in three
    # of 10,000,000 or six of 5,000,000.
    assert [each.principal for each in shorter.instalments] == [10_000_000] * 3
    assert [each.principal for each in smaller.instalments] == [5_000_000] * 6
    assert shorter.interest == smaller.interest == 0
    assert [each.interest for each in shorter.instalments] == [150_000, 100_000, 50_000]


def _schedule_if_any(terms: Terms) -> tuple:
    try:
        return schedule(terms)
    except CashflowError as refused:
        assume("more than the equal instalment" not in str(refused))
        raise
