"""Looks at every running clock: reminds before the end, escalates after it; harmless to run late or twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kerong.basics.acting import PLATFORM
from kerong.basics.clock import current_clock
from kerong.engines.workflows.model import SUPERVISOR
from kerong.records.cases.actions.clocks import light_key
from kerong.records.cases.actions.story import address_of, locked, write_line
from kerong.records.cases.models import CaseEvent, RunningClock
from kerong.records.cases.queries import lights_of, workflow_of
from kerong.records.evidence.actions import house
from kerong.records.notices import actions as notices

if TYPE_CHECKING:
    from kerong.engines.workflows.model import Workflow
    from kerong.records.cases.models import Case
    from kerong.records.cases.queries import Light

SUPERVISING_PARTIES = (PLATFORM, "office:provincial_finance_office")
"""Who is told when a clock escalates to the supervisor; row security then shows them the case."""


@transaction.atomic
def watch_clocks() -> int:
    """Remind of every clock that turned yellow and escalate every one that turned red; return how many were told."""
    told = 0
    with house("clocks of all parties are looked at"):
        today = current_clock().today()
        turned = RunningClock.objects.filter(
            stopped_on__isnull=True,
            yellow_from__lte=today,
            escalated_at__isnull=True,
            case__closed_at__isnull=True,
        )
        for case_id in sorted(set(turned.values_list("case_id", flat=True))):
            told += _watch(locked(case_id))
    return told


def _watch(case: Case) -> int:
    workflow = workflow_of(case)
    rows = {row.clock: row for row in RunningClock.objects.filter(case=case, stopped_on__isnull=True)}
    told = 0
    for light in lights_of(case):
        row = rows[light.clock.name]
        if light.colour == "red" and row.escalated_at is None:
            _escalate(case, workflow, row, light)
        elif light.colour == "yellow" and row.warned_at is None:
            _warn(case, workflow, row, light)
        else:
            continue
        told += 1
    return told


def _warn(case: Case, workflow: Workflow, row: RunningClock, light: Light) -> None:
    row.warned_at = current_clock().now()
    row.save(update_fields=["warned_at"])
    for party in _parties(case, workflow.states[case.state].turn):
        notices.tell(
            to_party=party,
            kind="case_due",
            title=f"{case.number} 快到期：{light.clock.label}",
            body=case.title,
            link=address_of(case),
            due_on=light.due_on,
            is_todo=True,
            key=light_key(row, "yellow", party),
        )


def _escalate(case: Case, workflow: Workflow, row: RunningClock, light: Light) -> None:
    row.escalated_at = current_clock().now()
    row.save(update_fields=["escalated_at"])
    parties = [] if light.clock.escalate_to == SUPERVISOR else _parties(case, light.clock.escalate_to)
    # Supervisors see the case from now on; they also step in for a part that nobody took.
    if not parties:
        case.is_escalated, parties = True, list(SUPERVISING_PARTIES)
    write_line(case, CaseEvent.Kind.ESCALATED, transition="", remark=light.clock.label)
    for party in dict.fromkeys([*_parties(case, workflow.states[case.state].turn), *parties]):
        is_told_to_act = party not in parties
        notices.tell(
            to_party=party,
            for_duty="cases.supervise" if party in SUPERVISING_PARTIES and party in parties else "",
            kind="case_late",
            title=f"{case.number} 已超时：{light.clock.label}",
            body=case.title,
            link=address_of(case),
            due_on=light.due_on,
            is_todo=is_told_to_act,
            key=light_key(row, "red", party),
        )


def _parties(case: Case, part: str) -> list[str]:
    return list(case.participants.filter(part=part).order_by("since", "id").values_list("party", flat=True))
