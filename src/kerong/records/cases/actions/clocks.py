"""Starts, stops, pauses and resumes the clocks of a case; the caller holds the case locked and acts as the house."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.engines.workflows.progress import clocks_started, clocks_stopped, deadline
from kerong.records.cases.models import RunningClock
from kerong.records.cases.queries import calendar_today, workflow_of
from kerong.records.cases.queries.lights import spans
from kerong.records.notices import actions as notices

if TYPE_CHECKING:
    from datetime import date

    from kerong.basics.working_days import WorkingCalendar
    from kerong.engines.workflows.model import Transition, Workflow
    from kerong.records.cases.models import Case


def turn_clocks(case: Case, workflow: Workflow, before: str, move: Transition | None) -> None:
    """Stop and start the clocks that a move (or the opening, where there is none) stops and starts."""
    now = current_clock().now()
    today = now.date()
    if move is not None:
        stopped = [clock.name for clock in clocks_stopped(workflow, before, move, case.state)]
        for row in RunningClock.objects.filter(case=case, clock__in=stopped, stopped_on__isnull=True):
            row.stopped_on = today
            row.save(update_fields=["stopped_on"])
            for party in case.readers:
                for light in ("yellow", "red"):
                    notices.done(key=light_key(row, light, party))
    calendar = calendar_today()
    for clock in clocks_started(workflow, before, move, case.state):
        # A move along a circle may start what still runs: it goes on.
        if RunningClock.objects.filter(case=case, clock=clock.name, stopped_on__isnull=True).exists():
            continue
        end = deadline(clock, today, calendar)
        RunningClock.objects.create(
            id=new_identifier(now),
            case=case,
            clock=clock.name,
            started_on=today,
            due_on=end.due_on,
            yellow_from=end.yellow_from,
            is_calendar_published=end.is_published,
        )


def end_pause(case: Case) -> None:
    """Let the clocks run again, their ends moved by the days that did not count."""
    if case.paused_on is None:
        return
    workflow, calendar, today = workflow_of(case), calendar_today(), current_clock().today()
    for row in RunningClock.objects.filter(case=case, stopped_on__isnull=True):
        _add_pause(row, workflow, calendar, case.paused_on, today)
    case.paused_on, case.pause_reason = None, ""


def light_key(row: RunningClock, light: str, party: str) -> str:
    """Return the key of the notice that tells a party of a light of a running clock."""
    return f"case-clock:{row.id}:{light}:{party}"


def _add_pause(
    row: RunningClock, workflow: Workflow, calendar: WorkingCalendar, since: date, until: date
) -> None:
    clock = workflow.clocks[row.clock]
    # What was late before the pause stays late.
    if not clock.pauses or (row.due_on is not None and since > row.due_on):
        return
    row.pauses = [
        *row.pauses,
        [max(since, row.started_on).isoformat(), max(until, row.started_on).isoformat()],
    ]
    end = deadline(clock, row.started_on, calendar, spans(row))
    row.due_on, row.yellow_from, row.is_calendar_published = end.due_on, end.yellow_from, end.is_published
    row.save(update_fields=["pauses", "due_on", "yellow_from", "is_calendar_published"])
