"""What the names of one pack mean on a day: facts, parameters, tables, points, classes and published facts."""

from __future__ import annotations

import difflib
from functools import partial
from typing import TYPE_CHECKING, Protocol

from kerong.engines.rules import numbers
from kerong.engines.rules.resolution import (
    CodeName,
    Entry,
    FlagName,
    MissingName,
    NumberName,
    Resolver,
    constant_entry,
    dimension,
)
from kerong.engines.rules.syntax import PredicateError, parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from datetime import date

    from kerong.engines.rules.graph import Graph, Truth
    from kerong.engines.rules.model import (
        Band,
        Classification,
        Fact,
        Indicator,
        Pack,
        Parameter,
        Scorecard,
        Unit,
    )
    from kerong.engines.rules.numbers import Number


class FactSource(Protocol):
    """Gives the meaning of facts of the dictionary, published ones included."""

    def fact(self, name: str) -> Entry | None:
        """Return a fact's entry, or None when there is no such fact."""
        ...

    def fact_names(self) -> Mapping[str, Fact]:
        """Return the dictionary."""
        ...


class PackScope:
    """The names of one pack, resolved once each."""

    def __init__(self, graph: Graph, pack: Pack, on: date, facts: FactSource) -> None:
        self.graph = graph
        self.pack = pack
        self.on = on
        self.facts = facts
        self.resolver = Resolver(graph, self.entry)
        self._entries: dict[str, Entry] = {}
        self._busy: set[str] = set()
        self._indicators: dict[tuple[str, str], tuple[int, int]] = {}

    def entry(self, name: str) -> Entry:
        """Return what a name means.

        Raises:
            PredicateError: there is no such name, or it is defined by itself.

        """
        found = self._entries.get(name)
        if found is None:
            # Facts published in a circle are found by the compiler, which can tell the path.
            if name in self._busy and not self._means_fact(name):
                raise PredicateError(
                    f"{name} is defined by itself", "names without circles", "break the circle"
                )
            self._busy.add(name)
            try:
                found = self._entries[name] = self._resolve(name)
            finally:
                self._busy.discard(name)
        return found

    def key(self, name: str) -> Hashable:
        """Return a key equal for names of one meaning across packs, or None when it cannot be compared cheaply."""
        if self._means_fact(name):
            # Elsewhere the same text may be permitted: a fact of another subject is refused on each look.
            return name if self.facts.fact_names()[name].subject == self.pack.subject else None
        parameter = self.pack.parameters.get(name)
        if parameter is None or parameter.by:
            return None
        value = parameter.in_force(self.on)
        return (parameter.unit.type, value.value if value else None)

    def _means_fact(self, name: str) -> bool:
        """Tell whether a name is a fact here: the pack's own names come first."""
        pack = self.pack
        own = name in pack.points or name in pack.classes or name in pack.parameters
        return not own and name in self.facts.fact_names()

    def _resolve(self, name: str) -> Entry:
        pack = self.pack
        head, _, tail = name.partition(".")
        if head in pack.points:
            return self._points(pack.points[head], tail)
        if not tail:
            if name in pack.classes:
                return self._class(pack.classes[name])
            parameter = pack.parameters.get(name)
            if parameter is not None and not parameter.columns:
                return (
                    self._table(parameter, 0, parameter.unit) if parameter.by else self._constant(parameter)
                )
            fact = self.facts.fact(name)
            if fact is not None:
                self._check_subject(name)
                return fact
        elif head in pack.parameters:
            parameter = pack.parameters[head]
            for position, column in enumerate(parameter.columns):
                if column.name == tail:
                    return self._table(parameter, position, column.unit)
        raise self._unknown(name)

    def _check_subject(self, name: str) -> None:
        fact, subject = self.facts.fact_names()[name], self.pack.subject
        if fact.subject != subject:
            raise PredicateError(
                f"the subject of {name} is {fact.subject}, of this pack {subject}",
                f"facts with `subject: {subject}`",
                "declare such a fact in facts.yaml, or correct the subject of one of the two",
            )

    def _unknown(self, name: str) -> PredicateError:
        pack = self.pack
        candidates = [*self.facts.fact_names(), *pack.parameters, *pack.points, *pack.classes]
        candidates += [f"{p.name}.{c.name}" for p in pack.parameters.values() for c in p.columns]
        near = difflib.get_close_matches(name, candidates, 1)
        return PredicateError(
            f"the name {name!r} is not known here",
            "a fact of facts.yaml, or a parameter, points or class of this pack",
            f"did you mean {near[0]!r}?" if near else "declare it, or correct the spelling",
        )

    def _constant(self, parameter: Parameter) -> Entry:
        value = parameter.in_force(self.on)
        return constant_entry(self.graph, parameter.unit.type, value.value if value else None)

    def _table(self, parameter: Parameter, position: int, unit: Unit) -> Entry:
        """Return a table's column: the value of the row that the key selects, missing when there is none."""
        if unit.type in {"code", "flag", "date"}:
            raise PredicateError(
                f"the table {parameter.name} holds {unit.type} values",
                "numbers",
                "use a classification for codes",
            )
        dated = parameter.in_force(self.on)
        by = self.entry(parameter.by)
        rows = [] if dated is None else [row for row in dated.rows if row.values[position] is not None]
        values = [int(value) for row in rows if (value := row.values[position]) is not None]
        if not values or isinstance(by, MissingName):
            return MissingName(unit.type)
        cases: list[tuple[int, int]] = []
        for row, value in zip(rows, values, strict=True):
            if isinstance(by, CodeName):
                true = by.test((row.key or "",))[0]
            elif isinstance(by, NumberName):
                true = self._inside(by.number, row.low, row.high)
            else:
                raise PredicateError(
                    f"{parameter.by} is a flag", "a code or a number as the key of a table", "use a clause"
                )
            if true != self.graph.false:
                cases.append((true, value))
        if not cases:
            return MissingName(unit.type)
        made = self.graph.add(("cases", tuple(cases)))
        return NumberName(numbers.column((made, made), min(values), max(values), dimension(unit.type)))

    def _inside(self, number: Number, low: int | None, high: int | None) -> int:
        bounds = [(">=", low), ("<=", high)]
        truths = [
            numbers.compared(self.graph, operator, number, numbers.literal(bound))
            for operator, bound in bounds
            if bound is not None
        ]
        return self.graph.conjunction(truths)[0] if truths else self.graph.true

    def _points(self, card: Scorecard, part: str) -> Entry:
        """Return the sum of a scorecard's indicators: all, one, or one group."""
        chosen = [i for i in card.indicators if part in ("", i.name, i.group)]
        if not chosen:
            raise self._unknown(f"{card.name}.{part}")
        total = numbers.literal(0, 0, ("points",))
        for indicator in chosen:
            term = self._indicator_columns(card, indicator)
            own = numbers.column(term, 0, indicator.max, ("points",))
            if part == indicator.name:
                return NumberName(own)
            total = numbers.added(total, own)
        return NumberName(total)

    def _indicator_columns(self, card: Scorecard, indicator: Indicator) -> tuple[int, int]:
        found = self._indicators.get((card.name, indicator.name))
        if found is None:
            found = self._indicators[card.name, indicator.name] = self._indicator(indicator)
        return found

    def _indicator(self, indicator: Indicator) -> tuple[int, int]:
        """Return the columns of the lowest and the highest points still possible."""
        graph = self.graph
        if indicator.best_of:
            pairs = [self._indicator(line) for line in indicator.best_of]
            lows, highs = (tuple(sorted({pair[side] for pair in pairs})) for side in (0, 1))
            return (
                lows[0] if len(lows) == 1 else graph.add(("max", lows)),
                highs[0] if len(highs) == 1 else graph.add(("max", highs)),
            )
        dated = indicator.in_force(self.on)
        if dated is None:
            return graph.add(("const", 0)), graph.add(("const", indicator.max))
        bands = [
            (
                self._band(indicator, band),
                (0, indicator.max) if band.points is None else (band.points, band.points),
            )
            for band in dated.bands
        ]
        sides: list[int] = []
        for side, name in enumerate(("low", "high")):
            listed = tuple((true, false, points[side]) for (true, false), points in bands)
            # A row that matches no band has no published points: the whole span stays possible.
            rest = (0, indicator.max)[side]
            sides.append(graph.add(("bands", name, listed, rest)))
        return sides[0], sides[1]

    def _band(self, indicator: Indicator, band: Band) -> Truth:
        graph, resolver = self.graph, self.resolver
        if band.when:
            return resolver.truth(parsed(band.when)[0])
        if band.codes:
            return resolver.truth(
                ("in", parsed(indicator.of)[0], tuple(("text", code) for code in band.codes))
            )
        bounds = [
            (operator, bound)
            for operator, bound in (
                (">" if band.low_open else ">=", band.low),
                ("<" if band.high_open else "<=", band.high),
            )
            if bound is not None
        ]
        if not bounds:
            return graph.true, graph.false
        if indicator.ratio_of is None:
            number = resolver.number(parsed(indicator.of)[0])
            return graph.conjunction(
                [numbers.compared(graph, o, number, numbers.literal(b)) for o, b in bounds]
            )
        part, whole = (resolver.number(parsed(text)[0]) for text in indicator.ratio_of)
        scaled = numbers.multiplied(graph, part, numbers.literal(10_000))
        truths = [
            numbers.compared(
                graph, o, scaled, numbers.multiplied(graph, whole, numbers.literal(b, 0, ("ratio",)))
            )
            for o, b in bounds
        ]
        positive = numbers.compared(graph, ">", whole, numbers.literal(0))[0]
        true, false = graph.conjunction(truths)
        return graph.all_of([positive, true]), graph.all_of([positive, false])

    def _class(self, classification: Classification) -> CodeName:
        """Return a classification as a code: true when every class still possible is listed."""
        options: list[tuple[str | None, Truth]] = []
        for option in classification.options:
            if option.in_force(self.on):
                truth = (
                    self.resolver.truth(parsed(option.holds_when)[0])
                    if option.holds_when
                    else (self.graph.true, self.graph.false)
                )
                options.append((option.value, truth))
        if not options or options[-1][1] != (self.graph.true, self.graph.false):
            options.append((None, (self.graph.true, self.graph.false)))
        return classes_entry(self.graph, options)


