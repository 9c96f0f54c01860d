"""Judge one firm by every rule, fast: bits per criterion from look-up tables, then masks per rule."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kerong.engines.rules.compiler import Catalogue
from kerong.engines.rules.graph import INT_MAX, LOWEST
from kerong.engines.rules.python_code import Function, Value, base_inputs, generate

Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]
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

    def _sort_criteria(self) -> None:
        """Put every criterion where it is cheapest: steps of one number, values of one code, or generated code."""
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

    def _generated(self, members: list[int]) -> Function:
        criteria = self.catalogue.criteria
        roots = [criteria[i][0] for i in members] + [criteria[i][1] for i in members]
        return generate(self.catalogue.graph.nodes, roots, self._flags)

    def _breaks(self, column: int, members: list[int]) -> list[int] | None:
        """Return the values at which criteria of one number may change, or None when it goes through arithmetic."""
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
            t, f = steps.missing if value is None else steps.bits[bisect_right(steps.starts, value)]  # type: ignore[arg-type]
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

    def judge(self, facts: Mapping[str, Value]) -> FirmVerdicts:
        """Judge one firm by all rules."""
        true, false = self.bits(facts)
        size = self._words * 8
        not_true = self._masks & ~np.frombuffer(true.to_bytes(size, "little"), np.uint64)[:, None]
        failing = (self._masks & np.frombuffer(false.to_bytes(size, "little"), np.uint64)[:, None]).any(axis=0)
        open_count = np.bitwise_count(not_true).sum(axis=0)
        met = open_count == 0
        lone = open_count == 1
        return FirmVerdicts(
            true, false, met, failing, ~(met | failing), lone & failing, lone & ~failing & ~self._blocked
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
