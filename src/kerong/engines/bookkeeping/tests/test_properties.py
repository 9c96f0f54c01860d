"""What must hold of books whatever is done to them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engines.bookkeeping.accounts import EMPTY, Account, Balance, check_limits
from kerong.engines.bookkeeping.entries import Leg, check_legs, credit, debit, effect, negated
from kerong.engines.bookkeeping.model import Book
from kerong.engines.bookkeeping.refusals import (
    BookkeepingError,
    KeyReusedError,
    LimitError,
    NotWholeError,
    OriginalError,
    UnbalancedError,
)
from kerong.engines.bookkeeping.statements import NotTiedError, TrialLine, tie, trial_totals

DAY = date(2026, 1, 5)
AMOUNTS = st.integers(1, 10**12)


def book() -> Book:
    made = Book("b")
    for account in (
        Account("bank", "asset", floor=0),
        Account("fund", "liability", floor=0),
        Account("cost", "expense"),
    ):
        made.open(account)
    return made


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(-(10**9), 10**9).filter(bool)), min_size=1))
def test_legs_are_taken_when_they_add_up_and_only_then(rows: list[tuple[str, int]]) -> None:
    legs = [Leg(code, amount) for code, amount in rows]
    total = sum(leg.amount for leg in legs)

    if total:
        with pytest.raises(UnbalancedError, match=f"{abs(total)} too many"):
            check_legs(legs)
    else:
        check_legs(legs)
    check_legs([*legs, *negated(legs)])


def test_each_currency_balances_by_itself() -> None:
    with pytest.raises(UnbalancedError, match="CNY: debits are 5 too many; USD: credits are 5 too many"):
        check_legs([Leg("a", 5, "CNY"), Leg("b", -5, "USD")])


@pytest.mark.parametrize("amount", [0, -1, True, 1.5, 10**18])
def test_sides_take_positive_whole_amounts(amount: object) -> None:
    with pytest.raises(NotWholeError):
        check_legs([debit("a", amount), credit("b", amount)])  # type: ignore[arg-type] - a test


@given(st.integers(-(10**12), 10**12).filter(bool))
def test_settling_and_voiding_leave_nothing_reserved(amount: int) -> None:
    reserved = EMPTY.plus(effect("pending", amount))

    assert reserved.net == 0
    settled = reserved.plus(effect("settlement", amount))
    assert (settled.net, settled.debit_pending, settled.credit_pending) == (amount, 0, 0)
    assert reserved.plus(effect("void", -amount)) == EMPTY
    assert settled.plus(effect("reversal", -amount)).net == 0


@given(st.integers(0, 1_000), st.integers(0, 1_000), st.integers(-500, 500))
def test_floor_counts_what_is_reserved_to_go_out(held: int, reserved: int, floor: int) -> None:
    for sign, balance in ((1, Balance(held, 0, 0, reserved)), (-1, Balance(0, held, reserved, 0))):
        if held - reserved < floor:
            with pytest.raises(LimitError):
                check_limits("a", balance, sign, floor, None)
        else:
            check_limits("a", balance, sign, floor, None)


@given(st.lists(st.tuples(st.sampled_from(["in", "out", "reserve"]), AMOUNTS), max_size=30))
def test_a_limited_account_is_never_overdrawn_and_the_trial_balance_ties(
    steps: list[tuple[str, int]],
) -> None:
    made = book()
    for number, (how, amount) in enumerate(steps):
        legs = [debit("bank", amount), credit("fund", amount)]
        if how != "in":
            legs = [debit("cost", amount), credit("bank", amount)]
        try:
            made.post(key=str(number), legs=legs, happened_on=DAY, what="x", pending=how == "reserve")
        except LimitError:
            assert made.balances["bank"].available(1) < amount
        assert made.balances["bank"].available(1) >= 0
        trial_totals(made.trial_lines())


@given(
    st.lists(st.integers(-(10**9), 10**9).filter(bool)),
    st.integers(-(10**9), 10**9),
    st.sampled_from([1, -1]),
)
def test_statement_ties_or_is_refused(movements: list[int], opening: int, sign: int) -> None:
    closing = opening + sign * sum(movements)
    tied = tie(opening, movements, closing, sign=sign)

    assert opening + sign * (tied.debits - tied.credits) == tied.closing
    assert (tied.running or (opening,))[-1] == closing
    with pytest.raises(NotTiedError):
        tie(opening, movements, closing + 1, sign=sign)


def test_trial_balance_that_does_not_tie_is_refused() -> None:
    with pytest.raises(NotTiedError, match="differ by 1"):
        trial_totals([TrialLine("a", "CNY", 6, 0), TrialLine("b", "CNY", 0, 5)])


def test_the_same_key_is_the_same_entry_and_followers_come_once() -> None:
    made = book()
    one = made.post(
        key="k", legs=[debit("bank", 5), credit("fund", 5)], happened_on=DAY, what="x", pending=True
    )

    assert made.post(key="k", legs=one.content.legs, happened_on=DAY, what="x", pending=True) is one
    with pytest.raises(KeyReusedError):
        made.post(key="k", legs=one.content.legs, happened_on=DAY, what="y", pending=True)
    made.settle(original="k", key="s", happened_on=DAY)
    for again in (made.settle, made.void):
        with pytest.raises(OriginalError):
            again(original="k", key="t", happened_on=DAY)


def test_a_refused_entry_leaves_nothing_behind() -> None:
    made = book()
    before = (dict(made.balances), dict(made.entries))

    with pytest.raises(BookkeepingError):
        made.post(key="k", legs=[debit("cost", 5), credit("bank", 5)], happened_on=DAY, what="x")
    assert (made.balances, made.entries) == before
