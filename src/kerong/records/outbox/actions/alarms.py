"""Raises alarms, and closes them when somebody has looked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F

from kerong.basics.acting import PLATFORM, current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions import house, seal
from kerong.records.outbox.models import Alarm

if TYPE_CHECKING:
    from uuid import UUID

# Our own choice: how long somebody may take to look.
DEADLINES = {
    Alarm.SERIOUS: timedelta(hours=1),
    Alarm.WARNING: timedelta(hours=8),
    Alarm.NOTICE: timedelta(days=3),
}


class AlarmNotOpenError(ValueError):
    """There is no open alarm with this id."""


def raise_alarm(  # noqa: PLR0913 - the parts of an alarm
    *,
    kind: str,
    what: str,
    severity: str,
    key: str,
    addressee: str = "system.manage",
    deadline_hours: int | None = None,
) -> Alarm:
    """Say that somebody must look at something; while it is open, the same ``key`` only counts up.

    ``severity`` is notice, warning or serious; ``addressee`` the duty of whoever looks after it. Commits or falls with
    the caller's transaction. Raises ValueError for another severity.
    """
    if severity not in DEADLINES:
        raise ValueError(f"severity is one of {', '.join(DEADLINES)}, not {severity!r}")
    now = current_clock().now()
    with house("an alarm belongs to the platform, whoever noticed it"):
        open_alarm = Alarm.objects.filter(key=key, acknowledged_at__isnull=True)
        if open_alarm.update(times=F("times") + 1, last_at=now, what=what):
            return open_alarm.get()
        patience = DEADLINES[severity] if deadline_hours is None else timedelta(hours=deadline_hours)
        # Two that notice at once: the later one's row is dropped by the database and counts instead.
        Alarm.objects.bulk_create(
            [
                Alarm(
                    id=new_identifier(now),
                    owner=PLATFORM,
                    kind=kind,
                    what=what,
                    severity=severity,
                    key=key,
                    addressee=addressee,
                    deadline=now + patience,
                    raised_at=now,
                    last_at=now,
                )
            ],
            ignore_conflicts=True,
        )
        alarm = open_alarm.get()
        seal(alarm, stream="outbox", kind="alarm_raised", detail={"kind": kind, "severity": severity})
        return alarm


def acknowledge_alarm(*, alarm_id: UUID | str, remark: str) -> Alarm:
    """Close an alarm with a word on what was done about it. Raises AlarmNotOpenError."""
    alarm = Alarm.objects.select_for_update().filter(id=alarm_id, acknowledged_at__isnull=True).first()
    if alarm is None:
        raise AlarmNotOpenError("no open alarm with this id")
    alarm.acknowledged_at = current_clock().now()
    alarm.acknowledged_by = current_actor().user
    alarm.remark = remark
    alarm.save()
    seal(alarm, stream="outbox", kind="alarm_acknowledged")
    return alarm


def note_told(alarm: Alarm) -> None:
    """Note that somebody was told of an alarm."""
    Alarm.objects.filter(id=alarm.id).update(told_at=current_clock().now())
