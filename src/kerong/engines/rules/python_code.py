"""Generate plain Python functions from the compiled graph, for one firm at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kerong.basics.money import share
from kerong.engines.rules.graph import INT_MAX, LOWEST, Node, reachable

Value = int | str | None
Function = Callable[[Callable[[str], Value]], tuple[Any, ...]]


def bands(side: str, listed: tuple[tuple[bool, bool, int], ...], rest: int) -> int:
    """Return the lowest or highest points still possible under first-match bands."""
    possible: list[int] = []
    for true, false, points in listed:
        if not false:
            possible.append(points)
        if true:
            break
    else:
        possible.append(rest)
    return min(possible) if side == "low" else max(possible)


def generate(nodes: list[Node], roots: Sequence[int], flags: frozenset[str]) -> Function:
    """Return a function of a fact look-up that computes the roots.

    Bitmaps come out as booleans, columns as integers or None. ``flags`` names the facts stored as 0 or 1.
    """
    lines = ["def judged(get):"]
    for i in reachable(nodes, list(roots)):
        lines += [f"    {line}" for line in _statement(i, nodes[i], flags)]
    result = "".join(f"n{root}, " for root in roots)
    lines.append(f"    return ({result})")
    scope: dict[str, Any] = {"share": share, "bands": bands}
    exec(compile("\n".join(lines), "<compiled policies>", "exec"), scope)  # noqa: S102 - our own generated source
    function: Function = scope["judged"]
    return function


def _statement(i: int, node: Node, flags: frozenset[str]) -> list[str]:
    tag = node[0]
    if tag == "cases":
        lines = [f"n{i} = None"]
        for position, (bitmap, value) in enumerate(node[1]):
            lines += [f"{'elif' if position else 'if'} n{bitmap}:", f"    n{i} = {value}"]
        return lines
    if tag == "code" and node[1] in flags:
        return [f"n{i} = get({node[1]!r})", f"n{i} = None if n{i} is None else '1' if n{i} else '0'"]
    return [f"n{i} = {_expression(node)}"]


def _expression(node: Node) -> str:
    match node:
        case ("fact" | "code", name):
            return f"get({name!r})"
        case ("const", value):
            return str(value)
        case ("true",):
            return "True"
        case ("false",):
            return "False"
        case ("in", column, low, high):
            tests = [f"n{column} is not None"]
            if low > LOWEST:
                tests.append(f"n{column} >= {low}")
            if high < INT_MAX:
                tests.append(f"n{column} <= {high}")
            return " and ".join(tests)
        case ("text", code, "in", texts):
            return f"n{code} in {texts!r}"
        case ("text", code, "prefix", texts):
            return f"n{code} is not None and n{code}.startswith({texts!r})"
        case ("valid", column):
            return f"n{column} is not None"
        case ("andnot", a, b):
            return f"n{a} and not n{b}"
        case ("and" | "or", items):
            return f" {node[0]} ".join(f"n{item}" for item in items)
        case _:
            return _arithmetic(node)


def _arithmetic(node: Node) -> str:
    match node:
        case ("linear", terms, constant):
            total = " + ".join(f"{c} * n{column}" for c, column in terms) + f" + {constant}"
            return _unless_missing([column for _, column in terms], total)
        case ("mul", a, b):
            return _unless_missing([a, b], f"n{a} * n{b}")
        case ("min" | "max", items):
            if len(items) == 1:
                return f"n{items[0]}"
            return _unless_missing(items, f"{node[0]}({', '.join(f'n{item}' for item in items)})")
        case ("floordiv", a, divisor):
            return _unless_missing([a], f"n{a} // {divisor}")
        case ("share", a, b, rounding):
            return _unless_missing([a, b], f"share(n{a}, n{b}, {rounding!r})")
        case ("bands", side, listed, rest):
            rows = "".join(f"(n{true}, n{false}, {points}), " for true, false, points in listed)
            return f"bands({side!r}, ({rows}), {rest})"
        case ("coalesce", a, b):
            return f"n{b} if n{a} is None else n{a}"
        case ("point", a, b):
            return f"n{a} if n{a} == n{b} else None"
        case _:
            raise ValueError(f"no Python for {node!r}")


def _unless_missing(columns: Sequence[int], text: str) -> str:
    tests = " or ".join(f"n{column} is None" for column in dict.fromkeys(columns))
    return f"None if {tests} else {text}"


def base_inputs(nodes: list[Node], roots: Sequence[int]) -> Mapping[int, frozenset[int]]:
    """Return for every node needed by the roots which input columns it depends on."""
    from kerong.engines.rules.graph import operands

    found: dict[int, frozenset[int]] = {}
    for i in reachable(nodes, list(roots)):
        if nodes[i][0] in {"fact", "code"}:
            found[i] = frozenset((i,))
        else:
            found[i] = frozenset[int]().union(*(found[o] for o in operands(nodes[i])))
    return found
