"""Facts of 425 firms from 1.1 million invoices: reading, the engine, the same in DuckDB, and the whole command."""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.invoice_peer import prepare, query
from bench.invoice_population import ROWS, made_up
from bench.measuring import Report, Timing, interleaved, same, timed
from kerong.adapters.invoices.reading import read_invoices
from kerong.engines.invoices.exact import MISSING
from kerong.engines.invoices.features import FACT_NAMES, compute
from kerong.engines.invoices.table import make_invoices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kerong.engines.invoices.features import InvoiceFacts

DEFAULT = Path(os.environ.get("KERONG_INVOICES", "../shared/data/cumcm2020c"))
ON = date(2020, 2, 22)
"""The day after the last invoice of the real set: the window is February 2019 to January 2020."""
ROUNDS = 7
_SALES, _PURCHASES = "*_out_invoices.parquet", "*_in_invoices.parquet"


def main(arguments: Sequence[str] = ()) -> int:
    """Check that DuckDB gives the same integers, measure, and return the number of missed goals."""
    parser = argparse.ArgumentParser(prog="make bench NAME=invoices")
    parser.add_argument(
        "--folder", type=Path, default=DEFAULT, help=f"folder of {_SALES} and {_PURCHASES} [{DEFAULT}]"
    )
    parser.add_argument(
        "--rows", type=int, default=ROWS, help="rows of the made-up set, where there is no folder"
    )
    parser.add_argument("--report", type=Path, help="write quantiles of the real sets to this Markdown file")
    options = parser.parse_args(arguments)
    report = Report("invoices")
    with tempfile.TemporaryDirectory(prefix="kerong-bench-") as name:
        folder = Path(name)
        source = _put_together(options.folder, options.rows, folder, report)
        sales, purchases = folder / "sales.parquet", folder / "purchases.parquet"
        rows = sum(int(pq.read_metadata(path).num_rows) for path in (sales, purchases))
        read = timed(lambda: (read_invoices(sales, "sale"), read_invoices(purchases, "purchase")), ROUNDS)
        report.add(f"read and check {rows:,} rows from Parquet", read)
        tables = {
            "sales": read_invoices(sales, "sale").table,
            "purchases": read_invoices(purchases, "purchase").table,
        }
        ours = _measure_engine(tables, report, rows)
        whole = _whole_command(folder, sales, purchases)
        report.add("kerong facts invoices, whole process", whole)
        report.figures |= {
            "source": source,
            "rows": rows,
            "firms": len(ours.firms),
            "rows_a_second_read": round(rows / read.median),
            "rows_a_second_whole": round(rows / whole.median),
        }
        if options.report is not None:
            if source != "the folder given":
                raise SystemExit("the report is about the real sets: give --folder")
            from bench.invoice_report import write_report

            write_report(options.report, options.folder, ON, report)
    return report.finish()


def _put_together(given: Path, rows: int, folder: Path, report: Report) -> str:
    """Write one file per direction, of the real sets where they are there, else made up."""
    found = {"sales": sorted(given.glob(_SALES)), "purchases": sorted(given.glob(_PURCHASES))}
    if all(found.values()):
        for name, paths in found.items():
            pq.write_table(
                pa.concat_tables(pq.read_table(path) for path in paths), folder / f"{name}.parquet"
            )
        return "the folder given"
    report.note(f"{given} holds no {_SALES} and {_PURCHASES}: skipped; {rows:,} made-up invoices instead")
    pq.write_table(made_up(rows * 45 // 100, 1), folder / "sales.parquet")
    pq.write_table(made_up(rows - rows * 45 // 100, 2), folder / "purchases.parquet")
    return "synthetic"


def _measure_engine(tables: dict[str, pa.Table], report: Report, rows: int) -> InvoiceFacts:
    connection = duckdb.connect(config={"threads": 2})
    prepare(connection)
    for name, table in tables.items():
        connection.register(f"{name}_arrow", table)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM {name}_arrow")  # noqa: S608 - two names of our own

    def ours() -> InvoiceFacts:
        return compute(make_invoices(tables["sales"], tables["purchases"]), ON)

    computed = ours()
    sql = query(computed.window.end, computed.window.start)

    def theirs() -> Any:
        return connection.execute(sql).to_arrow_table()

    _compare(computed, theirs())
    report.note(f"{len(computed.firms)} firms × {len(FACT_NAMES)} facts: DuckDB gives the same integers")
    invoices = make_invoices(tables["sales"], tables["purchases"])
    timings = interleaved(
        {
            "facts from Arrow columns, names encoded": ours,
            "facts from encoded columns": lambda: compute(invoices, ON),
            "DuckDB, one query, from its own tables": theirs,
        },
        ROUNDS,
    )
    for label, timing in timings.items():
        report.add(label, timing)
    mine, peer = (
        timings["facts from Arrow columns, names encoded"],
        timings["DuckDB, one query, from its own tables"],
    )
    report.note(
        f"{rows / mine.median:,.0f} rows a second from Arrow columns; pandas is not installed, not compared"
    )
    report.ratio("duckdb", peer.median / mine.median, 1)
    report.ratio("duckdb_core", peer.median_core / mine.median_core, 1.5)
    return computed


def _compare(computed: InvoiceFacts, table: pa.Table) -> None:
    same("DuckDB's list of firms", list(computed.firms), table.column("firm").to_pylist())
    for name in FACT_NAMES:
        theirs = table.column(name).fill_null(MISSING).to_numpy()
        same(f"DuckDB's {name}", computed.columns[name].tolist(), np.asarray(theirs).tolist())


def _whole_command(folder: Path, sales: Path, purchases: Path) -> Timing:
    timing = Timing()
    command = [
        sys.executable, "-m", "kerong", "facts", "invoices", "--sales", str(sales), "--purchases", str(purchases),
        "--on", ON.isoformat(), "--output", str(folder / "facts"), "--replace",
    ]  # fmt: skip
    for number in range(6):  # the first warms the file cache
        before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        wall, after = time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            raise SystemExit(f"the command failed:\n{done.stdout[-1000:]}\n{done.stderr[-2000:]}")
        if number:
            timing.wall.append(wall)
            timing.core.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return timing


if __name__ == "__main__":
    main(sys.argv[1:])
