"""One firm's facts made complete: derived facts worked out, and for missing ones whom to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kerong.engines.rules import derived
from kerong.engines.rules.evaluation import MissingFact
from kerong.engines.rules.graph import MISSING
from kerong.engines.rules.snapshot import derived_order
from kerong.engines.rules.syntax import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from kerong.engines.rules.model import Indicator, Library, Pack

Known = dict[str, int | str | None]


def completed(
    library: Library, on: date, facts: Mapping[str, int | str | None], only: Sequence[str] | None = None
) -> Known:
    """Return the facts with every derived fact (or those named) that can be worked out; given values are kept."""
    known: Known = {name: value for name, value in facts.items() if value is not None}
    for name in derived_order(library.facts) if only is None else only:
        fact = library.facts[name]
        inputs = [known.get(other) for other in fact.inputs]
        if known.get(name) is not None or any(not isinstance(value, int) for value in inputs):
            continue
        columns = [np.array([value], np.int64) for value in inputs]
        value = int(derived.compute(fact.derived, on, columns)[0])
        if value != MISSING:
            known[name] = value
    return known


def missing_fact(library: Library, name: str) -> MissingFact:
    """Describe a missing fact: who has it, and the document that supplies it."""
    fact = library.facts[name]
    holder = library.holders.get(fact.holder)
    return MissingFact(
        name,
        fact.label,
        fact.label_en,
        holder.label if holder else "",
        holder.label_en if holder else "",
        fact.document,
        fact.document_en,
    )


class MissingNames:
    """Finds the base facts whose absence leaves a name of a pack unknown, and parameters not published."""

    def __init__(self, library: Library, on: date, known: Mapping[str, int | str | None]) -> None:
        self.library, self.on, self.known = library, on, known
        self.facts: dict[str, None] = {}
        self.unpublished: dict[str, None] = {}
        self._seen: set[tuple[str, str]] = set()

    def predicate(self, pack: Pack, text: str) -> None:
        """Follow every name of a predicate."""
        for name in parsed(text)[1] if text else ():
            self.name(pack, name)

    def name(self, pack: Pack, name: str) -> None:
        """Follow one name down to facts of the dictionary."""
        head, _, tail = name.partition(".")
        if (pack.key, name) in self._seen:
            return
        self._seen.add((pack.key, name))
        if head in pack.points:
            self._indicators(pack, (i for i in pack.points[head].indicators if tail in ("", i.name, i.group)))
        elif name in pack.classes:
            for option in pack.classes[name].options:
                if option.in_force(self.on):
                    self.predicate(pack, option.holds_when)
        elif head in pack.parameters:
            parameter = pack.parameters[head]
            dated = parameter.in_force(self.on)
            if parameter.by:
                self.name(pack, parameter.by)
            elif dated is None or dated.value is None:
                self.unpublished[parameter.label] = None
        elif name in self.library.facts and self.known.get(name) is None:
            self._fact(name)

    def _indicators(self, pack: Pack, indicators: Iterable[Indicator]) -> None:
        for indicator in indicators:
            self._indicators(pack, indicator.best_of)
            for text in (indicator.of, *(indicator.ratio_of or ())):
                self.predicate(pack, text)
            dated = indicator.in_force(self.on)
            for band in dated.bands if dated else ():
                self.predicate(pack, band.when)

    def _fact(self, name: str) -> None:
        fact = self.library.facts[name]
        if fact.derived and fact.inputs:
            for other in fact.inputs:
                if self.known.get(other) is None:
                    self._fact(other)
            return
        publisher = self.library.packs.get(fact.published_by)
        if publisher is None:
            self.facts[name] = None
            return
        publication = next((p for p in publisher.publishes if p.fact == name), None)
        if publication is not None and publication.expression:
            self.predicate(publisher, publication.expression)
            return
        for clause in publisher.clauses:
            if clause.in_force(self.on):
                self.predicate(publisher, clause.holds_when)
                for branch in clause.any_of:
                    for part in branch.parts:
                        self.predicate(publisher, part.holds_when)
