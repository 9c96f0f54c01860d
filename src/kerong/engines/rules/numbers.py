"""Exact integer expressions over columns: linear forms with proven 64-bit bounds and checked dimensions.

A number may be interval-valued (points while facts are missing): each of its terms then names two columns,
the lowest and the highest possible value.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import gcd
from typing import TYPE_CHECKING

from kerong.engines.rules.graph import INT_MAX, LOWEST, Graph, Truth
from kerong.engines.rules.syntax import PredicateError

if TYPE_CHECKING:
    from collections.abc import Mapping

Term = tuple[int, int]
_LIMIT = 2**63 - 2
_TEN_THOUSAND = 10_000


@dataclass(frozen=True, slots=True)
class Number:
    """``(Σ coefficient · term + constant) / 10**scale``, or missing.

    ``dims`` counts the dimensions multiplied together (money, ratio, count …); None means a bare literal, which
    fits any. ``size`` bounds the sum of the magnitudes of everything added up on the way, so that no partial sum
    leaves 64 bits. ``factor`` is the literal it was multiplied by, to prove that ratios were scaled by 10000.
    """

    terms: tuple[tuple[Term, int], ...]
    constant: int
    scale: int
    low: int
    high: int
    dims: tuple[str, ...] | None
    size: int
    factor: int = 1
    missing: bool = False

    @property
    def is_constant(self) -> bool:
        """Tell whether no column is involved."""
        return not self.terms

    @property
    def is_interval(self) -> bool:
        """Tell whether the lowest and highest columns differ."""
        return any(low != high for (low, high), _ in self.terms)


def literal(value: int, scale: int = 0, dims: tuple[str, ...] | None = None) -> Number:
    """Return a constant."""
    return Number((), value, scale, value, value, dims, abs(value), value if dims is None else 1)


def nothing() -> Number:
    """Return the missing number (NULL, or a parameter that is not published)."""
    return Number((), 0, 0, 0, 0, None, 0, missing=True)


def column(term: Term, low: int, high: int, dims: tuple[str, ...]) -> Number:
    """Return the number held by a column, known to lie in ``low..high``."""
    return _fits(Number(((term, 1),), 0, 0, low, high, dims, max(abs(low), abs(high))))


def _fits(number: Number) -> Number:
    """Refuse what could leave 64 bits."""
    if number.size > _LIMIT:
        raise PredicateError(
            f"the arithmetic can reach {number.size:.2e}, beyond 64 bits",
            "intermediate results below 9.2e18",
            "narrow the range of the facts in facts.yaml, or use a derived fact",
        )
    return number


def _aligned(a: Number, b: Number) -> tuple[Number, Number]:
    if a.scale == b.scale:
        return a, b
    if a.scale < b.scale:
        return _rescaled(a, b.scale), b
    return a, _rescaled(b, a.scale)


def _rescaled(number: Number, scale: int) -> Number:
    power = 10 ** (scale - number.scale)
    return _fits(
        replace(
            number,
            terms=tuple((term, coefficient * power) for term, coefficient in number.terms),
            constant=number.constant * power,
            scale=scale,
            low=number.low * power,
            high=number.high * power,
            size=number.size * power,
        )
    )


def negated(a: Number) -> Number:
    """Return ``-a``."""
    return replace(
        a,
        terms=tuple((term, -c) for term, c in a.terms),
        constant=-a.constant,
        low=-a.high,
        high=-a.low,
        factor=-a.factor,
    )


def added(a: Number, b: Number) -> Number:
    """Return ``a + b``; both must be of one dimension."""
    if a.missing or b.missing:
        return nothing()
    if a.dims is not None and b.dims is not None and a.dims != b.dims:
        raise _mismatch("adds", a.dims, b.dims)
    dims = a.dims if a.dims is not None else b.dims
    if dims is not None and "date" in dims:
        raise PredicateError(
            "dates cannot be added", "comparisons of dates", "use a derived age in months or days"
        )
    a, b = _aligned(a, b)
    total: dict[Term, int] = dict(a.terms)
    for term, coefficient in b.terms:
        total[term] = total.get(term, 0) + coefficient
    # A term that cancels keeps its place with coefficient 0: missing minus missing is still missing.
    terms = tuple(sorted(total.items()))
    factor = gcd(a.factor, b.factor) if a.dims is not None and b.dims is not None else 1
    return _fits(
        Number(
            terms,
            a.constant + b.constant,
            a.scale,
            a.low + b.low,
            a.high + b.high,
            dims,
            a.size + b.size,
            factor,
        )
    )


def multiplied(graph: Graph, a: Number, b: Number) -> Number:
    """Return ``a * b``."""
    if a.missing or b.missing:
        return nothing()
    dims = _product_dimensions(a.dims, b.dims)
    if dims is not None and "date" in dims:
        raise PredicateError("dates cannot be multiplied", "comparisons of dates", "use a derived age")
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    factor = (a.factor if a.dims is None or a.factor != 1 else 1) * (
        b.factor if b.dims is None or b.factor != 1 else 1
    )
    if a.is_constant or b.is_constant:
        constant, other = (a.constant, b) if a.is_constant else (b.constant, a)
        terms = tuple((term, c * constant) for term, c in other.terms)
        bounds = min(corners), max(corners)
        number = Number(
            terms, other.constant * constant, a.scale + b.scale, *bounds, dims, a.size * b.size, factor
        )
        return _fits(number)
    node = graph.add(("mul", *sorted((materialised(graph, a), materialised(graph, b)))))
    return _fits(
        Number(
            (((node, node), 1),),
            0,
            a.scale + b.scale,
            min(corners),
            max(corners),
            dims,
            a.size * b.size,
            factor,
        )
    )


def _product_dimensions(a: tuple[str, ...] | None, b: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Return the dimensions of a product; so many persons times money is money."""
    if a is None and b is None:
        return None
    both = sorted((a or ()) + (b or ()))
    if set(both) <= {"count", "number", "ratio"}:
        return tuple(both)
    return tuple(dim for dim in both if dim not in {"count", "number"})


