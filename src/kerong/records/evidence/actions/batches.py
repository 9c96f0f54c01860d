"""Seals many rows by one event: each row keeps the digest it came with, and the event covers all of these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kerong.records.evidence.actions.recording import Happening, record_many
from kerong.records.evidence.queries.batches import batch_content, batch_row_id

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from kerong.records.evidence.models import Event


def seal_batch(model: type[Model], batch: str, *, stream: str, kind: str) -> Event:
    """Record a batch of rows that stand in the table with their digests; see `SEALED_IN_BATCHES` on the model.

    ``SEALED_IN_BATCHES`` names the column of the batch, the column of the row's digest, and the SQL expression of that
    digest over the row ``t``.
    """
    content = batch_content(model, batch)
    return record_many([_about(model, batch, stream, kind, content, (model.SEALED_IN_BATCHES[1],))])[0]


def unseal_batch(model: type[Model], batch: str, *, stream: str, kind: str) -> Event:
    """Record that a whole batch was lawfully removed."""
    return record_many([_about(model, batch, stream, kind, {"batch": batch}, ())])[0]


def unseal_rows(rows: QuerySet[Any], *, stream: str, kind: str) -> list[Event]:
    """Record that rows are about to be lawfully removed, so that nobody misses them."""
    table = rows.model._meta.db_table
    return record_many(
        [
            Happening(stream, kind, "", {"row": str(key)}, table, str(key))
            for key in rows.values_list("pk", flat=True)
        ]
    )


def _about(  # noqa: PLR0913, PLR0917 - the parts of an event
    model: type[Model], batch: str, stream: str, kind: str, content: dict[str, Any], fields: tuple[str, ...]
) -> Happening:
    table = model._meta.db_table
    return Happening(stream, kind, "", content, table, batch_row_id(batch), fields, {"batch": batch})
