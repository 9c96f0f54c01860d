"""Compile the policies of a day into one graph: distinct criteria, and for every rule the criteria it needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from kerong.engines.rules import numbers
from kerong.engines.rules.garbage import collector_paused
from kerong.engines.rules.graph import Graph, Truth
from kerong.engines.rules.model import (
    NOWHERE,
    Clause,
    Fact,
    Library,
    Mistake,
    Pack,
    Place,
    PolicyMistakesError,
    Subject,
)
from kerong.engines.rules.resolution import CodeName, Entry, FlagName, MissingName, NumberName, fact_entry
from kerong.engines.rules.scope import PackScope, interval_columns, overlaid
from kerong.engines.rules.syntax import PredicateError, parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Rule:
    """One compiled policy: per clause the index of its criterion; amounts and classes as graph columns.

    ``blocked`` says that some criterion can never be decided, because a parameter is not published: then no
    document would help.
    """

    key: str
    pack: Pack
    clauses: tuple[Clause, ...]
    clause_criteria: tuple[int, ...]
    criteria: tuple[int, ...]
    amounts: Mapping[str, int]
    blocked: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The law of a day, compiled. ``criteria[i]`` is the (true, false) pair of bitmap nodes of criterion i."""

    library: Library
    on: date
    graph: Graph
    criteria: tuple[Truth, ...]
    rules: tuple[Rule, ...]
    scopes: Mapping[str, PackScope] = field(repr=False)

    def rule(self, key: str) -> Rule:
        """Return a rule by its pack's key.

        Raises:
            KeyError: no rule of that key is in force.

        """
        for rule in self.rules:
            if rule.key == key:
                return rule
        raise KeyError(key)


class Compiler:
    """Compiles packs into one shared graph, collecting every mistake on the way."""

    def __init__(self, library: Library, on: date) -> None:
        self.library = library
        self.on = on
        self.graph = Graph()
        self.mistakes: list[Mistake] = []
        self.scopes: dict[str, PackScope] = {}
        self._facts: dict[str, Entry] = {}
        self._publishing: list[str] = []
        self._truths: dict[Hashable, Truth] = {}
        self._criteria: dict[Truth, int] = {}
        self._clause_truths: dict[tuple[str, str], Truth] = {}

    def compile(self, keys: Iterable[str] | None = None, subject: Subject | None = None) -> Catalogue:
        """Compile all packs in force on the day, or those named; of one subject, or of all."""
        chosen = self.library.packs if keys is None else {key: self.library.packs[key] for key in keys}
        rules = [
            rule
            for pack in chosen.values()
            if subject in (None, pack.subject) and (rule := self._rule(pack)) is not None
        ]
        return Catalogue(self.library, self.on, self.graph, tuple(self._criteria), tuple(rules), self.scopes)

    def fact_names(self) -> Mapping[str, Fact]:
        """Return the dictionary of facts."""
        return self.library.facts

    def fact(self, name: str) -> Entry | None:
        """Return what a fact means: as given, overlaid on what a pack publishes."""
        found = self._facts.get(name)
        if found is None:
            fact = self.library.facts.get(name)
            if fact is None:
                return None
            found = fact_entry(self.graph, fact)
            if fact.published_by:
                computed = self._published(fact)
                found = overlaid(self.graph, found, computed) if computed else found
            self._facts[name] = found
        return found

    def _published(self, fact: Fact) -> Entry | None:
        pack = self.library.packs.get(fact.published_by)
        if pack is None or not pack.in_force(self.on):
            return None
        if fact.name in self._publishing:
            path = " → ".join([*self._publishing[self._publishing.index(fact.name) :], fact.name])
            raise PredicateError(
                f"published facts go round in a circle: {path}", "no circle", "break it at one pack"
            )
        publication = next((p for p in pack.publishes if p.fact == fact.name), None)
        if publication is None:
            return None
        self._publishing.append(fact.name)
        try:
            if not publication.expression:
                return FlagName(self._verdict(pack))
            scope = self._scope(pack)
            tree, names = parsed(publication.expression)
            if fact.type == "flag":
                return FlagName(scope.resolver.truth(tree))
            entry = scope.entry(names[0]) if tree[0] == "name" else NumberName(scope.resolver.number(tree))
            wanted = CodeName if fact.type == "code" else NumberName
            if not isinstance(entry, wanted | MissingName):
                raise PredicateError(
                    f"{publication.expression} cannot become the fact {fact.name} ({fact.type})",
                    f"a result of type {fact.type}",
                    "publish another name, or correct the fact's type",
                )
            return None if isinstance(entry, MissingName) else entry
        finally:
            self._publishing.pop()

    def _scope(self, pack: Pack) -> PackScope:
        scope = self.scopes.get(pack.key)
        if scope is None:
            scope = self.scopes[pack.key] = PackScope(self.graph, pack, self.on, self)
        return scope

    def _verdict(self, pack: Pack) -> Truth:
        return self.graph.conjunction([self._clause(pack, c) for c in pack.clauses if c.in_force(self.on)])

    def _rule(self, pack: Pack) -> Rule | None:
        if pack.kind == "terms" or not pack.in_force(self.on):
            return None
        scope = self._scope(pack)
        clauses = tuple(clause for clause in pack.clauses if clause.in_force(self.on))
        truths = [self._clause(pack, clause) for clause in clauses]
        for points in pack.points.values():
            self._checked(points.place, lambda name=points.name: scope.entry(name))
        for classification in pack.classes.values():
            self._checked(classification.place, lambda name=classification.name: scope.entry(name))
        for publication in pack.publishes:
            self._checked(publication.place, lambda name=publication.fact: self.fact(name))
        amounts = self._amounts(pack, scope)
        if not clauses:
            return None
        positions = tuple(self._criteria.setdefault(truth, len(self._criteria)) for truth in truths)
        return Rule(
            key=pack.key,
            pack=pack,
            clauses=clauses,
            clause_criteria=positions,
            criteria=tuple(sorted(set(positions))),
            amounts=amounts,
            blocked=self.graph.unknown in truths,
        )

    def _clause(self, pack: Pack, clause: Clause) -> Truth:
        found = self._clause_truths.get((pack.key, clause.id))
        if found is not None:
            return found
        scope = self._scope(pack)
        if clause.any_of:
            branches = [
                self.graph.conjunction(
                    [self._predicate(scope, part.holds_when, part.place) for part in branch.parts]
                )
                for branch in clause.any_of
            ]
            truth = self.graph.disjunction(branches)
        else:
            truth = self._predicate(scope, clause.holds_when, clause.place)
        self._clause_truths[pack.key, clause.id] = truth
        return truth

    def _predicate(self, scope: PackScope, text: str, place: Place) -> Truth:
        """Compile one predicate; the same text with names of the same meaning is compiled once."""
        try:
            tree, names = parsed(text)
            keys = tuple(scope.key(name) for name in names)
            if None in keys:
                return scope.resolver.truth(tree)
            memo = (text, keys)
            found = self._truths.get(memo)
            if found is None:
                found = self._truths[memo] = scope.resolver.truth(tree)
        except PredicateError as error:
            self._note(place, error)
            return self.graph.unknown
        return found

    def _amounts(self, pack: Pack, scope: PackScope) -> dict[str, int]:
        amounts: dict[str, int] = {}
        for amount in pack.amounts.values():
            try:
                number = scope.resolver.amount(parsed(amount.expression)[0])
            except PredicateError as error:
                self._note(amount.place, error)
                continue
            if not number.missing:
                amounts[amount.name] = self._exact(number)
        return amounts

    def _exact(self, number: numbers.Number) -> int:
        low, high = interval_columns(
            self.graph, numbers.floored(self.graph, number) if number.scale else number
        )
        return low if low == high else self.graph.add(("point", low, high))

    def _checked(self, place: Place, resolve: Callable[[], object]) -> None:
        try:
            resolve()
        except PredicateError as error:
            self._note(place, error)

    def _note(self, place: Place, error: PredicateError) -> None:
        mistake = Mistake(place, error.what, error.expected, error.cure)
        if mistake not in self.mistakes:
            self.mistakes.append(mistake)


