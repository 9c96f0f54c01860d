"""The statement of one account for a period: opening, movements and closing that tie, page by page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Sum

from kerong.engines.bookkeeping.accounts import sign_of
from kerong.engines.bookkeeping.statements import NotTiedError
from kerong.records.ledger.models import Account, DayTotal, Leg
from kerong.records.ledger.queries.balances import balance

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet


class Movement(NamedTuple):
    """One posted leg; ``amount`` is positive for debits, ``running`` is the balance on the account's side after it."""

    entry_id: int
    happened_on: date
    kind: str
    what: str
    key: str
    original_id: int | None
    amount: int
    running: int

    @property
    def debit(self) -> int:
        """What was debited."""
        return max(self.amount, 0)

    @property
    def credit(self) -> int:
        """What was credited."""
        return max(-self.amount, 0)


class Statement(NamedTuple):
    """A period of one account, or one page of it. Opening and closing are those of the whole period."""

    account: Account
    first_day: date
    last_day: date
    opening: int
    debits: int
    credits: int
    closing: int
    count: int
    movements: tuple[Movement, ...]


def statement(  # noqa: PLR0913 - which part of which account
    *,
    account_id: object,
    first_day: date,
    last_day: date,
    offset: int = 0,
    limit: int | None = None,
    search: str = "",
) -> Statement:
    """Return an account's statement, movements in order of their dates and numbers.

    ``search`` narrows the movements shown by words of their text or their number; the sums stay those of the whole
    period. Raises LookupError for an account the actor does not see, NotTiedError when totals of days and legs
    differ.
    """
    account = Account.objects.select_related("book").get(id=account_id)
    sign = sign_of(account.kind)
    opening = balance(account_id=account.id, at=first_day - timedelta(days=1)).amount
    closing = balance(account_id=account.id, at=last_day).amount
    period = Leg.objects.filter(account=account, is_posted=True, happened_on__range=(first_day, last_day))
    totals = DayTotal.objects.filter(account=account, day__range=(first_day, last_day)).aggregate(
        debits=Sum("debit"), credits=Sum("credit"), legs=Sum("legs")
    )
    debits, credits_ = int(totals["debits"] or 0), int(totals["credits"] or 0)
    if opening + sign * (debits - credits_) != closing:
        raise NotTiedError(f"account {account.code}: opening {opening} and movements do not reach {closing}")
    ordered = period.order_by("happened_on", "entry_id", "position")
    count = int(totals["legs"] or 0)
    if search:
        movements = _found(ordered, search, opening, sign)
        shown = movements[offset : None if limit is None else offset + limit]
        return Statement(
            account, first_day, last_day, opening, debits, credits_, closing, len(movements), tuple(shown)
        )
    running = opening + sign * (_sum_of_first(ordered, offset) if offset else 0)
    movements = []
    for row in ordered.values_list(*_COLUMNS)[offset : None if limit is None else offset + limit]:
        running += sign * row[-1]
        movements.append(Movement(*row, running))
    if offset + len(movements) == count and running != closing:
        raise NotTiedError(f"account {account.code}: the movements reach {running}, the closing is {closing}")
    return Statement(
        account, first_day, last_day, opening, debits, credits_, closing, count, tuple(movements)
    )


_COLUMNS = (
    *("entry_id", "happened_on", "entry__kind", "entry__what"),
    *("entry__key", "entry__original_id", "amount_minor"),
)


def _sum_of_first(ordered: QuerySet[Leg], count: int) -> int:
    """Return the sum of the movements before a page."""
    first = ordered.values("amount_minor")[:count]
    return int(first.aggregate(total=Sum("amount_minor"))["total"] or 0)


def _found(ordered: QuerySet[Leg], search: str, opening: int, sign: int) -> list[Movement]:
    """Return the movements that match, each with the balance it really had, whatever is left out between them."""
    running, found = opening, []
    for row in ordered.values_list(*_COLUMNS).iterator(chunk_size=5_000):
        running += sign * row[-1]
        if search in row[3] or search == row[4] or search == str(row[0]):
            found.append(Movement(*row, running))
    return found
