"""Reads about who looked at whose facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.records.facts.models import FactLookup

if TYPE_CHECKING:
    from django.db.models import QuerySet


def lookups_of(subject: str) -> QuerySet[FactLookup]:
    """Return every look at a subject and every refusal that the session sees, the latest first."""
    return FactLookup.objects.filter(owner=subject).order_by("-at", "-id")


def lookups_by(party: str) -> QuerySet[FactLookup]:
    """Return the looks of one party that the session sees, the latest first."""
    return FactLookup.objects.filter(party=party).order_by("-at", "-id")
