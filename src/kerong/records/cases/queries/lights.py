"""The lights of cases: green, yellow before a deadline, red after it, and why there is none."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerong.basics.clock import current_clock
from kerong.engines.workflows.progress import deadline, light_of, worst
from kerong.records.cases.models import RunningClock
from kerong.records.cases.queries.one_case import workflow_of
from kerong.records.cases.queries.workflows import calendar_today

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from kerong.basics.working_days import WorkingCalendar
    from kerong.engines.workflows.model import Clock
    from kerong.engines.workflows.progress import Light as Colour
    from kerong.records.cases.models import Case


@dataclass(frozen=True, slots=True)
class Light:
    """One running clock as it stands today."""

    clock: Clock
    colour: Colour
    started_on: date
    due_on: date | None
    days_left: int | None
    is_assumed: bool
    is_calendar_published: bool


def lights_of(case: Case, *, on: date | None = None) -> list[Light]:
    """Return the lights of a case's running clocks, the gravest first in the order of the workflow."""
    return lights([case], on=on)[case.id]


def lights(cases: Iterable[Case], *, on: date | None = None) -> dict[UUID, list[Light]]:
    """Return the lights of several cases at once, with one query."""
    today = on or current_clock().today()
    by_id = {case.id: case for case in cases}
    found: dict[UUID, list[Light]] = defaultdict(list, {key: [] for key in by_id})
    running = RunningClock.objects.filter(case__in=list(by_id), stopped_on__isnull=True).order_by(
        "started_on"
    )
    calendar = calendar_today() if any(case.paused_on for case in by_id.values()) else None
    for row in running:
        found[row.case_id].append(_light(row, by_id[row.case_id], today, calendar))
    return found


def worst_of(found: Iterable[Light]) -> Colour:
    """Return the gravest light."""
    return worst(light.colour for light in found)


def _light(row: RunningClock, case: Case, today: date, calendar: WorkingCalendar | None) -> Light:
    clock = workflow_of(case).clocks[row.clock]
    due_on, yellow_from = row.due_on, row.yellow_from
    is_still = case.paused_on is not None and clock.pauses
    if is_still and calendar is not None and due_on is not None:
        pauses = [*spans(row), (max(case.paused_on, row.started_on), max(today, row.started_on))]
        moved = deadline(clock, row.started_on, calendar, pauses)
        # A clock that was late already stays late while the case pauses.
        if case.paused_on <= due_on:
            due_on, yellow_from = moved.due_on, moved.yellow_from
    return Light(
        clock=clock,
        colour=light_of(
            due_on=due_on,
            yellow_from=yellow_from,
            on=today,
            is_paused=is_still,
            is_running=row.stopped_on is None,
        ),
        started_on=row.started_on,
        due_on=due_on,
        days_left=None if due_on is None else (due_on - today).days,
        is_assumed=clock.published.days is None and clock.assumed is not None,
        is_calendar_published=row.is_calendar_published,
    )


def spans(row: RunningClock) -> list[tuple[date, date]]:
    """Return the pauses of a clock as days."""
    from datetime import date as day

    return [(day.fromisoformat(first), day.fromisoformat(last)) for first, last in row.pauses]
