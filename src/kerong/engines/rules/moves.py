"""What would make a rule met: the least set of changes the firm may make, searched, and proved by re-running.

Candidate values are the thresholds of the compiled rule on facts the firm may act on, in the allowed
direction. Sets of facts are tried by declared effort, then by number; a set is tried only when it touches
every criterion that is not met. The past is never moved, and nothing is proposed that the interpreter does
not confirm.
"""

from __future__ import annotations

from collections import defaultdict
from heapq import heappop, heappush
from typing import TYPE_CHECKING, cast
from weakref import WeakKeyDictionary

from kerong.engines.rules.evaluation import Move, Truth, Way
from kerong.engines.rules.facts_known import Known, completed
from kerong.engines.rules.graph import INT_MAX, LOWEST, Graph
from kerong.engines.rules.interpreter import Interpreter
from kerong.engines.rules.python_code import Function, base_inputs, generate
from kerong.engines.rules.snapshot import derived_order
from kerong.engines.rules.way_words import move_words, told_values, way_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from kerong.engines.rules.compiler import Catalogue, Rule
    from kerong.engines.rules.model import Fact

_MOST_FACTS = 4
_MOST_SETS = 600
_MOST_LOOKED_AT = 20_000
_MOST_TRIALS = 6_000
_MOST_PIECES = 12


def ways(
    catalogue: Catalogue, key: str, facts: Mapping[str, int | str | None], *, limit: int = 3
) -> tuple[Way, ...]:
    """Return up to ``limit`` ways after which nothing of the rule is not met any more, least effort first.

    A way leads to "met", or to "unknown" when facts are still missing. No way is returned when nothing is not
    met, or when none is found within the search's bounds.

    Raises:
        KeyError: no rule of that key is in force.

    """
    return _Search(catalogue, key, facts).ways(limit)


class _Prepared:
    """What the search needs of one rule, whoever the firm is; kept as long as the compiled graph.

    ``tests`` lists for every fact behind the rule the tests ``column >= bound`` that it can turn, with its
    coefficient where it enters the column linearly (else 0). ``touching`` has per criterion the facts
    behind it.
    """

    def __init__(self, catalogue: Catalogue, rule: Rule, given: frozenset[str]) -> None:
        self.nodes, self.facts = catalogue.graph.nodes, catalogue.library.facts
        self.flags = frozenset(n for n, fact in self.facts.items() if fact.type == "flag")
        truths = [catalogue.criteria[i] for i in rule.criteria]
        self.roots = [bitmap for truth in truths for bitmap in truth]
        self.judged = generate(self.nodes, self.roots, self.flags)
        self.inputs = base_inputs(self.nodes, self.roots)
        self.given = given
        needed = {self.nodes[i][1] for i in self.inputs if self.nodes[i][0] == "fact"}
        behind = {name: frozenset(self._underlying(name)) for name in self.facts if self.facts[name].derived}
        wanted = frozenset[str]().union(*(behind.get(name, ()) for name in needed))
        self.derived = {
            n: behind[n] for n in derived_order(self.facts) if n not in given and behind[n] & wanted
        }
        self.touching = [self._behind(true) | self._behind(false) for true, false in truths]
        self.tests: dict[str, dict[tuple[int, int], int]] = defaultdict(dict)
        self.breaks: dict[str, set[int]] = defaultdict(lambda: {0})
        for i in self.inputs:
            if self.nodes[i][0] == "in":
                self._note(*self.nodes[i][1:])
        self._columns: dict[int, Function] = {}

    def _note(self, column: int, low: int, high: int) -> None:
        bounds = [bound for bound in (low, high + 1) if LOWEST < bound <= INT_MAX]
        node = self.nodes[column]
        for name in self._behind(column):
            coefficient = 1 if node == ("fact", name) else self._coefficient(node, name)
            self.tests[name].update(dict.fromkeys([(column, bound) for bound in bounds], coefficient))
            if node == ("fact", name):
                self.breaks[name].update(bounds)

    def _behind(self, node: int) -> frozenset[str]:
        """Return the facts behind a node: its inputs, or what derived ones are worked out from."""
        names = (self.nodes[i][1] for i in self.inputs[node])
        return frozenset(other for name in names for other in self._underlying(name))

    def _underlying(self, name: str) -> Iterator[str]:
        fact = self.facts[name]
        if fact.derived and name not in self.given:
            for other in fact.inputs:
                yield from self._underlying(other)
        else:
            yield name

    def _coefficient(self, node: tuple[object, ...], name: str) -> int:
        """Return the coefficient of a fact in a linear column, 0 when it enters in another way."""
        if node[0] != "linear":
            return 0
        terms = cast("tuple[tuple[int, int], ...]", node[1])
        direct = [c for c, item in terms if self.nodes[item] == ("fact", name)]
        others = [item for _, item in terms if self.nodes[item] != ("fact", name)]
        return direct[0] if len(direct) == 1 and not any(name in self._behind(i) for i in others) else 0

    def column(self, column: int, known: Mapping[str, int | str | None]) -> int | None:
        """Return a column's value for a firm."""
        function = self._columns.get(column)
        if function is None:
            function = self._columns[column] = generate(self.nodes, [column], self.flags)
        value: int | None = function(known.get)[0]
        return value


