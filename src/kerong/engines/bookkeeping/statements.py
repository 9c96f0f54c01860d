"""Statements and trial balances: opening, movements and closing that tie, or a refusal to print them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kerong.engines.bookkeeping.refusals import BookkeepingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kerong.engines.bookkeeping.accounts import Balance


class NotTiedError(BookkeepingError):
    """Opening, movements and closing do not add up: some row is missing or was changed."""


class Tied(NamedTuple):
    """A period of one account, on the side on which it grows; ``running`` is the balance after each movement."""

    opening: int
    debits: int
    credits: int
    closing: int
    running: tuple[int, ...]


def tie(opening: int, movements: Sequence[int], closing: int, *, sign: int) -> Tied:
    """Return the running balances of movements, debits positive. Raises NotTiedError if they miss the closing."""
    running: list[int] = []
    standing = opening
    for amount in movements:
        standing += sign * amount
        running.append(standing)
    if standing != closing:
        raise NotTiedError(
            f"opening {opening} and {len(movements)} movements give {standing}, the closing is {closing}"
        )
    debits = sum(amount for amount in movements if amount > 0)
    return Tied(opening, debits, debits - sum(movements), closing, tuple(running))


class TrialLine(NamedTuple):
    """One account of a trial balance: its turnover, and its balance on one of the two sides."""

    code: str
    currency: str
    debit_turnover: int
    credit_turnover: int

    @property
    def debit_balance(self) -> int:
        """What stands on the debit side."""
        return max(self.debit_turnover - self.credit_turnover, 0)

    @property
    def credit_balance(self) -> int:
        """What stands on the credit side."""
        return max(self.credit_turnover - self.debit_turnover, 0)


class TrialTotal(NamedTuple):
    """The last line of a trial balance in one currency: the two pairs are equal."""

    currency: str
    debit_turnover: int
    credit_turnover: int
    debit_balance: int
    credit_balance: int


def trial_line(code: str, currency: str, balance: Balance) -> TrialLine:
    """Return an account's line."""
    return TrialLine(code, currency, balance.debit, balance.credit)


def trial_totals(lines: Iterable[TrialLine]) -> list[TrialTotal]:
    """Add the lines up, currency by currency. Raises NotTiedError where the sides differ."""
    sums: dict[str, list[int]] = {}
    for line in lines:
        total = sums.setdefault(line.currency, [0, 0, 0, 0])
        for place, amount in enumerate((*line[2:], line.debit_balance, line.credit_balance)):
            total[place] += amount
    totals = [TrialTotal(currency, *sums[currency]) for currency in sorted(sums)]
    for each in totals:
        if each.debit_turnover != each.credit_turnover or each.debit_balance != each.credit_balance:
            raise NotTiedError(
                f"{each.currency}: debits {each.debit_turnover} and credits {each.credit_turnover} differ"
                f" by {each.debit_turnover - each.credit_turnover}"
            )
    return totals
