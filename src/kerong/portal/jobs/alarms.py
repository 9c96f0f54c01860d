"""Tells whoever looks after the system of alarms, as notices and as to-dos."""

from __future__ import annotations

from kerong.basics.clock import current_clock
from kerong.records.outbox import queries as outbox
from kerong.records.outbox.actions import note_told

# Whoever answers for an alarm may not open the pages of the system; then another page says what it is about.
LINKS = {"evidence.verify": "/evidence/"}


def tell_of_alarms() -> None:
    """Make a notice of every alarm that nobody was told of; part of the transaction of a job."""
    from kerong.records.notices import actions as notices

    for alarm in outbox.untold_alarms():
        notices.tell(
            to_party=alarm.owner,
            for_duty=alarm.addressee,
            kind="alarm",
            title=f"系统告警：{alarm.get_severity_display()}",
            body=alarm.what,
            link=LINKS.get(alarm.addressee, "/system/alarms/"),
            due_on=alarm.deadline.astimezone(current_clock().now().tzinfo).date(),
            is_todo=True,
            key=f"alarm:{alarm.id}",
        )
        note_told(alarm)
