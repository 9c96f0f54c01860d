"""Rules of one topic side by side: ours first, other regions beside, row by row by the parameter's name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kerong.capabilities.policy_library.queries.comparison_columns import Column, Elsewhere, Number
from kerong.capabilities.policy_library.queries.comparison_gaps import gaps_between
from kerong.capabilities.policy_library.queries.expressions import label_of, shown
from kerong.capabilities.policy_library.queries.list_of_rules import is_of_another_region
from kerong.capabilities.policy_library.queries.quantities_apart import are_comparable
from kerong.capabilities.policy_library.queries.values_in_words import row_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from kerong.engines.rules.model import Library, Pack, Parameter

_HOME = "hubei."


@dataclass(frozen=True)
class TopicLine:
    """One topic in the list: its packs, ours first, and their regions."""

    topic: str
    packs: tuple[Pack, ...]
    regions: tuple[str, ...]

    @property
    def label_pack(self) -> Pack:
        """The pack whose name stands for the topic."""
        return self.packs[0]


@dataclass(frozen=True)
class ComparedLine:
    """One line: a parameter or a row of one, what every pack says of it, and the gaps in words.

    ``is_compared``: two of the numbers are known and of one unit.
    """

    name: str
    label: str
    parameter: Parameter
    row: str
    numbers: tuple[Number, ...]
    gaps: tuple[str, ...]
    is_compared: bool

    @property
    def is_shared(self) -> bool:
        """Tell whether more than one pack has the line."""
        return sum(not number.is_absent for number in self.numbers) > 1


@dataclass(frozen=True)
class Comparison:
    """A topic with its columns and lines; ``days`` says for each column since when its numbers stand."""

    topic: str
    columns: tuple[Column, ...]
    lines: tuple[ComparedLine, ...]
    days: tuple[tuple[str, date, date], ...]

    @property
    def compared(self) -> tuple[ComparedLine, ...]:
        """The lines in which numbers could be compared: the list of topics counts these."""
        return tuple(line for line in self.lines if line.is_compared)

    @property
    def uncompared(self) -> tuple[ComparedLine, ...]:
        """The lines that several packs have and whose numbers are not published, or of different units."""
        return tuple(line for line in self.lines if line.is_shared and not line.is_compared)

    @property
    def lone(self) -> tuple[ComparedLine, ...]:
        """The lines that one pack alone has."""
        return tuple(line for line in self.lines if not line.is_shared)

    @property
    def days_differ(self) -> bool:
        """Tell whether the compared numbers are not all of one day."""
        return len({day for _name, first, last in self.days for day in (first, last)}) > 1


def topics(library: Library) -> tuple[TopicLine, ...]:
    """Return the topics of which more than one region has a pack."""
    found: dict[str, list[Pack]] = {}
    ours_first = sorted(
        library.packs.values(), key=lambda pack: (is_of_another_region(pack), not pack.key.startswith(_HOME))
    )
    for pack in ours_first:
        if pack.topic:
            found.setdefault(pack.topic, []).append(pack)
    lines: list[TopicLine] = []
    for topic, packs in found.items():
        regions = tuple(dict.fromkeys(region_of(pack) for pack in packs))
        if len(regions) > 1:
            lines.append(TopicLine(topic, tuple(packs), regions))
    return tuple(lines)


def counted_topics(library: Library, on: date) -> tuple[tuple[TopicLine, int], ...]:
    """Return the topics, each with the number of lines that its page compares."""
    return tuple((line, len(_laid_out(library, line, on).compared)) for line in topics(library))


def comparison(library: Library, topic: str, on: date) -> Comparison | None:
    """Lay the packs of a topic side by side as they stand on a day; None where there is nothing to compare."""
    line = next((line for line in topics(library) if line.topic == topic), None)
    return None if line is None else _laid_out(library, line, on)


def region_of(pack: Pack) -> str:
    """Return the region a pack is for."""
    return pack.facets.get("region", "") or pack.label


def _laid_out(library: Library, line: TopicLine, on: date) -> Comparison:
    columns = _columns(line.packs, on)
    names = dict.fromkeys(name for pack in line.packs for name in pack.parameters)
    lines = tuple(found for name in names for found in _lines(library, columns, name, on))
    return Comparison(
        line.topic, columns, lines, _days(columns, [found for found in lines if found.is_compared])
    )


def _columns(packs: tuple[Pack, ...], on: date) -> tuple[Column, ...]:
    regions = [region_of(pack) for pack in packs]
    return tuple(
        Column(
            pack,
            region,
            region
            if regions.count(region) == 1
            else _("%(region)s“%(rule)s”") % {"region": region, "rule": label_of(pack)},
            is_home=pack.key.startswith(_HOME),
            is_ours=not is_of_another_region(pack),
            ended_on=pack.until if pack.until is not None and pack.until < on else None,
        )
        for pack, region in zip(packs, regions, strict=True)
    )


def _lines(library: Library, columns: tuple[Column, ...], name: str, on: date) -> Iterator[ComparedLine]:
    """Return the lines of one parameter: one, or one for each row (and column) of a table."""
    cells = [_cells(library, column, column.pack.parameters.get(name), on) for column in columns]
    first = next(c.pack.parameters[name] for c in columns if name in c.pack.parameters)
    for row in dict.fromkeys(row for found in cells for row in found):
        numbers = [found.get(row) or Number(column) for column, found in zip(columns, cells, strict=True)]
        home = next((i for i, column in enumerate(columns) if column.is_home), None)
        is_lacking = all(n.is_absent for n in numbers if n.column.is_home)
        if home is not None and not row and is_lacking and any(n.is_published for n in numbers):
            numbers[home] = replace(numbers[home], elsewhere=_elsewhere(library, columns, first, on))
        gaps, is_compared = gaps_between(numbers)
        yield ComparedLine(name, label_of(first), first, row, tuple(numbers), gaps, is_compared)


def _elsewhere(
    library: Library, columns: tuple[Column, ...], parameter: Parameter, on: date
) -> tuple[Elsewhere, ...]:
    """Find the number in our rules of other topics: same name, same unit, published and in force."""
    here = {column.pack.key for column in columns}
    found: list[Elsewhere] = []
    for pack in library.packs.values():
        own = pack.parameters.get(parameter.name)
        if own is None or pack.key in here or not pack.key.startswith(_HOME) or not pack.in_force(on):
            continue
        dated = own.in_force(on)
        if dated is None or dated.value is None or not are_comparable(own.unit, parameter.unit):
            continue
        found.append(Elsewhere(pack, own.name, shown(dated.value, own.unit)))
    return tuple(found)


def _cells(library: Library, column: Column, parameter: Parameter | None, on: date) -> dict[str, Number]:
    """Return what a pack says by row; a single value stands in the row without a name."""
    dated = parameter.in_force(on) if parameter else None
    if parameter is None or dated is None:
        return {}
    if not dated.rows:
        value = dated.value if isinstance(dated.value, int) else None
        text = shown(dated.value, parameter.unit)
        return {"": Number(column, text, value, parameter.unit, dated.mark, dated)}
    found: dict[str, Number] = {}
    for row in dated.rows:
        key = row_key(library, column.pack, parameter, row)
        mark = row.mark or dated.mark
        parts = parameter.columns or (None,)
        for part, value in zip(parts, row.values, strict=False):
            unit = part.unit if part else parameter.unit
            if value is None and mark.verified != "not_found":
                continue
            name = f"{key} · {label_of(part)}" if part else key
            number = value if isinstance(value, int) else None
            found[name] = Number(column, shown(value, unit), number, unit, mark, dated)
    return found


def _days(columns: tuple[Column, ...], lines: list[ComparedLine]) -> tuple[tuple[str, date, date], ...]:
    """Return for each column the first and last day since which its compared numbers stand."""
    found: list[tuple[str, date, date]] = []
    for i, column in enumerate(columns):
        numbers = [line.numbers[i] for line in lines]
        days = [number.dated.effective for number in numbers if number.dated and number.is_published]
        if days:
            found.append((column.name, min(days), max(days)))
    return tuple(found)
