"""Reminders in good time: so many days before a day, by default 90, 60 and 30."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kerong.basics.clock import current_clock
from kerong.records.evidence.actions import house, seal
from kerong.records.notices.actions.telling import STREAM, NobodyToldError, tell
from kerong.records.notices.models import Reminder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

DAYS = (90, 60, 30)
"""How long before: the rhythm banks use before a loan falls due; each caller may give another."""


@transaction.atomic
def reminder(  # noqa: PLR0913 - the parts of a notice and its days
    *,
    key: str,
    due_on: date,
    days: Sequence[int] = DAYS,
    title: str,
    body: str = "",
    link: str = "",
    to_party: str = "",
    to_person: str = "",
    for_duty: str = "",
    kind: str = "reminder",
    is_todo: bool = True,
) -> Reminder:
    """Remind so many days before a day; the same key again moves it to its new day. Raises NobodyToldError."""
    person = to_person.removeprefix("person:")
    if not to_party and not person:
        raise NobodyToldError(f"the reminder {key!r} is for nobody; give to_party or to_person")
    with house("a reminder is written into somebody else's box"):
        stored, _created = Reminder.objects.update_or_create(
            key=key,
            defaults={
                "to_party": to_party,
                "to_person": person,
                "for_duty": for_duty,
                "kind": kind,
                "title": title,
                "body": body,
                "link": link,
                "due_on": due_on,
                "days": sorted(set(days), reverse=True),
                "is_todo": is_todo,
                "ended_at": None,
            },
        )
        seal(stored, stream=STREAM, kind="reminder_set", subject=to_party or f"person:{person}")
    return stored


@transaction.atomic
def forget_reminder(*, key: str) -> bool:
    """End a reminder, because what it reminded of is over; False where there is none."""
    with house("the one who did it need not be the one who is reminded"):
        found = Reminder.objects.select_for_update().filter(key=key, ended_at__isnull=True).first()
        if found is None:
            return False
        found.ended_at = current_clock().now()
        found.save(update_fields=["ended_at"])
        seal(
            found, stream=STREAM, kind="reminder_ended", subject=found.to_party or f"person:{found.to_person}"
        )
    return True


def remind_due() -> int:
    """Tell what is near: for each live reminder the shortest term that has begun, once. Return how many were told.

    Done daily; a day on which the service stood still is made up for, without telling three terms at once.
    """
    today, told = current_clock().today(), 0
    with transaction.atomic(), house("reminders of all parties"):
        live = Reminder.objects.filter(ended_at__isnull=True, due_on__gte=today)
        for each in live.filter(due_on__lte=today + timedelta(days=_longest())).iterator():
            left = (each.due_on - today).days
            begun = [term for term in each.days if term >= left]
            if not begun:
                continue
            stored = tell(
                to_party=each.to_party,
                to_person=each.to_person,
                for_duty=each.for_duty,
                kind=each.kind,
                title=each.title,
                body=each.body,
                link=each.link,
                due_on=each.due_on,
                is_todo=each.is_todo,
                key=f"{each.key}@{each.due_on.isoformat()}-{min(begun)}",
            )
            told += stored.told_at == current_clock().now()
    return told


def _longest() -> int:
    return max((max(days) for days in Reminder.objects.values_list("days", flat=True) if days), default=0)
