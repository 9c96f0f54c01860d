"""Judge one firm by every rule, fast: bits per criterion from look-up tables, then masks per rule."""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from kerong.engines.rules.graph import INT_MAX, LOWEST
from kerong.engines.rules.python_code import Function, Value, base_inputs, generate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kerong.engines.rules.compiler import Catalogue

Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]
_ONE = np.uint64(1)
Verdict = Literal["met", "not_met", "unknown"]
Nearness = Literal["near_miss", "one_document_away", "none"]


@dataclass(frozen=True, slots=True)
class FirmVerdicts:
    """What one firm is to every rule, in the catalogue's order.

    Bit i of ``true`` and ``false`` is criterion i; neither set is unknown. ``met``, ``not_met``, ``unknown``,
    ``near_miss`` and ``one_document_away`` are boolean arrays over the rules.
    """

    true: int
    false: int
    met: Flags
    not_met: Flags
    unknown: Flags
    near_miss: Flags
    one_document_away: Flags

    def verdict(self, position: int) -> Verdict:
        """Return one rule's verdict."""
        return "met" if self.met[position] else "not_met" if self.not_met[position] else "unknown"

    def nearness(self, position: int) -> Nearness:
        """Return how far one rule is."""
        if self.near_miss[position]:
            return "near_miss"
        return "one_document_away" if self.one_document_away[position] else "none"


@dataclass(frozen=True, slots=True)
class _Steps:
    """Criterion bits of one numeric fact as a step function of its value."""

    name: str
    starts: list[int]
    bits: list[tuple[int, int]]
    missing: tuple[int, int]


