"""Records what happened, in the transaction of the row it is about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from kerong.basics.acting import current_actor
from kerong.basics.canonical import canonical, digest
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.models import Event

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import Model


class SealError(ValueError):
    """A row cannot be sealed: its model does not say which columns its digest covers."""


class Happening(NamedTuple):
    """One thing to record: ``content`` is digested and not stored, ``detail`` is stored, small and harmless."""

    stream: str
    kind: str
    subject: str
    content: Mapping[str, Any]
    row_table: str = ""
    row_id: str = ""
    row_fields: tuple[str, ...] = ()
    detail: Mapping[str, Any] = {}


def record(
    *,
    stream: str,
    kind: str,
    subject: str = "",
    content: Mapping[str, Any],
    detail: Mapping[str, Any] | None = None,
) -> Event:
    """Record that something happened, in the caller's transaction, and return the event.

    ``stream`` is the record's folder name ("ledger", "consents"), ``kind`` a verb in the past ("consent_given"),
    ``subject`` the party it concerns. Only the digest of ``content`` is kept. Raises CanonicalError for a float.
    """
    return record_many([Happening(stream, kind, subject, content, detail=detail or {})])[0]


def seal(
    row: Model, *, stream: str, kind: str, subject: str = "", detail: Mapping[str, Any] | None = None
) -> Event:
    """Record a stored row with the digest of its columns, so that a later change behind our back is found.

    The model names the columns in ``SEALED`` (a tuple of database column names). A row that changes lawfully is
    sealed again after each change; the last seal counts. Raises SealError.
    """
    return seal_many([row], stream=stream, kind=kind, subject=subject, detail=detail)[0]


def seal_many(
    rows: Iterable[Model],
    *,
    stream: str,
    kind: str,
    subject: str = "",
    detail: Mapping[str, Any] | None = None,
) -> list[Event]:
    """Seal several rows at once; see `seal`."""
    return record_many(_sealed(row, stream, kind, subject, detail or {}) for row in rows)


def record_many(happenings: Iterable[Happening]) -> list[Event]:
    """Record several things at once, in order; see `record`."""
    actor, at = current_actor(), current_clock().now()
    wanted = list(happenings)
    for each in wanted:
        # The detail is part of the event's own hash, so it must have a canonical form too.
        canonical(each.detail)
    events = [
        Event(
            id=new_identifier(at),
            stream=each.stream,
            kind=each.kind,
            occurred_at=at,
            actor_user=actor.user,
            actor_person=actor.person,
            actor_party=actor.party,
            actor_role=actor.role,
            subject=each.subject,
            row_table=each.row_table,
            row_id=each.row_id,
            row_fields=list(each.row_fields),
            content_digest=digest(each.content),
            detail=dict(each.detail),
            request=actor.request,
        )
        for each in wanted
    ]
    return Event.objects.bulk_create(events) if len(events) <= _FEW else _copied(events)


# From so many on COPY is faster: 2,000 events take 40 ms and not 250.
_FEW = 50
_COLUMNS = tuple(field.attname for field in Event._meta.concrete_fields)
_FIELDS, _DETAIL = _COLUMNS.index("row_fields"), _COLUMNS.index("detail")


def _copied(events: list[Event]) -> list[Event]:
    """Store many events by COPY; the table has no row security, which COPY would refuse."""
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY evidence_event ({', '.join(_COLUMNS)}) FROM STDIN") as copy,
    ):
        for event in events:
            row = [getattr(event, name) for name in _COLUMNS]
            # Names of columns, which need no quotes in an array's text.
            row[_FIELDS] = "{" + ",".join(row[_FIELDS]) + "}"
            row[_DETAIL] = json.dumps(row[_DETAIL], ensure_ascii=False)
            copy.write_row(row)
    return events


def _sealed(row: Model, stream: str, kind: str, subject: str, detail: Mapping[str, Any]) -> Happening:
    columns = getattr(type(row), "SEALED", None)
    if not columns:
        raise SealError(f"{type(row).__name__} has no SEALED; name the columns that its digest covers")
    attributes = {field.column: field.attname for field in row._meta.concrete_fields}
    content = {column: getattr(row, attributes[column]) for column in columns}
    return Happening(stream, kind, subject, content, row._meta.db_table, str(row.pk), tuple(columns), detail)
