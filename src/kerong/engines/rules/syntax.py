"""Parse the small SQL subset of predicates into plain tuples, refusing everything outside the whitelist.

A tree is a nested tuple whose first element is a tag:

    ("int", 5) ("dec", 25, 1) ("text", "A") ("date", 20260101) ("bool", True) ("null",) ("name", "a.b")
    ("+", x, y) ("-", x, y) ("*", x, y) ("neg", x) ("least", (x, …)) ("greatest", (x, …)) ("floor", x)
    ("share", amount, bp, "down")
    ("cmp", op, x, y) ("in", x, (item, …)) ("between", x, low, high) ("like", name, "prefix") ("isnull", x)
    ("and", (p, …)) ("or", (p, …)) ("not", p)

sqlglot reads the text; classes *and their arguments* are whitelisted, because traps hide in arguments
(``NOT LIKE`` is ``Like(negate=True)``, ``BETWEEN SYMMETRIC`` is an argument of ``Between``).
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

if TYPE_CHECKING:
    from collections.abc import Callable

Tree = tuple[Any, ...]

ROUNDINGS = ("down", "up", "half_up", "half_even")
_MAX_LENGTH = 4_000
_MAX_DEPTH = 60
_SHARE_ARGUMENTS = 3
# sqlglot itself stumbles over texts such as '->'; for us they are texts that cannot be read.
_PARSER_BUGS = (AssertionError, AttributeError, IndexError, KeyError, TypeError, ValueError)
_COMPARISONS: dict[type[exp.Expression], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_ARITHMETIC: dict[type[exp.Expression], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}

# Class → arguments that may be set. Everything else that is truthy is refused.
_ALLOWED: dict[type[exp.Expression], frozenset[str]] = {
    **dict.fromkeys(_COMPARISONS, frozenset({"this", "expression"})),
    **dict.fromkeys(_ARITHMETIC, frozenset({"this", "expression"})),
    exp.And: frozenset({"this", "expression"}),
    exp.Or: frozenset({"this", "expression"}),
    exp.Not: frozenset({"this"}),
    exp.Paren: frozenset({"this"}),
    exp.Neg: frozenset({"this"}),
    exp.In: frozenset({"this", "expressions"}),
    exp.Between: frozenset({"this", "low", "high"}),
    exp.Is: frozenset({"this", "expression", "negate"}),
    exp.Like: frozenset({"this", "expression", "negate"}),
    exp.Least: frozenset({"this", "expressions", "ignore_nulls"}),
    exp.Greatest: frozenset({"this", "expressions", "ignore_nulls"}),
    exp.Floor: frozenset({"this"}),
    exp.Column: frozenset({"this", "table"}),
    exp.Identifier: frozenset({"this"}),
    exp.Literal: frozenset({"this", "is_string"}),
    exp.Boolean: frozenset({"this"}),
    exp.Null: frozenset(),
    exp.Anonymous: frozenset({"this", "expressions"}),
    exp.Cast: frozenset({"this", "to"}),
}
_CURES: dict[type[exp.Expression], str] = {
    exp.Div: "cross-multiply: part * 10000 >= whole * share",
    exp.IntDiv: "cross-multiply: part * 10000 >= whole * share",
    exp.Escape: "write a plain prefix: code LIKE '42%'",
    exp.ILike: "write a plain prefix: code LIKE '42%'",
    exp.NullSafeEQ: "use = and IS NULL",
    exp.NullSafeNEQ: "use <> and IS NOT NULL",
    exp.Case: "write a table parameter, or a classification",
}
# What sqlglot would read as something harmless: comments hide text, casts and digit groups change a value.
_REFUSED_TEXTS: dict[re.Pattern[str], tuple[str, str, str]] = {
    re.compile(r"=="): ("'==' is not SQL", "'='", "write one equals sign"),
    re.compile(r"--|/\*"): (
        "a comment stands in the predicate",
        "the condition alone",
        "write comments in the YAML, and x - (-1) with brackets",
    ),
    re.compile(r"::|(?i:\bcast\s*\()"): (
        "casts are not allowed",
        "DATE '2026-01-01'",
        "compare stored units directly",
    ),
    re.compile(r"(?<!\w)\d+_"): (
        "digit groups are not allowed in numbers",
        "plain digits",
        "write 20000, not 20_000",
    ),
}
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_STRANGE = re.compile(r"[^\sA-Za-z0-9_.(),+\-*=<>!']|!(?!=)")


class PredicateError(ValueError):
    """A predicate that cannot be accepted: what is wrong, what was expected and the cure."""

    def __init__(self, what: str, expected: str, cure: str) -> None:
        self.what, self.expected, self.cure = what, expected, cure
        super().__init__(f"{what}; expected {expected}; {cure}")


@lru_cache(maxsize=65_536)
def parse(text: str) -> Tree:
    """Parse one predicate or expression; the result is shared, so the same text is parsed once.

    Raises:
        PredicateError: the text is not SQL, or uses something outside the subset.

    """
    if len(text) > _MAX_LENGTH:
        raise PredicateError(
            f"the predicate has {len(text)} characters",
            f"at most {_MAX_LENGTH}",
            "split it into several clauses",
        )
    outside_quotes = re.sub(r"'(?:[^']|'')*'", "''", text)
    for pattern, (what, expected, cure) in _REFUSED_TEXTS.items():
        if pattern.search(outside_quotes):
            raise PredicateError(what, expected, cure)
    try:
        tree = sqlglot.parse_one(text, read="duckdb")
    except (SqlglotError, RecursionError, *_PARSER_BUGS) as error:
        # The parser's message names its own classes; only the last part means something to a reader.
        first_line = re.sub(r"<class '(?:\w+\.)*(\w+)'>", r"\1", str(error).partition("\n")[0])[:120]
        raise PredicateError(
            f"cannot read the predicate {text[:80]!r} ({first_line})",
            "a condition such as staff_count >= staff_min AND is_hnte",
            "check brackets, quotes and operators",
        ) from error
    converted = _convert(tree, 0)
    # Checked last: a node that is not allowed has the better message.
    strange = _STRANGE.search(outside_quotes)
    if strange is not None:
        raise PredicateError(
            f"the character {strange[0]!r} is not allowed in a predicate",
            "letters, digits and _ . ( ) , + - * = < > outside quotes",
            "write it in the plain subset; codes stand in single quotes",
        )
    return converted


@lru_cache(maxsize=65_536)
def parsed(text: str) -> tuple[Tree, tuple[str, ...]]:
    """Return a predicate's tree with the names it mentions; cached by text."""
    tree = parse(text)
    return tree, names_in(tree)


