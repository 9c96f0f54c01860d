"""Reads everything that goes into a bundle for an auditor, in order and in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.basics.canonical import canonical
from kerong.records.evidence.models import Checkpoint, Event, Link
from kerong.records.evidence.queries.batches import batch_content
from kerong.records.evidence.queries.chain import canonical_event
from kerong.records.evidence.queries.integrity import sealed_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

BATCH = 2_000


def entries() -> Iterator[tuple[int, str, int, str, str, str]]:
    """Yield number, stream, position, leaf, chained hash and canonical text of every event that has its place."""
    for link in Link.objects.select_related("event").order_by("number").iterator(chunk_size=BATCH):
        text = canonical_event(link.event).decode()
        yield link.number, link.stream, link.position, link.leaf, link.hash, text


def notes() -> Iterator[tuple[int, str]]:
    """Yield size and text of every checkpoint."""
    yield from Checkpoint.objects.order_by("size").values_list("size", "note").iterator(chunk_size=BATCH)


def sealed_rows() -> Iterator[tuple[str, str, str]]:
    """Yield table, id and canonical text of the sealed columns of every row whose last seal has its place."""
    for model in sealed_models():
        table = model._meta.db_table
        if hasattr(model, "SEALED_IN_BATCHES"):
            yield from _batches(model, table)
        attributes = {field.column: field.attname for field in model._meta.concrete_fields}
        for row in model._default_manager.order_by("pk").iterator(chunk_size=BATCH):
            columns = _sealed_columns(table, str(row.pk))
            if columns is not None:
                yield (
                    table,
                    str(row.pk),
                    canonical({column: getattr(row, attributes[column]) for column in columns}).decode(),
                )


def _batches(model: type[Model], table: str) -> Iterator[tuple[str, str, str]]:
    placed = Event.objects.filter(row_table=table, row_id__startswith="batch:", link__isnull=False)
    last = dict(placed.order_by("occurred_at", "id").values_list("row_id", "row_fields"))
    for row_id, fields in last.items():
        if fields:
            yield table, row_id, canonical(batch_content(model, row_id.removeprefix("batch:"))).decode()


def _sealed_columns(table: str, row_id: str) -> list[str] | None:
    return (
        Event.objects.filter(row_table=table, row_id=row_id, link__isnull=False)
        .order_by("-occurred_at", "-id")
        .values_list("row_fields", flat=True)
        .first()
    )
