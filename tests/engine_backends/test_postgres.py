"""The rendered words and masks give the kernel's answers on PostgreSQL too, to the last pair and fen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kerong.engines.rules import sql
from kerong.engines.rules.compiler import Catalogue, compile_library
from kerong.engines.rules.population import judge
from kerong.engines.rules.single import FirmJudge
from kerong.engines.rules.snapshot import from_columns
from kerong.engines.rules.tests import random_law
from kerong.engines.rules.tests.backends import by_interpreter, by_kernel, joined_words, split
from kerong.engines.rules.tests.small_law import ON, Firm, compiled, fact, pack, value
from kerong.portal.postgres import OWNER_ROLE, PostgresServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kerong.engines.rules.model import Library

pytestmark = pytest.mark.postgres

EXAMPLES = settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate], deadline=None)
EDGE = 3_037_000_499
TYPES = {"flag": "boolean", "code": "varchar"}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[psycopg.Connection[Any]]:
    """Start a private server for this file."""
    with PostgresServer(tmp_path_factory.mktemp("engine") / "home") as server:
        server.ensure_databases()
        with psycopg.connect(server.dsn(OWNER_ROLE), autocommit=True, prepare_threshold=None) as made:
            yield made


def filled(connection: psycopg.Connection[Any], catalogue: Catalogue, population: Sequence[Firm]) -> None:
    """Make the tables ``firms``, ``words`` and ``masks`` anew."""
    facts = catalogue.library.facts
    columns = ", ".join(f"{name} {TYPES.get(made.type, 'bigint')}" for name, made in facts.items())
    connection.execute("DROP TABLE IF EXISTS firms, words, masks")
    connection.execute(f"CREATE TABLE firms (uscc integer, {columns})")
    flags = {name for name, made in facts.items() if made.type == "flag"}
    with connection.cursor().copy(f"COPY firms (uscc, {', '.join(facts)}) FROM STDIN") as copy:
        for row, firm in enumerate(population):
            values = [(bool(v) if n in flags and v is not None else v) for n in facts for v in [firm.get(n)]]
            copy.write_row([row, *values])
    connection.execute(f"CREATE TABLE words AS {sql.words_query(catalogue, 'firms')}")
    for statement in sql.masks_statements(catalogue, "masks"):
        connection.execute(statement)


def truths(connection: psycopg.Connection[Any], catalogue: Catalogue) -> list[list[bool | None]]:
    """Return per firm the truth of every criterion."""
    rows = connection.execute("SELECT * FROM words ORDER BY uscc").fetchall()
    return [split(*joined_words(row, sql.word_count(catalogue)), len(catalogue.criteria)) for row in rows]


@EXAMPLES
@given(library=random_law.libraries(), population=st.lists(random_law.firms(), min_size=1, max_size=12))
def test_words_counts_and_verdicts_are_the_kernels(
    connection: psycopg.Connection[Any], library: Library, population: list[Firm]
) -> None:
    catalogue = compile_library(library, ON)
    snapshot = from_columns(
        random_law.FACTS, {n: [firm[n] for firm in population] for n in random_law.FACTS}, ON
    )
    verdicts = judge(catalogue, snapshot)
    one = [FirmJudge(catalogue).judge(firm) for firm in population]

    filled(connection, catalogue, population)

    assert (
        truths(connection, catalogue)
        == by_kernel(catalogue, population)
        == by_interpreter(catalogue, population)
    )
    counts = connection.execute(sql.counts_query(catalogue, "words", "masks")).fetchall()
    assert {rule: tuple(map(int, found)) for rule, *found in counts} == {
        rule.key: tuple(verdicts.counts[i].tolist()) for i, rule in enumerate(catalogue.rules)
    }
    rows = connection.execute(sql.verdicts_query(catalogue, "words", "masks")).fetchall()
    assert {(firm, rule): tuple(found) for firm, rule, *found in rows} == {
        (row, rule.key): (judged.verdict(i), judged.nearness(i))
        for row, judged in enumerate(one)
        for i, rule in enumerate(catalogue.rules)
    }


def test_loan_of_exactly_the_share_is_met_and_one_fen_more_is_not(
    connection: psycopg.Connection[Any],
) -> None:
    facts = {name: fact(name, "fen", 0, 10**14) for name in ("loan", "revenue")}
    law = compiled(
        pack("loan * 10000 <= revenue * ceiling", parameters=[value("ceiling", 3_500, "percent")]),
        facts=facts,
    )
    population: list[Firm] = [
        {"revenue": 20 * k, "loan": 7 * k + more} for k in (*range(1, 1_500), 49 * 10**11) for more in (0, 1)
    ]

    filled(connection, law, population)

    assert truths(connection, law) == [[True], [False]] * (len(population) // 2)


@pytest.mark.parametrize(
    "predicate",
    [
        "x * y >= 7",
        "x * 3 - y * 5 + 11 < 0",
        "floor(x * 0.5) >= y",
        "floor(y * (-0.000001)) = -1",
        "least(x, y) * 4 > greatest(x, y)",
        "x * 1.25 <= y",
    ],
)
def test_extreme_values_do_not_overflow(connection: psycopg.Connection[Any], predicate: str) -> None:
    facts = {name: fact(name, "fen", -EDGE, EDGE) for name in ("x", "y")}
    law = compiled(pack(predicate), facts=facts)
    edges = [-EDGE, -EDGE + 1, -1, 0, 1, EDGE - 1, EDGE, None]
    population: list[Firm] = [{"x": x, "y": y} for x in edges for y in edges]

    filled(connection, law, population)

    assert truths(connection, law) == by_interpreter(law, population)


@pytest.mark.parametrize("count", [61, 62, 63, 124, 125])
def test_words_of_any_number_of_criteria(connection: psycopg.Connection[Any], count: int) -> None:
    law = compiled(pack(*(f"x >= {i}" for i in range(count))), pack("x >= 0", key="law.two"))
    population: list[Firm] = [{"x": x} for x in (-1, 0, 60, 61, 62, 99, None)]

    filled(connection, law, population)

    assert truths(connection, law) == by_interpreter(law, population)


def test_law_without_rules_renders_and_counts_nothing(connection: psycopg.Connection[Any]) -> None:
    law = compiled()

    filled(connection, law, [{"x": 1}])

    assert connection.execute(sql.counts_query(law, "words", "masks")).fetchall() == []
    assert connection.execute("SELECT t0, f0 FROM words").fetchall() == [(0, 0)]
