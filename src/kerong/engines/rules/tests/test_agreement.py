"""Every execution of the compiled form gives the interpreter's answer, on random packs and facts with nulls."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from kerong.engines.rules import sql
from kerong.engines.rules.compiler import Catalogue, compile_library
from kerong.engines.rules.interpreter import Interpreter
from kerong.engines.rules.model import Library
from kerong.engines.rules.population import DOCUMENT, ELIGIBLE, NEAR, firm_words, judge
from kerong.engines.rules.single import FirmJudge
from kerong.engines.rules.snapshot import from_columns
from kerong.engines.rules.tests.random_law import FACTS, ON, firms, libraries

# Shrinking a whole law takes minutes; a failing law is printed as it was found.
EXAMPLES = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)

Firm = dict[str, int | str | None]


def expected_criteria(library: Library, catalogue: Catalogue, firm: Firm) -> list[Any]:
    """Return the oracle's truth of every clause, in the order of the rules."""
    oracle = Interpreter(library, ON, firm)
    return [oracle.clause(rule.pack, clause) for rule in catalogue.rules for clause in rule.clauses]


def clause_criteria(catalogue: Catalogue) -> list[int]:
    """Return the criterion of every clause, in the same order."""
    return [criterion for rule in catalogue.rules for criterion in rule.clause_criteria]


def truth(true: int, false: int, criterion: int) -> bool | None:
    """Return the truth that two words hold for a criterion, refusing contradictions."""
    t, f = true >> criterion & 1, false >> criterion & 1
    assert not (t and f)
    return True if t else False if f else None


@EXAMPLES
@given(libraries(), st.lists(firms(), min_size=1, max_size=12))
def test_every_backend_agrees_with_the_interpreter(library: Library, population: list[Firm]) -> None:
    catalogue = compile_library(library, ON)
    judge_one = FirmJudge(catalogue)
    snapshot = from_columns(FACTS, {name: [firm[name] for firm in population] for name in FACTS}, ON)

    verdicts = judge(catalogue, snapshot, keep=True, keep_criteria=True)

    words = [
        firm_words(bitmaps, len(population)) for bitmaps in (verdicts.criteria_true, verdicts.criteria_false)
    ]
    from_sql = duckdb_words(catalogue, population)
    counts = np.zeros((len(catalogue.rules), 3), np.int64)
    for row, firm in enumerate(population):
        expected = expected_criteria(library, catalogue, firm)
        for outcome in expected:
            event(f"clause {outcome}")
        one = judge_one.judge(firm)
        criteria = clause_criteria(catalogue)
        assert [truth(one.true, one.false, c) for c in criteria] == expected
        kernel_words = [sum(int(w) << (64 * i) for i, w in enumerate(side[row])) for side in words]
        assert [truth(*kernel_words, c) for c in criteria] == expected
        assert [truth(*from_sql[row], c) for c in criteria] == expected
        counts += rule_counts(catalogue, one.true, one.false)
        assert np.array_equal(
            one.met,
            [bool(verdicts.eligible[r, 0] >> np.uint64(row) & np.uint64(1)) for r in range(len(counts))],
        )
    assert np.array_equal(verdicts.counts, counts)
    assert duckdb_counts(catalogue, population) == {
        rule.key: tuple(int(n) for n in counts[position]) for position, rule in enumerate(catalogue.rules)
    }


def rule_counts(catalogue: Catalogue, true: int, false: int) -> np.ndarray[Any, Any]:
    """Count by the definitions themselves, criterion by criterion."""
    counts = np.zeros((len(catalogue.rules), 3), np.int64)
    for position, rule in enumerate(catalogue.rules):
        truths = [truth(true, false, criterion) for criterion in rule.criteria]
        unmet, unknown = truths.count(False), truths.count(None)
        counts[position, ELIGIBLE] = unmet == unknown == 0
        counts[position, NEAR] = unmet == 1 and unknown == 0
        counts[position, DOCUMENT] = unmet == 0 and unknown == 1 and not rule.blocked
    return counts


def _table(connection: duckdb.DuckDBPyConnection, population: list[Firm]) -> None:
    types = {"flag": "SMALLINT", "code": "VARCHAR"}
    columns = ", ".join(f'"{name}" {types.get(fact.type, "BIGINT")}' for name, fact in FACTS.items())
    connection.execute(f"CREATE TABLE firms (uscc INTEGER, {columns})")
    marks = ", ".join("?" * (len(FACTS) + 1))
    connection.executemany(
        f"INSERT INTO firms VALUES ({marks})",
        [[row, *(firm[name] for name in FACTS)] for row, firm in enumerate(population)],
    )


def duckdb_words(catalogue: Catalogue, population: list[Firm]) -> list[tuple[int, int]]:
    """Return the words of true and false criteria per firm as DuckDB computes them."""
    with duckdb.connect() as connection:
        _table(connection, population)
        rows = connection.execute(
            f"SELECT * FROM ({sql.words_query(catalogue, 'firms')}) ORDER BY uscc"
        ).fetchall()
    n = sql.word_count(catalogue)
    joined = [
        tuple(
            sum(word << (sql.BITS * i) for i, word in enumerate(row[1 + side * n : 1 + (side + 1) * n]))
            for side in (0, 1)
        )
        for row in rows
    ]
    return [(true, false) for true, false in joined]


def duckdb_counts(catalogue: Catalogue, population: list[Firm]) -> dict[str, tuple[int, int, int]]:
    """Return counts per rule from words and masks in DuckDB."""
    with duckdb.connect() as connection:
        _table(connection, population)
        connection.execute(f"CREATE TABLE words AS {sql.words_query(catalogue, 'firms')}")
        for statement in sql.masks_statements(catalogue, "masks"):
            connection.execute(statement)
        rows = connection.execute(sql.counts_query(catalogue, "words", "masks")).fetchall()
    return {rule: (int(eligible), int(near), int(document)) for rule, eligible, near, document in rows}