def names_in(tree: Tree) -> tuple[str, ...]:
    """Return the distinct names a tree mentions, in order of first appearance."""
    found: dict[str, None] = {}

    def visit(node: Tree) -> None:
        if node[0] == "name":
            found[node[1]] = None
            return
        for child in node[1:]:
            if isinstance(child, tuple):
                if child and isinstance(child[0], str):
                    visit(child)
                else:
                    for item in child:
                        visit(item)

    visit(tree)
    return tuple(found)


def _convert(node: Any, depth: int) -> Tree:
    kind = type(node)
    if depth > _MAX_DEPTH:
        raise PredicateError(
            "the predicate is nested too deeply", f"at most {_MAX_DEPTH} levels", "split the clause"
        )
    allowed = _ALLOWED.get(kind)
    if allowed is None:
        raise PredicateError(
            f"{kind.__name__} is not allowed in a predicate ({_sql(node)})",
            "comparisons, AND OR NOT IN BETWEEN IS NULL, prefix LIKE, + - *, least greatest floor",
            _CURES.get(kind, "express it with the allowed operators, or as a derived fact"),
        )
    for argument, value in node.args.items():
        if value and argument not in allowed:
            raise PredicateError(
                f"{kind.__name__} with {argument!r} is not allowed ({_sql(node)})",
                "the plain form without options",
                "remove it, or write the condition out",
            )
    return _CONVERTERS[kind](node, depth + 1)


def _sql(node: Any) -> str:
    try:
        return str(node.sql(dialect="duckdb"))[:60]
    except (AttributeError, RecursionError, SqlglotError, ValueError):
        # An absent operand, or a node that cannot be printed: the message does without.
        return "…"


def _comparison(node: Any, depth: int) -> Tree:
    if any(
        type(operand) in _COMPARISONS or type(operand) is exp.Not for operand in (node.this, node.expression)
    ):
        # Databases refuse this, or read it each in its own order.
        raise PredicateError(
            f"a comparison is compared without brackets ({_sql(node)})",
            "x > 1 AND x < 5, or (x > 1) = TRUE",
            "join the comparisons with AND, or add brackets",
        )
    return ("cmp", _COMPARISONS[type(node)], _convert(node.this, depth), _convert(node.expression, depth))


def _arithmetic(node: Any, depth: int) -> Tree:
    return (_ARITHMETIC[type(node)], _convert(node.this, depth), _convert(node.expression, depth))


def _junction(tag: str) -> Callable[[Any, int], Tree]:
    kind = exp.And if tag == "and" else exp.Or

    def convert(node: Any, depth: int) -> Tree:
        # A long chain "a AND b AND c" leans to the left: walk it without recursion.
        parts: list[Tree] = []
        while type(node) is kind:
            parts.append(_convert(node.expression, depth))
            node = node.this
        parts.append(_convert(node, depth))
        return (tag, tuple(reversed(parts)))

    return convert


def _literal(node: Any, _depth: int) -> Tree:
    text = str(node.this)
    if node.is_string:
        return ("text", text)
    if re.fullmatch(r"[0-9]{1,18}", text):
        return ("int", int(text))
    match = re.fullmatch(r"([0-9]{0,12})\.([0-9]{1,6})", text)
    if match:
        fraction = match[2].rstrip("0")
        unscaled = int(match[1] + fraction or "0")
        return ("dec", unscaled, len(fraction)) if fraction else ("int", unscaled)
    raise PredicateError(
        f"the number {text!r} is not allowed",
        "a whole number of at most 18 digits, or a decimal of at most 12 + 6",
        "write the number out",
    )