def classes_entry(graph: Graph, options: list[tuple[str | None, Truth]]) -> CodeName:
    """Return first-match classes as a code; None stands for "no class"."""
    excluded = [
        graph.any_of([truth[1], *(earlier[0] for _, earlier in options[:position])])
        for position, (_, truth) in enumerate(options)
    ]

    def tested(texts: tuple[str, ...]) -> Truth:
        true = graph.all_of(
            [out for (value, _), out in zip(options, excluded, strict=True) if value not in texts]
        )
        false = graph.all_of(
            [out for (value, _), out in zip(options, excluded, strict=True) if value in texts]
        )
        return true, false

    values = tuple(value for value, _ in options if value is not None)
    known = graph.any_of([tested((value,))[0] for value in values])
    return CodeName(
        values,
        tested,
        lambda start: tested(tuple(value for value in values if value.startswith(start))),
        known,
    )


def overlaid(graph: Graph, given: Entry, computed: Entry) -> Entry:
    """Return a fact that is used as given where it is given, and as computed elsewhere."""
    if isinstance(given, FlagName) and isinstance(computed, FlagName):
        absent = graph.but_not(graph.true, graph.any_of(list(given.truth)))
        return FlagName(_overlaid_truth(graph, absent, given.truth, computed.truth))
    if isinstance(given, CodeName) and isinstance(computed, CodeName):
        absent = graph.but_not(graph.true, given.known)
        given_prefix, computed_prefix = given.prefix, computed.prefix
        prefix: Callable[[str], Truth] | None = None
        if given_prefix is not None and computed_prefix is not None:
            prefix = partial(_overlaid_prefix, graph, absent, given_prefix, computed_prefix)
        return CodeName(
            given.codes or computed.codes,
            lambda texts: _overlaid_truth(graph, absent, given.test(texts), computed.test(texts)),
            prefix,
            graph.any_of([given.known, computed.known]),
        )
    if isinstance(given, NumberName) and isinstance(computed, NumberName):
        ((term, _),) = given.number.terms
        low_column, high_column = interval_columns(graph, computed.number)
        low, high = (graph.add(("coalesce", term[0], column)) for column in (low_column, high_column))
        bounds = min(given.number.low, computed.number.low), max(given.number.high, computed.number.high)
        return NumberName(numbers.column((low, high), *bounds, given.number.dims or ()))
    return given


def _overlaid_prefix(
    graph: Graph, absent: int, given: Callable[[str], Truth], computed: Callable[[str], Truth], start: str
) -> Truth:
    return _overlaid_truth(graph, absent, given(start), computed(start))


def _overlaid_truth(graph: Graph, absent: int, given: Truth, computed: Truth) -> Truth:
    return (
        graph.any_of([given[0], graph.all_of([absent, computed[0]])]),
        graph.any_of([given[1], graph.all_of([absent, computed[1]])]),
    )


def interval_columns(graph: Graph, number: Number) -> tuple[int, int]:
    """Return the columns of the lowest and highest value of a number."""
    return numbers.side(graph, number, 0), numbers.side(graph, number, 1)
