"""Storage of facts: four shapes of tables held against each other at 285,000 firms, and our import and snapshot."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from bench.directory import _database as own_database
from bench.fact_shapes import SHAPES, Shape, is_text, json_rows
from bench.measuring import Report, Timing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FIRMS, FACTS, ROUNDS, READS, SEED = 285_000, 60, 3, 300, 20_261_123
INSERTED_PART = 10


def main(arguments: Sequence[str] = ()) -> int:
    """Measure, print a table and a line of JSON, return the number of missed goals."""
    parser = argparse.ArgumentParser(prog="make bench NAME=facts_load")
    parser.add_argument("--firms", type=int, default=FIRMS, help=f"how many firms [{FIRMS:,}]")
    parser.add_argument("--facts", type=int, default=FACTS, help=f"how many facts of each [{FACTS}]")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"loads of our own shape [{ROUNDS}]")
    parser.add_argument("--peer-rounds", type=int, default=1, help="loads of each other shape [1]")
    options = parser.parse_args(arguments)
    report = Report("facts_load")
    with tempfile.TemporaryDirectory(prefix="kerong-bench-") as name, own_database(Path(name)):
        folder = Path(name)
        names = _chosen(options.facts)
        path = folder / "facts.parquet"
        usccs = _draw(path, names, options.firms)
        report.figures |= {"firms": options.firms, "facts": len(names)}
        report.note(
            f"{options.firms:,} firms × {len(names)} facts, {path.stat().st_size / 2**20:.0f} MiB of Parquet"
        )
        for shape in SHAPES:
            for _ in range(options.peer_rounds):
                _measure_peer(report, shape, path, names, usccs, folder)
        _measure_inserts(report, path, names)
        _measure_ours(report, path, usccs, folder, options.rounds)
    if options.firms == FIRMS and options.facts == FACTS:
        report.at_most(
            "import of 285,000 × 60 through the door, seconds", report.timings[OURS_LOAD].median, 120
        )
        report.at_most("snapshot of 285,000 × 60, seconds", report.timings[OURS_SNAPSHOT].median, 60)
    return report.finish()


# ruff: noqa: S311 - chosen firms for timing

# ── what is stored ────────────────────────────────────────────────────────────


def _chosen(number: int) -> list[str]:
    """Return facts of enterprises that are stored and not sealed, numbers and codes as they come."""
    from kerong.records.facts.queries.sealing import is_sensitive

    law = _law().library.facts
    fit = [
        fact.name
        for fact in law.values()
        if fact.subject == "enterprise"
        and not fact.derived
        and not fact.published_by
        and not is_sensitive(fact, law)
        and (fact.type != "code" or fact.codes)
    ]
    if number > len(fit):
        raise SystemExit(f"the law has {len(fit)} such facts")
    return fit[:number]


def _law() -> Any:
    from kerong.basics.clock import SystemClock
    from kerong.basics.policies_folder import policies_folder
    from kerong.records.packs.actions import release_folder
    from kerong.records.packs.queries import current, current_release

    today = SystemClock().today()
    if current_release(today=today) is None:
        release_folder(
            folder=policies_folder(), by="bench", document_number="测试〔2026〕1号", in_force_from=today
        )
    return current()


def _draw(path: Path, names: Sequence[str], firms: int) -> list[str]:
    """Write a table of values inside their ranges, an eighth of them unknown; return the firms' codes."""
    from kerong.basics.identity_codes import compose

    law, rng = _law().library.facts, np.random.default_rng(SEED)
    usccs = [compose("9", "1", "420100", f"TA{number:06}") for number in range(firms)]
    columns: dict[str, Any] = {"uscc": pa.array(usccs)}
    for name in names:
        fact, missing = law[name], rng.random(firms) < 0.125
        if fact.type == "code":
            values = np.array(sorted(fact.codes))[rng.integers(0, len(fact.codes), firms)]
            columns[name] = pa.array(values, pa.string(), mask=missing)
        elif fact.type == "date":
            columns[name] = pa.array(rng.integers(2000, 2026, firms) * 10_000 + 615, pa.int64(), mask=missing)
        else:
            high = min(fact.high, fact.low + 10**10)
            columns[name] = pa.array(rng.integers(fact.low, high + 1, firms), pa.int64(), mask=missing)
    pq.write_table(pa.table(columns), path, compression="zstd")
    return usccs