def _name(node: Any, _depth: int) -> Tree:
    table = node.args.get("table")
    for part in (node.this, table):
        if part is not None and (type(part) is not exp.Identifier or part.args.get("quoted")):
            raise PredicateError(f"quoted name {_sql(node)}", "a plain name", "remove quotes and stars")
    return ("name", f"{table.name}.{node.name}" if table else node.name)


def _is(node: Any, depth: int) -> Tree:
    if type(node.expression) is not exp.Null:
        raise PredicateError(
            f"IS is only allowed with NULL ({_sql(node)})",
            "IS NULL or IS NOT NULL",
            "write the flag on its own, or NOT",
        )
    test: Tree = ("isnull", _convert(node.this, depth))
    return ("not", test) if node.args.get("negate") else test


def _like(node: Any, depth: int) -> Tree:
    subject = _convert(node.this, depth)
    pattern = node.expression
    text = str(pattern.this) if type(pattern) is exp.Literal and pattern.is_string else ""
    if subject[0] != "name" or not re.fullmatch(r"[^%_\\]+%", text):
        raise PredicateError(
            f"LIKE is only allowed as a prefix ({_sql(node)})",
            "name LIKE 'prefix%' without _ or \\",
            "write a prefix, or list the codes with IN",
        )
    test: Tree = ("like", subject, text[:-1])
    return ("not", test) if node.args.get("negate") else test


def _in(node: Any, depth: int) -> Tree:
    items = tuple(_convert(item, depth) for item in node.expressions)
    if not items:
        raise PredicateError(f"empty IN ({_sql(node)})", "at least one item", "list the items")
    return ("in", _convert(node.this, depth), items)


def _extreme(tag: str) -> Callable[[Any, int], Tree]:
    def convert(node: Any, depth: int) -> Tree:
        return (tag, (_convert(node.this, depth), *(_convert(item, depth) for item in node.expressions)))

    return convert


def _call(node: Any, depth: int) -> Tree:
    arguments = node.expressions
    if str(node.this) != "share":
        raise PredicateError(
            f"the function {node.this!s} is not allowed",
            "least, greatest, floor (amounts: share)",
            "write it without",
        )
    rounding = str(arguments[-1].this) if arguments and type(arguments[-1]) is exp.Literal else ""
    if rounding not in ROUNDINGS or len(arguments) != _SHARE_ARGUMENTS:
        raise PredicateError(
            f"share is called wrongly ({_sql(node)})",
            f"share(amount, ratio, rounding) with a rounding of {', '.join(ROUNDINGS)}",
            "write for example share(annual_revenue_fen, limit_share, 'down')",
        )
    return ("share", _convert(arguments[0], depth), _convert(arguments[1], depth), rounding)


def _cast(node: Any, _depth: int) -> Tree:
    literal = node.this
    if node.to.sql() != "DATE" or type(literal) is not exp.Literal or not literal.is_string:
        raise PredicateError(
            f"casts are not allowed ({_sql(node)})", "DATE '2026-01-01'", "compare stored units directly"
        )
    try:
        # fromisoformat alone would also read 20260101 and 2026-W01-1.
        day = date.fromisoformat(str(literal.this) if _ISO_DAY.fullmatch(str(literal.this)) else "")
    except ValueError as error:
        raise PredicateError(
            f"{literal.this!r} is not a date", "DATE 'YYYY-MM-DD'", "correct the date"
        ) from error
    return ("date", day.year * 10_000 + day.month * 100 + day.day)


_CONVERTERS: dict[type[exp.Expression], Callable[[Any, int], Tree]] = {
    **dict.fromkeys(_COMPARISONS, _comparison),
    **dict.fromkeys(_ARITHMETIC, _arithmetic),
    exp.And: _junction("and"),
    exp.Or: _junction("or"),
    exp.Not: lambda node, depth: ("not", _convert(node.this, depth)),
    exp.Paren: lambda node, depth: _convert(node.this, depth),
    exp.Neg: lambda node, depth: ("neg", _convert(node.this, depth)),
    exp.In: _in,
    exp.Between: lambda node, depth: (
        "between",
        _convert(node.this, depth),
        _convert(node.args["low"], depth),
        _convert(node.args["high"], depth),
    ),
    exp.Is: _is,
    exp.Like: _like,
    exp.Least: _extreme("least"),
    exp.Greatest: _extreme("greatest"),
    exp.Floor: lambda node, depth: ("floor", _convert(node.this, depth)),
    exp.Column: _name,
    exp.Literal: _literal,
    exp.Boolean: lambda node, _depth: ("bool", bool(node.this)),
    exp.Null: lambda _node, _depth: ("null",),
    exp.Anonymous: _call,
    exp.Cast: _cast,
}
