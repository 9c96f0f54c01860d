"""Read the scorecards of a pack: indicators, their measures and their dated bands."""

from __future__ import annotations

from dataclasses import dataclass

from kerong.basics.yaml_places import Node, SequenceNode, is_null
from kerong.engines.rules.loading.keys import BOUNDS, PACK_SHAPES
from kerong.engines.rules.loading.marks import check_null, read_mark
from kerong.engines.rules.loading.reading import CODE, RESERVED, Fields, Reading
from kerong.engines.rules.loading.spans import check_days, read_bounds, read_day_in_force
from kerong.engines.rules.model import UNITS, Band, DatedBands, Indicator, Scorecard, Unit


@dataclass(frozen=True, slots=True)
class _Measure:
    """What an indicator's bands are about: its keys, the unit of the brackets, the most points there are."""

    found: Fields
    unit: Unit | None
    most: int | None


_RATIO_UNITS = tuple(unit.key for unit in UNITS.values() if unit.type == "ratio")
_SINGLE_UNIT = frozenset({"count", "days", "points", "number"})


def read_points(reading: Reading, found: Fields) -> dict[str, Scorecard]:
    """Return the scorecards that could be read."""
    cards: dict[str, Scorecard] = {}
    for name, name_node, node in reading.named(found, "points"):
        inner = reading.fields(node, PACK_SHAPES["scorecard"], name_node)
        if inner is None:
            continue
        most = reading.whole(inner, "max", 1)
        before = len(reading.mistakes)
        entries = reading.named(inner, "indicators")
        indicators = [
            indicator
            for key, key_node, value in entries
            if (indicator := _indicator(reading, key, key_node, value, {key for key, _, _ in entries}))
            is not None
        ]
        total = sum(indicator.max for indicator in indicators)
        if most is not None and most != total and entries and len(reading.mistakes) == before:
            what, cure = (
                f"`max` is {most}, the indicators add up to {total}",
                "correct `max`, or an indicator's",
            )
            reading.wrong(inner["max"], what, str(total), cure)
        label, label_en = reading.text(inner, "label"), reading.text(inner, "label_en")
        cards[name] = Scorecard(name, label, label_en, most or 0, tuple(indicators), reading.place(name_node))
    return cards


def _indicator(
    reading: Reading, name: str, name_node: Node, node: Node, siblings: set[str]
) -> Indicator | None:
    found = reading.fields(node, PACK_SHAPES["indicator"], name_node)
    if found is None:
        return None
    if name in RESERVED:
        reading.wrong(name_node, f"`{name}` is a word of predicates", "another name", "rename the indicator")
    most = reading.whole(found, "max", 1)
    group = reading.name(found, "group")
    if group in siblings:
        reading.wrong(
            found["group"], f"the group `{group}` is also an indicator", "another name", "rename the group"
        )
    label, label_en = reading.text(found, "label"), reading.text(found, "label_en")
    place = reading.place(name_node)
    if "best_of" not in found:
        of, ratio_of, unit, values = _measure(reading, found, name_node, most)
        return Indicator(name, label, label_en, most or 0, group, of, ratio_of, unit, values, (), place)
    for key in ("of", "ratio_of", "unit", "values"):
        if key in found:
            cure = f"move `{key}` into a line of `best_of`"
            reading.wrong(found[key], f"`{key}` beside `best_of`", "lines only", cure)
    lines: list[Indicator] = []
    for key, key_node, value in reading.named(found, "best_of"):
        inner = reading.fields(value, PACK_SHAPES["line"], key_node)
        if inner is not None:
            of, ratio_of, unit, values = _measure(reading, inner, key_node, most)
            texts = reading.text(inner, "label"), reading.text(inner, "label_en")
            at = reading.place(key_node)
            lines.append(Indicator(key, *texts, most or 0, "", of, ratio_of, unit, values, (), at))
    return Indicator(name, label, label_en, most or 0, group, best_of=tuple(lines), place=place)


def _measure(
    reading: Reading, found: Fields, at: Node, most: int | None
) -> tuple[str, tuple[str, str] | None, Unit | None, tuple[DatedBands, ...]]:
    """Return what is measured, in which unit, and the dated bands."""
    of, ratio_of = reading.text(found, "of"), _pair(reading, found)
    measure = _Measure(found, _unit(reading, found, of), most)
    if "values" not in found:
        what = "`values` is missing in this indicator"
        reading.wrong(at, what, "the key `values`", "add `values:` with bands")
    values: list[DatedBands] = []
    for item in reading.items(found, "values"):
        inner = reading.fields(item, PACK_SHAPES["dated_bands"])
        if inner is None:
            continue
        start, seen = read_day_in_force(reading, inner, item)
        mark = read_mark(reading, inner)
        bands = _bands(reading, inner, measure)
        nothing = all(band.points is None for band in bands)
        if bands and (mark.verified == "not_found" or nothing):
            check_null(reading, inner["bands"], null=nothing, mark=mark, found=inner)
        values.append(DatedBands(start, seen, bands, mark, reading.place(item)))
    days = [(value.start, value.seen_since, value.place.line) for value in values]
    check_days(reading, days, found.get("values"))
    return of, ratio_of, measure.unit, tuple(values)


