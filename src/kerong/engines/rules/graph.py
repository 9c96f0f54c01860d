"""The one compiled form: a hash-consed graph of columns and bitmaps that every backend executes.

A node is a tuple; its id is its position, and operands always come before the node that uses them.

Columns (64-bit integers, missing allowed):
    ("fact", name)  ("code", name)            a column of the input; codes and flags are dictionary classes
    ("const", value)
    ("linear", ((coefficient, column), …), constant)
    ("mul", a, b)  ("min", (a, …))  ("max", (a, …))   missing when any operand is
    ("floordiv", a, divisor)                  rounded towards minus infinity
    ("share", a, b, rounding)                 a * b / 10000
    ("cases", ((bitmap, value), …))           the value of the one bitmap that is set, else missing
    ("bands", side, ((true, false, points), …), otherwise)    side "low" or "high": points of first match
    ("coalesce", a, b)  ("point", low, high)  point: low where low equals high, else missing

Bitmaps (two-valued; a missing operand gives an unset bit):
    ("true",)  ("false",)
    ("in", column, low, high)                 low <= column <= high
    ("text", code, "in" | "prefix", (text, …))
    ("valid", column)                         the operand is not missing
    ("and", (a, …))  ("or", (a, …))  ("andnot", a, b)

A three-valued condition is a pair of bitmaps (true, false); neither set means unknown. The false side is the
true side of the negation, so no backend needs three-valued code.
"""

from __future__ import annotations

from typing import Any

Node = tuple[Any, ...]
Truth = tuple[int, int]

INT_MIN = -(2**63)
INT_MAX = 2**63 - 1
MISSING = INT_MIN
LOWEST = INT_MIN + 1

COLUMN_TAGS = frozenset(
    {
        "fact",
        "code",
        "const",
        "linear",
        "mul",
        "min",
        "max",
        "floordiv",
        "share",
        "cases",
        "bands",
        "coalesce",
        "point",
    }
)


class Graph:
    """Builds nodes, interning equal ones and folding what is constant."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._ids: dict[Node, int] = {}
        self.false = self.add(("false",))
        self.true = self.add(("true",))
        self.unknown: Truth = (self.false, self.false)

    def add(self, node: Node) -> int:
        """Return the id of a node, creating it when it is new."""
        found = self._ids.get(node)
        if found is None:
            found = len(self.nodes)
            self._ids[node] = found
            self.nodes.append(node)
        return found

    def all_of(self, bitmaps: list[int]) -> int:
        """Return the conjunction of bitmaps."""
        distinct = set(bitmaps) - {self.true}
        if self.false in distinct:
            return self.false
        if not distinct:
            return self.true
        return distinct.pop() if len(distinct) == 1 else self.add(("and", tuple(sorted(distinct))))

    def any_of(self, bitmaps: list[int]) -> int:
        """Return the disjunction of bitmaps."""
        distinct = set(bitmaps) - {self.false}
        if self.true in distinct:
            return self.true
        if not distinct:
            return self.false
        return distinct.pop() if len(distinct) == 1 else self.add(("or", tuple(sorted(distinct))))

    def but_not(self, bitmap: int, other: int) -> int:
        """Return ``bitmap`` without ``other``."""
        if self.false in (other, bitmap):
            return bitmap
        if other in (self.true, bitmap):
            return self.false
        return self.add(("andnot", bitmap, other))

    def valid(self, column: int) -> int:
        """Return the bitmap of rows where a column is not missing."""
        return self.true if self.nodes[column][0] == "const" else self.add(("valid", column))

    def between(self, column: int, low: int, high: int) -> int:
        """Return the rows where ``low <= column <= high``; missing rows are not among them."""
        if low > high:
            return self.false
        if low <= LOWEST and high >= INT_MAX:
            return self.valid(column)
        if self.nodes[column][0] == "const":
            return self.true if low <= self.nodes[column][1] <= high else self.false
        if low <= LOWEST:
            # One-sided tests are written one way round, so that "x <= 4" shares its bitmap with "x >= 5".
            return self.but_not(self.valid(column), self.add(("in", column, high + 1, INT_MAX)))
        return self.add(("in", column, low, min(high, INT_MAX)))

    def conjunction(self, truths: list[Truth]) -> Truth:
        """Return the Kleene AND of conditions."""
        return self.all_of([t for t, _ in truths]), self.any_of([f for _, f in truths])

    def disjunction(self, truths: list[Truth]) -> Truth:
        """Return the Kleene OR of conditions."""
        return self.any_of([t for t, _ in truths]), self.all_of([f for _, f in truths])

    def interval_test(self, low_column: int, high_column: int, low: int, high: int) -> Truth:
        """Test an interval-valued number: true when all of it lies in ``low..high``, false when none does."""
        if low > high:
            return self.false, self.all_of([self.valid(low_column), self.valid(high_column)])
        if low_column == high_column:
            inside = self.between(low_column, low, high)
            if low > LOWEST:
                return inside, self.but_not(self.valid(low_column), inside)
            return inside, self.between(low_column, high + 1, INT_MAX)
        true = self.all_of([self.between(low_column, low, INT_MAX), self.between(high_column, LOWEST, high)])
        false = self.any_of(
            [
                self.between(high_column, LOWEST, low - 1) if low > LOWEST else self.false,
                self.between(low_column, high + 1, INT_MAX) if high < INT_MAX else self.false,
            ]
        )
        return true, false


def operands(node: Node) -> tuple[int, ...]:
    """Return the ids a node uses."""
    tag = node[0]
    if tag in {"fact", "code", "const", "true", "false"}:
        return ()
    if tag == "linear":
        return tuple(column for _, column in node[1])
    if tag in {"and", "or", "min", "max"}:
        return tuple(node[1])
    if tag == "cases":
        return tuple(bitmap for bitmap, _ in node[1])
    if tag == "bands":
        return tuple(bitmap for true, false, _ in node[2] for bitmap in (true, false))
    if tag in {"in", "text", "valid", "floordiv"}:
        return (node[1],)
    return (node[1], node[2])


def reachable(nodes: list[Node], roots: list[int]) -> list[int]:
    """Return the ids needed to compute the roots, operands first."""
    needed = bytearray(len(nodes))
    stack = list(roots)
    while stack:
        node = stack.pop()
        if not needed[node]:
            needed[node] = 1
            stack.extend(operands(nodes[node]))
    return [i for i, mark in enumerate(needed) if mark]
