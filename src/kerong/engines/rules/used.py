"""Which values of the law and which facts a rule reads, with their marks and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from kerong.engines.rules.evaluation import FactUsed, ParameterRead
from kerong.engines.rules.quantities import show_quantity
from kerong.engines.rules.syntax import parsed
from kerong.engines.rules.wording import Speaker, Words, fact_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kerong.engines.rules.compiler import Rule
    from kerong.engines.rules.interpreter import Interpreter
    from kerong.engines.rules.model import Bracket, Clause, Column, Pack, Parameter


class Used:
    """What one rule reads for one firm."""

    def __init__(
        self, rule: Rule, known: Mapping[str, int | str | None], oracle: Interpreter, speaker: Speaker
    ) -> None:
        self.pack, self.known, self.oracle, self.speaker = rule.pack, known, oracle, speaker
        self.library, self.on = oracle.library, oracle.on
        finder = NamesUsed(rule.pack)
        for clause in rule.clauses:
            finder.clause(clause)
        for amount in rule.pack.amounts.values():
            finder.predicate(amount.expression)
        self.names = tuple(finder.found)

    def parameters(self) -> Iterable[ParameterRead]:
        """Yield every value of the law that is read, tables by the firm's own row."""
        for name in self.names:
            head, _, tail = name.partition(".")
            parameter = self.pack.parameters.get(head)
            if parameter is None:
                continue
            dated = parameter.in_force(self.on)
            if dated is None:
                continue
            column: Parameter | Column = next((c for c in parameter.columns if c.name == tail), parameter)
            value = self.oracle.value(self.pack, name)
            if isinstance(value, frozenset):
                value = next(iter(cast("frozenset[str]", value)))
            mark = dated.mark
            if parameter.by:
                mark = next((r.mark or mark for r in dated.rows if self._selects(parameter, r)), mark)
            words = self.speaker.unsaid(("name", name))
            if value is not None:
                words = Words(
                    show_quantity(value, column.unit, "zh"), show_quantity(value, column.unit, "en")
                )
            zh, en = words.zh, words.en
            label = parameter.label if column is parameter else f"{parameter.label}·{column.label}"
            label_en = (
                parameter.label_en if column is parameter else f"{parameter.label_en}: {column.label_en}"
            )
            yield ParameterRead(name, label, label_en, zh, en, dated.start, dated.seen_since, mark)

    def _selects(self, parameter: Parameter, row: Bracket) -> bool:
        """Tell whether a row of a table is the one for this firm."""
        key = self.oracle.value(self.pack, parameter.by)
        if row.key is not None:
            return key == frozenset([row.key])
        if key is None:
            return False
        low, high = key if isinstance(key, tuple) else (key, key)
        return (row.low is None or low >= row.low) and (row.high is None or high <= row.high)

    def facts(self) -> Iterable[FactUsed]:
        """Yield every known fact that is read, and those it is worked out from."""
        seen: set[str] = set()
        pending = [name for name in self.names if name in self.library.facts]
        while pending:
            name = pending.pop(0)
            fact, value = self.library.facts[name], self.known.get(name)
            if name in seen:
                continue
            seen.add(name)
            pending += fact.inputs
            if value is not None:
                words = fact_words(fact, value)
                holder = self.library.holders.get(fact.holder)
                yield FactUsed(
                    name, fact.label, fact.label_en, value, words.zh, words.en, holder.label if holder else ""
                )


class NamesUsed:
    """Collects the names a pack's predicates mention, through points, classes and tables."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.found: dict[str, None] = {}

    def clause(self, clause: Clause) -> None:
        """Collect what a clause mentions."""
        self.predicate(clause.holds_when)
        for branch in clause.any_of:
            for part in branch.parts:
                self.predicate(part.holds_when)

    def predicate(self, text: str) -> None:
        """Collect what a condition, an expression or a name stands on."""
        for name in parsed(text)[1] if text else ():
            if name not in self.found:
                self.found[name] = None
                self._inside(name)

    def _inside(self, name: str) -> None:
        head = name.partition(".")[0]
        pack = self.pack
        if head in pack.points:
            for indicator in pack.points[head].indicators:
                for line in (indicator, *indicator.best_of):
                    for text in (
                        line.of,
                        *(line.ratio_of or ()),
                        *(b.when for v in line.values for b in v.bands),
                    ):
                        self.predicate(text)
        elif name in pack.classes:
            for option in pack.classes[name].options:
                self.predicate(option.holds_when)
        elif head in pack.parameters and pack.parameters[head].by:
            self.predicate(pack.parameters[head].by)
