"""Rules of one topic side by side: ours first, other regions beside, row by row by the parameter's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kerong.capabilities.policy_library.queries.expressions import label_of, shown
from kerong.capabilities.policy_library.queries.list_of_rules import is_of_another_region
from kerong.capabilities.policy_library.queries.quantities_apart import are_comparable, compared
from kerong.capabilities.policy_library.queries.values_in_words import row_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from kerong.engines.rules.model import DatedValue, Library, Mark, Pack, Parameter, Unit


@dataclass(frozen=True)
class TopicLine:
    """One topic in the list: its packs, ours first, and how many parameters they share."""

    topic: str
    packs: tuple[Pack, ...]
    regions: tuple[str, ...]
    shared: int

    @property
    def label_pack(self) -> Pack:
        """The pack whose name stands for the topic."""
        return self.packs[0]


@dataclass(frozen=True)
class Number:
    """What a pack says in one line of the comparison; no mark where the pack has no such line."""

    region: str
    text: str
    value: int | None
    unit: Unit | None
    mark: Mark | None
    dated: DatedValue | None

    @property
    def is_absent(self) -> bool:
        """Tell whether the pack has no such parameter, row or value today."""
        return self.mark is None

    @property
    def is_published(self) -> bool:
        """Tell whether there is a published value."""
        return self.mark is not None and self.mark.verified != "not_found"


@dataclass(frozen=True)
class ComparedLine:
    """One line: a parameter or a row of one, what every pack says of it, and the gap in words."""

    name: str
    label: str
    parameter: Parameter
    row: str
    numbers: tuple[Number, ...]
    gaps: tuple[str, ...]

    @property
    def is_shared(self) -> bool:
        """Tell whether more than one pack has the line."""
        return sum(not number.is_absent for number in self.numbers) > 1


@dataclass(frozen=True)
class Comparison:
    """A topic with its packs and lines; ``days`` says for each region since when its numbers stand."""

    topic: str
    packs: tuple[Pack, ...]
    lines: tuple[ComparedLine, ...]
    days: tuple[tuple[str, date, date], ...]

    @property
    def shared(self) -> tuple[ComparedLine, ...]:
        """The lines that more than one pack has."""
        return tuple(line for line in self.lines if line.is_shared)

    @property
    def lone(self) -> tuple[ComparedLine, ...]:
        """The lines that one pack alone has."""
        return tuple(line for line in self.lines if not line.is_shared)

    @property
    def days_differ(self) -> bool:
        """Tell whether the compared numbers are not all of one day."""
        return len({day for _region, first, last in self.days for day in (first, last)}) > 1


def topics(library: Library) -> tuple[TopicLine, ...]:
    """Return the topics of which more than one region has a pack."""
    found: dict[str, list[Pack]] = {}
    for pack in sorted(library.packs.values(), key=is_of_another_region):
        if pack.topic:
            found.setdefault(pack.topic, []).append(pack)
    lines: list[TopicLine] = []
    for topic, packs in found.items():
        regions = tuple(dict.fromkeys(region_of(pack) for pack in packs))
        names = [name for pack in packs for name in pack.parameters]
        shared = sum(names.count(name) > 1 for name in set(names))
        if len(regions) > 1:
            lines.append(TopicLine(topic, tuple(packs), regions, shared))
    return tuple(lines)


def comparison(library: Library, topic: str, on: date) -> Comparison | None:
    """Lay the packs of a topic side by side as they stand on a day; None where there is nothing to compare."""
    line = next((line for line in topics(library) if line.topic == topic), None)
    if line is None:
        return None
    names = dict.fromkeys(name for pack in line.packs for name in pack.parameters)
    lines = [found for name in names for found in _lines(library, line.packs, name, on)]
    return Comparison(
        topic, line.packs, tuple(lines), _days(line.packs, [found for found in lines if found.is_shared])
    )


def region_of(pack: Pack) -> str:
    """Return the region a pack is for."""
    return pack.facets.get("region", "") or pack.label


def _lines(library: Library, packs: tuple[Pack, ...], name: str, on: date) -> Iterator[ComparedLine]:
    """Return the lines of one parameter: one, or one for each row (and column) of a table."""
    cells = [_cells(library, pack, pack.parameters.get(name), on) for pack in packs]
    first = next(pack.parameters[name] for pack in packs if name in pack.parameters)
    for row in dict.fromkeys(row for found in cells for row in found):
        numbers = tuple(
            found.get(row) or Number(region_of(pack), "", None, None, None, None)
            for pack, found in zip(packs, cells, strict=True)
        )
        gaps = tuple(dict.fromkeys(_gaps(packs, numbers)))
        yield ComparedLine(name, label_of(first), first, row, numbers, gaps)


def _cells(library: Library, pack: Pack, parameter: Parameter | None, on: date) -> dict[str, Number]:
    """Return what a pack says by row; a single value stands in the row without a name."""
    dated = parameter.in_force(on) if parameter else None
    if parameter is None or dated is None:
        return {}
    region = region_of(pack)
    if not dated.rows:
        value = dated.value if isinstance(dated.value, int) else None
        return {
            "": Number(region, shown(dated.value, parameter.unit), value, parameter.unit, dated.mark, dated)
        }
    found: dict[str, Number] = {}
    for row in dated.rows:
        key = row_key(library, pack, parameter, row)
        mark = row.mark or dated.mark
        columns = parameter.columns or (None,)
        for column, value in zip(columns, row.values, strict=False):
            unit = column.unit if column else parameter.unit
            if value is None and mark.verified != "not_found":
                continue
            name = f"{key} · {label_of(column)}" if column else key
            number = value if isinstance(value, int) else None
            found[name] = Number(region, shown(value, unit), number, unit, mark, dated)
    return found


def _gaps(packs: tuple[Pack, ...], numbers: tuple[Number, ...]) -> Iterator[str]:
    """Say how the first of ours that has the number stands to each of the others."""
    ours = [n for pack, n in zip(packs, numbers, strict=True) if not is_of_another_region(pack)]
    others = [n for pack, n in zip(packs, numbers, strict=True) if is_of_another_region(pack)]
    if not ours:
        ours, others = list(numbers[:1]), list(numbers[1:])
    elif not others:
        ours, others = ours[:1], ours[1:]
    base = next((number for number in ours if number.is_published), ours[0])
    for other in others:
        yield _gap(base, other)


def _gap(base: Number, other: Number) -> str:
    """Say in words how one number stands to another region's."""
    if not (base.is_published and other.is_published):
        return _lacking(base, other)
    names = {"region": other.region}
    if base.unit is None or other.unit is None or base.unit.type != other.unit.type:
        return _("单位不同，不比较")
    if base.value is None or other.value is None or base.unit.type in {"flag", "code", "date"}:
        return (_("与%(region)s相同") if base.text == other.text else _("与%(region)s不同")) % names
    if not are_comparable(base.unit, other.unit):
        return _("单位不同，不比较")
    return compared(base.value, other.value, base.unit, other.region)


def _lacking(base: Number, other: Number) -> str:
    """Say which of two regions has no number, and whether it is not published or not held here."""
    if base.is_absent or other.is_absent:
        absent = base if base.is_absent else other
        return _("%(region)s未收录这一项") % {"region": absent.region}
    if not (base.is_published or other.is_published):
        return _("%(ours)s和%(theirs)s都未公布") % {"ours": base.region, "theirs": other.region}
    lacking = other if base.is_published else base
    return _("%(region)s未公布") % {"region": lacking.region}


def _days(packs: tuple[Pack, ...], lines: list[ComparedLine]) -> tuple[tuple[str, date, date], ...]:
    """Return for each pack the first and last day since which its compared numbers stand."""
    found: list[tuple[str, date, date]] = []
    for i, pack in enumerate(packs):
        column = [line.numbers[i] for line in lines]
        days = [number.dated.effective for number in column if number.dated and number.is_published]
        if days:
            found.append((region_of(pack), min(days), max(days)))
    return tuple(found)
