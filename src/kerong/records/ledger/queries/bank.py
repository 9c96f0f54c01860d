"""银行存款余额调节表: what the bank says, what the book says, what explains the difference, and what waits too long."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, Sum

from kerong.basics.clock import current_clock
from kerong.basics.working_days import MONDAY_TO_FRIDAY, WorkingCalendar, working_days_between
from kerong.engines.bookkeeping.entries import POSTING_KINDS
from kerong.records.ledger.models import Account, BankLine, BankMatch, BankStatement, Entry, Leg
from kerong.records.ledger.queries.balances import balance

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

WORKING_DAYS_MAX = 3
"""Unmatched longer than this alarms (专户账实相符)."""


class OpenItem(NamedTuple):
    """Something that only the bank or only the book has; money in is positive."""

    happened_on: date
    amount: int
    what: str
    reference: str
    working_days: int

    @property
    def is_overdue(self) -> bool:
        """Tell whether it has been open too long."""
        return self.working_days > WORKING_DAYS_MAX


class Reconciliation(NamedTuple):
    """The 余额调节表 of one bank account on a day."""

    account: Account
    on: date
    stated_through: date | None
    book_balance: int
    bank_balance: int
    only_bank: tuple[OpenItem, ...]
    only_book: tuple[OpenItem, ...]

    @property
    def book_adjusted(self) -> int:
        """The book as if it had what only the bank has."""
        return self.book_balance + sum(item.amount for item in self.only_bank)

    @property
    def bank_adjusted(self) -> int:
        """The bank as if it had what only the book has."""
        return self.bank_balance + sum(item.amount for item in self.only_book)

    @property
    def ties(self) -> bool:
        """Tell whether both come to the same."""
        return self.book_adjusted == self.bank_adjusted

    @property
    def overdue(self) -> tuple[OpenItem, ...]:
        """What has been open too long."""
        return tuple(item for item in (*self.only_bank, *self.only_book) if item.is_overdue)


def bank_accounts() -> list[Account]:
    """Return the bank accounts that the actor sees."""
    return list(
        Account.objects.filter(is_bank=True).select_related("book", "balance").order_by("book_id", "code")
    )


def open_lines(account_id: UUID) -> list[BankLine]:
    """Return the bank's lines that no entry belongs to, the earliest first."""
    found = BankLine.objects.filter(account_id=account_id, match__isnull=True).select_related("account")
    return list(found.order_by("happened_on", "id"))


def candidates(line: BankLine) -> list[Entry]:
    """Return the entries a bank line may belong to: same amount on the account, waiting or posted, not matched yet."""
    legs = Leg.objects.filter(
        entry=OuterRef("id"), account_id=line.account_id, amount_minor=line.amount_minor
    )
    return list(
        Entry.objects.filter(Exists(legs))
        .filter(
            Q(kind="pending", follower__isnull=True, happened_on__lte=line.happened_on)
            | Q(kind__in=POSTING_KINDS, follower__isnull=True)
        )
        .exclude(id__in=BankMatch.objects.values("entry_ref"))
        .exclude(kind="reversal")
        .order_by("happened_on", "id")
    )


def reconciliation(*, account: Account, on: date | None = None) -> Reconciliation:
    """Reckon the 余额调节表 on a day: by default the last day that the bank's statements tell of."""
    statements = BankStatement.objects.filter(account=account)
    last = statements.order_by("-last_day").first()
    first = statements.order_by("first_day", "imported_at").first()
    through = last.last_day if last else None
    on = on or through or current_clock().today()
    lines = BankLine.objects.filter(account=account, happened_on__lte=on)
    stated = (first.opening_minor if first else 0) + int(
        lines.aggregate(total=Sum("amount_minor"))["total"] or 0
    )
    until, calendar = current_clock().today(), working_calendar()

    def item(day: date, amount: int, what: str, reference: str) -> OpenItem:
        return OpenItem(day, amount, what, reference, working_days_between(day, until, calendar))

    matched = set(
        BankMatch.objects.filter(line__account=account, line__happened_on__lte=on).values_list(
            "entry_ref", flat=True
        )
    )
    only_bank = [
        item(line.happened_on, line.amount_minor, line.text or line.counterpart, line.receipt)
        for line in lines.filter(match__isnull=True).order_by("happened_on", "id")
    ]
    legs = list(
        Leg.objects.filter(account=account, is_posted=True, happened_on__lte=on)
        .exclude(entry_id__in=matched)
        .order_by("happened_on", "entry_id")
        .values_list(
            "happened_on", "amount_minor", "entry__what", "entry_id", "entry__original_id", "entry__kind"
        )
    )
    undone = {original: number for _day, _amount, _what, number, original, kind in legs if kind == "reversal"}
    here = {row[3] for row in legs}
    # A wrong entry and its reversal never reach the bank and cancel out.
    cancelled = {number for pair in undone.items() if pair[0] in here for number in pair}
    only_book = [
        item(day, amount, what, str(number))
        for day, amount, what, number, *_ in legs
        if number not in cancelled
    ]
    return Reconciliation(
        account,
        on,
        through,
        balance(account_id=account.id, at=on).amount,
        stated,
        tuple(only_bank),
        tuple(only_book),
    )


def working_calendar() -> WorkingCalendar:
    """Return the published working days, else plain weekdays. Found by name, because cases stand above."""
    module, _, name = settings.KERONG_WORKING_CALENDAR.partition(":")
    try:
        found: WorkingCalendar = getattr(importlib.import_module(module), name)()
    except LookupError:
        return MONDAY_TO_FRIDAY
    return found
