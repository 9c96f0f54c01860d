"""Import of a register of enterprises: rows a second and peak memory, each run in a process of its own."""

# ruff: noqa: S311 - chance here is seeded

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from bench.measuring import Report, Timing

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT = Path("../shared/data/registry/hubei.parquet")
ROUNDS, SYNTHETIC_ROWS = 5, 200_000
# The import as the command line runs it, then what it took in memory.
_RUN = """
import json, resource, sys
from kerong.cli.facts import facts
try:
    facts(sys.argv[1:], standalone_mode=False)
finally:
    print(json.dumps({"peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))
"""


def main(arguments: Sequence[str] = ()) -> int:
    """Measure, print a table and a line of JSON, return the number of missed goals."""
    parser = argparse.ArgumentParser(prog="make bench NAME=register")
    parser.add_argument("--file", type=Path, default=DEFAULT, help=f"a register [{DEFAULT}]")
    options = parser.parse_args(arguments)
    report = Report("register")
    with tempfile.TemporaryDirectory(prefix="kerong-bench-") as name:
        folder = Path(name)
        source = options.file
        if not source.is_file():
            report.note(
                f"{source} is not here: skipped; a made-up register of {SYNTHETIC_ROWS:,} rows instead"
            )
            source = folder / "synthetic.csv"
            _write_synthetic(source, SYNTHETIC_ROWS)
        rows = _rows(source)
        timing, peaks = Timing(), []
        for number in range(ROUNDS + 1):  # the first warms the file cache
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            wall = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", _RUN, "import", str(source), "--out", f"{folder}/out", "--replace"],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            wall = time.perf_counter() - wall
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            if done.returncode:
                raise SystemExit(f"the import failed:\n{done.stdout[-1000:]}\n{done.stderr[-2000:]}")
            if number:
                timing.wall.append(wall)
                timing.core.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
                peaks.append(json.loads(done.stdout.splitlines()[-1])["peak_kib"] / 1024)
        report.add(f"import of {rows:,} rows ({source.suffix[1:]}), whole process", timing)
        quality = json.loads((folder / "out" / "quality.json").read_text(encoding="utf-8"))
        report.figures |= {
            "source": "the file given" if options.file.is_file() else "synthetic",
            "rows": rows,
            "rows_a_second": round(rows / timing.median),
            "peak_mib": round(max(peaks)),
            "quality_rows": quality.get("rows"),
        }
        report.note(
            f"{rows / timing.median:,.0f} rows a second, peak {max(peaks):,.0f} MiB, {quality.get('rows')}"
        )
    return report.finish()


def _rows(source: Path) -> int:
    if source.suffix == ".parquet":
        return int(pq.read_metadata(source).num_rows)
    with source.open("rb") as file:
        return sum(1 for _ in file) - 1


def _write_synthetic(path: Path, rows: int) -> None:
    rng = random.Random(3)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["统一社会信用代码", "企业名称", "成立日期", "注册资本", "行业代码", "登记状态"])
        for row in range(rows):
            day = f"{rng.randint(1990, 2025)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
            body = "914201" + "0" * 2 + f"{row:09d}"
            out.writerow(
                [
                    body + _check(body),
                    f"合成企业{row:06d}有限公司",
                    day,
                    f"{rng.randint(10, 9000)}万元",
                    "C3911",
                    "存续",
                ]
            )


_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _check(body: str) -> str:
    """Return the last character of a 统一社会信用代码 (GB 32100)."""
    total = sum(_SIGNS.index(sign) * pow(3, i, 31) for i, sign in enumerate(body))
    return _SIGNS[(31 - total % 31) % 31]


if __name__ == "__main__":
    main(sys.argv[1:])