_PREPARED: WeakKeyDictionary[Graph, dict[tuple[str, frozenset[str]], _Prepared]] = WeakKeyDictionary()


def _prepared(catalogue: Catalogue, rule: Rule, given: frozenset[str]) -> _Prepared:
    """Return a rule prepared for the search."""
    kept = _PREPARED.setdefault(catalogue.graph, {})
    found = kept.get((rule.key, given))
    if found is None:
        found = kept[rule.key, given] = _Prepared(catalogue, rule, given)
    return found


class _Search:
    """The search for one rule and one firm."""

    def __init__(self, catalogue: Catalogue, key: str, facts: Mapping[str, int | str | None]) -> None:
        self.catalogue, self.rule = catalogue, catalogue.rule(key)
        self.library, self.on = catalogue.library, catalogue.on
        self.given = {name: value for name, value in facts.items() if value is not None}
        self.start = completed(self.library, self.on, self.given)
        facts_known = self.library.facts.keys() & self.given.keys()
        given = frozenset(name for name in facts_known if self.library.facts[name].derived)
        self.prepared = _prepared(catalogue, self.rule, given)
        self.trials = 0

    def ways(self, limit: int) -> tuple[Way, ...]:
        found: list[Way] = []
        used: list[frozenset[str]] = []
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
        return sum(self.prepared.judged(known.get)[1::2])

    def _sets(self) -> Iterator[tuple[str, ...]]:
        """Yield sets of facts worth trying, easiest first: those that touch every failing criterion."""
        values = self.prepared.judged(self.start.get)
        touching = [names for i, names in enumerate(self.prepared.touching) if values[2 * i + 1]]
        if not touching:
            return
        wanted = frozenset[str]().union(*touching)
        facts = [self.library.facts[name] for name in wanted if self._may_move(name)]
        facts.sort(key=lambda f: (f.effort, f.name))
        touched = [sum(1 << k for k, names in enumerate(touching) if f.name in names) for f in facts]
        everything = (1 << len(touching)) - 1
        reachable = 0
        for bits in touched:
            reachable |= bits
        if reachable != everything:
            return
        yielded = 0
        for looked_at, chosen in enumerate(_by_effort([f.effort for f in facts])):
            covered = 0
            for i in chosen:
                covered |= touched[i]
            if covered == everything:
                yielded += 1
                yield tuple(facts[i].name for i in chosen)
            if yielded == _MOST_SETS or looked_at == _MOST_LOOKED_AT:
                return

    def _may_move(self, name: str) -> bool:
        fact = self.library.facts[name]
        if fact.act == "no" or fact.derived or fact.type in {"code", "date"}:
            # A derived fact that was given moves only through what it is worked out from, which is not known.
            return False
        return isinstance(self.start.get(name), int)

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
        stale = [other for other, behind in self.prepared.derived.items() if name in behind]
        for other in stale:
            changed.pop(other, None)
        return completed(self.library, self.on, changed, only=stale) if stale else changed

    def _candidates(self, known: Known, fact: Fact) -> list[int]:
        """Return the values at which some comparison of the rule turns, nearest first."""
        current = int(known[fact.name] or 0)
        if fact.type == "flag":
            wanted = 1 - current
            return [wanted] if fact.act == "either" or (fact.act == "up") == (wanted == 1) else []
        found: set[int] = set()
        here: dict[int, int | None] = {}
        for (column, bound), coefficient in self.prepared.tests.get(fact.name, {}).items():
            if column not in here:
                here[column] = self.prepared.column(column, known)
            value = here[column]
            if coefficient and value is not None:
                found.add(current + _least_step(bound - value, coefficient))
            elif not coefficient:
                found.update(self._turning(known, fact, current, column, bound))
        allowed = [
            value for value in found if fact.low <= value <= fact.high and _allowed(fact, current, value)
        ]
        return sorted(allowed, key=lambda value: abs(value - current))

    def _turning(self, known: Known, fact: Fact, current: int, column: int, bound: int) -> Iterator[int]:
        """Yield values at which ``column >= bound`` turns, piece by piece between the fact's thresholds."""

        def holds(value: int) -> bool:
            self.trials += 1
            found = self.prepared.column(column, self._with(known, fact.name, value))
            return found is not None and found >= bound

        before = holds(current)
        breaks = sorted(self.prepared.breaks[fact.name])
        for sign, end in ((1, fact.high), (-1, fact.low)):
            if not _allowed(fact, current, end):
                continue
            # A threshold x lies between x - 1 and x: coming from above, the next piece begins at x - 1.
            edges = [
                edge
                for edge in (breaks if sign > 0 else [x - 1 for x in breaks])
                if 0 < sign * (edge - current) < sign * (end - current)
            ]
            near = current
            for edge in [*edges[::sign][:_MOST_PIECES], end]:
                far = edge if edge == end else edge - sign
                if holds(near) != before:
                    yield near
                elif sign * (far - near) > 0 and holds(far) != before:
                    yield _halved(near, far, lambda value: holds(value) == before)
                near = edge

    def _proved(self, names: Sequence[str], state: Known) -> Way | None:
        """Return the way once the interpreter has confirmed it from the firm's own facts."""
        exact = {name: int(state[name] or 0) for name in names}
        leads_to = self._judged(exact)
        if leads_to == "not_met":
            return None
        facts = [self.library.facts[name] for name in names]
        spans = {fact.name: (int(self.start[fact.name] or 0), exact[fact.name]) for fact in facts}
        told = {fact.name: told_values(fact, *spans[fact.name]) for fact in facts}
        if told != spans and not self._is_sayable(told, leads_to):
            told = spans
        words = [(fact, move_words(fact, *told[fact.name])) for fact in facts]
        moves = tuple(
            Move(
                fact.name, fact.label, fact.label_en, *spans[fact.name], told[fact.name][1], said.zh, said.en
            )
            for fact, said in words
        )
        said = way_words(words, leads_to)
        return Way(moves, sum(fact.effort for fact in facts), leads_to, said.zh, said.en)

    def _judged(self, changed: Mapping[str, int]) -> Truth:
        """Return the interpreter's verdict once some facts have changed."""
        known = completed(self.library, self.on, {**self.given, **changed})
        verdict = Interpreter(self.library, self.on, known).verdict(self.rule.pack)
        return "unknown" if verdict is None else "met" if verdict else "not_met"

    def _is_sayable(self, told: Mapping[str, tuple[int, int]], leads_to: Truth) -> bool:
        """Tell whether the rounded values are allowed and lead to the same, by the interpreter too."""
        for name, (_, after) in told.items():
            fact = self.library.facts[name]
            if not fact.low <= after <= fact.high or not _allowed(fact, int(self.start[name] or 0), after):
                return False
        return self._judged({name: after for name, (_, after) in told.items()}) == leads_to


