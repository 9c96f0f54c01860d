"""One rule in words: clauses with values filled in, dated values, tables, points, classes, amounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _

from kerong.capabilities.policy_library.queries.expressions import filled, in_words, label_of, language, shown
from kerong.capabilities.policy_library.queries.list_of_rules import KINDS, unpublished_count
from kerong.engines.rules.quantities import show_quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from django.utils.functional import Promise

    from kerong.engines.rules.model import (
        Amount,
        Band,
        Bracket,
        Classification,
        ClassOption,
        Clause,
        DatedValue,
        Fact,
        Indicator,
        Library,
        Mark,
        Pack,
        Parameter,
        Scorecard,
        Source,
        Unit,
    )

Time = Literal["past", "present", "future"]
_NARROW = 2


@dataclass(frozen=True)
class SentenceOf:
    """A clause as a sentence; ``branches`` are alternatives, each with its own sentences."""

    clause: Clause
    text: str
    time: Time
    branches: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class ValueShown:
    """One dated value of a parameter on its timeline."""

    dated: DatedValue
    time: Time
    text: str
    columns: tuple[str, ...]
    rows: tuple[RowShown, ...]
    alternatives: tuple[tuple[str, Mark], ...]

    @property
    def has_own_marks(self) -> bool:
        """Tell whether some row comes from elsewhere than the table."""
        return any(row.mark != self.dated.mark for row in self.rows)


@dataclass(frozen=True)
class RowShown:
    """One row of a table: whom it is for, its cells, and its mark."""

    key: str
    cells: tuple[str, ...]
    mark: Mark


@dataclass(frozen=True)
class ParameterShown:
    """A parameter with all its values, the one in force first."""

    parameter: Parameter
    by: str
    values: tuple[ValueShown, ...]

    @property
    def is_wide(self) -> bool:
        """Tell whether its table needs the whole width."""
        return len(self.parameter.columns) > _NARROW


@dataclass(frozen=True)
class IndicatorShown:
    """A line of a scorecard with its bands in words."""

    indicator: Indicator
    within: str
    bands: tuple[tuple[str, int | None], ...]
    mark: Mark | None


@dataclass(frozen=True)
class RuleInWords:
    """Everything the page of one rule prints."""

    pack: Pack
    kind: Promise
    region: str
    source: Source | None
    in_force: bool
    clauses: tuple[SentenceOf, ...]
    other_clauses: tuple[SentenceOf, ...]
    parameters: tuple[ParameterShown, ...]
    unpublished_count: int
    scorecards: tuple[tuple[Scorecard, tuple[IndicatorShown, ...]], ...]
    classes: tuple[tuple[Classification, tuple[tuple[ClassOption, str], ...]], ...]
    amounts: tuple[tuple[Amount, str], ...]
    publishes: tuple[Fact, ...]
    cites: tuple[str, ...]


def rule_in_words(library: Library, key: str, on: date) -> RuleInWords:
    """Put a pack into words as it stands on a day. Raises KeyError for an unknown key."""
    pack = library.packs[key]
    clauses = [_sentence(pack, clause, on) for clause in pack.clauses]
    parameters = [_parameter(library, pack, parameter, on) for parameter in pack.parameters.values()]
    return RuleInWords(
        pack=pack,
        kind=KINDS[pack.kind],
        region=pack.facets.get("region", ""),
        source=library.sources.get(pack.document),
        in_force=(pack.start is None or pack.start <= on) and (pack.until is None or on <= pack.until),
        clauses=tuple(sentence for sentence in clauses if sentence.time == "present"),
        other_clauses=tuple(sentence for sentence in clauses if sentence.time != "present"),
        parameters=tuple(parameters),
        unpublished_count=unpublished_count(pack, on),
        scorecards=tuple(
            (card, tuple(_indicators(library, pack, card.indicators, on))) for card in pack.points.values()
        ),
        classes=tuple(
            (
                classification,
                tuple(
                    (o, in_words(library, pack, o.holds_when))
                    for o in classification.options
                    if o.in_force(on)
                ),
            )
            for classification in pack.classes.values()
        ),
        amounts=tuple(
            (amount, in_words(library, pack, amount.expression)) for amount in pack.amounts.values()
        ),
        publishes=tuple(library.facts[p.fact] for p in pack.publishes if p.fact in library.facts),
        cites=tuple(dict.fromkeys(_cites(pack))),
    )


def _cites(pack: Pack) -> Iterator[str]:
    yield from (clause.mark.cites for clause in pack.clauses)
    for parameter in pack.parameters.values():
        for dated in parameter.values:
            yield dated.mark.cites
            yield from (row.mark.cites for row in dated.rows if row.mark)
            yield from (alternative.mark.cites for alternative in dated.alternatives)
    for card in pack.points.values():
        for indicator in card.indicators:
            for line in (indicator, *indicator.best_of):
                yield from (dated.mark.cites for dated in line.values)
    yield from (option.mark.cites for c in pack.classes.values() for option in c.options)
    yield from (amount.mark.cites for amount in pack.amounts.values())


def _sentence(pack: Pack, clause: Clause, on: date) -> SentenceOf:
    time: Time = "present"
    if not clause.in_force(on):
        time = "future" if clause.start is not None and clause.start > on else "past"
    branches = tuple(
        (
            filled(pack, branch.label, on),
            tuple(filled(pack, part.label, on) for part in branch.parts) if len(branch.parts) > 1 else (),
        )
        for branch in clause.any_of
    )
    return SentenceOf(clause, filled(pack, label_of(clause), on), time, branches)


def _parameter(library: Library, pack: Pack, parameter: Parameter, on: date) -> ParameterShown:
    current = parameter.in_force(on)
    shown_values = [
        _value(
            library,
            pack,
            parameter,
            dated,
            "present" if dated is current else "future" if dated.effective > on else "past",
        )
        for dated in parameter.values
    ]
    order = {"present": 0, "future": 1, "past": 2}
    return ParameterShown(
        parameter,
        _by(library, pack, parameter),
        tuple(sorted(shown_values, key=lambda value: order[value.time])),
    )


def _value(library: Library, pack: Pack, parameter: Parameter, dated: DatedValue, time: Time) -> ValueShown:
    units = [column.unit for column in parameter.columns] or [parameter.unit]
    return ValueShown(
        dated=dated,
        time=time,
        text="" if dated.rows else shown(dated.value, parameter.unit),
        columns=tuple(label_of(c) for c in parameter.columns) or (label_of(parameter),),
        rows=tuple(
            RowShown(
                _row_key(library, pack, parameter, row),
                tuple(_cell(v, u, row) for v, u in zip(row.values, units, strict=False)),
                row.mark or dated.mark,
            )
            for row in dated.rows
        ),
        alternatives=tuple((shown(a.value, parameter.unit), a.mark) for a in dated.alternatives),
    )


def _cell(value: int | str | None, unit: Unit, row: Bracket) -> str:
    """A table without a bound in one column is not an unpublished one."""
    if value is None and (row.mark is None or row.mark.verified != "not_found") and len(row.values) > 1:
        return "—"
    return shown(value, unit)


def _by(library: Library, pack: Pack, parameter: Parameter) -> str:
    if not parameter.by:
        return ""
    return label_of(pack.classes.get(parameter.by) or library.facts.get(parameter.by) or parameter)


def _row_key(library: Library, pack: Pack, parameter: Parameter, row: Bracket) -> str:
    if row.key is not None:
        if parameter.by in pack.classes:
            return next(
                (label_of(o) for o in pack.classes[parameter.by].options if o.value == row.key), row.key
            )
        fact = library.facts.get(parameter.by)
        return fact.codes.get(row.key, row.key) if fact else row.key
    fact = library.facts.get(parameter.by)
    unit = fact.unit if fact else parameter.unit
    open_low = row.low is not None and row.low % unit.factor != 0
    open_high = row.high is not None and row.high % unit.factor != 0
    low = None if row.low is None or (fact and row.low <= fact.low) else row.low - open_low
    high = None if row.high is None or (fact and row.high >= fact.high) else row.high + open_high
    return interval(low, high, unit, low_open=open_low, high_open=open_high)


def interval(low: int | None, high: int | None, unit: Unit, *, low_open: bool, high_open: bool) -> str:
    """Print an interval as a condition: 超过 5,000万元，不超过 2亿元."""
    words: list[str] = []
    if low is not None:
        value = show_quantity(low, unit, language())
        words.append((_("超过 %s") if low_open else _("不低于 %s")) % value)
    if high is not None:
        value = show_quantity(high, unit, language())
        words.append((_("低于 %s") if high_open else _("不超过 %s")) % value)
    return _("，").join(words) or _("其他")


def _indicators(
    library: Library, pack: Pack, indicators: Iterable[Indicator], on: date, within: str = ""
) -> Iterable[IndicatorShown]:
    for indicator in indicators:
        dated = indicator.in_force(on)
        bands = (
            tuple((_band(library, pack, indicator, band, on), band.points) for band in dated.bands)
            if dated
            else ()
        )
        yield IndicatorShown(indicator, within, bands, dated.mark if dated else None)
        yield from _indicators(library, pack, indicator.best_of, on, label_of(indicator))


def _band(library: Library, pack: Pack, indicator: Indicator, band: Band, on: date) -> str:
    if band.label:
        return filled(pack, band.label, on)
    if band.codes:
        fact = library.facts.get(indicator.of)
        return "、".join(fact.codes.get(code, code) if fact else code for code in band.codes)
    if band.when:
        return in_words(library, pack, band.when)
    if indicator.unit is None or (band.low is None and band.high is None):
        return _("其他")
    return interval(band.low, band.high, indicator.unit, low_open=band.low_open, high_open=band.high_open)