def compile_library(
    library: Library, on: date, keys: Iterable[str] | None = None, *, subject: Subject | None = None
) -> Catalogue:
    """Compile the packs in force on a day: all, the named ones, or those about one kind of subject.

    What is held against firms is compiled with ``subject="enterprise"``.

    Raises:
        PolicyMistakesError: some predicate cannot be accepted; every such mistake is reported.

    """
    compiler = Compiler(library, on)
    with collector_paused():
        catalogue = compiler.compile(keys, subject)
    if compiler.mistakes:
        raise PolicyMistakesError(compiler.mistakes)
    return catalogue


def check_library(library: Library, on: date) -> list[Mistake]:
    """Return every mistake the compiler finds on a day, and on each day on which a value or clause begins."""
    days = {on, *(day for pack in library.packs.values() for day in _turning_points(pack))}
    mistakes: dict[Mistake, None] = {}
    for day in sorted(days):
        compiler = Compiler(library, day)
        compiler.compile()
        mistakes.update(dict.fromkeys(compiler.mistakes))
    return sorted(mistakes, key=lambda mistake: (mistake.place.file, mistake.place.line))


def _turning_points(pack: Pack) -> set[date]:
    days = {pack.start, *(clause.start for clause in pack.clauses)}
    days |= {value.effective for parameter in pack.parameters.values() for value in parameter.values}
    days |= {option.start for c in pack.classes.values() for option in c.options}
    days |= {
        bands.effective
        for card in pack.points.values()
        for indicator in card.indicators
        for line in (indicator, *indicator.best_of)
        for bands in line.values
    }
    return {day for day in days if day is not None and day > date.min}


__all__ = ["NOWHERE", "Catalogue", "Compiler", "Rule", "check_library", "compile_library"]
