"""Machine code compiled by ``warm`` is really used afterwards, also for snapshots mapped from a store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

WARM = "from kerong.engines.rules.warming import warm; warm()"
# As the service does it: another law, a snapshot that was written to a store and mapped back.
USE = """
import sys
from datetime import date
from pathlib import Path
import pyarrow as pa, pyarrow.parquet as pq
from kerong.engines.rules import bits, kernel
from kerong.engines.rules.compiler import compile_library
from kerong.engines.rules.pairs import write_pairs
from kerong.engines.rules.population import PopulationKernel, firm_words, positions
from kerong.engines.rules.snapshot import build_snapshot
from kerong.engines.rules.warming import _tiny_library
folder, library, on = Path(sys.argv[1]), _tiny_library(), date(2026, 1, 1)
pq.write_table(pa.table({"uscc": ["SYN1", "SYN2"], "warm_count": [1, 2]}), folder / "firms.parquet")
snapshot = build_snapshot(folder / "firms.parquet", library.facts, folder / "store", on)
judge = PopulationKernel(compile_library(library, on), snapshot)
judge.run()
verdicts = judge.run(keep=True, keep_criteria=True)
positions(verdicts.eligible[0], 1), firm_words(verdicts.criteria_true, 2)
write_pairs(judge, folder / "pairs")
functions = [kernel.run_chunk, bits.set_positions, bits.transposed, bits.set_rows, bits.lone_rows]
print([sum(f.stats.cache_misses.values()) for f in functions], verdicts.counts.tolist())
"""


def run(code: str, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return done.stdout.strip()


def test_warmed_machine_code_is_found_again(tmp_path: Path) -> None:
    cache = tmp_path / "code"
    cache.mkdir()
    run(WARM, NUMBA_CACHE_DIR=str(cache))

    output = run(USE, str(tmp_path), NUMBA_CACHE_DIR=str(cache))

    assert output == "[0, 0, 0, 0, 0] [[1, 1, 0]]"


CHOOSE = """
import os, stat
from pathlib import Path
from kerong.engines.rules import machine_code
machine_code._writable = lambda folder: False
machine_code.choose_cache_folder()
folder = Path(os.environ["NUMBA_CACHE_DIR"])
print(folder, oct(stat.S_IMODE(folder.stat().st_mode)))
"""


def test_without_a_writable_package_or_home_a_private_folder_is_used(tmp_path: Path) -> None:
    environment = {"TMPDIR": str(tmp_path), "NUMBA_CACHE_DIR": ""}

    first, mode = run(CHOOSE, **environment).split()
    second, _ = run(CHOOSE, **environment).split()

    assert Path(first).parent == tmp_path
    assert mode == "0o700"
    assert second == first


def test_a_folder_that_others_may_enter_is_not_used(tmp_path: Path) -> None:
    planted = tmp_path / f"kerong-machine-code-{os.getuid()}"
    planted.mkdir(mode=0o777)
    planted.chmod(0o777)

    chosen, mode = run(CHOOSE, TMPDIR=str(tmp_path), NUMBA_CACHE_DIR="").split()

    assert Path(chosen) != planted
    assert mode == "0o700"
