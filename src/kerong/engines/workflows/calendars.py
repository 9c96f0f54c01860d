"""Reads the published holidays and make-up working days of one year."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kerong.basics.working_days import WorkingCalendar
from kerong.basics.yaml_places import compose
from kerong.engines.workflows.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from kerong.basics.mistakes import Mistake
    from kerong.basics.yaml_places import Node

_SATURDAY = 5
_LONGEST = 15


def read_calendar_text(
    text: str, file: str, anchors: Mapping[str, frozenset[str]] | None = None
) -> tuple[WorkingCalendar | None, list[Mistake]]:
    """Return the working days of a year, or None with every mistake of the file."""
    root, mistakes = compose(text, file)
    if root is None:
        return None, mistakes
    reading = Reading(file, anchors)
    found = reading.fields(root, "calendar")
    reading.word(found, "schema", ("1",))
    reading.word(found, "kind", ("calendar",))
    reading.mark(found)
    year = reading.text(found, "year")
    if year and not (year.isascii() and year.isdecimal() and len(year) == len("2026")):
        reading.wrong(found["year"], f"`{year[:20]}` is not a year", "a year such as 2026", "correct it")
    days_off = _days_off(reading, found, year)
    made_up: set[date] = set()
    for node in reading.scalars(found, "made_up"):
        day = reading.day_of(node, str(node.value))
        if day is None:
            continue
        _in_year(reading, node, day, year)
        if day.weekday() < _SATURDAY:
            reading.wrong(
                node, f"{day} is no weekend", "a Saturday or Sunday that is worked", "correct the day"
            )
        if day in days_off:
            reading.wrong(node, f"{day} is both worked and off", "one of the two", "remove one of the two")
        made_up.add(day)
    if reading.mistakes:
        return None, sorted(reading.mistakes, key=lambda mistake: mistake.place.line)
    return WorkingCalendar(frozenset({int(year)}), frozenset(days_off), frozenset(made_up)), []


def _days_off(reading: Reading, found: dict[str, Node], year: str) -> set[date]:
    days: set[date] = set()
    for name, at, node in reading.named(found, "holidays"):
        inner = reading.fields(node, "holiday", at)
        first, last = reading.day(inner, "from"), reading.day(inner, "until")
        if first is None or last is None:
            continue
        _in_year(reading, inner["from"], first, year)
        if not timedelta(0) <= last - first <= timedelta(days=_LONGEST):
            what = f"`{name}` is off from {first} until {last}"
            reading.wrong(node, what, f"the first day first, at most {_LONGEST} days", "correct the days")
            continue
        days |= {first + timedelta(days=i) for i in range((last - first).days + 1)}
    return days


def _in_year(reading: Reading, node: Node, day: date, year: str) -> None:
    if year and str(day.year) != year:
        reading.wrong(
            node, f"{day} is not in {year}", f"a day in {year}", "correct the day, or use that year's file"
        )
