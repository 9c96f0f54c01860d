"""Reads workbooks in a process of their own, with little memory and little time, so that a bad one harms nobody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kerong.adapters.uploads.refusals import UploadRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY_MAX = 512 * 1024 * 1024
SECONDS_MAX = 20
"""Of the processor; a busy machine gives a reader less of it, so it may take longer by the clock on the wall."""
WALL_SECONDS_MAX = 60
_READER = "kerong.adapters.uploads.sheet_reader"
# Enough for what a library needs to start; no secrets, no addresses of databases.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV", "PYTHONPATH")
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True)
class SheetLimits:
    """How much of a workbook is read at most; one row or cell more and the workbook is refused."""

    rows: int = 100_000
    cells: int = 2_000_000
    columns: int = 256
    cell_letters: int = 4_000


def check_sheets(content: bytes, limits: SheetLimits | None = None) -> dict[str, int]:
    """Count sheets, rows and cells of a workbook. Raises UploadRefusedError."""
    for line in _run("count", content, limits or SheetLimits()):
        return line
    raise UploadRefusedError("content", _("文件损坏，读不出来。"))


def read_sheet(content: bytes, limits: SheetLimits | None = None) -> list[list[Any]]:
    """Return the rows of the first sheet: texts, numbers, truth values, days as ISO text, None.

    Raises UploadRefusedError where the workbook is broken, too large, or takes too long.
    """
    return list(_run("rows", content, limits or SheetLimits()))


def _run(what: str, content: bytes, limits: SheetLimits) -> Iterator[Any]:
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ} | _ONE_THREAD
    order = json.dumps({"what": what, "memory": MEMORY_MAX, "seconds": SECONDS_MAX, **asdict(limits)})
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer:
        given.write(content)
        given.seek(0)
        try:
            done = subprocess.run(
                [sys.executable, "-m", _READER, order],
                stdin=given,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                env=environment,
                timeout=WALL_SECONDS_MAX,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise UploadRefusedError("time", _("表格读得太久。请拆成几个小的再传。")) from error
        if done.returncode == TOO_MUCH:
            words = _("表格太大：最多 {rows} 行、{cells} 格。请拆成几个小的再传。")
            raise UploadRefusedError(
                "cells", words.format(rows=f"{limits.rows:,}", cells=f"{limits.cells:,}")
            )
        if done.returncode != 0:
            raise UploadRefusedError("content", _("表格损坏，或者太大，读不出来。"))
        answer.seek(0)
        for line in answer:
            yield json.loads(line)


TOO_MUCH = 3
"""How the reader ends when a limit of rows or cells is passed."""
