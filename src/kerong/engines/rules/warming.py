"""Compile the population kernel ahead of time.

The first compilation takes seconds; numba then keeps it by processor, version and argument types.
``kerong warm`` calls this in ``make setup``, so that nobody waits for it later.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kerong.engines.rules.model import Library


def warm() -> float:
    """Compile and keep every function of the kernel for the types of snapshots; return the seconds taken."""
    from kerong.engines.rules.compiler import compile_library
    from kerong.engines.rules.pairs import write_pairs
    from kerong.engines.rules.population import PopulationKernel, firm_words, positions
    from kerong.engines.rules.snapshot import from_columns

    started = perf_counter()
    library, on = _tiny_library(), date(2026, 1, 1)
    snapshot = from_columns(library.facts, {"warm_count": [1, None, 3]}, on)
    judge = PopulationKernel(compile_library(library, on), snapshot)
    verdicts = judge.run(keep=True, keep_criteria=True)
    positions(verdicts.eligible[0], int(verdicts.counts[0, 0]))
    firm_words(verdicts.criteria_true, snapshot.rows)
    with tempfile.TemporaryDirectory(prefix="kerong-warm-") as folder:
        write_pairs(judge, Path(folder))
    return perf_counter() - started


def _tiny_library() -> Library:
    """Return one rule about one fact: the kernel's types do not depend on what the rules say."""
    from kerong.engines.rules.model import UNITS, Clause, Fact, Library, Mark, Pack

    mark = Mark("", None, "assumption")
    clause = Clause("warm", "warm", "warm", "warm_count >= 2", (), mark)
    fact = Fact("warm_count", "warm", "warm", "count", UNITS["items"], 0, 9)
    pack = Pack(
        "warm", "product", "warm", "warm", "enterprise", "", "", None, None, {}, {}, {}, (clause,), {}, (), ""
    )  # fmt: skip
    return Library({"warm_count": fact}, {}, {"warm": pack}, {}, "")
