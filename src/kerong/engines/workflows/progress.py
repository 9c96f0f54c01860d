"""What may happen next in a case and how its clocks stand: pure functions of a workflow, a state and days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from kerong.basics.working_days import Reckoned, add_calendar_days, add_working_days, working_days_between

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from kerong.basics.working_days import WorkingCalendar
    from kerong.engines.workflows.model import Clock, Transition, Workflow

Light: TypeAlias = Literal["green", "yellow", "red", "paused", "unpublished", "stopped"]
GRAVITY: dict[Light, int] = {"stopped": 0, "unpublished": 1, "green": 2, "paused": 3, "yellow": 4, "red": 5}
"""The worst light of several is the one of the whole case."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a running clock, and the day from which it is yellow. Both None where no length is known."""

    due_on: date | None
    yellow_from: date | None
    is_published: bool


def moves_from(workflow: Workflow, state: str) -> list[Transition]:
    """Return the moves that leave a state, those along the line first."""
    found = [move for move in workflow.transitions.values() if state in move.origins]
    return sorted(found, key=lambda move: move.is_exit)


def moves_for(
    workflow: Workflow, state: str, parts: Collection[str], duties: Collection[str]
) -> list[Transition]:
    """Return the moves that somebody with these parts in the case and these duties may make now."""
    return [move for move in moves_from(workflow, state) if may_make(move, parts, duties)]


def may_make(move: Transition, parts: Collection[str], duties: Collection[str]) -> bool:
    """Tell whether parts and duties permit a move: one of its parts, and one of its duties if it names any."""
    has_duty = not move.duties or any(duty in duties for duty in move.duties)
    return has_duty and any(part in parts for part in move.who)


def clocks_started(workflow: Workflow, before: str, move: Transition | None, after: str) -> list[Clock]:
    """Return the clocks that start with a move (or with the opening of a case, where there was no state before)."""
    return [
        clock
        for clock in workflow.clocks.values()
        if (after in clock.during and before not in clock.during)
        or (move is not None and move.name in clock.starts_with)
    ]


def clocks_stopped(workflow: Workflow, before: str, move: Transition, after: str) -> list[Clock]:
    """Return the clocks that stop with a move; at the end of a case all of them do."""
    return [
        clock
        for clock in workflow.clocks.values()
        if workflow.states[after].final
        or (before in clock.during and after not in clock.during)
        or move.name in clock.stops_with
    ]


def deadline(
    clock: Clock, started_on: date, calendar: WorkingCalendar, pauses: Iterable[tuple[date, date]] = ()
) -> Deadline:
    """Return the last day of a clock. The day it started does not count; days it stood still are added."""
    days = clock.length.days
    if days is None:
        return Deadline(None, None, is_published=True)
    still = _days_in(clock, pauses, calendar) if clock.pauses else 0
    due = _after(clock, started_on, days + still, calendar)
    yellow = _after(clock, started_on, days + still - clock.yellow_before, calendar)
    return Deadline(due.day, yellow.day, due.is_published)


def light_of(
    *, due_on: date | None, yellow_from: date | None, on: date, is_paused: bool, is_running: bool
) -> Light:
    """Return the light of a clock on a day: green, yellow before its end, red after it."""
    if not is_running:
        return "stopped"
    if due_on is None:
        return "unpublished"
    if on > due_on:
        return "red"
    if is_paused:
        return "paused"
    return "yellow" if yellow_from is not None and on >= yellow_from else "green"


def worst(lights: Iterable[Light]) -> Light:
    """Return the gravest of several lights; ``stopped`` when there is none."""
    gravest: Light = "stopped"
    for light in lights:
        if GRAVITY[light] > GRAVITY[gravest]:
            gravest = light
    return gravest


def _after(clock: Clock, start: date, days: int, calendar: WorkingCalendar) -> Reckoned:
    if clock.unit == "working_days":
        return add_working_days(start, days, calendar)
    return add_calendar_days(start, days)


def _days_in(clock: Clock, pauses: Iterable[tuple[date, date]], calendar: WorkingCalendar) -> int:
    if clock.unit == "working_days":
        return sum(working_days_between(first, last, calendar) for first, last in pauses)
    return sum((last - first).days for first, last in pauses)
