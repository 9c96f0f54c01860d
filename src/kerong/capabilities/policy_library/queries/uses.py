"""Where a parameter is used: clauses, amounts, classes and points of its pack, and what may be moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kerong.capabilities.policy_library.queries.expressions import (
    clause_words,
    day_quoted,
    in_words,
    label_of,
)
from kerong.engines.rules.syntax import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from kerong.capabilities.policy_library.queries.values_in_words import Time
    from kerong.engines.rules.model import ClassOption, Clause, Library, Pack

Where = Literal["clause", "amount", "class", "points", "parameter"]


@dataclass(frozen=True)
class Use:
    """One place of a pack that mentions a parameter, in words, with its first or last day when not of today."""

    where: Where
    label: str
    words: str = ""
    time: Time = "present"
    day: date | None = None


def uses_of(library: Library, pack: Pack, name: str, on: date) -> tuple[Use, ...]:
    """Return what uses a parameter of the pack: today's uses, then those to come, then those that ended."""
    order = ("present", "future", "past")
    return tuple(sorted(_uses(library, pack, name, on), key=lambda use: order.index(use.time)))


def lapsed_on(pack: Pack, uses: Iterable[Use], on: date) -> date | None:
    """Return the last day of a parameter whose uses have all ended, with its pack or with their clauses."""
    if pack.until is not None and pack.until < on:
        return pack.until
    days = [(use.time, use.day) for use in uses]
    if not days or any(time != "past" for time, _day in days):
        return None
    return max((day for _time, day in days if day is not None), default=None)


def time_of_clause(pack: Pack, span: Clause | ClassOption, on: date) -> Time:
    """Tell whether a clause or a class is law on a day, was, or will be; it ends with its pack."""
    return _span(pack, span, on)[0]


def names_moving_a_result(pack: Pack, on: date) -> set[str]:
    """Return the names that a clause in force or an amount mentions."""
    texts = [amount.expression for amount in pack.amounts.values()]
    texts += [text for clause in pack.clauses if clause.in_force(on) for text in _texts(clause)]
    return {name.partition(".")[0] for text in texts for name in _names(text)}


def facts_used(library: Library, pack: Pack) -> set[str]:
    """Return the facts that a pack mentions, and those from which they are derived."""
    texts = [amount.expression for amount in pack.amounts.values()]
    texts += [text for clause in pack.clauses for text in _texts(clause)]
    texts += [option.holds_when for c in pack.classes.values() for option in c.options]
    names = {parameter.by for parameter in pack.parameters.values()}
    for card in pack.points.values():
        for indicator in card.indicators:
            for line in (indicator, *indicator.best_of):
                texts += [line.of, *(band.when for dated in line.values for band in dated.bands)]
                names |= set(line.ratio_of or ())
    names |= {name for text in texts for name in _names(text)}
    found = {name for name in names if name in library.facts}
    waiting = list(found)
    while waiting:
        inputs = set(library.facts[waiting.pop()].inputs) & library.facts.keys() - found
        found |= inputs
        waiting += inputs
    return found


def _uses(library: Library, pack: Pack, name: str, on: date) -> Iterator[Use]:
    whole, ending = _span(pack, None, on)
    for clause in pack.clauses:
        if any(_mentions(text, name) for text in _texts(clause)):
            yield Use("clause", clause_words(pack, clause, on), "", *_span(pack, clause, on))
    for amount in pack.amounts.values():
        if _mentions(amount.expression, name):
            words = in_words(library, pack, amount.expression)
            yield Use("amount", label_of(amount), words, whole, ending)
    yield from _in_classes(pack, name, on)
    yield from _in_points(pack, name, on)
    for parameter in pack.parameters.values():
        if parameter.by == name:
            yield Use("parameter", label_of(parameter), "", whole, ending)


def _in_classes(pack: Pack, name: str, on: date) -> Iterator[Use]:
    for classification in pack.classes.values():
        for option in classification.options:
            if _mentions(option.holds_when, name):
                label = f"{label_of(classification)} · {label_of(option)}"
                yield Use("class", label, "", *_span(pack, option, on))


def _in_points(pack: Pack, name: str, on: date) -> Iterator[Use]:
    for card in pack.points.values():
        for indicator in card.indicators:
            for line in (indicator, *indicator.best_of):
                dated = line.in_force(day_quoted(pack, None, on))
                texts = [line.of, *(band.when for band in dated.bands)] if dated else []
                if any(_mentions(text, name) for text in texts):
                    yield Use("points", f"{label_of(card)} · {label_of(line)}", "", *_span(pack, None, on))


def _span(pack: Pack, span: Clause | ClassOption | None, on: date) -> tuple[Time, date | None]:
    """Tell when a part of a pack is law, and the day it ended or will begin."""
    day = day_quoted(pack, span, on)
    return ("present", None) if day == on else ("past" if day < on else "future", day)


def _texts(clause: Clause) -> list[str]:
    return [clause.holds_when, *(part.holds_when for branch in clause.any_of for part in branch.parts)]


def _mentions(text: str, name: str) -> bool:
    return any(found.partition(".")[0] == name for found in _names(text))


def _names(text: str) -> tuple[str, ...]:
    return parsed(text)[1] if text else ()
