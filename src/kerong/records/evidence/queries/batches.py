"""Reads rows that came in batches: the digests they came with, and whether they still have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from psycopg import sql

from kerong.basics.canonical import digest
from kerong.records.evidence.models import Event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

_PREFIX = "batch:"


def batch_row_id(batch: str) -> str:
    """Return how an event names a whole batch instead of one row."""
    return f"{_PREFIX}{batch}"


def is_batch(row_id: str) -> bool:
    """Tell whether an event is about a batch."""
    return row_id.startswith(_PREFIX)


def batch_content(model: type[Model], batch: str) -> dict[str, Any]:
    """Return what the event of a batch covers: how many rows, and the digest of their digests in order."""
    column, seal, _expression = model.SEALED_IN_BATCHES
    rows, seals = _read(
        "SELECT count(*), encode(sha256(coalesce(string_agg({seal}, ''::bytea ORDER BY {key}), ''::bytea)), 'hex')"
        " FROM {table} t WHERE {column} = %s",
        model,
        column,
        seal,
        values=[batch],
    )[0]
    return {"batch": batch, "rows": rows, "seals": seals}


def batch_breaches(model: type[Model]) -> Iterator[tuple[str, str]]:
    """Yield row ids (or batches) and what does not hold, for a model whose rows come in batches."""
    column, seal, expression = model.SEALED_IN_BATCHES
    changed = _read(
        "SELECT {key}::text FROM {table} t WHERE {column} <> '' AND {seal} IS DISTINCT FROM {expression}"
        " ORDER BY 1 LIMIT 100",
        model,
        column,
        seal,
        expression=sql.SQL(expression),
    )
    for (row_id,) in changed:
        yield row_id, "行的内容与随批次入库时的摘要不符"
    table = model._meta.db_table
    last: dict[str, Event] = {}
    for event in Event.objects.filter(row_table=table, row_id__startswith=_PREFIX).order_by(
        "occurred_at", "id"
    ):
        last[event.row_id] = event
    for row_id, event in last.items():
        content = batch_content(model, row_id.removeprefix(_PREFIX))
        if event.row_fields and digest(content) != event.content_digest:
            yield row_id, f"这一批现有 {content['rows']} 行，与入库时的批次摘要不符：有行被改写、移除或插入"
    known = [row_id.removeprefix(_PREFIX) for row_id, event in last.items() if event.row_fields]
    strange = _read(
        "SELECT DISTINCT {column} FROM {table} t WHERE {column} <> '' AND {column} <> ALL (%s)"
        " ORDER BY 1 LIMIT 100",
        model,
        column,
        seal,
        values=[known],
    )
    for (batch,) in strange:
        yield batch_row_id(batch), "这一批从未封存：不是由系统写入的"


def _read(  # noqa: PLR0913 - the names a statement is made of
    text: str,
    model: type[Model],
    column: str,
    seal: str,
    *,
    values: list[Any] | None = None,
    expression: sql.Composable | None = None,
) -> list[tuple[Any, ...]]:
    statement = sql.SQL(text).format(
        key=sql.Identifier("t", model._meta.pk.column),
        table=sql.Identifier(model._meta.db_table),
        column=sql.Identifier("t", column),
        seal=sql.Identifier("t", seal),
        expression=expression or sql.SQL(""),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(cursor.cursor.connection), values or [])
        return cursor.fetchall()