def extreme(graph: Graph, tag: str, items: list[Number]) -> Number:
    """Return the least (tag ``min``) or greatest (``max``) of numbers; missing when any is missing."""
    if any(item.missing for item in items):
        return nothing()
    known = [item.dims for item in items if item.dims is not None]
    for dims in known:
        if dims != known[0]:
            raise _mismatch("compares", known[0], dims)
    scale = max(item.scale for item in items)
    items = [_rescaled(item, scale) if item.scale < scale else item for item in items]
    choose = min if tag == "min" else max
    bounds = choose(item.low for item in items), choose(item.high for item in items)
    dims = known[0] if known else None
    if all(item.is_constant for item in items):
        value = choose(item.constant for item in items)
        return Number((), value, scale, value, value, dims, abs(value))
    made = graph.add((tag, tuple(sorted({materialised(graph, item) for item in items}))))
    return Number((((made, made), 1),), 0, scale, *bounds, dims, max(item.size for item in items))


def floored(graph: Graph, a: Number) -> Number:
    """Return the largest whole number not above ``a``."""
    if a.missing or a.scale == 0:
        return a
    power = 10**a.scale
    if power > _LIMIT:
        raise PredicateError(
            f"floor stands around a number with {a.scale} decimals", "at most 18", "write shorter decimals"
        )
    if a.is_constant:
        value = a.constant // power
        return Number((), value, 0, value, value, a.dims, abs(value))
    made = graph.add(("floordiv", materialised(graph, a), power))
    return Number((((made, made), 1),), 0, 0, a.low // power, a.high // power, a.dims, a.size)


def shared(graph: Graph, amount: Number, ratio: Number, rounding: str) -> Number:
    """Return ``share(amount, ratio, rounding)``: ``amount * ratio / 10000`` rounded to a whole stored unit."""
    if amount.missing or ratio.missing:
        return nothing()
    if ratio.dims not in {("ratio",), None} or amount.scale or ratio.scale:
        raise PredicateError(
            "share takes an amount and a ratio",
            "share(amount, ratio in basis points, rounding)",
            "give the ratio second",
        )
    product = multiplied(graph, replace(amount, factor=1), replace(ratio, dims=()))
    node = graph.add(("share", materialised(graph, amount), materialised(graph, ratio), rounding))
    low, high = product.low // _TEN_THOUSAND - 1, product.high // _TEN_THOUSAND + 1
    return Number((((node, node), 1),), 0, 0, low, high, amount.dims, product.size)


def materialised(graph: Graph, number: Number) -> int:
    """Return a column holding the number (in units of ``10**-scale``); interval-valued numbers have none."""
    if number.is_interval:
        raise PredicateError(
            "points may still be uncertain here",
            "points compared with a number",
            "compare the points directly",
        )
    return side(graph, number, 0)


def side(graph: Graph, number: Number, side: int) -> int:
    """Return the column of the lowest (0) or highest (1) value of a linear form."""
    if number.is_constant:
        return graph.add(("const", number.constant))
    if len(number.terms) == 1 and number.terms[0][1] == 1 and number.constant == 0:
        return number.terms[0][0][side]
    picked = tuple((c, term[side if c > 0 else 1 - side]) for term, c in number.terms)
    return graph.add(("linear", tuple(sorted(picked, key=lambda item: (item[1], item[0]))), number.constant))


def compared(graph: Graph, operator: str, a: Number, b: Number) -> Truth:
    """Return the truth of ``a operator b`` as a pair of bitmaps."""
    if a.missing or b.missing:
        return graph.unknown
    _check_dimensions(a, b)
    difference = added(*_aligned(replace(a, dims=None), negated(replace(b, dims=None))))
    if difference.is_constant:
        holds = _HOLDS[operator](difference.constant)
        return (graph.true, graph.false) if holds else (graph.false, graph.true)
    divisor = 0
    for _, coefficient in difference.terms:
        divisor = gcd(divisor, coefficient)
    if divisor == 0:
        known = graph.all_of([graph.valid(column) for term, _ in difference.terms for column in term])
        return (known, graph.false) if _HOLDS[operator](difference.constant) else (graph.false, known)
    if next(c for _, c in difference.terms if c) < 0:
        divisor = -divisor
        operator = _MIRRORED[operator]
    form = replace(
        difference,
        terms=tuple((term, c // divisor) for term, c in difference.terms),
        constant=0,
        low=LOWEST,
        high=INT_MAX,
    )
    low_column, high_column = side(graph, form, 0), side(graph, form, 1)
    # divisor * form + constant OP 0, with divisor > 0 after mirroring: form OP -constant / divisor.
    target, magnitude = (-difference.constant, divisor) if divisor > 0 else (difference.constant, -divisor)
    low, high = _interval(operator, target, magnitude)
    true, false = graph.interval_test(low_column, high_column, low, high)
    return (false, true) if operator == "<>" else (true, false)


def _interval(operator: str, target: int, magnitude: int) -> tuple[int, int]:
    """Return the closed interval of whole x with ``x operator target / magnitude`` (for ``<>``: of equality)."""
    floor, ceiling = target // magnitude, -(-target // magnitude)
    if operator == ">=":
        return ceiling, INT_MAX
    if operator == ">":
        return floor + 1, INT_MAX
    if operator == "<=":
        return LOWEST, floor
    if operator == "<":
        return LOWEST, ceiling - 1
    return (floor, floor) if floor == ceiling else (1, 0)


def _check_dimensions(a: Number, b: Number) -> None:
    if a.dims is None or b.dims is None:
        return
    plain_a, plain_b = (tuple(d for d in n.dims or () if d not in {"ratio", "number"}) for n in (a, b))
    if plain_a != plain_b:
        raise _mismatch("compares", a.dims, b.dims)
    surplus = a.dims.count("ratio") - b.dims.count("ratio")
    poorer = b if surplus > 0 else a
    scale = _TEN_THOUSAND ** abs(surplus)
    if surplus and poorer.factor % scale:
        raise PredicateError(
            "one side is multiplied by a ratio (in basis points) and the other is not",
            f"the other side multiplied by {scale}",
            f"write for example part * {scale} >= whole * share",
        )


def _mismatch(verb: str, a: tuple[str, ...], b: tuple[str, ...]) -> PredicateError:
    names = [" × ".join(dims) or "number" for dims in (a, b)]
    return PredicateError(
        f"the predicate {verb} {names[0]} with {names[1]}",
        "both sides of one type",
        "check the facts' and parameters' units",
    )


_MIRRORED: Mapping[str, str] = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_HOLDS = {
    "=": lambda x: x == 0,
    "<>": lambda x: x != 0,
    "<": lambda x: x < 0,
    "<=": lambda x: x <= 0,
    ">": lambda x: x > 0,
    ">=": lambda x: x >= 0,
}
