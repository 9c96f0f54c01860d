"""Where a parameter is used: clauses, amounts, classes and points of its pack, and what may be moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kerong.capabilities.policy_library.queries.expressions import filled, in_words, label_of
from kerong.engines.rules.syntax import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from kerong.engines.rules.model import Clause, Library, Pack

Where = Literal["clause", "amount", "class", "points", "parameter"]


@dataclass(frozen=True)
class Use:
    """One place of a pack that mentions a parameter, in words."""

    where: Where
    label: str
    words: str


def uses_of(library: Library, pack: Pack, name: str, on: date) -> tuple[Use, ...]:
    """Return what in force uses a parameter of the pack."""
    return tuple(_uses(library, pack, name, on))


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
    for clause in pack.clauses:
        if clause.in_force(on) and any(_mentions(text, name) for text in _texts(clause)):
            yield Use("clause", filled(pack, label_of(clause), on), "")
    for amount in pack.amounts.values():
        if _mentions(amount.expression, name):
            yield Use("amount", label_of(amount), in_words(library, pack, amount.expression))
    yield from _in_classes(pack, name, on)
    yield from _in_points(pack, name, on)
    for parameter in pack.parameters.values():
        if parameter.by == name:
            yield Use("parameter", label_of(parameter), "")


def _in_classes(pack: Pack, name: str, on: date) -> Iterator[Use]:
    for classification in pack.classes.values():
        for option in classification.options:
            if option.in_force(on) and _mentions(option.holds_when, name):
                yield Use("class", f"{label_of(classification)} · {label_of(option)}", "")


def _in_points(pack: Pack, name: str, on: date) -> Iterator[Use]:
    for card in pack.points.values():
        for indicator in card.indicators:
            for line in (indicator, *indicator.best_of):
                dated = line.in_force(on)
                texts = [line.of, *(band.when for band in dated.bands)] if dated else []
                if any(_mentions(text, name) for text in texts):
                    yield Use("points", f"{label_of(card)} · {label_of(line)}", "")


def _texts(clause: Clause) -> list[str]:
    return [clause.holds_when, *(part.holds_when for branch in clause.any_of for part in branch.parts)]


def _mentions(text: str, name: str) -> bool:
    return any(found.partition(".")[0] == name for found in _names(text))


def _names(text: str) -> tuple[str, ...]:
    return parsed(text)[1] if text else ()
