"""Which facts can make a difference to a rule or to a part of it, down to those that somebody supplies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.engines.rules.syntax import parsed
from kerong.engines.rules.used import NamesUsed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from kerong.engines.rules.model import Clause, Library, Pack


def facts_of_rule(library: Library, pack: Pack, on: date) -> frozenset[str]:
    """Return every fact that a rule may read: named, derived, published by other rules, and what those stand on."""
    finder = NamesUsed(pack)
    for clause in pack.clauses:
        if clause.in_force(on):
            finder.clause(clause)
    for amount in pack.amounts.values():
        finder.predicate(amount.expression)
    for name in (*pack.points, *pack.classes):
        finder.predicate(name)
    return _behind(library, on, pack, finder.found)


def facts_of_clause(library: Library, pack: Pack, clause: Clause, on: date) -> frozenset[str]:
    """Return every fact that one clause may read."""
    finder = NamesUsed(pack)
    finder.clause(clause)
    return _behind(library, on, pack, finder.found)


def facts_of_name(library: Library, pack: Pack, name: str, on: date) -> frozenset[str]:
    """Return every fact behind a name of the rule: a scorecard, a class, a table, an amount's expression, a fact."""
    finder = NamesUsed(pack)
    finder.predicate(name)
    return _behind(library, on, pack, finder.found)


def _behind(library: Library, on: date, pack: Pack, names: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    pending = [name for name in names if name in library.facts]
    while pending:
        name = pending.pop()
        if name in found:
            continue
        found.add(name)
        fact = library.facts[name]
        pending += fact.inputs
        publisher = library.packs.get(fact.published_by)
        if publisher is not None and publisher.key != pack.key and publisher.in_force(on):
            pending += _of_publisher(library, publisher, name, on)
    return frozenset(found)


def _of_publisher(library: Library, publisher: Pack, fact: str, on: date) -> list[str]:
    finder = NamesUsed(publisher)
    said = next((each.expression for each in publisher.publishes if each.fact == fact), "")
    if said:
        for name in parsed(said)[1]:
            finder.predicate(name)
    else:
        for clause in publisher.clauses:
            if clause.in_force(on):
                finder.clause(clause)
    return [name for name in finder.found if name in library.facts]
