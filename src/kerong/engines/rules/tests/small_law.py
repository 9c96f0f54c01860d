"""Small invented laws for tests: one pack or a few, written in a line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from kerong.engines.rules.compiler import Catalogue, compile_library
from kerong.engines.rules.model import (
    UNITS,
    Amount,
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
    Holder,
    Indicator,
    Library,
    Mark,
    Pack,
    Parameter,
    Publication,
    Scorecard,
)
from kerong.engines.rules.single import FirmJudge

ON = date(2026, 11, 23)
MARK = Mark("invented#1", ON, "assumption")
Firm = dict[str, int | str | None]
_START = date(2020, 1, 1)
HOLDERS = {"tax": Holder("tax", "税务", "tax office"), "registry": Holder("registry", "登记处", "registry")}


def fact(name: str, unit: str = "fen", low: int = -100, high: int = 100, **more: Any) -> Fact:
    """Return a fact whose label is its name, unless said otherwise."""
    made = Fact(name, name, name, UNITS[unit].type, UNITS[unit], low, high)
    return replace(made, **more)


def codes(*keys: str) -> dict[str, str]:
    """Return a closed list of codes with labels."""
    return {key: f"码{key}" for key in keys}


FACTS: dict[str, Fact] = {
    made.name: made
    for made in (
        fact("x"),
        fact("y"),
        fact("z"),
        fact("n", "persons", 0, 1000),
        fact("r", "percent", 0, 20_000),
        fact("f", "flag", 0, 1),
        fact("g", "flag", 0, 1),
        fact("c", "code", 0, 0, codes=codes("a1", "a2", "b1")),
        fact("o", "code", 0, 0),
        fact("d", "date", 0, 99991231),
    )
}


def value(name: str, stored: int | str | None, unit: str = "fen", **more: Any) -> Parameter:
    """Return a parameter with one value; None is not published."""
    dated = DatedValue(_START, None, stored, (), MARK)
    return replace(Parameter(name, name, name, UNITS[unit], (dated,)), **more)


def table(
    name: str,
    by: str,
    rows: Mapping[Any, int | tuple[int | None, ...] | None],
    unit: str = "fen",
    columns: tuple[str, ...] = (),
) -> Parameter:
    """Return a table by codes, or by (low, high) intervals."""
    brackets: list[Bracket] = []
    for key, cell in rows.items():
        cells = cell if isinstance(cell, tuple) else (cell,)
        low, high = key if isinstance(key, tuple) else (None, None)
        brackets.append(Bracket(key if isinstance(key, str) else None, low, high, cells))
    dated = DatedValue(_START, None, None, tuple(brackets), MARK)
    made = tuple(Column(c, c, c, UNITS[unit]) for c in columns)
    return Parameter(name, name, name, UNITS[unit], (dated,), by, made)


def clause(number: int | str, holds_when: str, **more: Any) -> Clause:
    """Return a clause."""
    name = number if isinstance(number, str) else f"k{number}"
    return replace(Clause(name, name, name, holds_when, (), MARK), **more)


def any_of(name: str, *branches: Sequence[str]) -> Clause:
    """Return a clause of alternatives; every branch is a list of predicates."""
    made = tuple(
        Branch(f"b{i}", f"b{i}", tuple(clause(f"b{i}p{j}", text) for j, text in enumerate(parts)))
        for i, parts in enumerate(branches)
    )
    return Clause(name, name, name, "", made, MARK)


def indicator(name: str, most: int, bands: Sequence[Band], **more: Any) -> Indicator:
    """Return an indicator in force since long ago."""
    return replace(
        Indicator(name, name, name, most, values=(DatedBands(_START, None, tuple(bands), MARK),)), **more
    )


def card(name: str, *indicators: Indicator) -> dict[str, Scorecard]:
    """Return points of one scorecard."""
    return {name: Scorecard(name, name, name, sum(i.max for i in indicators), indicators)}


def classes(name: str, **options: str) -> dict[str, Classification]:
    """Return one classification; an empty predicate is "otherwise"."""
    made = tuple(ClassOption(v, f"类{v}", v, text, MARK) for v, text in options.items())
    return {name: Classification(name, name, name, made)}


def amount(name: str, expression: str, unit: str = "fen") -> dict[str, Amount]:
    """Return one amount."""
    return {name: Amount(name, name, name, UNITS[unit], expression, MARK)}


def pack(
    *holds_when: str | Clause, key: str = "law.one", parameters: Sequence[Parameter] = (), **more: Any
) -> Pack:
    """Return a pack of predicates (numbered k0, k1, …) and ready clauses."""
    clauses = tuple(c if isinstance(c, Clause) else clause(i, c) for i, c in enumerate(holds_when))
    more = {"publishes": (), "points": {}, "classes": {}, "amounts": {}, "start": None, "until": None, **more}
    more["publishes"] = tuple(Publication(fact, text) for fact, text in more["publishes"])
    return Pack(
        key=key, kind="product", label=key, label_en=key, subject="enterprise", summary="",
        document="invented", parameters={p.name: p for p in parameters}, clauses=clauses,
        text_sha256="hash", **more,
    )  # fmt: skip


def library(*packs: Pack, facts: Mapping[str, Fact] = FACTS) -> Library:
    """Return a library of packs."""
    return Library(facts, HOLDERS, {p.key: p for p in packs}, {}, "hash")


def compiled(*packs: Pack, facts: Mapping[str, Fact] = FACTS, on: date = ON) -> Catalogue:
    """Return packs compiled for a day."""
    return compile_library(library(*packs, facts=facts), on)


def letters(catalogue: Catalogue, *firms: Firm) -> str:
    """Return one letter a firm for the first rule's only clause: True, False or Unknown."""
    judge = FirmJudge(catalogue)
    found = ""
    for firm in firms:
        verdicts = judge.judge(firm)
        found += {"met": "T", "not_met": "F", "unknown": "U"}[verdicts.verdict(0)]
    return found
