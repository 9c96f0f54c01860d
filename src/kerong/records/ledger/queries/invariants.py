"""Checks what must always hold of the books (I1, I2, I3, I7, I8, I9, I11, I12) and names every breach."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import connection

from kerong.basics.canonical import digest
from kerong.engines.bookkeeping.accounts import Account as ModelAccount
from kerong.engines.bookkeeping.entries import Content, Leg
from kerong.engines.bookkeeping.model import Book as ModelBook
from kerong.engines.bookkeeping.refusals import BookkeepingError
from kerong.records.ledger import models

if TYPE_CHECKING:
    from collections.abc import Iterator


class Breach(NamedTuple):
    """Something that must never be: which invariant, where, and what was found. Holds no amounts and no names."""

    invariant: str
    where: str
    found: str


# Each statement returns (where, found) for what breaks the invariant, and nothing when all is well.
_IN_SQL: tuple[tuple[str, str], ...] = (
    (
        "I1",
        (
            "SELECT 'entry ' || entry.id, 'legs do not add up to zero in ' || leg.currency FROM ledger_entry AS entry"
            " JOIN ledger_leg AS leg ON leg.entry_id = entry.id WHERE {entries}"
            " GROUP BY entry.id, leg.currency HAVING sum(leg.amount_minor) <> 0"
        ),
    ),
    (
        "I1",
        (
            "SELECT 'entry ' || entry.id, 'announced legs are missing or too many' FROM ledger_entry AS entry"
            " LEFT JOIN ledger_leg AS leg ON leg.entry_id = entry.id WHERE {entries}"
            " GROUP BY entry.id HAVING count(leg.entry_id) <> entry.legs_count"
        ),
    ),
    (
        "I2",
        (
            "SELECT 'account ' || account.id, 'the kept balance is not the sum of the legs'"
            " FROM ledger_account AS account"
            " LEFT JOIN ledger_balance AS kept ON kept.account_id = account.id"
            " LEFT JOIN (SELECT leg.account_id,"
            "   sum(amount_minor) FILTER (WHERE leg.is_posted AND amount_minor > 0) AS debit,"
            "   -sum(amount_minor) FILTER (WHERE leg.is_posted AND amount_minor < 0) AS credit,"
            "   sum(CASE WHEN entry.kind = 'pending' AND amount_minor > 0 THEN amount_minor"
            "     WHEN entry.kind = 'settlement' AND amount_minor > 0 THEN -amount_minor"
            "     WHEN entry.kind = 'void' AND amount_minor < 0 THEN amount_minor END) AS debit_pending,"
            "   sum(CASE WHEN entry.kind = 'pending' AND amount_minor < 0 THEN -amount_minor"
            "     WHEN entry.kind = 'settlement' AND amount_minor < 0 THEN amount_minor"
            "     WHEN entry.kind = 'void' AND amount_minor > 0 THEN -amount_minor END) AS credit_pending"
            "   FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id GROUP BY leg.account_id"
            " ) AS sums ON sums.account_id = account.id"
            " WHERE (kept.debit, kept.credit, kept.debit_pending, kept.credit_pending) IS DISTINCT FROM"
            "   (coalesce(sums.debit, 0), coalesce(sums.credit, 0), coalesce(sums.debit_pending, 0),"
            "    coalesce(sums.credit_pending, 0))"
        ),
    ),
    (
        "I2",
        (
            "SELECT 'account ' || coalesce(kept.account_id, sums.account_id) || ' day '"
            " || coalesce(kept.day, sums.day),"
            " 'the total of the day is not the sum of the legs' FROM ledger_daytotal AS kept"
            " FULL JOIN (SELECT account_id, happened_on AS day, count(*) AS legs,"
            "   coalesce(sum(amount_minor) FILTER (WHERE amount_minor > 0), 0) AS debit,"
            "   coalesce(-sum(amount_minor) FILTER (WHERE amount_minor < 0), 0) AS credit"
            "   FROM ledger_leg WHERE is_posted GROUP BY account_id, happened_on) AS sums"
            " ON sums.account_id = kept.account_id AND sums.day = kept.day"
            " WHERE (kept.debit, kept.credit, kept.legs) IS DISTINCT FROM (sums.debit, sums.credit, sums.legs)"
        ),
    ),
    (
        "I2",
        (
            "SELECT 'account ' || kept.account_id, 'the kept balance is not that of the last leg'"
            " FROM ledger_balance AS kept"
            " LEFT JOIN LATERAL (SELECT * FROM ledger_leg AS leg WHERE leg.account_id = kept.account_id"
            "   ORDER BY leg.account_id DESC, leg.recorded_at DESC, leg.entry_id DESC, leg.position DESC LIMIT 1)"
            " AS last ON true WHERE (kept.debit, kept.credit, kept.debit_pending, kept.credit_pending) IS DISTINCT FROM"
            " (coalesce(last.debit_after, 0), coalesce(last.credit_after, 0), coalesce(last.debit_pending_after, 0),"
            "  coalesce(last.credit_pending_after, 0))"
        ),
    ),
    (
        "I3",
        (
            "SELECT 'account ' || account.id, 'a limit is broken, or is not the one the account was opened with'"
            " FROM ledger_account AS account JOIN ledger_balance AS kept ON kept.account_id = account.id"
            " WHERE (kept.floor, kept.ceiling) IS DISTINCT FROM (account.floor, account.ceiling)"
            " OR kept.sign <> CASE WHEN account.kind IN ('asset', 'expense') THEN 1 ELSE -1 END"
            " OR kept.sign * (kept.debit - kept.credit)"
            "   - CASE kept.sign WHEN 1 THEN kept.credit_pending ELSE kept.debit_pending END < account.floor"
            " OR kept.sign * (kept.debit - kept.credit)"
            "   + CASE kept.sign WHEN 1 THEN kept.debit_pending ELSE kept.credit_pending END > account.ceiling"
        ),
    ),
    (
        "I7",
        (
            "SELECT 'entry ' || entry.id, 'does not name a fitting original' FROM ledger_entry AS entry"
            " LEFT JOIN ledger_entry AS original ON original.id = entry.original_id"
            " WHERE {entries} AND entry.kind IN ('settlement', 'void', 'reversal') AND (original.id IS NULL"
            " OR original.book_id <> entry.book_id OR original.id >= entry.id"
            " OR (entry.kind = 'reversal') <> (original.kind IN ('posted', 'settlement'))"
            " OR (entry.kind <> 'reversal') <> (original.kind = 'pending'))"
        ),
    ),
    (
        "I7",
        (
            "SELECT 'entry ' || min(entry.original_id), 'is followed more than once' FROM ledger_entry AS entry"
            " WHERE entry.original_id IS NOT NULL GROUP BY entry.original_id HAVING count(*) > 1"
        ),
    ),
    (
        "I8",
        (
            "SELECT 'book ' || book_id, 'a key stands for two entries' FROM ledger_entry AS entry"
            " GROUP BY book_id, key HAVING count(*) > 1"
        ),
    ),
    (
        "I11",
        (
            "SELECT attrelid::regclass || '.' || attname, 'is ' || atttypid::regtype FROM pg_attribute"
            " WHERE attrelid IN ('ledger_leg'::regclass, 'ledger_balance'::regclass, 'ledger_daytotal'::regclass)"
            " AND attnum > 0 AND (attname = ANY (ARRAY['amount_minor', 'floor', 'ceiling', 'debit', 'credit',"
            "   'debit_pending', 'credit_pending']) OR attname LIKE '%_after') AND atttypid <> 'bigint'::regtype"
        ),
    ),
    (
        "I12",
        (
            "SELECT 'entry ' || entry.id, 'lacks a reference that its book demands' FROM ledger_entry AS entry"
            " JOIN ledger_book AS book ON book.key = entry.book_id WHERE {entries} AND ("
            " ('decision_ref' = ANY (book.requires) AND entry.decision_ref = '')"
            " OR ('pack_hash' = ANY (book.requires) AND entry.pack_hash = '')"
            " OR ('approval_ref' = ANY (book.requires) AND entry.approval_ref = ''))"
        ),
    ),
)


def check_invariants(*, since: int = 0) -> list[Breach]:
    """Check the books the actor sees, all of them for the house, and return every breach; an empty list is good news.

    Sums, limits and keys are checked over everything. What looks at each entry, its legs and its digest begins after
    entry ``since``: with 0 the books are replayed from empty, in memory, and must come to the same balances and
    digests (I9); later, every new entry must still have the digest of its content (I7, I9).
    """
    breaches: list[Breach] = []
    with connection.cursor() as cursor:
        for invariant, statement in _IN_SQL:
            cursor.execute(statement.format(entries=f"entry.id > {int(since)}"))
            breaches += [Breach(invariant, where, found) for where, found in cursor.fetchall()]
    for book in models.Book.objects.order_by("key"):
        breaches += _replayed(book.key) if since == 0 else _digested(book.key, since)
    return breaches


def _replayed(book: str) -> list[Breach]:
    """Write every entry of a book again, into memory, and compare."""
    model = ModelBook(book)
    accounts = models.Account.objects.filter(book_id=book)
    for each in accounts:
        model.open(ModelAccount(each.code, each.kind, each.currency, each.floor, each.ceiling))
    breaches: list[Breach] = []
    for number, kept, content in _contents(book, 0):
        if digest(content.for_digest()) != kept:
            breaches.append(Breach("I7", f"entry {number}", "its digest is not that of its content"))
        try:
            model.write(content)
        except BookkeepingError as error:
            breaches.append(
                Breach("I9", f"entry {number}", f"is refused when replayed: {type(error).__name__}")
            )
    for kept in models.Balance.objects.filter(account__book_id=book).select_related("account"):
        now = (kept.debit, kept.credit, kept.debit_pending, kept.credit_pending)
        if now != tuple(model.balances[kept.account.code]):
            breaches.append(Breach("I9", f"account {kept.account_id}", "a replay comes to another balance"))
    return breaches


def _digested(book: str, since: int) -> list[Breach]:
    return [
        Breach("I7", f"entry {number}", "its digest is not that of its content")
        for number, kept, content in _contents(book, since)
        if digest(content.for_digest()) != kept
    ]


def _contents(book: str, since: int) -> Iterator[tuple[int, str, Content]]:
    """Yield the entries of a book in order: number, kept digest, content."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT entry.id, entry.content_digest, entry.key, entry.kind, entry.happened_on, entry.what,"
            " entry.decision_ref, entry.pack_hash, entry.approval_ref, coalesce(original.key, ''),"
            " (SELECT array_agg(account.code ORDER BY leg.position) FROM ledger_leg AS leg"
            "   JOIN ledger_account AS account ON account.id = leg.account_id WHERE leg.entry_id = entry.id),"
            " (SELECT array_agg(amount_minor ORDER BY position) FROM ledger_leg WHERE entry_id = entry.id),"
            " (SELECT array_agg(currency ORDER BY position) FROM ledger_leg WHERE entry_id = entry.id)"
            " FROM ledger_entry AS entry LEFT JOIN ledger_entry AS original ON original.id = entry.original_id"
            " WHERE entry.book_id = %s AND entry.id > %s ORDER BY entry.id",
            [book, since],
        )
        while rows := cursor.fetchmany(2_000):
            for row in rows:
                legs = tuple(
                    Leg(*leg) for leg in zip(row[10] or (), row[11] or (), row[12] or (), strict=False)
                )
                yield row[0], row[1], Content(book, row[2], row[3], legs, *row[4:10])
