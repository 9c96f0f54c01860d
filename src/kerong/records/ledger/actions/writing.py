"""Writes entries with everything that belongs to them: legs, cached balances, totals of days, evidence."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import IntegrityError, connection, transaction

from kerong.basics.canonical import digest
from kerong.basics.clock import current_clock
from kerong.engines.bookkeeping.accounts import Balance, check_limits
from kerong.engines.bookkeeping.entries import (
    POSTING_KINDS,
    Content,
    EntryKind,
    check_follows,
    check_legs,
    effect,
)
from kerong.engines.bookkeeping.refusals import (
    KeyReusedError,
    NotYetError,
    OriginalError,
    PeriodClosedError,
    ReferenceMissingError,
    UnknownAccountError,
)
from kerong.records.evidence.actions import house
from kerong.records.ledger.actions.rows import EntryRow, insert, record_entries
from kerong.records.ledger.models import Account, Closing, Entry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID


class Draft(NamedTuple):
    """An entry that shall be written; a follower names the number and kind of the entry before it."""

    content: Content
    original_id: int | None = None
    original_kind: EntryKind | None = None


class _Held(NamedTuple):
    """An account whose balance is locked until the transaction ends."""

    id: UUID
    owner: str
    sign: int
    floor: int | None
    ceiling: int | None
    before: Balance
    last_recorded_at: datetime | None


def write(book: str, drafts: Sequence[Draft]) -> list[Entry]:
    """Write entries of one book, all or none, and return them in order. Raises BookkeepingError."""
    for draft in drafts:
        check_legs(draft.content.legs)
    digests = [digest(draft.content.for_digest()) for draft in drafts]
    with suppress(_LostRaceError):
        return _write(book, drafts, digests)
    # Somebody wrote one of the keys, or followed the same entry, a moment before: now it is seen.
    return _write(book, drafts, digests)


class _LostRaceError(Exception):
    """Another transaction wrote the same key, or followed the same entry, while this one worked."""


def _write(book: str, drafts: Sequence[Draft], digests: Sequence[str]) -> list[Entry]:
    try:
        with transaction.atomic(), house("books are written by this record alone"):
            return _Writing(book, drafts, digests).run()
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        if constraint == "ledger_entry_once" or "original" in constraint:
            raise _LostRaceError from error
        raise


class _Writing:
    """One run: lock, look, check in order, write."""

    def __init__(self, book: str, drafts: Sequence[Draft], digests: Sequence[str]) -> None:
        self.book, self.drafts, self.digests = book, drafts, digests
        self.keeper, self.requires, self.closed_through = _hold_book(book)
        self.codes = {leg.account: leg.currency for draft in drafts for leg in draft.content.legs}
        self.currencies: dict[str, str] = {}
        self.held = self._hold_accounts()
        self.balances = {code: held.before for code, held in self.held.items()}

    def run(self) -> list[Entry]:
        known = self._known()
        followed = self._followed()
        today = current_clock().today()
        fresh: list[tuple[Draft, str, list[Balance]]] = []
        places: list[int | None] = []
        keys: dict[str, tuple[str, int | None]] = {
            key: (entry.content_digest, None) for key, entry in known.items()
        }
        for draft, made in zip(self.drafts, self.digests, strict=True):
            key = draft.content.key
            if key in keys:
                if keys[key][0] != made:
                    raise KeyReusedError(f"key {key} stands for another entry of book {self.book}")
                places.append(keys[key][1])
                continue
            self._check(draft, today, followed)
            keys[key] = (made, len(fresh))
            places.append(len(fresh))
            fresh.append((draft, made, self._carry(draft.content)))
        written = self._store(fresh) if fresh else []
        return [
            known[draft.content.key] if place is None else written[place]
            for draft, place in zip(self.drafts, places, strict=True)
        ]

    def _check(self, draft: Draft, today: date, followed: set[int]) -> None:
        content = draft.content
        if self.closed_through is not None and content.happened_on <= self.closed_through:
            raise PeriodClosedError(
                f"{content.happened_on} is closed: book {self.book} is closed through {self.closed_through}"
            )
        if content.happened_on > today:
            raise NotYetError(f"{content.happened_on} has not come yet; today is {today}")
        if missing := [name for name in self.requires if not getattr(content, name)]:
            raise ReferenceMissingError(f"book {self.book} demands {', '.join(missing)} on every entry")
        if draft.original_id is not None and draft.original_kind is not None:
            check_follows(content.kind, draft.original_kind)
            if draft.original_id in followed:
                raise OriginalError(f"entry {draft.original_id} is followed by another one already")
            followed.add(draft.original_id)

    def _carry(self, content: Content) -> list[Balance]:
        """Take the legs to the balances, in order, and return what each account holds after its leg."""
        after: list[Balance] = []
        for code, amount, currency in content.legs:
            if self.currencies.get(code) != currency:
                raise UnknownAccountError(f"book {self.book} has no account {code} in {currency}")
            self.balances[code] = self.balances[code].plus(effect(content.kind, amount))
            after.append(self.balances[code])
        for code, _amount, _currency in content.legs:
            held = self.held[code]
            if held.floor is not None or held.ceiling is not None:
                check_limits(code, self.balances[code], held.sign, held.floor, held.ceiling)
        return after

    def _hold_accounts(self) -> dict[str, _Held]:
        """Lock the balances in one order for everybody, so that no two transactions wait for each other."""
        found = {
            account.id: account
            for account in Account.objects.filter(book_id=self.book, code__in=list(self.codes))
        }
        self.currencies = {account.code: account.currency for account in found.values()}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT account_id, sign, floor, ceiling, debit, credit, debit_pending, credit_pending,"
                " last_recorded_at FROM ledger_balance WHERE account_id = ANY(%s) ORDER BY account_id FOR UPDATE",
                [list(found)],
            )
            rows = cursor.fetchall()
        return {
            found[row[0]].code: _Held(
                row[0], found[row[0]].owner, row[1], row[2], row[3], Balance(*row[4:8]), row[8]
            )
            for row in rows
        }

    def _known(self) -> dict[str, Entry]:
        keys = [draft.content.key for draft in self.drafts]
        return {entry.key: entry for entry in Entry.objects.filter(book_id=self.book, key__in=keys)}

    def _followed(self) -> set[int]:
        originals = [draft.original_id for draft in self.drafts if draft.original_id is not None]
        if not originals:
            return set()
        return set(Entry.objects.filter(original_id__in=originals).values_list("original_id", flat=True))

    def _store(self, fresh: Sequence[tuple[Draft, str, list[Balance]]]) -> list[Entry]:
        # Numbers and times are taken under the locks, so that they grow along every account.
        earlier = [held.last_recorded_at for held in self.held.values() if held.last_recorded_at is not None]
        at = max([current_clock().now(), *earlier])
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('ledger_entry_number') FROM generate_series(1, %s)", [len(fresh)])
            numbers = [number for (number,) in cursor.fetchall()]
        entries: list[EntryRow] = []
        legs: list[tuple[Any, ...]] = []
        days: dict[tuple[str, date], list[int]] = {}
        for number, (draft, made, after) in zip(numbers, fresh, strict=True):
            content = draft.content
            is_posted = content.kind in POSTING_KINDS
            readers = sorted({self.held[leg.account].owner for leg in content.legs})
            entries.append(
                EntryRow(
                    number, content.book, content.key, content.kind, content.happened_on, at, content.what,
                    content.decision_ref, content.pack_hash, content.approval_ref, draft.original_id,
                    len(content.legs), made, self.keeper, readers,
                )
            )  # fmt: skip
            for position, ((code, amount, currency), balance) in enumerate(
                zip(content.legs, after, strict=True)
            ):
                held = self.held[code]
                legs.append(
                    (number, position, held.id, held.owner, self.keeper, amount, currency, content.happened_on, at,
                     is_posted, *balance)
                )  # fmt: skip
                if is_posted:
                    total = days.setdefault((code, content.happened_on), [0, 0, 0])
                    total[amount < 0] += abs(amount)
                    total[2] += 1
        insert("ledger_entry", EntryRow._fields, entries)
        insert("ledger_leg", LEG_COLUMNS, legs)
        self._update_balances(at)
        self._add_to_days(days)
        record_entries(entries, subject=self.keeper)
        return [Entry.from_db(connection.alias, EntryRow._fields, row) for row in entries]

    def _update_balances(self, at: datetime) -> None:
        changed = [
            (held.id, *self.balances[code])
            for code, held in self.held.items()
            if held.before != self.balances[code]
        ]
        ids, *sums = zip(*changed, strict=True) if changed else ((),) * 5
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE ledger_balance AS kept SET debit = now.debit, credit = now.credit,"
                " debit_pending = now.debit_pending, credit_pending = now.credit_pending, last_recorded_at = %s"
                " FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])"
                " AS now (id, debit, credit, debit_pending, credit_pending) WHERE kept.account_id = now.id",
                [at, list(ids), *(list(column) for column in sums)],
            )

    def _add_to_days(self, days: dict[tuple[str, date], list[int]]) -> None:
        if not days:
            return
        rows = [
            (self.held[code].id, day, self.held[code].owner, self.keeper, *total)
            for (code, day), total in sorted(days.items())
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_daytotal AS kept (account_id, day, owner, keeper, debit, credit, legs)"
                " SELECT * FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::text[], %s::bigint[], %s::bigint[],"
                " %s::bigint[]) ON CONFLICT (account_id, day) DO UPDATE SET debit = kept.debit + excluded.debit,"
                " credit = kept.credit + excluded.credit, legs = kept.legs + excluded.legs",
                [list(column) for column in zip(*rows, strict=True)],
            )


LEG_COLUMNS = (
    "entry_id", "position", "account_id", "owner", "keeper", "amount_minor", "currency", "happened_on", "recorded_at",
    "is_posted", "debit_after", "credit_after", "debit_pending_after", "credit_pending_after",
)  # fmt: skip


def _hold_book(book: str) -> tuple[str, tuple[str, ...], date | None]:
    """Lock a book against being closed meanwhile; return its keeper, what it demands, and through when it is closed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT keeper, requires FROM ledger_book WHERE key = %s FOR KEY SHARE", [book])
        row = cursor.fetchone()
    if row is None:
        raise UnknownAccountError(f"there is no book {book}")
    # A second statement, because the first one may have waited for a closing.
    latest = (
        Closing.objects.filter(book_id=book).order_by("-through").values_list("through", flat=True).first()
    )
    return row[0], tuple(row[1]), latest
