"""Resolve the names of one pack and turn its trees into numbers and truths of the compiled graph."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kerong.engines.rules import numbers
from kerong.engines.rules.syntax import PredicateError, Tree

if TYPE_CHECKING:
    from kerong.engines.rules.graph import Graph, Truth
    from kerong.engines.rules.model import Fact, FactType
    from kerong.engines.rules.numbers import Number

_DIMENSIONS: Mapping[FactType, tuple[str, ...]] = {
    "money": ("money",),
    "money_usd": ("money_usd",),
    "ratio": ("ratio",),
    "count": ("count",),
    "months": ("months",),
    "days": ("days",),
    "seconds": ("seconds",),
    "points": ("points",),
    "number": ("number",),
    "date": ("date",),
}


@dataclass(frozen=True, slots=True)
class NumberName:
    """A name that stands for a number."""

    number: Number


@dataclass(frozen=True, slots=True)
class FlagName:
    """A name that stands for yes, no or unknown; None: a parameter that is not published."""

    truth: Truth


@dataclass(frozen=True, slots=True)
class CodeName:
    """A name that stands for one of several codes, tested by membership; ``constant`` for a parameter.

    ``codes`` is the closed list of possible codes, or empty. ``test`` maps codes to the truth of "is one of".
    """

    codes: tuple[str, ...]
    test: Callable[[tuple[str, ...]], Truth]
    prefix: Callable[[str], Truth] | None
    known: int
    constant: str | None = None


@dataclass(frozen=True, slots=True)
class MissingName:
    """A parameter without a published value."""

    type: FactType


Entry = NumberName | FlagName | CodeName | MissingName
Lookup = Callable[[str], Entry]


def dimension(type_: FactType) -> tuple[str, ...]:
    """Return the dimension of a numeric type of fact."""
    return _DIMENSIONS[type_]


def fact_entry(graph: Graph, fact: Fact) -> Entry:
    """Return what a fact of the dictionary means in a predicate."""
    if fact.type == "flag":
        code = graph.add(("code", fact.name))
        return FlagName((graph.add(("text", code, "in", ("1",))), graph.add(("text", code, "in", ("0",)))))
    if fact.type == "code":
        return code_entry(graph, graph.add(("code", fact.name)), tuple(fact.codes))
    made = graph.add(("fact", fact.name))
    return NumberName(numbers.column((made, made), fact.low, fact.high, _DIMENSIONS[fact.type]))


def code_entry(graph: Graph, code: int, codes: tuple[str, ...]) -> CodeName:
    """Return a code column as a name."""
    known = graph.valid(code)

    def tested(kind: Literal["in", "prefix"], texts: tuple[str, ...]) -> Truth:
        inside = graph.add(("text", code, kind, tuple(sorted(set(texts)))))
        return inside, graph.but_not(known, inside)

    return CodeName(codes, lambda texts: tested("in", texts), lambda text: tested("prefix", (text,)), known)


def constant_entry(graph: Graph, type_: FactType, value: int | str | None) -> Entry:
    """Return a parameter's value as a name."""
    if value is None:
        return MissingName(type_)
    if type_ == "flag":
        return FlagName((graph.true, graph.false) if value else (graph.false, graph.true))
    if type_ == "code":
        text = str(value)
        yes, no = (graph.true, graph.false), (graph.false, graph.true)
        return CodeName(
            (),
            lambda texts: yes if text in texts else no,
            lambda start: yes if text.startswith(start) else no,
            graph.true,
            text,
        )
    return NumberName(numbers.literal(int(value), 0, _DIMENSIONS[type_]))


