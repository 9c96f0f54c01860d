"""One rule in words: clauses with values filled in, dated values, tables, points, classes, amounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerong.capabilities.policy_library.queries.expressions import (
    clause_words,
    day_quoted,
    filled,
    in_words,
    label_of,
)
from kerong.capabilities.policy_library.queries.list_of_rules import KINDS
from kerong.capabilities.policy_library.queries.unpublished import unpublished_count
from kerong.capabilities.policy_library.queries.uses import lapsed_on, uses_of
from kerong.capabilities.policy_library.queries.values_in_words import (
    Time,
    ValueShown,
    band_words,
    keyed_by,
    value_shown,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from django.utils.functional import Promise

    from kerong.engines.rules.model import (
        Amount,
        Classification,
        ClassOption,
        Clause,
        Fact,
        Indicator,
        Library,
        Mark,
        Pack,
        Parameter,
        Scorecard,
        Source,
    )

_NARROW = 2


@dataclass(frozen=True)
class SentenceOf:
    """A clause as a sentence; ``branches`` are alternatives, each with its own sentences."""

    clause: Clause
    text: str
    time: Time
    branches: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class ParameterShown:
    """A parameter with all its values, the newest first; ``lapsed``: the last day of what used it."""

    parameter: Parameter
    by: str
    values: tuple[ValueShown, ...]
    lapsed: date | None = None

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
    related: tuple[Pack, ...]
    stages: tuple[str, ...]


def rule_in_words(library: Library, key: str, on: date) -> RuleInWords:
    """Put a pack into words as it stands on a day. Raises KeyError for an unknown key."""
    pack = library.packs[key]
    day = day_quoted(pack, None, on)
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
        unpublished_count=unpublished_count(library, pack, on),
        scorecards=tuple(
            (card, tuple(_indicators(library, pack, card.indicators, day))) for card in pack.points.values()
        ),
        classes=tuple(
            (
                classification,
                tuple(
                    (o, in_words(library, pack, o.holds_when))
                    for o in classification.options
                    if o.in_force(day)
                ),
            )
            for classification in pack.classes.values()
        ),
        amounts=tuple(
            (amount, in_words(library, pack, amount.expression)) for amount in pack.amounts.values()
        ),
        publishes=tuple(library.facts[p.fact] for p in pack.publishes if p.fact in library.facts),
        cites=tuple(dict.fromkeys(_cites(pack))),
        related=tuple(
            other
            for other in library.packs.values()
            if pack.topic and other.topic == pack.topic and other is not pack
        ),
        stages=_stages(library, pack),
    )


def _stages(library: Library, pack: Pack) -> tuple[str, ...]:
    """Return the names of the stages of a firm's life that a policy is published for."""
    fact = library.facts.get("lifecycle_stage")
    return tuple(fact.codes.get(stage, stage) if fact else stage for stage in pack.stages)


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
    day = day_quoted(pack, clause, on)
    branches = tuple(
        (
            filled(pack, label_of(branch), day),
            tuple(filled(pack, label_of(part), day) for part in branch.parts)
            if len(branch.parts) > 1
            else (),
        )
        for branch in clause.any_of
    )
    return SentenceOf(clause, clause_words(pack, clause, on), _time(clause, on), branches)


def _time(clause: Clause, on: date) -> Time:
    if clause.in_force(on):
        return "present"
    return "future" if clause.start is not None and clause.start > on else "past"


def _parameter(library: Library, pack: Pack, parameter: Parameter, on: date) -> ParameterShown:
    shown_values = [value_shown(library, pack, parameter, dated, on) for dated in parameter.values]
    return ParameterShown(
        parameter,
        keyed_by(library, pack, parameter),
        tuple(sorted(shown_values, key=lambda value: value.dated.effective, reverse=True)),
        lapsed_on(pack, uses_of(library, pack, parameter.name, on), on),
    )


def _indicators(
    library: Library, pack: Pack, indicators: Iterable[Indicator], on: date, within: str = ""
) -> Iterable[IndicatorShown]:
    for indicator in indicators:
        dated = indicator.in_force(on)
        bands = (
            tuple((band_words(library, pack, indicator, band, on), band.points) for band in dated.bands)
            if dated
            else ()
        )
        yield IndicatorShown(indicator, within, bands, dated.mark if dated else None)
        yield from _indicators(library, pack, indicator.best_of, on, label_of(indicator))