def _unit(reading: Reading, found: Fields, of: str) -> Unit | None:
    """Return the unit of the bands, checked against what is measured."""
    unit = reading.unit(found)
    if "of" in found and "ratio_of" in found:
        reading.wrong(found["ratio_of"], "`ratio_of` beside `of`", "one of the two", "remove one")
    if "ratio_of" not in found:
        return _unit_of(reading, found, of, unit)
    expected, cure = " | ".join(_RATIO_UNITS), "write `unit: percent`"
    if "unit" not in found:
        reading.wrong(found["ratio_of"], "`unit` is missing beside `ratio_of`", expected, cure)
    elif unit is not None and unit.type != "ratio":
        reading.wrong(found["unit"], f"a ratio is not counted in {unit.key}", expected, cure)
        return None
    return unit


def _pair(reading: Reading, found: Fields) -> tuple[str, str] | None:
    node = found.get("ratio_of")
    if node is None:
        return None
    if type(node) is not SequenceNode or len(node.value) != 2:  # noqa: PLR2004 - part and whole
        cure = "write `ratio_of: [part, whole]`"
        reading.wrong(node, "`ratio_of` is not a pair", "two facts: the part and the whole", cure)
        return None
    part, whole = (reading.text({"ratio_of": item}, "ratio_of") for item in node.value)
    return part, whole


def _unit_of(reading: Reading, found: Fields, of: str, unit: Unit | None) -> Unit | None:
    """Check the unit against the fact when ``of`` is one, and supply it where only one is possible."""
    fact = reading.known.facts.get(of)
    if fact is None:
        return unit
    if unit is not None and unit.type != fact.type:
        expected = " | ".join(other.key for other in UNITS.values() if other.type == fact.type)
        reading.wrong(
            found["unit"], f"{unit.key} is not a unit of {of}", expected, f"write `unit: {fact.unit.key}`"
        )
        return None
    if unit is None and "unit" not in found and fact.type in _SINGLE_UNIT:
        return fact.unit
    return unit


def _bands(reading: Reading, dated: Fields, measure: _Measure) -> tuple[Band, ...]:
    nodes = reading.items(dated, "bands")
    bands: list[Band] = []
    kinds: set[str] = set()
    whole, loose = True, False
    for index, node in enumerate(nodes):
        found = reading.fields(node, PACK_SHAPES["band"])
        if found is None:
            whole = False
            continue
        kind = _kind(found)
        if kind:
            _check_kind(reading, kind, kinds, found, measure.found)
            kinds.add(kind)
        elif index < len(nodes) - 1:
            loose = True
            cure = "move it to the end, or give it a condition"
            reading.wrong(node, "a band without condition is not the last", "otherwise last", cure)
        bands.append(_band(reading, node, found, measure))
        if kind and index == len(nodes) - 1 and whole and not loose:
            cure = "add `- {points: 0}` at the end, or what the document says of all others"
            reading.wrong(node, "the last band has a condition", "a last band for all others", cure)
    about = measure.found
    if "number" in kinds and measure.unit is None and "unit" not in about and "of" in about:
        reading.wrong(about["of"], "`unit` is missing beside `of`", "the unit of the bands", "add `unit: …`")
    return tuple(bands)


def _kind(found: Fields) -> str:
    """Return what kind of condition a band has: number, code, predicate, or none."""
    if any(key in found for key in BOUNDS):
        return "number"
    return "code" if "is" in found else "predicate" if "when" in found else ""


def _check_kind(reading: Reading, kind: str, kinds: set[str], found: Fields, measure: Fields) -> None:
    node = next(iter(found.values()))
    several = sum((any(key in found for key in BOUNDS), "is" in found, "when" in found)) > 1
    if several or (kinds and kind not in kinds):
        what = "conditions of several kinds in one scale"
        expected = "only brackets, only `is`, or only `when`"
        reading.wrong(node, what, expected, "write all as `when: …` with the measure in the predicate")
        return
    if kinds:
        return
    measured = "of" in measure or "ratio_of" in measure
    if kind == "number" and not measured:
        reading.wrong(node, "brackets without a measure", "`of` or `ratio_of`", "say above what is measured")
    if kind == "code" and "of" not in measure:
        reading.wrong(node, "codes without a measure", "`of: <code fact>`", "add `of: …` above")
    if kind == "predicate" and measured:
        where = measure.get("of") or measure["ratio_of"]
        reading.wrong(
            where, "a measure beside bands with `when`", "no `of`, no `ratio_of`", "remove the measure"
        )


def _band(reading: Reading, node: Node, found: Fields, measure: _Measure) -> Band:
    most = measure.most
    points = None
    if "points" in found and not is_null(found["points"]):
        points = reading.whole(found, "points", 0, 10**6)
        if points is not None and most is not None and points > most:
            what = f"{points} points where the indicator has {most}"
            reading.wrong(
                found["points"], what, f"0 to {most}", "correct the points, or `max` of the indicator"
            )
    low, high = read_bounds(reading, found, measure.unit, node)
    codes = tuple(reading.pattern(item, CODE) or "" for item in reading.items(found, "is"))
    fact = reading.known.facts.get(reading.text(measure.found, "of")) if codes else None
    if fact is not None and fact.codes:
        for code in codes:
            if code and code not in fact.codes:
                reading.wrong(
                    found["is"], f"`{code}` is not a code of {fact.name}", ", ".join(fact.codes), "correct it"
                )
    when, label = reading.text(found, "when"), reading.text(found, "label")
    return Band(
        points=points,
        low=low,
        high=high,
        low_open="above" in found,
        high_open="below" in found,
        codes=codes,
        when=when,
        label=label,
        place=reading.place(node),
    )