class Resolver:
    """Turns trees into graph nodes with the names of one scope."""

    def __init__(self, graph: Graph, lookup: Lookup) -> None:
        self.graph = graph
        self.lookup = lookup

    def amount(self, tree: Tree) -> Number:
        """Resolve the expression of an amount, where ``share`` may be called on top of ordinary arithmetic."""
        match tree:
            case ("share", amount, ratio, rounding):
                return numbers.shared(self.graph, self.amount(amount), self.amount(ratio), rounding)
            case ("least" | "greatest" as tag, items):
                return numbers.extreme(
                    self.graph, "min" if tag == "least" else "max", [self.amount(i) for i in items]
                )
            case ("+", a, b):
                return numbers.added(self.amount(a), self.amount(b))
            case ("-", a, b):
                return numbers.added(self.amount(a), numbers.negated(self.amount(b)))
            case ("*", a, b):
                return numbers.multiplied(self.graph, self.amount(a), self.amount(b))
            case _:
                return self.number(tree)

    def number(self, tree: Tree) -> Number:
        """Resolve an expression that must be a number."""
        graph = self.graph
        match tree:
            case ("int", value):
                return numbers.literal(value)
            case ("dec", value, scale):
                return numbers.literal(value, scale)
            case ("date", value):
                return numbers.literal(value, 0, ("date",))
            case ("null",):
                return numbers.nothing()
            case ("name", name):
                return self._named_number(name)
            case ("+", a, b):
                return numbers.added(self.number(a), self.number(b))
            case ("-", a, b):
                return numbers.added(self.number(a), numbers.negated(self.number(b)))
            case ("*", a, b):
                return numbers.multiplied(graph, self.number(a), self.number(b))
            case ("neg", a):
                return numbers.negated(self.number(a))
            case ("least", items):
                return numbers.extreme(graph, "min", [self.number(item) for item in items])
            case ("greatest", items):
                return numbers.extreme(graph, "max", [self.number(item) for item in items])
            case ("floor", a):
                return numbers.floored(graph, self.number(a))
            case ("share", *_):
                raise PredicateError(
                    "share stands in a predicate", "share in amounts only", "cross-multiply instead"
                )
            case _:
                raise PredicateError(
                    "a condition stands where a number is needed",
                    "a fact, parameter or calculation",
                    "compare it first",
                )

    def _named_number(self, name: str) -> Number:
        entry = self.lookup(name)
        if isinstance(entry, NumberName):
            return entry.number
        if isinstance(entry, MissingName):
            return numbers.nothing()
        kind = "a flag" if isinstance(entry, FlagName) else "a code"
        raise PredicateError(f"{name} is {kind}, not a number", "a number", f"use {name} as a condition")

    def truth(self, tree: Tree) -> Truth:
        """Resolve a condition to its pair of bitmaps."""
        graph = self.graph
        match tree:
            case ("and", parts):
                return graph.conjunction([self.truth(part) for part in parts])
            case ("or", parts):
                return graph.disjunction([self.truth(part) for part in parts])
            case ("not", part):
                true, false = self.truth(part)
                return false, true
            case ("bool", value):
                return (graph.true, graph.false) if value else (graph.false, graph.true)
            case ("null",):
                return graph.unknown
            case ("name", name):
                return self._flag(name)
            case ("cmp", operator, a, b):
                return self._comparison(operator, a, b)
            case ("between", a, low, high):
                return graph.conjunction([self._comparison(">=", a, low), self._comparison("<=", a, high)])
            case ("in", a, items):
                return self._membership(a, items)
            case ("like", ("name", name), prefix):
                entry = self.lookup(name)
                if isinstance(entry, MissingName):
                    return graph.unknown
                if not isinstance(entry, CodeName) or entry.prefix is None:
                    raise PredicateError(
                        f"LIKE needs a code, {name} is none", "a code", "compare with a number"
                    )
                return entry.prefix(prefix)
            case ("isnull", a):
                return self._is_missing(a)
            case _:
                raise PredicateError(
                    "a number stands where a condition is needed",
                    "a comparison or a flag",
                    "compare it with a parameter",
                )

    def _flag(self, name: str) -> Truth:
        entry = self.lookup(name)
        if isinstance(entry, FlagName):
            return entry.truth
        if isinstance(entry, MissingName):
            return self.graph.unknown
        raise PredicateError(f"{name} is not a flag", "a condition", f"compare {name} with a value")

    def _code(self, tree: Tree) -> CodeName | FlagName | MissingName | None:
        """Return the entry when a tree names a code or a flag, published or not."""
        if tree[0] != "name":
            return None
        entry = self.lookup(tree[1])
        if isinstance(entry, MissingName):
            return entry if entry.type in {"code", "flag"} else None
        return entry if isinstance(entry, CodeName | FlagName) else None

    def _comparison(self, operator: str, a: Tree, b: Tree) -> Truth:
        left, right = self._code(a), self._code(b)
        if isinstance(left, MissingName) or isinstance(right, MissingName):
            return self.graph.unknown
        constant_first = isinstance(left, CodeName) and left.constant is not None and right is not None
        if (left is None and right is not None) or constant_first:
            a, b, left, right = b, a, right, left
        if isinstance(left, FlagName) or isinstance(right, FlagName) or "bool" in (a[0], b[0]):
            return self._flag_comparison(operator, a, b)
        if isinstance(left, CodeName):
            if operator not in {"=", "<>"}:
                raise PredicateError(
                    f"{a[1]} is a code and has no order", "= <> IN LIKE", "list the codes with IN"
                )
            true, false = self._membership(a, (b,))
            return (true, false) if operator == "=" else (false, true)
        if "text" in (a[0], b[0]):
            raise PredicateError("a number is compared with text", "both sides numbers", "remove the quotes")
        return numbers.compared(self.graph, operator, self.number(a), self.number(b))

    def _flag_comparison(self, operator: str, a: Tree, b: Tree) -> Truth:
        if operator not in {"=", "<>"} or not ({a[0], b[0]} & {"bool"}):
            raise PredicateError(
                "a flag is compared with something else",
                "flag = TRUE, or the flag alone",
                "write the flag alone",
            )
        value, other = (a, b) if a[0] == "bool" else (b, a)
        true, false = self.truth(other)
        return (true, false) if value[1] == (operator == "=") else (false, true)

    def _membership(self, a: Tree, items: Iterable[Tree]) -> Truth:
        graph = self.graph
        entry = self._code(a)
        if isinstance(entry, MissingName):
            return graph.unknown
        if isinstance(entry, FlagName):
            raise PredicateError("a flag is listed with IN", "the flag alone", "write the flag alone")
        if entry is None:
            return graph.disjunction([self._comparison("=", a, item) for item in items])
        texts: list[str] = []
        uncertain = False
        for item in items:
            text = self._text(item, entry)
            uncertain = uncertain or text is None
            if text is not None:
                texts.append(text)
        truth = entry.test(tuple(texts)) if texts else (graph.false, entry.known)
        return graph.disjunction([truth, graph.unknown]) if uncertain else truth

    def _text(self, item: Tree, entry: CodeName) -> str | None:
        if item[0] == "null":
            return None
        if item[0] == "name":
            other = self.lookup(item[1])
            if isinstance(other, MissingName):
                return None
            if isinstance(other, CodeName) and other.constant is not None:
                return other.constant
        if item[0] != "text":
            raise PredicateError(
                "a code is compared with something else", "a quoted code", "write for example 'A'"
            )
        if entry.codes and item[1] not in entry.codes:
            near = difflib.get_close_matches(item[1], entry.codes, 1)
            raise PredicateError(
                f"{item[1]!r} is not one of the codes",
                f"one of {', '.join(entry.codes[:20])}",
                f"did you mean {near[0]!r}?" if near else "correct the code, or add it to facts.yaml",
            )
        return str(item[1])

    def _is_missing(self, tree: Tree) -> Truth:
        graph = self.graph
        entry = self.lookup(tree[1]) if tree[0] == "name" else None
        if isinstance(entry, MissingName):
            return graph.true, graph.false
        if isinstance(entry, CodeName):
            return graph.but_not(graph.true, entry.known), entry.known
        if isinstance(entry, FlagName):
            known = graph.any_of(list(entry.truth))
            return graph.but_not(graph.true, known), known
        number = self.number(tree)
        if number.missing:
            return graph.true, graph.false
        if number.is_interval:
            raise PredicateError("points are never missing", "a comparison of points", "compare the points")
        known = graph.all_of([graph.valid(term[0]) for term, _ in number.terms])
        return graph.but_not(graph.true, known), known
