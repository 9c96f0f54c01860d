"""Reads about imports."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from kerong.records.facts.models import ImportBatch

if TYPE_CHECKING:
    from django.db.models import QuerySet


def batches() -> QuerySet[ImportBatch]:
    """Return the imports that the session sees, the latest first."""
    return ImportBatch.objects.order_by("-imported_at", "-id")


def batch_by_id(key: str) -> ImportBatch | None:
    """Return one import that the session sees, or None."""
    try:
        return ImportBatch.objects.filter(id=UUID(key)).first()
    except ValueError:
        return None


def batch_with(digest: str) -> ImportBatch | None:
    """Return the import of exactly this content, or None."""
    return ImportBatch.objects.filter(digest=digest).first()