@dataclass(slots=True)
class _Codes:
    """Criterion bits of one code or flag, remembered by value."""

    name: str
    function: Function
    criteria: list[int]
    seen: dict[Value, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Limit:
    """The bounds that a criterion of one number sets; None where it is open. Stored units."""

    fact: str
    low: int | None
    high: int | None

    def gap(self, value: int) -> int:
        """Return by how much a value must rise (positive) or fall (negative) to be within the bounds."""
        if self.low is not None and value < self.low:
            return self.low - value
        return self.high - value if self.high is not None and value > self.high else 0


class FirmJudge:
    """A catalogue prepared to judge single firms."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._flags = frozenset(n for n, fact in catalogue.library.facts.items() if fact.type == "flag")
        self._steps: list[_Steps] = []
        self._codes: list[_Codes] = []
        self._constant = (0, 0)
        self._mixed: Function | None = None
        self._mixed_criteria: list[int] = []
        self._sort_criteria()
        rules = catalogue.rules
        self._words = max(1, -(-len(catalogue.criteria) // 64))
        masks = np.zeros((self._words, len(rules)), np.uint64)
        for position, rule in enumerate(rules):
            for criterion in rule.criteria:
                masks[criterion // 64, position] |= np.uint64(1 << (criterion % 64))
        self._masks = masks
        self._blocked = np.array([rule.blocked for rule in rules], bool)
        self.limits: tuple[Limit | None, ...] = tuple(self._limit(true) for true, _ in catalogue.criteria)
        self._rule_texts = [json.dumps(rule.key) for rule in rules]

    def _sort_criteria(self) -> None:
        """Put every criterion where it is cheapest: steps of a number, values of a code, or else code."""
        nodes, criteria = self.catalogue.graph.nodes, self.catalogue.criteria
        inputs = base_inputs(nodes, [bitmap for truth in criteria for bitmap in truth])
        groups: dict[int, list[int]] = {}
        for i, (true, false) in enumerate(criteria):
            needed = inputs[true] | inputs[false]
            if len(needed) == 1:
                groups.setdefault(next(iter(needed)), []).append(i)
            else:
                self._mixed_criteria.append(i)
        for column, members in groups.items():
            function = self._generated(members)
            name = nodes[column][1]
            if nodes[column][0] == "code":
                self._codes.append(_Codes(name, function, members, {}))
            elif (starts := self._breaks(column, members)) is None:
                self._mixed_criteria += members
            else:
                bits = [_bits(members, function(lambda _n, v=start: v)) for start in starts]
                self._steps.append(_Steps(name, starts[1:], bits, _bits(members, function(lambda _n: None))))
        if self._mixed_criteria:
            self._mixed = self._generated(self._mixed_criteria)

    def _limit(self, true: int) -> Limit | None:
        """Return the bounds of a criterion that is one comparison of one fact, else None."""
        nodes = self.catalogue.graph.nodes
        node = nodes[true]
        if node[0] == "in" and nodes[node[1]][0] == "fact":
            return Limit(
                nodes[node[1]][1],
                node[2] if node[2] > LOWEST else None,
                node[3] if node[3] < INT_MAX else None,
            )
        if node[0] == "andnot" and nodes[node[1]][0] == "valid" and nodes[node[2]][0] == "in":
            # "At most" is compiled as "known, and not above".
            column, (_, tested, low, high) = nodes[node[1]][1], nodes[node[2]]
            if column == tested and high >= INT_MAX and nodes[column][0] == "fact":
                return Limit(nodes[column][1], None, low - 1)
        return None

    def _generated(self, members: list[int]) -> Function:
        criteria = self.catalogue.criteria
        roots = [criteria[i][0] for i in members] + [criteria[i][1] for i in members]
        return generate(self.catalogue.graph.nodes, roots, self._flags)

    def _breaks(self, column: int, members: list[int]) -> list[int] | None:
        """Return the values at which criteria of one number may change, or None for arithmetic."""
        nodes, criteria = self.catalogue.graph.nodes, self.catalogue.criteria
        starts = {LOWEST}
        for i in base_inputs(nodes, [b for m in members for b in criteria[m]]):
            node = nodes[i]
            if node[0] == "in" and node[1] == column:
                starts.update(x for x in (node[2], node[3] + 1) if LOWEST < x <= INT_MAX)
            elif node[0] not in {"fact", "valid", "and", "or", "andnot", "true", "false"} or (
                node[0] == "valid" and node[1] != column
            ):
                return None
        return sorted(starts)

    def bits(self, facts: Mapping[str, Value]) -> tuple[int, int]:
        """Return the bits of true and of false criteria of one firm; ``facts`` holds stored values."""
        get = facts.get
        true = false = 0
        for steps in self._steps:
            value = get(steps.name)
            t, f = steps.missing if value is None else steps.bits[bisect_right(steps.starts, value)]  # type: ignore[arg-type] - a number
            true |= t
            false |= f
        for codes in self._codes:
            value = get(codes.name)
            found = codes.seen.get(value)
            if found is None:
                found = codes.seen[value] = _bits(codes.criteria, codes.function(get))
            true |= found[0]
            false |= found[1]
        if self._mixed is not None:
            t, f = _bits(self._mixed_criteria, self._mixed(get))
            true |= t
            false |= f
        return true, false

    def _column(self, bits: int) -> Words:
        return np.frombuffer(bits.to_bytes(self._words * 8, "little"), np.uint64)[:, None]

    def judge(self, facts: Mapping[str, Value]) -> FirmVerdicts:
        """Judge one firm by all rules."""
        true, false = self.bits(facts)
        not_true = self._masks & ~self._column(true)
        failing: Flags = np.any(self._masks & self._column(false), axis=0)
        open_count = np.bitwise_count(not_true).sum(axis=0)
        met = open_count == 0
        lone = open_count == 1
        return FirmVerdicts(
            true, false, met, failing, ~(met | failing), lone & failing, lone & ~failing & ~self._blocked
        )

    def lone_criteria(self, verdicts: FirmVerdicts, rules: NDArray[np.int64]) -> list[int]:
        """Return the one criterion that is not true, for rules that are near misses or one document away."""
        not_true = self._masks[:, rules] & ~self._column(verdicts.true)
        word = (not_true != 0).argmax(axis=0)
        bit = np.bitwise_count(not_true[word, np.arange(len(rules))] - _ONE)
        found: list[int] = (word * 64 + bit).tolist()
        return found

    def answer_json(self, facts: Mapping[str, Value]) -> str:
        """Return the eligible rules, and the near misses with value, threshold and gap, as JSON text.

        ``{"eligible": [key, …], "near_misses": [{"rule", "criterion", "fact", "value", "low", "high", "gap"},
        …]}``; a criterion that is not one comparison of one number carries only ``rule`` and ``criterion``.
        Criteria repeat across rules, so each is written once and its text reused.
        """
        verdicts = self.judge(facts)
        near = np.flatnonzero(verdicts.near_miss)
        texts: dict[int, str] = {}
        parts: list[str] = []
        for position, criterion in zip(near.tolist(), self.lone_criteria(verdicts, near), strict=True):
            text = texts.get(criterion)
            if text is None:
                text = texts[criterion] = self._gap_text(criterion, facts)
            parts.append(f'{{"rule": {self._rule_texts[position]}, {text}')
        eligible = ", ".join(
            [self._rule_texts[position] for position in np.flatnonzero(verdicts.met).tolist()]
        )
        return f'{{"eligible": [{eligible}], "near_misses": [{", ".join(parts)}]}}'

    def _gap_text(self, criterion: int, facts: Mapping[str, Value]) -> str:
        limit = self.limits[criterion]
        value = facts.get(limit.fact) if limit else None
        if limit is None or not isinstance(value, int):
            return f'"criterion": {criterion}}}'
        low, high = ("null" if bound is None else bound for bound in (limit.low, limit.high))
        return (
            f'"criterion": {criterion}, "fact": "{limit.fact}", "value": {value:d}, '
            f'"low": {low}, "high": {high}, "gap": {limit.gap(value)}}}'
        )


def _bits(members: list[int], values: tuple[Any, ...]) -> tuple[int, int]:
    true = false = 0
    half = len(members)
    for position, criterion in enumerate(members):
        if values[position]:
            true |= 1 << criterion
        elif values[half + position]:
            false |= 1 << criterion
    return true, false
