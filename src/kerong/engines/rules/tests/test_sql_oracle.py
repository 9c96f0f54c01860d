"""The original text of a predicate, run by DuckDB on raw nullable columns, means what the engine says."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from kerong.engines.rules.compiler import compile_library
from kerong.engines.rules.model import PolicyMistakesError
from kerong.engines.rules.syntax import PredicateError, parse
from kerong.engines.rules.tests.backends import by_interpreter, by_single
from kerong.engines.rules.tests.random_law import FACTS, ON, firms, predicates
from kerong.engines.rules.tests.small_law import Firm, library, pack

NAMES = (["x", "y", "z"], ["f", "g"], ["c", "d"])
_TYPES = {"flag": "BOOLEAN", "code": "VARCHAR"}
_COLUMNS = ", ".join(f'"{name}" {_TYPES.get(fact.type, "BIGINT")}' for name, fact in FACTS.items())


def flat_predicates() -> st.SearchStrategy[str]:
    """Return predicates without a bracket, so that the order of operators decides what they mean."""
    atom = st.sampled_from(["x", "y", "- x", "z", "2", "-3", "0.5", "NULL"])
    number = st.lists(st.one_of(atom, st.sampled_from(["+", "-", "*"])), min_size=1, max_size=5).map(" ".join)
    operator = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
    comparison = st.tuples(number, operator, number).map(" ".join)
    inside = st.tuples(
        number, st.sampled_from(["BETWEEN -1 AND 2", "NOT BETWEEN -1 AND y", "IN (1, 2)", "NOT IN (1, NULL)"])
    ).map(" ".join)
    coded = st.sampled_from(["c = 'a1'", "c <> d", "c LIKE 'a%'", "NOT c LIKE 'b%'", "c NOT IN ('a1', 'c')"])
    flag = st.sampled_from(["f", "g = TRUE", "FALSE = f", "TRUE <> g", "TRUE", "NULL"])
    atom_truth = st.one_of(comparison, inside, coded, flag)
    missing = st.tuples(atom_truth, st.sampled_from(["", "", "", " IS NULL", " IS NOT NULL", " = TRUE"])).map(
        "".join
    )
    signed = st.tuples(st.sampled_from(["", "", "NOT ", "NOT NOT "]), missing).map("".join)
    return st.lists(signed, min_size=1, max_size=5).flatmap(
        lambda parts: st.lists(
            st.sampled_from([" AND ", " OR "]), min_size=len(parts) - 1, max_size=len(parts) - 1
        ).map(lambda joints: parts[0] + "".join(j + p for j, p in zip(joints, parts[1:], strict=True)))
    )


def by_text(texts: list[str], population: list[Firm]) -> list[list[bool | None]]:
    """Return per firm what DuckDB makes of each text."""
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE firms (uscc INTEGER, {_COLUMNS})")
        marks = ", ".join("?" * (len(FACTS) + 1))
        rows = [[row, *(firm[name] for name in FACTS)] for row, firm in enumerate(population)]
        connection.executemany(f"INSERT INTO firms VALUES ({marks})", rows)
        listed = ", ".join(f"({text})::BOOLEAN" for text in texts)
        found = connection.execute(f"SELECT {listed} FROM firms ORDER BY uscc").fetchall()
    return [list(row) for row in found]


def is_accepted(text: str) -> bool:
    """Tell whether the engine takes a text as a predicate."""
    try:
        parse(text)
        compile_library(library(pack(text), facts=FACTS), ON)
    except (PredicateError, PolicyMistakesError):
        return False
    return True


def by_engine(texts: list[str], population: list[Firm]) -> list[list[bool | None]]:
    """Return per firm what the engine makes of each text."""
    truths: list[list[bool | None]] = [[] for _ in population]
    for text in texts:
        catalogue = compile_library(library(pack(text), facts=FACTS), ON)
        one = by_single(catalogue, population)
        assert one == by_interpreter(catalogue, population)
        for row, found in zip(truths, one, strict=True):
            row.append(found[0])
    return truths


@settings(max_examples=80)
@given(
    st.lists(predicates(*NAMES, [], extremes=False), min_size=1, max_size=6),
    st.lists(firms(), min_size=1, max_size=16),
)
def test_text_means_to_duckdb_what_it_means_to_the_engine(texts: list[str], population: list[Firm]) -> None:
    assert by_text(texts, population) == by_engine(texts, population)


@settings(max_examples=120, phases=[Phase.generate])
@given(st.lists(flat_predicates(), min_size=1, max_size=8), st.lists(firms(), min_size=4, max_size=16))
def test_text_without_brackets_means_the_same_too(texts: list[str], population: list[Firm]) -> None:
    accepted = [text for text in texts if is_accepted(text)]
    event(f"{len(accepted)} of {len(texts)} accepted")

    if accepted:
        assert by_text(accepted, population) == by_engine(accepted, population)


@pytest.mark.parametrize(
    "text",
    [
        "f IS NULL = TRUE",
        "NOT f IS NULL",
        "NOT f = TRUE",
        "NOT x BETWEEN 1 AND 2 AND f",
        "- x * y = - (x * y)",
        "x - y - z = x - (y + z)",
        "x + y * 2 - 1 > 0",
        "f OR g AND NOT f",
        "NOT f AND g",
        "x NOT IN (1, 2) AND NOT g",
        "x = -y",
        "x - -y > 0",
        "floor(- x * 0.5) = y",
        "x BETWEEN y AND z OR f",
        "c NOT LIKE 'a%' OR c IS NULL",
    ],
)
def test_order_of_operators_is_that_of_duckdb(text: str) -> None:
    population: list[Firm] = [
        dict.fromkeys(FACTS) | {"x": x, "y": y, "z": 1, "f": f, "g": 1 - (x or 0) % 2, "c": c}
        for x in (-1, 1, 2, None)
        for y in (-1, 1, None)
        for f in (0, 1, None)
        for c in ("a1", "b1", None)
    ]

    assert by_text([text], population) == by_engine([text], population)
