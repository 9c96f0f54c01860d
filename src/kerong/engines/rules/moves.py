"""What would make a rule met: the least set of changes the firm may make, found by search, proved by re-running.

Candidate values are the thresholds of the compiled rule on facts the firm may act on, in the allowed direction.
Sets of facts are tried by declared effort, then by number. The past is never moved, and nothing is proposed that
the interpreter does not confirm.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from kerong.engines.rules.evaluation import Move, Truth, Way
from kerong.engines.rules.facts_known import Known, completed
from kerong.engines.rules.graph import INT_MAX, LOWEST
from kerong.engines.rules.interpreter import Interpreter
from kerong.engines.rules.python_code import Function, base_inputs, generate
from kerong.engines.rules.quantities import show_quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kerong.engines.rules.compiler import Catalogue
    from kerong.engines.rules.model import Fact

_MOST_FACTS = 4
_MOST_SETS = 600
_MOST_TRIALS = 6_000


def ways(
    catalogue: Catalogue, key: str, facts: Mapping[str, int | str | None], *, limit: int = 3
) -> tuple[Way, ...]:
    """Return up to ``limit`` ways after which nothing of the rule is not met any more, least effort first.

    A way leads to "met", or to "unknown" when facts are still missing. No way is returned when nothing is not met,
    or when none is found within the search's bounds.

    Raises:
        KeyError: no rule of that key is in force.

    """
    return _Search(catalogue, key, facts).ways(limit)


class _Search:
    """The search for one rule and one firm."""

    def __init__(self, catalogue: Catalogue, key: str, facts: Mapping[str, int | str | None]) -> None:
        self.catalogue, self.rule = catalogue, catalogue.rule(key)
        self.library, self.on, self.nodes = catalogue.library, catalogue.on, catalogue.graph.nodes
        self.given = {name: value for name, value in facts.items() if value is not None}
        self.start = completed(self.library, self.on, self.given)
        self.flags = frozenset(n for n, fact in self.library.facts.items() if fact.type == "flag")
        truths = [catalogue.criteria[i] for i in self.rule.criteria]
        self.roots = [bitmap for truth in truths for bitmap in truth]
        self.judged = generate(self.nodes, self.roots, self.flags)
        self.inputs = base_inputs(self.nodes, self.roots)
        self.trials = 0
        needed = (self.nodes[i][1] for i in self.inputs if self.nodes[i][0] == "fact")
        self._derived = [n for n in needed if self.library.facts[n].derived and n not in self.given]
        self._columns: dict[int, Function] = {}

    def ways(self, limit: int) -> tuple[Way, ...]:
        found: list[Way] = []
        used: list[frozenset[str]] = []
        if self._failing(self.start) == 0:
            return ()
        for names in self._sets():
            if any(earlier <= set(names) for earlier in used):
                continue
            state = next(self._reached(self.start, names), None)
            if state is not None:
                way = self._proved(names, state)
                if way is not None:
                    found.append(way)
                    used.append(frozenset(names))
            if len(found) == limit or self.trials > _MOST_TRIALS:
                break
        return tuple(found)

    def _failing(self, known: Mapping[str, int | str | None]) -> int:
        """Return how many criteria are not met."""
        self.trials += 1
        return sum(self.judged(known.get)[1::2])

    def _sets(self) -> Iterator[tuple[str, ...]]:
        """Yield sets of facts worth trying, by effort, then size."""
        values = self.judged(self.start.get)
        wanted: dict[str, None] = {}
        for position, bitmap in enumerate(self.roots[1::2]):
            if values[2 * position + 1]:
                for node in sorted(self.inputs[bitmap]):
                    wanted.update(dict.fromkeys(self._underlying(self.nodes[node][1])))
        facts = sorted(
            (self.library.facts[name] for name in wanted if self._may_move(name)),
            key=lambda f: (f.effort, f.name),
        )
        sets = [c for size in range(1, _MOST_FACTS + 1) for c in combinations(facts, size)]
        sets.sort(key=lambda chosen: (sum(f.effort for f in chosen), len(chosen)))
        for chosen in sets[:_MOST_SETS]:
            yield tuple(fact.name for fact in chosen)

    def _underlying(self, name: str) -> Iterator[str]:
        """Yield the facts behind a fact: itself, or what a derived one is worked out from."""
        fact = self.library.facts[name]
        if fact.derived and name not in self.given:
            for other in fact.inputs:
                yield from self._underlying(other)
        else:
            yield name

    def _may_move(self, name: str) -> bool:
        fact = self.library.facts[name]
        return (
            fact.act != "no" and fact.type not in {"code", "date"} and isinstance(self.start.get(name), int)
        )

    def _reached(self, known: Known, names: Sequence[str]) -> Iterator[Known]:
        """Yield states in which every fact named has moved and nothing is not met."""
        if self.trials > _MOST_TRIALS:
            return
        name, rest = names[0], names[1:]
        for value in self._candidates(known, self.library.facts[name]):
            state = self._with(known, name, value)
            if rest:
                yield from self._reached(state, rest)
            elif self._failing(state) == 0:
                yield state

    def _with(self, known: Known, name: str, value: int) -> Known:
        """Return the facts with one changed and what is derived from it worked out again."""
        changed: Known = {**known, name: value}
        stale = [other for other in self._derived if name in self.library.facts[other].inputs]
        for other in stale:
            changed.pop(other, None)
        return completed(self.library, self.on, changed, only=self._derived) if stale else changed

    def _candidates(self, known: Known, fact: Fact) -> list[int]:
        """Return the values at which some comparison of the rule turns, nearest first."""
        current = known[fact.name]
        assert isinstance(current, int)
        if fact.type == "flag":
            wanted = 1 - current
            return [wanted] if fact.act == "either" or (fact.act == "up") == (wanted == 1) else []
        found: set[int] = set()
        for node in self.inputs:
            if self.nodes[node][0] == "in":
                _, column, low, high = self.nodes[node]
                for bound in (low, high + 1):
                    if LOWEST < bound <= INT_MAX:
                        found.update(self._turning(known, fact, current, column, bound))
        allowed = [
            value
            for value in found
            if fact.low <= value <= fact.high
            and value != current
            and (fact.act == "either" or (value > current) == (fact.act == "up"))
        ]
        return sorted(allowed, key=lambda value: abs(value - current))

    def _turning(self, known: Known, fact: Fact, current: int, column: int, bound: int) -> Iterator[int]:
        """Yield the nearest values of the fact at which ``column >= bound`` becomes the other truth."""
        reached = {self.nodes[i][1] for i in self.inputs[column]}
        if not any(fact.name in self._underlying(name) for name in reached):
            return
        node = self.nodes[column]
        if node == ("fact", fact.name):
            yield bound if current < bound else bound - 1
            return
        here = self._column(column, known)
        if here is None:
            return
        coefficient = self._coefficient(node, fact.name)
        if coefficient:
            yield current + _least_step(bound - here, coefficient)
            return
        for end in (
            (fact.high,) if fact.act == "up" else (fact.low,) if fact.act == "down" else (fact.low, fact.high)
        ):
            value = self._bisected(known, fact, current, end, column, bound)
            if value is not None:
                yield value

    def _coefficient(self, node: tuple[object, ...], name: str) -> int:
        """Return the coefficient of a fact in a linear column, 0 when it enters in another way."""
        if node[0] != "linear":
            return 0
        terms: tuple[tuple[int, int], ...] = node[1]  # type: ignore[assignment]
        direct = [c for c, item in terms if self.nodes[item] == ("fact", name)]
        others = {
            n
            for _, item in terms
            if self.nodes[item] != ("fact", name)
            for i in self.inputs[item]
            for n in self._underlying(self.nodes[i][1])
        }
        return direct[0] if len(direct) == 1 and name not in others else 0

    def _column(self, column: int, known: Known) -> int | None:
        function = self._columns.get(column)
        if function is None:
            function = self._columns[column] = generate(self.nodes, [column], self.flags)
        value: int | None = function(known.get)[0]
        return value

    def _bisected(
        self, known: Known, fact: Fact, current: int, end: int, column: int, bound: int
    ) -> int | None:
        """Find by halving where ``column >= bound`` turns between the present value and the end of the range."""

        def holds(value: int) -> bool | None:
            self.trials += 1
            found = self._column(column, self._with(known, fact.name, value))
            return None if found is None else found >= bound

        before = holds(current)
        if before is None or holds(end) in (before, None):
            return None
        near, far = current, end
        while abs(far - near) > 1:
            middle = (near + far) // 2
            near, far = (middle, far) if holds(middle) in (before, None) else (near, middle)
        return far

    def _proved(self, names: Sequence[str], state: Known) -> Way | None:
        """Return the way once the interpreter has confirmed it from the firm's own facts."""
        changed = {name: state[name] for name in names}
        known = completed(self.library, self.on, {**self.given, **changed})
        verdict = Interpreter(self.library, self.on, known).verdict(self.rule.pack)
        if verdict is False:
            return None
        leads_to: Truth = "met" if verdict else "unknown"
        moves = tuple(self._move(name, int(state[name] or 0)) for name in names)
        ending = (
            ("即符合全部条件", "then every condition is met")
            if verdict
            else (
                "后不再有不符合的条件，仍有条件缺资料",
                "then nothing is failed; some conditions still lack data",
            )
        )
        return Way(
            moves,
            sum(self.library.facts[name].effort for name in names),
            leads_to,
            f"{'，并且'.join(move.sentence for move in moves)}，{ending[0]}",
            f"{' and '.join(move.sentence_en for move in moves)}; {ending[1]}",
        )

    def _move(self, name: str, after: int) -> Move:
        fact = self.library.facts[name]
        before = self.start[name]
        assert isinstance(before, int)
        if fact.type == "flag":
            return Move(
                name, fact.label, fact.label_en, before, after,
                f"{fact.label}：由{'否' if after else '是'}改为{'是' if after else '否'}",
                f"{fact.label_en}: from {'no' if after else 'yes'} to {'yes' if after else 'no'}",
            )  # fmt: skip
        verb, verb_en = ("增至", "up to") if after > before else ("降至", "down to")
        change = ("增加", "more") if after > before else ("减少", "less")
        zh = [show_quantity(value, fact.unit, "zh") for value in (before, after, abs(after - before))]
        en = [show_quantity(value, fact.unit, "en") for value in (before, after, abs(after - before))]
        return Move(
            name, fact.label, fact.label_en, before, after,
            f"{fact.label}由 {zh[0]} {verb} {zh[1]}（{change[0]} {zh[2]}）",
            f"{fact.label_en} from {en[0]} {verb_en} {en[1]} ({en[2]} {change[1]})",
        )  # fmt: skip


def _least_step(distance: int, coefficient: int) -> int:
    """Return the least whole step after which ``coefficient * step`` reaches ``distance``, or falls below it.

    A positive distance must be reached; otherwise the column is at or above the bound and must fall below it.
    """
    goal = distance if distance > 0 else distance - 1
    # Round away from zero, so that the comparison really turns.
    whole = -(-abs(goal) // abs(coefficient))
    return whole if (goal > 0) == (coefficient > 0) else -whole
