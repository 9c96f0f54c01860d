"""Runs the invariants and keeps what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions import house, record
from kerong.records.ledger.models import Entry, Inspection
from kerong.records.ledger.queries.invariants import check_invariants

if TYPE_CHECKING:
    from datetime import datetime

REPLAYED_WHOLE_MAX = 50_000
"""Books with so many entries are replayed from empty each time; longer ones from where the last good run ended."""


def inspect() -> Inspection:
    """Check every book and keep the result. Sums and limits over everything; digests of what is new since last time."""
    with transaction.atomic(), house("all books are checked"):
        entries = Entry.objects.count()
        last: int = Entry.objects.aggregate(last=Max("id"))["last"] or 0
        good = Inspection.objects.filter(breaches=[]).order_by("-made_at", "-id").first()
        since = good.replayed_through if good is not None and entries > REPLAYED_WHOLE_MAX else 0
        now: datetime = current_clock().now()
        breaches = [breach._asdict() for breach in check_invariants(since=since)]
        made = Inspection.objects.create(
            id=new_identifier(now), made_at=now, replayed_through=last, entries=entries, breaches=breaches
        )
        record(
            stream="ledger",
            kind="books_inspected",
            content={"entries": entries, "replayed_through": last, "breaches": breaches},
            detail={"breaches": len(breaches)},
        )
    return made
