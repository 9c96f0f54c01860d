"""One firm held against 1,000 products: every criterion's truth and every verdict, and the answer as JSON."""

# ruff: noqa: S608 - our own SQL

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa

from bench import catalogues, peers, populations
from bench.measuring import Report, Timing, same
from bench.population import zen_record
from kerong.engines.rules.compiler import compile_library
from kerong.engines.rules.population import PopulationKernel
from kerong.engines.rules.single import FirmJudge
from kerong.engines.rules.snapshot import from_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PRODUCTS, FIRMS, ROUNDS = 1_000, 200, 5


def main(_arguments: Sequence[str] = ()) -> int:
    """Measure, print a table and a line of JSON, return the number of missed goals."""
    report = Report("single")
    drawn = catalogues.products(PRODUCTS)
    catalogue = compile_library(catalogues.library(drawn), catalogues.ON)
    columns = {name: column.to_pylist() for name, column in populations.columns(FIRMS).items()}
    snapshot = from_columns(catalogues.FACTS, columns, catalogues.ON)
    firms = [snapshot.firm(row) for row in range(FIRMS)]
    judge = FirmJudge(catalogue)
    population = PopulationKernel(catalogue, snapshot).run(keep=True)
    for row, firm in enumerate(firms):
        one = judge.judge(firm)
        for mine, kept in (
            (one.met, population.eligible),
            (one.near_miss, population.near),
            (one.one_document_away, population.document),
        ):
            bits = (kept[:, row // 64] >> np.uint64(row % 64)) & np.uint64(1)
            same(f"firm {row}", bits.astype(bool).tolist(), mine.tolist())
        answer = json.loads(judge.answer_json(firm))
        same(
            "JSON",
            [int(one.met.sum()), int(one.near_miss.sum())],
            [len(answer["eligible"]), len(answer["near_misses"])],
        )
    judged = _each(report, "Kerong: every truth, every verdict", judge.judge, firms)
    written = _each(report, "Kerong: JSON of eligible and near misses with gaps", judge.answer_json, firms)
    _each(report, "Kerong: words of truth only", judge.bits, firms)
    report.at_most("verdicts, p50 in milliseconds", judged.median * 1e3, 0.08)
    report.at_most("JSON with gaps, p50 in milliseconds", written.median * 1e3, 0.3)
    report.figures["p99_ms"] = round(float(np.quantile(judged.wall, 0.99)) * 1e3, 4)

    table = peers.zen_table(drawn, [rule.key for rule in catalogue.rules])
    records = [zen_record(snapshot, row) for row in range(FIRMS)]
    for firm, record in zip(firms, records, strict=True):
        expected = sorted(catalogue.rules[i].key for i in np.flatnonzero(judge.judge(firm).met))
        same("ZEN", expected, sorted(item["rule"] for item in table.evaluate(record)["result"]))
    zen_timing = _each(report, "ZEN decision table (eligible only)", table.evaluate, records)
    report.ratio("zen_table", zen_timing.median / judged.median, 30)

    texts, needs = peers.distinct(drawn)
    prepared = _Prepared(texts, pa.table(populations.columns(FIRMS)))
    for row, firm in enumerate(firms):
        same("DuckDB prepared", _truths(catalogue, needs, judge.bits(firm)), list(prepared.run(row)))
    prepared_timing = _each(report, "DuckDB, prepared: truths of criteria only", prepared.run, range(FIRMS))
    report.ratio("duckdb_prepared", prepared_timing.median / judged.median, 100)
    return report.finish()


class _Prepared:
    """The criteria of one firm as a prepared DuckDB statement, one three-valued column each, no verdicts.

    The firms are loaded before and only their number is the parameter. Our own words query is slower here,
    because DuckDB plans its many levels anew at every EXECUTE; long IN lists as joins are switched off for
    the same reason.
    """

    def __init__(self, texts: Sequence[str], table: pa.Table) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.register("given", table)
        self.connection.execute(
            "CREATE TABLE firms AS SELECT (row_number() OVER () - 1)::INTEGER AS firm, * FROM given"
        )
        self.connection.execute("SET disabled_optimizers = 'in_clause'")
        chosen = ", ".join(f"({text}) AS c{i}" for i, text in enumerate(texts))
        self.connection.execute(f"PREPARE criteria AS SELECT {chosen} FROM firms WHERE firm = $1")

    def run(self, row: int) -> Any:
        """Return the truths of all distinct criteria: true, false or None."""
        return self.connection.execute(f"EXECUTE criteria({row})").fetchone()


def _truths(catalogue: Any, needs: Sequence[Sequence[int]], bits: tuple[int, int]) -> list[bool | None]:
    """Return our bits in the order of the peer's texts."""
    found: dict[int, bool | None] = {}
    for rule, needed in zip(catalogue.rules, needs, strict=True):
        for criterion, text in zip(rule.clause_criteria, needed, strict=True):
            found[text] = True if bits[0] >> criterion & 1 else False if bits[1] >> criterion & 1 else None
    return [found[i] for i in range(len(found))]


def _each(report: Report, label: str, call: Callable[[Any], Any], inputs: Sequence[Any]) -> Timing:
    """Time every call; all rounds of all inputs are kept, so the median is the p50 of a request."""
    timing = Timing()
    for given in inputs:
        call(given)
    for _ in range(ROUNDS):
        core = time.process_time()
        for given in inputs:
            wall = time.perf_counter()
            call(given)
            timing.wall.append(time.perf_counter() - wall)
        timing.core.append((time.process_time() - core) / len(inputs))
    report.figures[f"{label}: p50 of each round, ms"] = [
        round(statistics.median(timing.wall[i : i + len(inputs)]) * 1e3, 4)
        for i in range(0, len(timing.wall), len(inputs))
    ]
    return report.add(label, timing)


if __name__ == "__main__":
    main(sys.argv[1:])
