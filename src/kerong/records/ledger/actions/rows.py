"""Brings rows into tables that have row security: by VALUES when few, by COPY into a staging table when many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from kerong.records.evidence.actions.recording import Happening, record_many
from kerong.records.ledger.models import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

FEW = 40
"""Up to so many rows one INSERT is faster than the staging table."""


class EntryRow(NamedTuple):
    """The columns of an entry, in the order in which they are written."""

    id: int
    book_id: str
    key: str
    kind: str
    happened_on: date
    recorded_at: datetime
    what: str
    decision_ref: str
    pack_hash: str
    approval_ref: str
    original_id: int | None
    legs_count: int
    content_digest: str
    owner: str
    readers: list[str]


def insert(table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows. Table and columns are our own names, never input."""
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if len(rows) <= FEW:
            one = f"({', '.join(['%s'] * len(columns))})"
            cursor.execute(
                f"INSERT INTO {table} ({names}) VALUES {', '.join([one] * len(rows))}",  # noqa: S608 - our names only
                [value for row in rows for value in row],
            )
            return
        # COPY refuses tables with row security, so the rows go through a table of this session.
        staging = f"staging_{table}"
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {staging} (LIKE {table}) ON COMMIT DELETE ROWS; TRUNCATE {staging}"
        )
        with connection.wrap_database_errors, cursor.copy(f"COPY {staging} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([_array(value) if isinstance(value, list) else value for value in row])
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {staging}")  # noqa: S608 - our names only


def _array(texts: Sequence[str]) -> str:
    """Return the text form of an array of texts; psycopg's own is ten times slower."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"


_SEALED_PLACES = [(name, EntryRow._fields.index(name)) for name in Entry.SEALED]


def record_entries(entries: Sequence[EntryRow], *, subject: str) -> None:
    """Record each entry with the digest of its columns; the digest of its legs is one of them."""
    record_many(
        Happening(
            "ledger",
            f"entry_{row.kind}",
            subject,
            {name: row[place] for name, place in _SEALED_PLACES},
            "ledger_entry",
            str(row.id),
            Entry.SEALED,
        )
        for row in entries
    )
