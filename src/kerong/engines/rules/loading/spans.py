"""Read spans: the days on which something is in force, and the bounds of a bracket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.basics.yaml_places import Node, is_null
from kerong.engines.rules.loading.keys import BOUNDS

if TYPE_CHECKING:
    from datetime import date

    from kerong.engines.rules.loading.reading import Fields, Reading
    from kerong.engines.rules.model import Unit


def read_span(reading: Reading, found: Fields) -> tuple[date | None, date | None]:
    """Return the first and the last day of something, both open when not written."""
    start, until = reading.day(found, "from"), reading.day(found, "until")
    if start is not None and until is not None and until < start:
        what = f"`until` {until} lies before `from` {start}"
        reading.wrong(found["until"], what, f"{start} or later", "exchange or correct the two days")
    return start, until


def read_day_in_force(reading: Reading, found: Fields, at: Node) -> tuple[date | None, date | None]:
    """Return ``from`` and ``seen_since`` of a dated value, one of which must be a day."""
    start, seen = reading.day(found, "from"), reading.day(found, "seen_since")
    unknown = "from" in found and is_null(found["from"])
    if unknown and "seen_since" not in found:
        cure = "add `seen_since: …`, the day by which it was seen in force"
        reading.wrong(at, "`from` is null and `seen_since` is missing", "one of the two", cure)
    if start is not None and seen is not None:
        cure = "remove `seen_since`, or write `from: null`"
        reading.wrong(found["seen_since"], "`seen_since` beside a known first day", "one of the two", cure)
    return start, seen


def check_days(reading: Reading, days: list[tuple[date | None, date | None, int]], node: Node | None) -> None:
    """Report two dated values that begin on the same day."""
    seen: dict[date, int] = {}
    for start, since, line in days:
        day = start or since
        if day is None or node is None:
            continue
        if day in seen:
            where = next((item for item in node.value if item.start_mark.line + 1 == line), node)
            what = f"two values begin on {day} (the other in line {seen[day]})"
            reading.wrong(where, what, "one value a day", "correct the day, or move one to `alternatives`")
        seen.setdefault(day, line)


def read_bounds(
    reading: Reading, found: Fields, unit: Unit | None, at: Node
) -> tuple[int | None, int | None]:
    """Return the bounds of a bracket as written, in stored units; ``above`` and ``below`` are open."""
    for one, other in (("at_least", "above"), ("at_most", "below")):
        if one in found and other in found:
            reading.wrong(found[other], f"`{other}` beside `{one}`", "one of the two", "remove one")
    if unit is None:
        return None, None
    ends: dict[str, int] = {}
    for key in BOUNDS:
        if key in found:
            value = reading.quantity(found[key], unit, key)
            if isinstance(value, int):
                ends[key] = value
    low = ends.get("above", ends.get("at_least"))
    high = ends.get("below", ends.get("at_most"))
    closed = "above" not in ends and "below" not in ends
    if low is not None and high is not None and (low > high or (low == high and not closed)):
        reading.wrong(
            at, "this bracket is empty", "a lower bound below the upper bound", "exchange the bounds"
        )
        return None, None
    return low, high
