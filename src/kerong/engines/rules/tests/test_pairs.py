"""The pairs written to Parquet are exactly those of the definitions, whatever the size of a range."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kerong.engines.rules.compiler import compile_library
from kerong.engines.rules.model import Library
from kerong.engines.rules.pairs import write_pairs
from kerong.engines.rules.population import PopulationKernel
from kerong.engines.rules.single import FirmJudge
from kerong.engines.rules.snapshot import from_columns
from kerong.engines.rules.tests.random_law import FACTS, ON, firms, libraries

EXAMPLES = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@EXAMPLES
@given(libraries(), st.lists(firms(), min_size=1, max_size=6), st.sampled_from([1, 30]))
def test_pairs_are_those_of_the_definitions(
    tmp_path_factory: pytest.TempPathFactory,
    library: Library,
    drawn: list[dict[str, int | str | None]],
    copies: int,
) -> None:
    folder: Path = tmp_path_factory.mktemp("pairs")
    population = drawn * copies
    catalogue = compile_library(library, ON)
    keys = [f"SYN{row}" for row in range(len(population))]
    snapshot = from_columns(FACTS, {name: [firm[name] for firm in population] for name in FACTS}, ON, keys)

    written = write_pairs(PopulationKernel(catalogue, snapshot), folder, range_rows=64)

    one = FirmJudge(catalogue)
    eligible: list[tuple[str, int]] = []
    near: list[tuple[str, str, int]] = []
    document: list[tuple[str, str, int]] = []
    for row, firm in enumerate(population):
        verdict = one.judge(firm)
        for position, rule in enumerate(catalogue.rules):
            if verdict.met[position]:
                eligible.append((rule.key, row))
            open_clauses = [
                clause.id
                for clause, criterion in zip(rule.clauses, rule.clause_criteria, strict=True)
                if not verdict.true >> criterion & 1
            ]
            if verdict.near_miss[position]:
                near.append((rule.key, open_clauses[0], row))
            if verdict.one_document_away[position]:
                document.append((rule.key, open_clauses[0], row))
    assert sorted(_rows(folder / "eligible.parquet")) == sorted(eligible)
    assert sorted(_rows(folder / "near_misses.parquet")) == sorted(near)
    assert sorted(_rows(folder / "one_document_away.parquet")) == sorted(document)
    counted = Counter(rule for rule, _ in eligible)
    assert [counted[rule.key] for rule in catalogue.rules] == written.eligible.tolist()
    assert [name for (name,) in _rows(folder / "firms.parquet")] == keys


def _rows(path: Path) -> list[tuple[str | int, ...]]:
    return [tuple(row.values()) for row in pq.read_table(path).to_pylist()]
