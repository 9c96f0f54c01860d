"""Storing the facts of invoices as a folder that appears whole: facts, rejected rows, quality report."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from kerong.adapters.invoices.quality import page
from kerong.adapters.registers.importing import (
    FACTS_FILE,
    MANIFEST_FILE,
    PAGE_FILE,
    QUALITY_FILE,
    put_in_place,
)
from kerong.adapters.registers.side_file import SideFile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kerong.adapters.invoices.quality import FactColumn
    from kerong.adapters.invoices.reading import ReadFile

SIDE_FILES = {"sale": "problems_sales.csv", "purchase": "problems_purchases.csv"}
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Result:
    """What is stored: the facts of the firms, the files they come from, and the report."""

    firms: Sequence[str]
    facts: Sequence[FactColumn]
    files: Sequence[ReadFile]
    found: dict[str, Any]


def store(out: Path, result: Result, finish: Callable[[Path], None]) -> None:
    """Write everything beside ``out`` and rename it at the end, after ``finish`` saw the folder."""
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", suffix=".part", dir=out.parent))
    try:
        columns = {
            "uscc": pa.array(result.firms, pa.string()),
            **{one.name: one.values for one in result.facts},
        }
        pq.write_table(pa.table(columns), folder / FACTS_FILE, compression="zstd")
        for file in result.files:
            with SideFile(folder / SIDE_FILES[file.direction]) as side_file:
                side_file.write(file.problems)
        manifest = {
            "format": _FORMAT,
            **{key: result.found[key] for key in ("on", "window", "sources", "rows")},
        }
        for name, content in (
            (QUALITY_FILE, json.dumps(result.found, ensure_ascii=False, indent=1) + "\n"),
            (MANIFEST_FILE, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"),
            (PAGE_FILE, page(result.found)),
        ):
            (folder / name).write_text(content, encoding="utf-8")
        finish(folder)
        put_in_place(folder, out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
