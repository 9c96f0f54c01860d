"""One firm's facts made complete: derived facts worked out, and for missing ones whom to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kerong.engines.rules.evaluation import MissingFact
from kerong.engines.rules.graph import MISSING
from kerong.engines.rules.interpreter import Interpreter
from kerong.engines.rules.snapshot import derived_order, worked_out
from kerong.engines.rules.syntax import Tree, names_in, parsed

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
        value = int(worked_out(fact, on, columns)[0])
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
    """Finds what leaves a condition unknown: facts that are not known, and values of the law not published."""

    def __init__(self, library: Library, on: date, known: Mapping[str, int | str | None]) -> None:
        self.library, self.on, self.known = library, on, known
        self.oracle = Interpreter(library, on, known)
        self.facts: dict[str, None] = {}
        self.unpublished: dict[str, None] = {}
        self._seen: dict[tuple[str, str], bool] = {}

    def condition(self, pack: Pack, text: str) -> bool:
        """Note what leaves the comparisons of a condition unknown; tell whether anything does."""
        unknown = [leaf for leaf in _leaves(parsed(text)[0]) if self.oracle.truth(pack, leaf) is None]
        return _noted(self.name(pack, name) for leaf in unknown for name in names_in(leaf))

    def name(self, pack: Pack, name: str) -> bool:
        """Note what leaves a name uncertain; tell whether anything does."""
        key = (pack.key, name)
        if key not in self._seen:
            self._seen[key] = False
            is_certain = _is_certain(self.oracle.value(pack, name))
            self._seen[key] = not is_certain and self._uncertain(pack, name)
        return self._seen[key]

    def _uncertain(self, pack: Pack, name: str) -> bool:
        head, _, tail = name.partition(".")
        if head in pack.points:
            chosen = [i for i in pack.points[head].indicators if tail in ("", i.name, i.group)]
            return _noted(self._indicator(pack, indicator) for indicator in chosen)
        if name in pack.classes:
            options = [o for o in pack.classes[name].options if o.in_force(self.on) and o.holds_when]
            return _noted(self.condition(pack, option.holds_when) for option in options)
        if head in pack.parameters:
            parameter = pack.parameters[head]
            if not parameter.by or not self.name(pack, parameter.by):
                # No value, or the key is known and its row has no value, or there is no such row.
                self.unpublished[parameter.label] = None
            return True
        return self._fact(name)

    def _indicator(self, pack: Pack, indicator: Indicator) -> bool:
        low, high = self.oracle.points(pack, indicator)
        if low == high:
            return False
        if indicator.best_of:
            return _noted(self._indicator(pack, line) for line in indicator.best_of)
        dated = indicator.in_force(self.on)
        texts = (indicator.of, *(indicator.ratio_of or ()))
        found = [self.name(pack, name) for text in texts if text for name in parsed(text)[1]]
        found += [self.condition(pack, band.when) for band in (dated.bands if dated else ()) if band.when]
        if not any(found):
            part = indicator.ratio_of and self.oracle.number(pack, parsed(indicator.ratio_of[1])[0])
            if indicator.ratio_of and part is not None and part[0] <= 0:
                # Known, but no whole to take a share of: another figure is what would decide.
                whole = [n for n in parsed(indicator.ratio_of[1])[1] if n in self.library.facts]
                self.facts.update(dict.fromkeys(whole))
            else:
                self.unpublished[indicator.label] = None
        return True

    def _fact(self, name: str) -> bool:
        """Note the facts behind a fact; the fact itself where they are known and still do not give it."""
        fact = self.library.facts[name]
        publisher = self.library.packs.get(fact.published_by)
        found: list[bool] = []
        if fact.derived:
            found = [self._fact(other) for other in fact.inputs if self.known.get(other) is None]
        elif publisher is not None and publisher.in_force(self.on):
            found = self._published(publisher, name)
        if not any(found):
            self.facts[name] = None
        return True

    def _published(self, publisher: Pack, name: str) -> list[bool]:
        publication = next((p for p in publisher.publishes if p.fact == name), None)
        if publication is None:
            return []
        if publication.expression:
            tree, names = parsed(publication.expression)
            if self.library.facts[name].type == "flag":
                return [self.condition(publisher, publication.expression)]
            return [self.name(publisher, other) for other in (names if tree[0] != "name" else (tree[1],))]
        parts = [
            part
            for clause in publisher.clauses
            if clause.in_force(self.on)
            for part in (clause, *(p for branch in clause.any_of for p in branch.parts))
        ]
        return [self.condition(publisher, part.holds_when) for part in parts if part.holds_when]


def _is_certain(value: object) -> bool:
    """Tell whether a value of the interpreter is one number, one code or one flag."""
    if isinstance(value, tuple):
        return value[0] == value[1]
    return len(value) == 1 if isinstance(value, frozenset) else value is not None


def _noted(found: Iterable[bool]) -> bool:
    """Go through all, so that everything is noted, and tell whether anything was found."""
    return sum(found) > 0


def _leaves(tree: Tree) -> Iterable[Tree]:
    """Yield the comparisons of a condition."""
    if tree[0] in {"and", "or"}:
        for part in tree[1]:
            yield from _leaves(part)
    elif tree[0] == "not":
        yield from _leaves(tree[1])
    else:
        yield tree
