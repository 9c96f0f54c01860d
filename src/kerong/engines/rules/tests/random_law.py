"""Hypothesis strategies for random packs and firms: all of the format, with missing values everywhere."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from kerong.engines.rules.model import (
    UNITS,
    Band,
    Bracket,
    Branch,
    Classification,
    ClassOption,
    Clause,
    Column,
    DatedBands,
    DatedValue,
    Fact,
    Indicator,
    Library,
    Mark,
    Pack,
    Parameter,
    Publication,
    Scorecard,
)

ON = date(2026, 11, 23)
MARK = Mark("invented#1", ON, "assumption")
CODES = ("a1", "a2", "b1", "b2", "c")
SMALL = st.integers(-6, 6)

FACTS: dict[str, Fact] = {
    **{
        name: Fact(name, name, name, "money", UNITS["fen"], -100, 100, act=act, effort=effort)
        for name, act, effort in (("x", "up", 1), ("y", "either", 2), ("z", "down", 3))
    },
    "v": Fact("v", "v", "v", "money_usd", UNITS["usd"], -100, 100),
    "u": Fact("u", "u", "u", "count", UNITS["items"], -100, 100),
    "f": Fact("f", "f", "f", "flag", UNITS["flag"], 0, 1),
    "g": Fact("g", "g", "g", "flag", UNITS["flag"], 0, 1, act="up"),
    "c": Fact("c", "c", "c", "code", UNITS["code"], 0, 0, codes=dict.fromkeys(CODES, "")),
    "d": Fact("d", "d", "d", "code", UNITS["code"], 0, 0),
    "pf": Fact("pf", "pf", "pf", "flag", UNITS["flag"], 0, 1, published_by="law.first"),
    "pn": Fact("pn", "pn", "pn", "points", UNITS["points"], 0, 100, published_by="law.first"),
    "pc": Fact("pc", "pc", "pc", "code", UNITS["code"], 0, 0, published_by="law.first"),
}


def predicates(  # noqa: PLR0913 - the names of a pack by kind
    numbers: list[str],
    flags: list[str],
    codes: list[str],
    points: list[str],
    *,
    extremes: bool = True,
    nulls: bool = True,
) -> st.SearchStrategy[str]:
    """Return random predicates over the names given; ``numbers`` are money, ``points`` are interval-valued.

    Without ``extremes`` they mean the same to every database; without ``nulls`` only facts can be missing.
    """
    literals = ["1.5", "0.25", *(["NULL"] if nulls else [])]
    atom_number = st.one_of(
        st.sampled_from(numbers), SMALL.map(lambda n: f"({n})"), st.sampled_from(literals)
    )

    def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        least = st.tuples(st.sampled_from(["least", "greatest"]), inner, inner)
        return st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            st.tuples(inner, SMALL).map(lambda t: f"({t[0]} * ({t[1]}))"),
            *([least.map(lambda t: f"{t[0]}({t[1]}, {t[2]})")] if extremes else []),
            inner.map(lambda t: f"floor({t})"),
            inner.map(lambda t: f"(-{t})"),
        )

    number = st.recursive(atom_number, combined, max_leaves=4)
    operator = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
    comparison = st.tuples(number, operator, number).map(" ".join)
    product = st.tuples(st.sampled_from(numbers[:2]), operator, st.integers(-9, 30)).map(
        lambda t: f"{t[0]} * x {t[1]} {t[2]}"
    )
    dollars = st.tuples(
        st.sampled_from(["v", "v + v", "u * v", "-v", *(["least(v, 3)"] if extremes else [])]),
        operator,
        SMALL,
    ).map(lambda t: f"{t[0]} {t[1]} ({t[2]})")
    between = st.tuples(number, SMALL, SMALL).map(lambda t: f"{t[0]} BETWEEN {t[1]} AND {t[2]}")
    listed = st.tuples(
        st.sampled_from(numbers),
        st.lists(
            st.one_of(SMALL.map(str), st.just("NULL")) if nulls else SMALL.map(str), min_size=1, max_size=3
        ),
    ).map(lambda t: f"{t[0]} IN ({', '.join(t[1])})")
    text = st.sampled_from(CODES)
    coded = st.one_of(
        st.tuples(st.sampled_from(codes), st.sampled_from(["=", "<>"]), text).map(
            lambda t: f"{t[0]} {t[1]} '{t[2]}'"
        ),
        st.tuples(
            st.sampled_from(codes), st.sampled_from(["IN", "NOT IN"]), st.lists(text, min_size=1, max_size=3)
        ).map(lambda t: f"{t[0]} {t[1]} ({', '.join(repr(x) for x in t[2])})"),
        st.tuples(
            st.sampled_from(codes), st.sampled_from(["LIKE", "NOT LIKE"]), st.sampled_from(["a", "b", "c"])
        ).map(lambda t: f"{t[0]} {t[1]} '{t[2]}%'"),
    )
    flag = st.one_of(
        st.sampled_from(flags),
        st.tuples(
            st.sampled_from(flags), st.sampled_from(["=", "<>"]), st.sampled_from(["TRUE", "FALSE"])
        ).map(" ".join),
    )
    missing = st.tuples(
        st.sampled_from(numbers + flags + codes), st.sampled_from(["IS NULL", "IS NOT NULL"])
    ).map(" ".join)
    choices = [comparison, product, dollars, between, listed, coded, flag, missing]
    if points:
        one_point = st.sampled_from(points)
        choices.append(
            st.tuples(one_point, operator, st.integers(-1, 12)).map(lambda t: f"{t[0]} {t[1]} {t[2]}")
        )
        choices.append(
            st.tuples(one_point, st.integers(-2, 2), one_point, operator, one_point).map(
                lambda t: f"{t[0]} * ({t[1]}) - {t[2]} {t[3]} {t[4]}"
            )
        )
    atom = st.one_of(*choices)
    return st.recursive(
        atom,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            inner.map(lambda t: f"NOT ({t})"),
        ),
        max_leaves=5,
    )


def _parameter(name: str, unit: str, value: Any) -> Parameter:
    return Parameter(name, name, name, UNITS[unit], (DatedValue(date(2020, 1, 1), None, value, (), MARK),))


@st.composite
def parameters(draw: st.DrawFn) -> dict[str, Parameter]:
    """Return two plain numbers, a ratio, a code, a table by code and one by number."""
    maybe = st.one_of(st.none(), SMALL)
    keys = draw(st.lists(st.sampled_from(CODES), unique=True, max_size=4))
    code_rows = tuple(Bracket(key, None, None, (draw(maybe), draw(maybe))) for key in keys)
    cuts = sorted(draw(st.sets(SMALL, min_size=1, max_size=3)))
    edges = list(zip([None, *cuts], [*(c - 1 for c in cuts), None], strict=True))
    number_rows = tuple(Bracket(None, low, high, (draw(maybe),)) for low, high in edges)
    columns = (Column("one", "one", "one", UNITS["fen"]), Column("two", "two", "two", UNITS["fen"]))
    start = date(2020, 1, 1)
    return {
        "p": _parameter("p", "fen", draw(maybe)),
        "q": _parameter("q", "fen", draw(SMALL)),
        "k": _parameter("k", "code", draw(st.one_of(st.none(), st.sampled_from(CODES)))),
        "t": Parameter(
            "t", "t", "t", UNITS["fen"], (DatedValue(start, None, None, code_rows, MARK),), "c", columns
        ),
        "b": Parameter("b", "b", "b", UNITS["fen"], (DatedValue(start, None, None, number_rows, MARK),), "x"),
    }


@st.composite
def indicators(draw: st.DrawFn, name: str, when: st.SearchStrategy[str]) -> Indicator:
    """Return one indicator of any kind of band."""
    points = st.one_of(st.none(), st.integers(0, 5))
    kind = draw(st.sampled_from(["number", "ratio", "code", "when"]))
    bands: list[Band] = []
    for _ in range(draw(st.integers(1, 3))):
        if kind == "when":
            bands.append(Band(draw(points), when=draw(when)))
        elif kind == "code":
            bands.append(
                Band(draw(points), codes=tuple(draw(st.sets(st.sampled_from(CODES), min_size=1, max_size=2))))
            )
        else:
            scale = 5_000 if kind == "ratio" else 1
            low, high = draw(SMALL) * scale, draw(SMALL) * scale
            opens = draw(st.tuples(st.booleans(), st.booleans()))
            side = draw(st.sampled_from(["low", "high", "both"]))
            bands.append(
                Band(draw(points), None if side == "high" else low, None if side == "low" else high, *opens)
            )
    if draw(st.booleans()):
        bands.append(Band(draw(points)))
    of = {"number": draw(st.sampled_from(["x", "x - y", "least(x, z)"])), "code": "c"}.get(kind, "")
    dated = DatedBands(date(2020, 1, 1), None, tuple(bands), MARK)
    return Indicator(
        name,
        name,
        name,
        5,
        draw(st.sampled_from(["", "grp"])),
        of,
        ("x", "y") if kind == "ratio" else None,
        None,
        (dated,),
    )


@st.composite
def packs(draw: st.DrawFn, key: str, *, may_use_published: bool, nulls: bool = True) -> Pack:
    """Return a random pack; the first publishes facts that the second may use."""
    published = may_use_published
    when = predicates(["x", "y", "z", "p", "q"], ["f", "g"], ["c", "d", "k"], [], nulls=nulls)
    first = draw(indicators("i1", when))
    lines = (draw(indicators("l1", when)), draw(indicators("l2", when)))
    second = (
        Indicator("i2", "i2", "i2", 5, "grp", best_of=lines)
        if draw(st.booleans())
        else draw(indicators("i2", when))
    )
    points = {"s": Scorecard("s", "s", "s", 10, (first, second))}
    options = tuple(
        ClassOption(value, value, value, draw(when), MARK) for value in draw(st.permutations(CODES))
    )
    if draw(st.booleans()):
        options = (*options[:-1], ClassOption(options[-1].value, "", "", "", MARK))
    classes = {"cl": Classification("cl", "cl", "cl", options)}
    predicate = predicates(
        ["x", "y", "z", "p", "q", "t.one", "t.two", "b"],
        ["f", "g", *(["pf"] if published else [])],
        ["c", "d", "k", "cl", *(["pc"] if published else [])],
        ["s", "s.i1", "s.i2", *(["pn"] if published else [])],
        nulls=nulls,
    )
    clauses: list[Clause] = []
    for number in range(draw(st.integers(1, 4))):
        name = f"n{number}"
        if draw(st.integers(0, 3)) == 0:
            branches = tuple(
                Branch(
                    f"b{i}",
                    "b",
                    tuple(
                        Clause(f"w{j}", "w", "w", draw(predicate), (), MARK)
                        for j in range(draw(st.integers(1, 2)))
                    ),
                )
                for i in range(2)
            )
            clauses.append(Clause(name, name, name, "", branches, MARK))
        else:
            clauses.append(Clause(name, name, name, draw(predicate), (), MARK))
    publishes = () if published else (Publication("pf", ""), Publication("pn", "s"), Publication("pc", "cl"))
    return Pack(
        key, "product", key, key, "enterprise", "", "invented", None, None,
        draw(parameters()), points, classes, tuple(clauses), {}, publishes, "hash",
    )  # fmt: skip


@st.composite
def libraries(draw: st.DrawFn, *, nulls: bool = True) -> Library:
    """Return two packs, the second using what the first publishes."""
    first = draw(packs("law.first", may_use_published=False, nulls=nulls))
    second = draw(packs("law.second", may_use_published=True, nulls=nulls))
    return Library(FACTS, {}, {"law.first": first, "law.second": second}, {}, "hash")


def firms() -> st.SearchStrategy[dict[str, int | str | None]]:
    """Return the facts of one firm, each possibly missing."""
    number = st.one_of(st.none(), SMALL)
    code = st.one_of(st.none(), st.sampled_from(CODES))
    flag = st.sampled_from([None, 0, 1])
    return st.fixed_dictionaries(
        {
            **dict.fromkeys("xyzuv", number),
            "f": flag,
            "g": flag,
            "c": code,
            "d": code,
            "pf": flag,
            "pn": st.one_of(st.none(), st.integers(0, 10)),
            "pc": code,
        }
    )
