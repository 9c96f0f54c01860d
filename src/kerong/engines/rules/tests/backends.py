"""Every execution of a compiled law side by side: interpreter, single judge, population kernel, DuckDB."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from kerong.engines.rules import sql
from kerong.engines.rules.compiler import Catalogue
from kerong.engines.rules.interpreter import Interpreter
from kerong.engines.rules.population import firm_words, judge
from kerong.engines.rules.single import FirmJudge
from kerong.engines.rules.snapshot import from_columns
from kerong.engines.rules.tests.small_law import Firm

Truths = list[list[bool | None]]
_TYPES = {"flag": "SMALLINT", "code": "VARCHAR"}


def split(true: int, false: int, count: int) -> list[bool | None]:
    """Return the truth of every criterion from two words, refusing contradictions."""
    assert not true & false
    return [True if true >> i & 1 else False if false >> i & 1 else None for i in range(count)]


def by_interpreter(catalogue: Catalogue, firms: Sequence[Firm]) -> Truths:
    """Return per firm the truth of every criterion, as the oracle says."""
    found: Truths = []
    for firm in firms:
        oracle = Interpreter(catalogue.library, catalogue.on, firm)
        truths: list[bool | None] = [None] * len(catalogue.criteria)
        for rule in catalogue.rules:
            for clause, criterion in zip(rule.clauses, rule.clause_criteria, strict=True):
                truths[criterion] = oracle.clause(rule.pack, clause)
        found.append(truths)
    return found


def by_single(catalogue: Catalogue, firms: Sequence[Firm]) -> Truths:
    """Return the same from the judge of single firms."""
    one = FirmJudge(catalogue)
    return [split(*one.bits(firm), len(catalogue.criteria)) for firm in firms]


def by_kernel(catalogue: Catalogue, firms: Sequence[Firm]) -> Truths:
    """Return the same from the population kernel."""
    facts = catalogue.library.facts
    columns = {name: [firm.get(name) for firm in firms] for name in facts}
    verdicts = judge(catalogue, from_columns(facts, columns, catalogue.on), keep_criteria=True)
    sides = [firm_words(bitmaps, len(firms)) for bitmaps in (verdicts.criteria_true, verdicts.criteria_false)]
    joined = [[sum(int(w) << (64 * i) for i, w in enumerate(row)) for row in side] for side in sides]
    return [split(t, f, len(catalogue.criteria)) for t, f in zip(*joined, strict=True)]


def by_duckdb(catalogue: Catalogue, firms: Sequence[Firm]) -> Truths:
    """Return the same from the words that DuckDB computes."""
    with duckdb.connect() as connection:
        fill_duckdb(connection, catalogue, firms)
        query = sql.words_query(catalogue, "firms")
        rows = connection.execute(f"SELECT * FROM ({query}) ORDER BY uscc").fetchall()
    return [split(*joined_words(row, sql.word_count(catalogue)), len(catalogue.criteria)) for row in rows]


def joined_words(row: Sequence[int], count: int) -> tuple[int, int]:
    """Return the true and false words of a row (key, t0, …, f0, …) as two integers."""
    sides = [row[1 : 1 + count], row[1 + count : 1 + 2 * count]]
    true, false = (sum(int(w) << (sql.BITS * i) for i, w in enumerate(side)) for side in sides)
    return true, false


def fill_duckdb(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, firms: Sequence[Firm]) -> None:
    """Create the table ``firms`` with one nullable column per fact."""
    facts = catalogue.library.facts
    columns = ", ".join(f'"{name}" {_TYPES.get(fact.type, "BIGINT")}' for name, fact in facts.items())
    connection.execute(f"CREATE TABLE firms (uscc INTEGER, {columns})")
    marks = ", ".join("?" * (len(facts) + 1))
    rows = [[row, *(firm.get(name) for name in facts)] for row, firm in enumerate(firms)]
    connection.executemany(f"INSERT INTO firms VALUES ({marks})", rows)


def everywhere(catalogue: Catalogue, firms: Sequence[Firm]) -> Truths:
    """Return the truths after asserting that every execution gives them."""
    expected = by_interpreter(catalogue, firms)
    assert by_single(catalogue, firms) == expected
    assert by_kernel(catalogue, firms) == expected
    assert by_duckdb(catalogue, firms) == expected
    return expected
