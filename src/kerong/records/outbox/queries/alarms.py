"""Reads about alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.records.outbox.models import Alarm

if TYPE_CHECKING:
    from django.db.models import QuerySet


def alarms() -> QuerySet[Alarm]:
    """Return all alarms, the latest first."""
    return Alarm.objects.order_by("-last_at")


def open_alarms() -> QuerySet[Alarm]:
    """Return the alarms nobody closed, the one due first on top."""
    return Alarm.objects.filter(acknowledged_at__isnull=True).order_by("deadline")


def untold_alarms() -> QuerySet[Alarm]:
    """Return the open alarms nobody was told of yet."""
    return open_alarms().filter(told_at__isnull=True)


def alarm(key: str) -> Alarm | None:
    """Return one alarm by its id, or None."""
    return Alarm.objects.filter(id=key).first()
