"""Balances: now from the cache, on a past day from the totals of days, at a past moment from the last leg before it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Sum

from kerong.basics.clock import current_clock
from kerong.engines.bookkeeping.accounts import Balance, sign_of
from kerong.engines.bookkeeping.statements import TrialLine, TrialTotal, trial_line, trial_totals
from kerong.records.ledger import models

if TYPE_CHECKING:
    from uuid import UUID


class Held(NamedTuple):
    """What an account holds, in minor units on the side on which it grows.

    ``available`` is ``amount`` less what is reserved to go out; ``incoming`` is announced and not counted.
    """

    amount: int
    outgoing: int
    incoming: int
    balance: Balance

    @property
    def available(self) -> int:
        """What may still go out."""
        return self.amount - self.outgoing


class TrialBalance(NamedTuple):
    """All accounts of a book on one day: their turnover since the book was opened, and their balances."""

    on: date
    lines: tuple[TrialLine, ...]
    totals: tuple[TrialTotal, ...]


def balance(*, account_id: UUID | str, at: date | datetime | None = None) -> Held:
    """Return what an account holds: now, at the end of a day by the entries' dates, or at a moment by when they came.

    A day tells what is dated up to and with it, even if it was written later; a moment tells what the books knew
    then. Reservations have no past by date: for a day they are left out. Raises LookupError for an account that
    does not exist or that the actor may not see.
    """
    account = models.Account.objects.filter(id=account_id).only("id", "kind").first()
    if account is None:
        raise LookupError(f"there is no account {account_id}")
    held = _balance(account, at)
    sign = sign_of(account.kind)
    return Held(held.amount(sign), held.outgoing(sign), held.incoming(sign), held)


def _balance(account: models.Account, at: date | datetime | None) -> Balance:
    if at is None:
        now = models.Balance.objects.get(account=account)
        return Balance(now.debit, now.credit, now.debit_pending, now.credit_pending)
    if isinstance(at, datetime):
        row = (
            models.Leg.objects.filter(account=account, recorded_at__lte=at)
            .order_by("-account_id", "-recorded_at", "-entry_id", "-position")
            .values_list("debit_after", "credit_after", "debit_pending_after", "credit_pending_after")
            .first()
        )
        return Balance(*row) if row else Balance()
    sums = models.DayTotal.objects.filter(account=account, day__lte=at).aggregate(
        d=Sum("debit"), c=Sum("credit")
    )
    return Balance(int(sums["d"] or 0), int(sums["c"] or 0))


def trial_balance(*, book: str, on: date | None = None) -> TrialBalance:
    """Return the trial balance of the accounts the actor sees: now, or by entries dated up to and with a day.

    Raises NotTiedError when the sides differ, which for a whole book means that it was tampered with.
    """
    accounts = models.Account.objects.filter(book_id=book).order_by("code")
    if on is None:
        rows = accounts.values_list("code", "currency", "balance__debit", "balance__credit")
    else:
        sums = {
            code: (int(debit), int(credit))
            for code, debit, credit in models.DayTotal.objects.filter(account__book_id=book, day__lte=on)
            .values("account__code")
            .annotate(debits=Sum("debit"), credits=Sum("credit"))
            .values_list("account__code", "debits", "credits")
        }
        rows = [(account.code, account.currency, *sums.get(account.code, (0, 0))) for account in accounts]
    lines = tuple(
        trial_line(code, currency, Balance(debit, credit)) for code, currency, debit, credit in rows
    )
    return TrialBalance(on or current_clock().today(), lines, tuple(trial_totals(lines)))
