"""Read the parameters of a pack: dated values, and tables keyed by a code or by brackets of a number."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from kerong.basics.yaml_places import MappingNode, Node, ScalarNode, is_null
from kerong.engines.rules.loading.keys import BOUNDS, PACK_SHAPES, Key, Shape
from kerong.engines.rules.loading.marks import check_null, read_mark
from kerong.engines.rules.loading.reading import CODE, RESERVED, Fields, Reading, near
from kerong.engines.rules.loading.spans import check_days, read_bounds, read_day_in_force
from kerong.engines.rules.model import (
    UNITS,
    Alternative,
    Bracket,
    Classification,
    Column,
    DatedValue,
    Fact,
    Mark,
    Mistake,
    Parameter,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_CELL = Key("value", "一列的数值；不适用或未公布写 null", needed=True, nullable=True)
# Types with one unit only: a bracket needs no `by_unit`.
_SINGLE_UNIT = frozenset({"count", "days", "points", "number"})


@dataclass(frozen=True, slots=True)
class _Cells:
    """What the values of a parameter are: of one unit, or of several columns; in a table or not."""

    unit: Unit | None
    columns: tuple[Column, ...]
    table: _Table | None


@dataclass(frozen=True, slots=True)
class _Table:
    """How rows are keyed: by codes (``codes`` empty: any code) or by numbers of a unit, None when unknown."""

    by: str
    codes: frozenset[str] | None
    unit: Unit | None
    checked: bool


def read_parameters(
    reading: Reading, found: Fields, classes: Mapping[str, Classification]
) -> dict[str, Parameter]:
    """Return the parameters that could be read."""
    entries = reading.named(found, "parameters")
    units = {name: _written_unit(node) for name, _, node in entries}
    parameters: dict[str, Parameter] = {}
    for name, name_node, node in entries:
        inner = reading.fields(node, PACK_SHAPES["parameter"], name_node)
        if inner is None:
            continue
        columns = _columns(reading, inner)
        unit = _parameter_unit(reading, inner, columns, name, name_node)
        table = _table(reading, inner, classes, units, name)
        cells = _Cells(unit, columns, table)
        values = tuple(
            value
            for item in reading.items(inner, "values")
            if (value := _dated(reading, item, cells)) is not None
        )
        check_days(
            reading,
            [(value.start, value.seen_since, value.place.line) for value in values],
            inner.get("values"),
        )
        label, label_en = reading.text(inner, "label"), reading.text(inner, "label_en")
        by = table.by if table is not None else ""
        place = reading.place(name_node)
        parameters[name] = Parameter(
            name, label, label_en, unit or UNITS["number"], values, by, columns, place
        )
    return parameters


def check_begun(reading: Reading, start: date | None, parameters: Mapping[str, Parameter]) -> None:
    """Report values that begin before their pack does: either of the two days is wrong."""
    for parameter in parameters.values():
        for value in parameter.values:
            if start is not None and value.start is not None and value.start < start:
                what = f"a value of `{parameter.name}` begins on {value.start}, before its pack on {start}"
                cure = "correct this day, or `from` of the pack"
                reading.mistakes.append(Mistake(value.place, what, f"{start} or later", cure))


def _columns(reading: Reading, found: Fields) -> tuple[Column, ...]:
    columns: list[Column] = []
    for name, name_node, node in reading.named(found, "columns"):
        inner = reading.fields(node, PACK_SHAPES["column"], name_node)
        if name in PACK_SHAPES["row"].keys or name in RESERVED:
            reading.wrong(
                name_node, f"a column cannot be called `{name}`", "a name of its own", "rename the column"
            )
        unit = None if inner is None else reading.unit(inner)
        if inner is not None:
            label, label_en = reading.text(inner, "label"), reading.text(inner, "label_en")
            columns.append(Column(name, label, label_en, unit or UNITS["number"]))
    return tuple(columns)


def _parameter_unit(
    reading: Reading, found: Fields, columns: tuple[Column, ...], name: str, name_node: Node
) -> Unit | None:
    if "columns" in found:
        if "unit" in found:
            reading.wrong(
                found["unit"], "a table of columns has a unit of its own", "a unit a column", "remove `unit`"
            )
        if "by" not in found:
            reading.wrong(
                name_node, f"`{name}` has columns and no `by`", "the key of its rows", "add `by: …`"
            )
        return columns[0].unit if columns else None
    if "unit" not in found:
        reading.wrong(name_node, "`unit` is missing in this parameter", "the key `unit`", "add `unit: …`")
        return None
    return reading.unit(found)


def _table(
    reading: Reading,
    found: Fields,
    classes: Mapping[str, Classification],
    units: Mapping[str, str],
    name: str,
) -> _Table | None:
    """Return how the rows are keyed, or None for a parameter that is not a table."""
    if "by" not in found:
        if "by_unit" in found:
            reading.wrong(found["by_unit"], "`by_unit` without `by`", "the key of the rows", "add `by: …`")
        return None
    by = reading.name(found, "by")
    by_unit = reading.unit(found, "by_unit")
    known = reading.known
    if by in classes:
        return _Table(by, frozenset(option.value for option in classes[by].options), None, checked=True)
    if by in units and by != name:
        word = by_unit.key if by_unit is not None else units[by]
        unit = UNITS.get(word)
        return _Table(by, frozenset() if word == "code" else None, unit, checked=unit is not None)
    fact = known.facts.get(by)
    if fact is not None:
        return _fact_table(reading, found, fact, by_unit)
    if by and not known.facts_unreadable and by not in known.broken_facts:
        cure = near(by, [*known.facts, *classes, *units]) or "declare it in facts.yaml"
        expected = "a fact, or a class or parameter of this pack"
        reading.wrong(found["by"], f"`by` names nothing known: {by}", expected, cure)
    return _Table(by, None, None, checked=False)


def _fact_table(reading: Reading, found: Fields, fact: Fact, by_unit: Unit | None) -> _Table:
    """Return how rows are keyed by a fact: by its codes, or by brackets in a unit of its type."""
    by = fact.name
    if fact.type == "code":
        return _Table(by, frozenset(fact.codes), None, checked=True)
    permitted = " | ".join(unit.key for unit in UNITS.values() if unit.type == fact.type)
    cure = f"write `by_unit: {fact.unit.key}`"
    if fact.type in ("flag", "date"):
        what = f"a table cannot be keyed by a {fact.type}"
        reading.wrong(found["by"], what, "a code or a number", "use a class with two options")
    elif by_unit is not None and by_unit.type != fact.type:
        reading.wrong(found["by_unit"], f"{by_unit.key} is not a unit of {by}", permitted, cure)
    elif "by_unit" not in found and fact.type not in _SINGLE_UNIT:
        reading.wrong(found["by"], f"`by_unit` is missing beside `by: {by}`", permitted, cure)
    else:
        return _Table(by, None, by_unit or fact.unit, checked=True)
    return _Table(by, None, None, checked=False)


def _dated(reading: Reading, node: Node, cells: _Cells) -> DatedValue | None:
    found = reading.fields(node, PACK_SHAPES["dated_value"])
    if found is None:
        return None
    start, seen = read_day_in_force(reading, found, node)
    mark = read_mark(reading, found)
    value, rows, unit = None, (), cells.unit
    if cells.table is None:
        if "rows" in found:
            reading.wrong(found["rows"], "`rows` in a parameter without `by`", "`value`", "add `by: …` above")
        elif "value" not in found:
            reading.wrong(node, "`value` is missing in this dated value", "a value or null", "add `value: …`")
        else:
            value = _value(reading, found["value"], unit)
            check_null(reading, found["value"], null=is_null(found["value"]), mark=mark, found=found)
    elif "rows" not in found:
        reading.wrong(
            node, "`rows` is missing in this table", "the key `rows`", "add `rows:` and one row a line"
        )
    else:
        if "value" in found:
            reading.wrong(found["value"], "`value` beside `rows`", "rows only", "remove `value`")
        rows = _rows(reading, found, cells, cells.table, mark)
    alternatives = tuple(
        alternative
        for item in reading.items(found, "alternatives")
        if (alternative := _alternative(reading, item, unit)) is not None
    )
    return DatedValue(start, seen, value, rows, mark, alternatives, reading.place(node))


def _alternative(reading: Reading, node: Node, unit: Unit | None) -> Alternative | None:
    found = reading.fields(node, PACK_SHAPES["alternative"])
    if found is None or "value" not in found:
        return None
    mark = read_mark(reading, found)
    check_null(reading, found["value"], null=False, mark=mark, found=found)
    return Alternative(_value(reading, found["value"], unit), mark)


def _value(reading: Reading, node: Node, unit: Unit | None, key: str = "value") -> int | str | None:
    return None if unit is None or is_null(node) else reading.quantity(node, unit, key)


def _rows(reading: Reading, dated: Fields, cells: _Cells, table: _Table, around: Mark) -> tuple[Bracket, ...]:
    shape = PACK_SHAPES["row"]
    units = {column.name: column.unit for column in cells.columns} or {"value": cells.unit}
    if cells.columns:
        keys = {name: key for name, key in shape.keys.items() if name != "value"}
        shape = Shape(shape.called, {**keys, **dict.fromkeys(units, _CELL)})
    rows: list[tuple[Bracket, Node]] = []
    for node in reading.items(dated, "rows"):
        found = reading.fields(node, shape)
        if found is None:
            continue
        mark = read_mark(reading, found, around)
        if not cells.columns and "value" not in found:
            reading.wrong(node, "`value` is missing in this row", "a value or null", "add `value: …`")
        values = tuple(
            _value(reading, found[name], unit, name) if name in found else None
            for name, unit in units.items()
        )
        written = [found[name] for name in units if name in found]
        if written:
            marked = found if "verified" in found else dated
            check_null(reading, written[0], null=all(map(is_null, written)), mark=mark, found=marked)
        key, low, high = _row_key(reading, node, found, table)
        own = mark if mark is not around else None
        rows.append((Bracket(key, low, high, values, own, reading.place(node)), node))
    if table.checked:
        _check_rows(reading, rows)
    return tuple(row for row, _ in rows)


def _row_key(
    reading: Reading, node: Node, found: Fields, table: _Table
) -> tuple[str | None, int | None, int | None]:
    """Return the code, or the closed interval of stored units, that selects a row."""
    bounds = [key for key in BOUNDS if key in found]
    if not table.checked:
        return None, None, None
    if table.codes is None:
        if "key" in found or not bounds:
            at = found.get("key") or node
            reading.wrong(
                at, f"this row has no bracket of {table.by}", " or ".join(BOUNDS), "add `at_most: …`"
            )
            return None, None, None
        low, high = read_bounds(reading, found, table.unit, node)
        # Whole stored units: what is above 5 is at least 6.
        return (
            None,
            low + 1 if low is not None and "above" in found else low,
            high - 1 if high is not None and "below" in found else high,
        )
    if bounds or "key" not in found:
        at = found[bounds[0]] if bounds else node
        reading.wrong(at, f"this row has no code of {table.by}", "`key`", "add `key: …`, and no brackets")
        return None, None, None
    key = reading.pattern(found["key"], CODE)
    if key is not None and table.codes and key not in table.codes:
        cure = near(key, table.codes) or "use one of the codes"
        reading.wrong(
            found["key"], f"`{key}` is not a code of {table.by}", ", ".join(sorted(table.codes)), cure
        )
        return None, None, None
    return key, None, None


def _check_rows(reading: Reading, rows: list[tuple[Bracket, Node]]) -> None:
    """Report doubled keys, overlapping brackets and gaps between them."""
    keys: dict[str, int] = {}
    for row, node in rows:
        if row.key is not None:
            if row.key in keys:
                what = f"the row `{row.key}` stands twice (also in line {keys[row.key]})"
                reading.wrong(node, what, "each key once", "remove one of the two rows")
            keys.setdefault(row.key, row.place.line)
    spans = [(row.low, row.high, node) for row, node in rows if row.low is not None or row.high is not None]
    spans.sort(key=lambda span: -(10**18) if span[0] is None else span[0])
    for (_, high, before), (low, _, node) in pairwise(spans):
        line = before.start_mark.line + 1
        if high is None or low is None or low <= high:
            what = f"this bracket overlaps the one in line {line}"
            reading.wrong(node, what, "brackets side by side", "use `above` where the other has `at_most`")
        elif low > high + 1:
            what = f"between this bracket and the one in line {line} is a gap"
            reading.wrong(node, what, "brackets side by side", "begin this one where the other ends")


def _written_unit(node: Node) -> str:
    """Return the unit a parameter says it has, unchecked; "number" when it says nothing readable."""
    if type(node) is MappingNode:
        key: Node
        value: Node
        for key, value in node.value:
            if key.value == "unit" and type(value) is ScalarNode:
                return value.value
    return "number"