# ── other shapes ──────────────────────────────────────────────────────────────


def _measure_peer(  # noqa: PLR0913, PLR0917 - what is measured, over what
    report: Report, shape: Shape, path: Path, names: Sequence[str], usccs: Sequence[str], folder: Path
) -> None:
    from django.conf import settings

    law = _law().library.facts
    with _owner_cursor(settings.OWNER_DATABASE) as cursor:
        cursor.execute("DROP TABLE IF EXISTS peer")
        cursor.execute(shape.create(names, law))
        with _timed(report, f"load, {shape.label}"):
            with cursor.copy("COPY peer FROM STDIN") as copy:
                for row in shape.rows(path, names, law):
                    copy.write_row(row)
            cursor.execute(shape.index)
        cursor.execute("SELECT pg_total_relation_size('peer')")
        report.figures[f"MiB, {shape.label}"] = round(cursor.fetchone()[0] / 2**20)
        cursor.execute("ANALYZE peer")
        report.add(f"one firm, {shape.label}", _reads(cursor, shape.read, usccs))
        with _timed(report, f"snapshot, {shape.label}"):
            _to_column_store(cursor, shape.everybody(names, law), names, law, folder)
        cursor.execute("DROP TABLE peer")


def _measure_inserts(report: Report, path: Path, names: Sequence[str]) -> None:
    """Write a part of the JSONB rows by INSERT, many at a time, beside the same part by COPY."""
    from itertools import islice

    from django.conf import settings

    law = _law().library.facts
    number = max(1, pq.read_metadata(path).num_rows // INSERTED_PART)
    rows = list(islice(json_rows(path, names, law), number))
    with _owner_cursor(settings.OWNER_DATABASE) as cursor:
        for label, write in (
            (
                "INSERT, executemany",
                lambda: cursor.executemany("INSERT INTO peer VALUES (%s, %s, %s, %s)", rows),
            ),
            ("COPY", lambda: _copy(cursor, rows)),
        ):
            cursor.execute("DROP TABLE IF EXISTS peer")
            cursor.execute(SHAPES[2].create(names, law))
            with _timed(report, f"a tenth of the JSONB rows, {label}"):
                write()
        cursor.execute("DROP TABLE peer")


def _copy(cursor: Any, rows: Sequence[tuple[Any, ...]]) -> None:
    with cursor.copy("COPY peer FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _to_column_store(cursor: Any, statement: str, names: Sequence[str], law: Any, folder: Path) -> None:
    from kerong.engines.rules.snapshot import build_snapshot

    csv, parquet = folder / "peer.csv", folder / "peer.parquet"
    with (
        csv.open("wb") as file,
        cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv, HEADER true)") as copy,
    ):
        for piece in copy:
            file.write(piece)
    types = {name: pa.string() if is_text(name, law) else pa.int64() for name in names} | {
        "uscc": pa.string()
    }
    options = pa_csv.ConvertOptions(column_types=types, strings_can_be_null=True)
    with (
        pa_csv.open_csv(csv, convert_options=options) as reader,
        pq.ParquetWriter(parquet, reader.schema, compression="zstd") as writer,
    ):
        for batch in reader:
            writer.write_batch(batch)
    build_snapshot(parquet, law, folder / "peer", _law().on)


# ── our own, through the door ─────────────────────────────────────────────────

OURS_LOAD = "import through the door: observations, dossiers, evidence"
OURS_AGAIN = "import of the next day over it"
OURS_READ = "one firm through the door: ground, marks, log, evidence"
OURS_SNAPSHOT = "snapshot through the door: ground, log, Parquet, column store"


def _measure_ours(report: Report, path: Path, usccs: Sequence[str], folder: Path, rounds: int) -> None:
    from datetime import timedelta

    from django.db import transaction

    from kerong.basics.acting import Actor, house_actor
    from kerong.basics.clock import current_clock
    from kerong.records.consents.actions import register_basis
    from kerong.records.evidence.actions import acting
    from kerong.records.facts.actions import import_facts, make_snapshot
    from kerong.records.facts.queries import facts_of

    today = current_clock().today()
    told = {
        "parquet": path,
        "source": "tax",
        "basis": "statute:bench",
        "rows_read": len(usccs),
        "rows_rejected": 0,
    }
    for number in range(rounds):
        with _timed(report, OURS_LOAD), transaction.atomic():
            with acting(house_actor("bench")):
                import_facts(as_of=today - timedelta(days=40), **told)
            if not number:
                report.figures |= _sizes()
            if number < rounds - 1:
                transaction.set_rollback(True)
    for number in range(rounds):
        with _timed(report, OURS_AGAIN), transaction.atomic():
            with acting(house_actor("bench")):
                import_facts(as_of=today - timedelta(days=number + 1), **told)
            transaction.set_rollback(True)
    with transaction.atomic(), acting(house_actor("bench")):
        register_basis(
            kind="statutory_duty", subject="*", recipient="platform", purposes=["statistics"], cites="bench",
            words="基准测试",
        )  # fmt: skip
    operator = Actor(user="bench", party="platform", role="operator")
    timing, chosen = Timing(), random.Random(SEED)
    for uscc in chosen.choices(list(usccs), k=READS):
        core, wall = time.process_time(), time.perf_counter()
        with transaction.atomic(), acting(operator):
            facts_of(subject=f"enterprise:{uscc}", purpose="statistics")
        timing.wall.append(time.perf_counter() - wall)
        timing.core.append(time.process_time() - core)
    report.add(OURS_READ, timing)
    for _ in range(rounds):
        with _timed(report, OURS_SNAPSHOT), transaction.atomic(), acting(operator):
            made = make_snapshot(purpose="statistics", folder=folder / "ours")
    if made.rows != len(usccs):
        raise SystemExit(f"the snapshot holds {made.rows} of {len(usccs)} firms")
    taken = pq.read_table(made.folder / "facts.parquet").sort_by("uscc")
    given = pq.read_table(path).sort_by("uscc")
    for name in given.column_names:
        if taken.column(name).to_pylist() != given.column(name).to_pylist():
            raise SystemExit(f"{name} came back otherwise than it went in")
    report.note("every value came back as it went in")


def _sizes() -> dict[str, int]:
    """Return how large our tables are, indexes and all; later rounds leave dead rows behind."""
    from django.db import connection

    sizes: dict[str, int] = {}
    with connection.cursor() as cursor:
        for table in ("facts_observation", "facts_dossier"):
            cursor.execute("SELECT pg_total_relation_size(%s)", [table])
            sizes[f"MiB, {table}"] = round(cursor.fetchone()[0] / 2**20)
    return sizes


# ── measuring ─────────────────────────────────────────────────────────────────


def _reads(cursor: Any, statement: str, usccs: Sequence[str]) -> Timing:
    timing, chosen = Timing(), random.Random(SEED)
    for uscc in chosen.choices(list(usccs), k=READS):
        core, wall = time.process_time(), time.perf_counter()
        cursor.execute(statement, [uscc])
        json.dumps(cursor.fetchall(), default=str)
        timing.wall.append(time.perf_counter() - wall)
        timing.core.append(time.process_time() - core)
    return timing


@contextmanager
def _timed(report: Report, label: str) -> Iterator[None]:
    """Time a block; another round of the same label is added to the earlier ones."""
    core, wall = time.process_time(), time.perf_counter()
    yield
    timing = report.timings.get(label, Timing())
    timing.wall.append(time.perf_counter() - wall)
    timing.core.append(time.process_time() - core)
    report.add(label, timing)


@contextmanager
def _owner_cursor(owner: dict[str, Any]) -> Iterator[Any]:
    import psycopg
    from django.db import connection

    told = {**connection.settings_dict, **owner}
    with psycopg.connect(
        host=told["HOST"], port=told["PORT"] or None, user=told["USER"], password=told["PASSWORD"],
        dbname=told["NAME"], autocommit=True,
    ) as opened, opened.cursor() as cursor:  # fmt: skip
        yield cursor


if __name__ == "__main__":
    main(sys.argv[1:])
