"""Bind a compiled graph to the columns of a snapshot: registers, operation rows and constants for the kernel.

Facts that the snapshot does not hold are missing for every firm; what follows from that is folded away here,
so a register with few columns costs little.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kerong.engines.rules import kernel
from kerong.engines.rules.graph import COLUMN_TAGS, INT_MAX, LOWEST, Node, Truth, operands, reachable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Ints = NDArray[np.int64]
Row = tuple[int, int, int, int, int, int, int, int]

_PLAIN = {"mul": kernel.MUL, "coalesce": kernel.COALESCE, "point": kernel.POINT}
_EXTREMES = {"min": kernel.MIN, "max": kernel.MAX}
_STRICT = frozenset({"linear", "mul", "min", "max", "floordiv", "share", "const"})
_CODE_TESTS = frozenset({kernel.IN_CODE, kernel.VALID_CODE})
_TESTS = _CODE_TESTS | {kernel.IN_NUMBER, kernel.VALID_NUMBER}
# In units of one comparison of 64 classes, as measured: a list costs its bounds and a little, a table this
# much.
_TEST_COST, _TABLE_COST = 2, 80


@dataclass(frozen=True, slots=True)
class Program:
    """What the kernel runs. ``true_registers[i]`` and ``false_registers[i]`` belong to criterion i."""

    rows: Ints
    pool: Ints
    scratch_count: int
    bitmap_count: int
    true_registers: Ints
    false_registers: Ints


class Binder:
    """Lays out one program."""

    def __init__(
        self, nodes: list[Node], numbers: Mapping[str, int], codes: Mapping[str, tuple[int, Sequence[str]]]
    ) -> None:
        self.nodes = nodes
        self.numbers = numbers
        self.codes = codes
        self._rows: list[Row] = []
        self._pool: list[int] = []
        self._columns: dict[int, int | None] = {}
        self._bitmaps: dict[int, int] = {}
        self._scratch = 0
        self._bitmap_count = 2
        self._emit(kernel.CLEAR, 0)
        self._emit(kernel.SET, 1)
        self._shared: dict[tuple[int, ...], int] = {}

    def bind(self, criteria: Sequence[Truth], outputs: Sequence[int] = ()) -> Program:
        """Bind the criteria, and the columns to be put out in the order given."""
        for node in reachable(self.nodes, [b for truth in criteria for b in truth] + list(outputs)):
            if self.nodes[node][0] in COLUMN_TAGS:
                self._columns[node] = self._column(self.nodes[node])
            else:
                self._bitmaps[node] = self._bitmap(self.nodes[node])
        for position, node in enumerate(outputs):
            place = self._columns[node]
            if place is None:
                place = self._register(kernel.CONST, c=kernel.INT_MIN)
            self._emit(kernel.OUT_COLUMN, position, a=place)
        rows = self._ordered()
        scratch_count = reuse_scratch(rows, self._pool)
        return Program(
            rows=np.array(rows, np.int64),
            pool=np.array(self._pool or [0], np.int64),
            scratch_count=max(scratch_count, 1),
            bitmap_count=self._bitmap_count,
            true_registers=np.array([self._bitmaps[t] for t, _ in criteria], np.int64),
            false_registers=np.array([self._bitmaps[f] for _, f in criteria], np.int64),
        )

    def _ordered(self) -> list[Row]:
        """Return the rows with tests of input columns first, by column: it is read while it is cached.

        Tests of one code that together cost more than a look-up table become tables of up to 64 lists.
        """
        tests = [row for row in self._rows if row[0] in _TESTS and row[2] >= 0]
        rest = [row for row in self._rows if not (row[0] in _TESTS and row[2] >= 0)]
        tests.sort(key=lambda row: (row[0] in _CODE_TESTS, row[2]))
        ordered: list[Row] = []
        for (is_code, place), group in groupby(tests, key=lambda row: (row[0] in _CODE_TESTS, row[2])):
            members = list(group)
            if is_code and sum(_TEST_COST + row[6] for row in members) > _TABLE_COST:
                ordered += [self._table(place, members[at : at + 64]) for at in range(0, len(members), 64)]
            else:
                ordered += members
        # SET and CLEAR stand first: a rule may have nothing else.
        return [*rest[:2], *ordered, *rest[2:]]

    def _table(self, place: int, members: list[Row]) -> Row:
        """Return one table in place of tests of one code: a word per class, one bit a test."""
        classes = next((len(dictionary) for row, dictionary in self.codes.values() if row == place), 0) + 2
        words = [0] * classes
        for bit, row in enumerate(members):
            for at in range(row[5], row[5] + row[6], 2):
                for code in range(self._pool[at], min(self._pool[at + 1], classes - 1) + 1):
                    words[code] |= 1 << bit
        offset = len(self._pool)
        self._pool += [row[1] for row in members]
        self._pool += [word - (1 << 64) if word >> 63 else word for word in words]
        return (kernel.IN_TABLE, 0, place, len(members), 0, offset, len(self._pool) - offset, 0)

    def _emit(  # noqa: PLR0913 - the columns of a row
        self, op: int, destination: int, *, a: int = 0, b: int = 0, c: int = 0, pool: Sequence[int] = ()
    ) -> None:
        self._rows.append((op, destination, a, b, c, len(self._pool), len(pool), 0))
        self._pool.extend(pool)

    def _register(self, op: int, *, a: int = 0, b: int = 0, c: int = 0, pool: Sequence[int] = ()) -> int:
        """Emit a computed column; its place is negative."""
        self._scratch += 1
        self._emit(op, self._scratch - 1, a=a, b=b, c=c, pool=pool)
        return -self._scratch

    def _word(self, op: int, *, a: int = 0, b: int = 0, c: int = 0, pool: Sequence[int] = ()) -> int:
        """Emit a bitmap, or return the one that is computed the same way."""
        key = (op, a, b, c, *pool)
        found = self._shared.get(key)
        if found is None:
            found = self._shared[key] = self._bitmap_count
            self._bitmap_count += 1
            self._emit(op, found, a=a, b=b, c=c, pool=pool)
        return found

    def _column(self, node: Node) -> int | None:
        """Return the place of a column: input row, negative register, or None when it is always missing."""
        tag = node[0]
        if tag == "fact":
            return self.numbers.get(node[1])
        if tag == "code":
            return self.codes[node[1]][0] if node[1] in self.codes else None
        if tag == "const":
            return self._register(kernel.CONST, c=node[1])
        if tag == "cases":
            pool = [
                x
                for bitmap, value in node[1]
                if self._bitmaps[bitmap]
                for x in (self._bitmaps[bitmap], value)
            ]
            return self._register(kernel.CASES, pool=pool) if pool else None
        if tag == "bands":
            pool = [x for t, f, points in node[2] for x in (self._bitmaps[t], self._bitmaps[f], points)]
            return self._register(kernel.BANDS, a=0 if node[1] == "low" else 1, c=node[3], pool=pool)
        if tag == "coalesce":
            first, second = self._columns[node[1]], self._columns[node[2]]
            if first is None or second is None:
                return second if first is None else first
            return self._register(kernel.COALESCE, a=first, b=second)
        if tag == "linear":
            return self._linear(node)
        if tag in _EXTREMES:
            places = [self._columns[item] for item in node[1]]
            known = [place for place in places if place is not None]
            return self._register(_EXTREMES[tag], pool=known) if len(known) == len(places) else None
        first = self._columns[node[1]]
        if first is None:
            return None
        if tag == "floordiv":
            return self._register(kernel.FLOORDIV, a=first, c=node[2])
        second = self._columns[node[2]]
        if second is None:
            return None
        if tag == "share":
            return self._register(kernel.SHARE, a=first, b=second, c=kernel.ROUNDING_CODES[node[3]])
        return self._register(_PLAIN[tag], a=first, b=second)

    def _linear(self, node: Node) -> int | None:
        pool: list[int] = []
        for coefficient, item in node[1]:
            place = self._columns[item]
            if place is None:
                return None
            pool += [coefficient, place]
        return self._register(kernel.LINEAR, c=node[2], pool=pool)

    def _bitmap(self, node: Node) -> int:
        """Return the register of a bitmap; 0 is empty and 1 full."""
        tag = node[0]
        if tag in {"true", "false"}:
            return 1 if tag == "true" else 0
        if tag == "in":
            place = self._columns[node[1]]
            if place is None:
                return 0
            return self._word(kernel.IN_NUMBER, a=place, b=max(node[2], LOWEST), c=min(node[3], INT_MAX))
        if tag == "text":
            return self._text(node)
        if tag == "valid":
            return self._valid(node[1])
        if tag == "andnot":
            first, second = self._bitmaps[node[1]], self._bitmaps[node[2]]
            if first == 0 or second in {1, first}:
                return 0
            return first if second == 0 else self._word(kernel.ANDNOT, a=first, b=second)
        parts = {self._bitmaps[item] for item in node[1]}
        neutral, absorbing = (1, 0) if tag == "and" else (0, 1)
        if absorbing in parts:
            return absorbing
        parts.discard(neutral)
        if not parts:
            return neutral
        if len(parts) == 1:
            return parts.pop()
        return self._word(kernel.AND if tag == "and" else kernel.OR, pool=sorted(parts))

    def _valid(self, column: int) -> int:
        place = self._columns[column]
        if place is None:
            return 0
        if self.nodes[column][0] == "code":
            _, dictionary = self.codes[self.nodes[column][1]]
            return self._word(kernel.VALID_CODE, a=place, pool=(1, max(len(dictionary), 1)))
        node = self.nodes[column]
        if node[0] in _STRICT:
            # Known where all operands are: shared by every threshold of a ratio, and no column is read again.
            parts = {self._valid(operand) for operand in operands(node)} - {1}
            if 0 in parts or len(parts) < 2:  # noqa: PLR2004 - a conjunction has two parts
                return 0 if 0 in parts else parts.pop() if parts else 1
            return self._word(kernel.AND, pool=sorted(parts))
        return self._word(kernel.VALID_NUMBER, a=place)

    def _text(self, node: Node) -> int:
        name = self.nodes[node[1]][1]
        if name not in self.codes:
            return 0
        place, dictionary = self.codes[name]
        ranges = class_ranges(dictionary, node[2], node[3])
        if not ranges:
            return 0
        return self._word(kernel.IN_CODE, a=place, pool=[bound for pair in ranges for bound in pair])


def reuse_scratch(rows: list[Row], pool: list[int]) -> int:
    """Let computed columns share registers once they are no longer read; return how many registers remain.

    Thousands of distinct ratios would otherwise push each other out of the cache.
    """
    last_use: dict[int, int] = {}
    for position, row in enumerate(rows):
        for place in _read_places(row, pool):
            last_use[place] = position
    renamed: dict[int, int] = {}
    free: list[int] = []
    count = 0
    for position, row in enumerate(rows):
        used = [place for place in dict.fromkeys(_read_places(row, pool)) if place < 0]
        a, b = row[2], row[3]
        if row[0] in _READS_A and a < 0:
            a = renamed[a]
        if row[0] in _READS_B and b < 0:
            b = renamed[b]
        for at in _pool_places(row):
            pool[at] = renamed[pool[at]] if pool[at] < 0 else pool[at]
        destination = row[1]
        if kernel.LINEAR <= row[0] <= kernel.CONST:
            # Taken before the operands are given back: some operations write while they still read.
            if not free:
                count += 1
                free.append(-count)
            renamed[-row[1] - 1] = free.pop()
            destination = -renamed[-row[1] - 1] - 1
            if -row[1] - 1 not in last_use:
                free.append(renamed[-row[1] - 1])
        free += [renamed[place] for place in used if last_use[place] == position]
        rows[position] = (row[0], destination, a, b, *row[4:])
    return count


_READS_B = frozenset({kernel.MUL, kernel.COALESCE, kernel.POINT, kernel.SHARE})
_READS_A = _READS_B | {kernel.FLOORDIV, kernel.IN_NUMBER, kernel.VALID_NUMBER, kernel.OUT_COLUMN}


def _pool_places(row: Row) -> range:
    """Return where in the pool a row names columns."""
    if row[0] == kernel.LINEAR:
        return range(row[5] + 1, row[5] + row[6], 2)
    return range(row[5], row[5] + row[6]) if row[0] in {kernel.MIN, kernel.MAX} else range(0)


def _read_places(row: Row, pool: list[int]) -> list[int]:
    """Return the columns a row reads."""
    places = [row[2]] if row[0] in _READS_A else []
    places += [row[3]] if row[0] in _READS_B else []
    return places + [pool[at] for at in _pool_places(row)]


def class_ranges(dictionary: Sequence[str], kind: str, texts: Sequence[str]) -> list[tuple[int, int]]:
    """Return the classes (1-based positions in a sorted dictionary) of texts or prefixes as closed ranges."""
    spans: list[tuple[int, int]] = []
    for text in texts:
        low = bisect_left(dictionary, text)
        high = (
            bisect_left(dictionary, text + "\U0010ffff")
            if kind == "prefix"
            else bisect_right(dictionary, text)
        )
        if low < high:
            spans.append((low + 1, high))
    merged: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged
