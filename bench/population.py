"""285,000 firms held against 1,000 products: counts, near misses and one document away, against named peers.

`--rows N` instead measures a population of N firms from its column store, against Polars from Parquet.
"""

# ruff: noqa: S608 - our own SQL

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from bench import catalogues, peers, populations
from bench.measuring import Report, Timing, interleaved, same, timed
from kerong.engines.rules.compiler import Catalogue, compile_library
from kerong.engines.rules.pairs import write_pairs
from kerong.engines.rules.population import ELIGIBLE, PopulationKernel
from kerong.engines.rules.snapshot import Snapshot, build_snapshot, open_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROWS, PRODUCTS, ROUNDS = 285_000, 1_000, 5
ZEN_FIRMS = 60


def main(arguments: Sequence[str] = ()) -> int:
    """Measure, print a table and a line of JSON, return the number of missed goals."""
    parser = argparse.ArgumentParser(prog="make bench NAME=population")
    parser.add_argument(
        "--rows", type=int, default=0, help="instead measure this many firms, for example 10000000"
    )
    parser.add_argument("--seconds", type=float, default=900, help="time limit of the peers of --rows")
    options = parser.parse_args(arguments)
    report = Report("population")
    with tempfile.TemporaryDirectory(prefix="kerong-bench-") as name:
        folder = Path(name)
        if options.rows:
            _large(report, folder, options.rows, options.seconds)
            return report.finish()
        parquet = folder / "firms.parquet"
        populations.write_parquet(parquet, ROWS)
        snapshot = build_snapshot(parquet, catalogues.FACTS, folder / "store", catalogues.ON)
        drawn = catalogues.products(PRODUCTS)
        catalogue = _compiled(report, "realistic grids", drawn)
        ours = _after_load(report, snapshot, catalogue, drawn, parquet)
        _zen(report, snapshot, catalogue, drawn)
        _from_disk(report, folder, catalogue, drawn, ours)
        _pairs(report, folder, snapshot, catalogue, drawn)
        _worst_case(report, folder, snapshot)
    return report.finish()


def _compiled(report: Report, label: str, drawn: Sequence[Any]) -> Catalogue:
    catalogue = compile_library(catalogues.library(list(drawn)), catalogues.ON)
    literals = sum(1 for node in catalogue.graph.nodes if node[0] in {"in", "text"})
    figures = {
        "products": len(catalogue.rules),
        "criteria": sum(len(rule.criteria) for rule in catalogue.rules),
        "distinct_criteria": len(catalogue.criteria),
        "distinct_literals": literals,
    }
    report.figures[label] = figures
    report.note(f"{label}: {figures}")
    return catalogue


def _counts(judge: PopulationKernel) -> peers.Counts:
    return [(int(e), int(n), int(d)) for e, n, d in judge.run().counts]


def _after_load(
    report: Report, snapshot: Snapshot, catalogue: Catalogue, drawn: Sequence[Any], parquet: Path
) -> peers.Counts:
    """Everything in memory: the kernel runs between the peers' rounds, so all meet the same noise."""
    judge = PopulationKernel(catalogue, snapshot)
    ours = _counts(judge)
    frame, duck = pl.read_parquet(parquet), peers.Duck(parquet, catalogue, drawn)
    vectors = peers.Vectors(pq.read_table(parquet))
    contestants: dict[str, tuple[Callable[[], Any], Any]] = {
        "DuckDB, words × masks": (duck.words_masks, ours),
        "DuckDB, shared criteria as bytes": (duck.bytes_summed, ours),
        "DuckDB, one wide SELECT (eligible only)": (duck.wide_eligible, [row[0] for row in ours]),
        "Polars, shared criteria as bytes, lazy": (lambda: peers.polars_shared(frame, drawn), ours),
        "Polars, shared criteria as bitmaps": (lambda: peers.polars_carry_save(frame, drawn), ours),
        "numpy without sharing": (lambda: vectors.counts(drawn), ours),
    }
    kernel_timing = Timing()
    timings = {label: Timing() for label in contestants}
    for round_ in range(ROUNDS + 1):  # the first is for warming
        for label, (call, expected) in contestants.items():
            answers: list[Any] = []
            timing = timed(lambda call=call, answers=answers: answers.append(call()), 1, warm=0)
            same(label, expected, answers[0])
            own = timed(judge.run, 3)
            if round_:
                for into, made in ((timings[label], timing), (kernel_timing, own)):
                    into.wall += made.wall
                    into.core += made.core
    report.add("Kerong kernel, counts + near misses + one document away", kernel_timing)
    for label, timing in timings.items():
        report.add(label, timing)
    median = kernel_timing.median
    report.at_most("population after load, seconds", median, 0.04)
    pairs = snapshot.rows * len(catalogue.rules)
    report.figures["core_ns_per_pair"] = round(kernel_timing.median_core / pairs * 1e9, 4)
    report.ratio("duckdb_words_masks", timings["DuckDB, words × masks"].median / median, 60)
    report.ratio(
        "duckdb_best", min(t.median for label, t in timings.items() if "DuckDB" in label) / median, 60
    )
    report.ratio("duckdb_wide", timings["DuckDB, one wide SELECT (eligible only)"].median / median, 300)
    report.ratio(
        "polars_shared", min(t.median for label, t in timings.items() if "Polars" in label) / median, 6
    )
    report.ratio("numpy_unshared", timings["numpy without sharing"].median / median, 50)
    whole = snapshot.numbers.reshape(-1), snapshot.codes.reshape(-1).view(np.uint64)
    read = report.add(
        "One read of the raw columns (numpy maximum)", timed(lambda: [part.max() for part in whole], 15)
    )
    report.at_most(
        "distance to one read of the raw columns, core", kernel_timing.median_core / read.median_core, 8
    )
    kept = report.add(
        "Kerong kernel, also keeping all verdict bitmaps", timed(lambda: judge.run(keep=True), 9)
    )
    report.figures["keep_megabytes"] = round(3 * len(catalogue.rules) * snapshot.rows / 8e6, 1)
    report.figures["keep_costs"] = round(kept.median / median, 2)
    return ours


def _zen(report: Report, snapshot: Snapshot, catalogue: Catalogue, drawn: Sequence[Any]) -> None:
    """ZEN record by record on a sample of firms; the ratio is processor time per pair of firm and product."""
    table = peers.zen_table(drawn, [rule.key for rule in catalogue.rules])
    judge = PopulationKernel(catalogue, snapshot)
    rows = np.linspace(0, snapshot.rows - 1, ZEN_FIRMS).astype(int)
    records = [zen_record(snapshot, int(row)) for row in rows]
    verdicts = judge.run(keep=True)
    for row, record in zip(rows, records, strict=True):
        bits = (verdicts.eligible[:, row // 64] >> np.uint64(row % 64)) & np.uint64(1)
        expected = sorted(catalogue.rules[i].key for i in np.flatnonzero(bits))
        same("ZEN", expected, sorted(item["rule"] for item in table.evaluate(record)["result"]))
    timing = report.add(
        f"ZEN decision table, {ZEN_FIRMS} firms (eligible only)",
        timed(lambda: [table.evaluate(record) for record in records], ROUNDS),
    )
    per_pair = timing.median_core / (ZEN_FIRMS * len(catalogue.rules))
    report.figures["zen_core_ns_per_pair"] = round(per_pair * 1e9, 1)
    own = timed(judge.run, 9)
    report.ratio("zen_table", per_pair / (own.median_core / (snapshot.rows * len(catalogue.rules))), 10_000)


def zen_record(snapshot: Snapshot, row: int) -> dict[str, Any]:
    """Return a firm as ZEN wants it: null for what is missing, flags as booleans."""
    firm: dict[str, Any] = {**dict.fromkeys(catalogues.FACTS), **snapshot.firm(row)}
    return {
        name: bool(value) if catalogues.FACTS[name].type == "flag" and value is not None else value
        for name, value in firm.items()
    }


def _from_disk(
    report: Report, folder: Path, catalogue: Catalogue, drawn: Sequence[Any], ours: peers.Counts
) -> None:
    """Ours from the column store and from Parquet; the peers from Parquet, their own format."""
    parquet, store = folder / "firms.parquet", folder / "store"
    lazy = pl.scan_parquet(parquet)
    duck = peers.Duck(parquet, catalogue, drawn, load=False)
    same("from the store", ours, _counts(PopulationKernel(catalogue, open_snapshot(store))))
    same("Polars from Parquet", ours, peers.polars_shared(lazy, drawn))
    same("DuckDB from Parquet", ours, duck.words_masks())
    built = folder / "built"
    timings = interleaved(
        {
            "Kerong: open column store, bind, run": lambda: PopulationKernel(
                catalogue, open_snapshot(store)
            ).run(),
            "Kerong: Parquet → column store → run": lambda: PopulationKernel(
                catalogue, build_snapshot(parquet, catalogues.FACTS, built, catalogues.ON)
            ).run(),
            "Polars: Parquet → bytes, lazy": lambda: peers.polars_shared(lazy, drawn),
            "Polars: Parquet → bitmaps": lambda: peers.polars_carry_save(lazy, drawn),
            "DuckDB: Parquet → words × masks": duck.words_masks,
            "DuckDB: Parquet → bytes": duck.bytes_summed,
        },
        ROUNDS,
    )
    from_store, _, *others = [report.add(label, timing) for label, timing in timings.items()]
    shared, bits, masks, summed = others
    report.ratio("store_polars_parquet", min(shared.median, bits.median) / from_store.median, 8)
    report.ratio("store_duckdb_parquet", min(masks.median, summed.median) / from_store.median, 40)


def _pairs(
    report: Report, folder: Path, snapshot: Snapshot, catalogue: Catalogue, drawn: Sequence[Any]
) -> None:
    judge = PopulationKernel(catalogue, snapshot)
    duck = peers.Duck(folder / "firms.parquet", catalogue, drawn)
    expected = int(judge.run().counts[:, ELIGIBLE].sum())
    out, pairs = folder / "duck.parquet", folder / "pairs"
    same("DuckDB COPY", [expected], [duck.copy_pairs(out)])
    written = write_pairs(judge, pairs, kinds=(ELIGIBLE,))
    same("eligible pairs", [expected], [int(written.eligible.sum())])
    query = (
        f"SELECT count(*) FROM (SELECT rule, row FROM '{pairs}/eligible.parquet' "
        f"EXCEPT SELECT rule, firm FROM '{out}')"
    )
    same("pairs one by one", [(0,)], duck.connection.execute(query).fetchall())
    timings = interleaved(
        {
            f"Kerong: {expected:,} eligible pairs → Parquet": lambda: write_pairs(
                judge, pairs, kinds=(ELIGIBLE,)
            ),
            "DuckDB: eligible pairs, COPY → Parquet": lambda: duck.copy_pairs(out),
            "Kerong: eligible, near misses, one document → Parquet": lambda: write_pairs(judge, pairs),
        },
        ROUNDS,
    )
    ours, peer, every = [report.add(label, timing) for label, timing in timings.items()]
    report.figures["pairs_megabytes"] = {
        p.name: round(p.stat().st_size / 1e6, 1) for p in sorted(pairs.iterdir())
    }
    report.figures["all_pairs_seconds"] = round(every.median, 3)
    report.ratio("pairs_duckdb_copy", peer.median / ours.median, 6)


def _worst_case(report: Report, folder: Path, snapshot: Snapshot) -> None:
    drawn = catalogues.products(PRODUCTS, jitter=True)
    catalogue = _compiled(report, "every threshold jittered", drawn)
    judge = PopulationKernel(catalogue, snapshot)
    ours = _counts(judge)
    frame = pl.read_parquet(folder / "firms.parquet")
    same("Polars, worst case", ours, peers.polars_carry_save(frame, drawn))
    timings = interleaved(
        {
            "Worst case: Kerong kernel": judge.run,
            "Worst case: Polars bitmaps": lambda: peers.polars_carry_save(frame, drawn),
        },
        ROUNDS,
    )
    timing, peer = [report.add(label, timing) for label, timing in timings.items()]
    report.figures["worst_case_polars"] = round(peer.median / timing.median, 2)
    report.figures["worst_case_core_ns_per_pair"] = round(
        timing.median_core / (snapshot.rows * len(catalogue.rules)) * 1e9, 3
    )


def _large(report: Report, folder: Path, rows: int, seconds: float) -> None:
    """A large population from its column store; Polars reads the same firms from Parquet."""
    drawn = catalogues.products(PRODUCTS)
    catalogue = _compiled(report, "realistic grids", drawn)
    started = time.monotonic()
    snapshot = populations.write_store(folder / "large", rows)
    report.note(f"wrote a store of {rows:,} firms in {time.monotonic() - started:.0f} s")
    judge = PopulationKernel(catalogue, snapshot)
    ours = _counts(judge)
    timing = report.add(f"{rows:,} firms: kernel, store in memory", timed(judge.run, 9))
    report.at_most(f"{rows:,} firms in memory, seconds", timing.median, 0.6 * rows / 10_000_000)
    opened = report.add(
        f"{rows:,} firms: open column store, bind, run",
        timed(lambda: PopulationKernel(catalogue, open_snapshot(folder / "large")).run(), ROUNDS),
    )
    parquet = folder / "large.parquet"
    populations.write_parquet(parquet, rows)
    lazy = pl.scan_parquet(parquet)
    for label, peer in (("bitmaps", peers.polars_carry_save), ("bytes, lazy", peers.polars_shared)):
        if time.monotonic() - started > seconds:
            report.note(f"time limit reached before Polars {label}; raise --seconds")
            break
        same(f"Polars {label}", ours, peer(lazy, drawn))
        made = report.add(
            f"{rows:,} firms: Polars from Parquet, {label}",
            timed(lambda peer=peer: peer(lazy, drawn), ROUNDS, warm=0),
        )
        report.figures[f"large_store_polars_{label.partition(',')[0]}"] = round(
            made.median / opened.median, 1
        )


if __name__ == "__main__":
    main(sys.argv[1:])
