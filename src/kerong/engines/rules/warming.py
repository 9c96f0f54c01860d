"""Compile the population kernel ahead of time, and find a folder that can keep the machine code.

The first compilation takes seconds; numba then keeps it by processor, version and argument types.
``kerong warm`` calls this in ``make setup``, so that nobody waits for it later.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from numba.core import config

if TYPE_CHECKING:
    from kerong.engines.rules.model import Library

_SETTING = "NUMBA_CACHE_DIR"


def choose_cache_folder() -> None:
    """Name a folder of our own for machine code where numba would find none; to be called before it compiles.

    numba writes beside the package, else below the user's cache folder. A read-only package of a user without
    a home has neither, and numba would refuse to start.
    """
    if (
        os.environ.get(_SETTING)
        or getattr(config, "CACHE_DIR", "")
        or _writable(Path(__file__).parent)
        or _writable(_users_folder())
    ):
        return
    folder = Path(tempfile.gettempdir()) / f"kerong-machine-code-{os.getuid()}"
    with suppress(OSError):
        folder.mkdir(mode=0o700)
    try:
        about = folder.lstat()
        ours = (
            folder.is_dir()
            and not folder.is_symlink()
            and about.st_uid == os.getuid()
            and not about.st_mode & 0o077
        )
    except OSError:
        ours = False
    # Machine code is run as it is found: a folder that somebody else made is not used, however it is named.
    chosen = str(folder) if ours else tempfile.mkdtemp(prefix="kerong-machine-code-")
    os.environ[_SETTING] = chosen
    # numba read its settings when it was imported, which is before.
    setattr(config, "CACHE_DIR", chosen)  # noqa: B010 - numba makes its settings while it runs


def _users_folder() -> Path:
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    except RuntimeError:  # nobody's home is known
        return Path(os.devnull)


def _writable(folder: Path) -> bool:
    """Tell whether files can be made in a folder, or in the nearest one above it that exists."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


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