def _allowed(fact: Fact, current: int, value: int) -> bool:
    """Tell whether the firm may move a fact to a value."""
    return value != current and (fact.act == "either" or (value > current) == (fact.act == "up"))


def _halved(near: int, far: int, unturned: Callable[[int], bool]) -> int:
    """Return the first value, coming from ``near``, that has turned; ``far`` has."""
    while abs(far - near) > 1:
        middle = (near + far) // 2
        near, far = (middle, far) if unturned(middle) else (near, middle)
    return far


def _by_effort(efforts: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield sets of positions by the sum of their efforts, then by size; efforts are sorted."""
    heap: list[tuple[int, int, tuple[int, ...]]] = [(efforts[0], 1, (0,))] if efforts else []
    while heap:
        total, size, chosen = heappop(heap)
        yield chosen
        last, following = chosen[-1], chosen[-1] + 1
        if following < len(efforts):
            moved = total - efforts[last] + efforts[following]
            heappush(heap, (moved, size, (*chosen[:-1], following)))
            if size < _MOST_FACTS:
                heappush(heap, (total + efforts[following], size + 1, (*chosen, following)))


def _least_step(distance: int, coefficient: int) -> int:
    """Return the least whole step after which ``coefficient * step`` reaches ``distance``, or falls below it.

    A positive distance must be reached; otherwise the column is at or above the bound and must fall below it.
    """
    goal = distance if distance > 0 else distance - 1
    # Round away from zero, so that the comparison really turns.
    whole = -(-abs(goal) // abs(coefficient))
    return whole if (goal > 0) == (coefficient > 0) else -whole
