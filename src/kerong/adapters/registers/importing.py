"""The import of a register: open, understand, check, convert, report, and store whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from kerong.adapters.registers.columns import Plan, looks_like_header, make_plan, read_mapping
from kerong.adapters.registers.conversion import Converter, convert
from kerong.adapters.registers.opening import open_source
from kerong.adapters.registers.quality import Tally, report
from kerong.adapters.registers.quality_page import page
from kerong.adapters.registers.side_file import SideFile
from kerong.adapters.registers.sources import Limits, Opening, Source, SourceError

if TYPE_CHECKING:
    from datetime import date

    from kerong.adapters.registers.vocabulary import Vocabulary

FACTS_FILE = "facts.parquet"
PROBLEMS_FILE = "problems.csv"
QUALITY_FILE = "quality.json"
PAGE_FILE = "quality.html"
MANIFEST_FILE = "import.json"
_FORMAT = 1

Progress = Callable[[int, int], None]
Finish = Callable[[Path], None]


class OutputError(Exception):
    """An output that may not be written; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to import and where to. ``out`` None checks and reports without storing anything."""

    source: Path
    on: date
    out: Path | None
    mapping: Path | None = None
    sheet: str = ""
    replace: bool = False
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Opened:
    """A register whose columns are understood, ready to be read once."""

    request: Request
    source: Source
    plan: Plan
    vocabulary: Vocabulary


def open_register(request: Request, vocabulary: Vocabulary) -> Opened:
    """Open a register and decide what its columns mean, before anything is written.

    Raises SourceError, ColumnsError or OutputError.
    """
    if request.out is not None:
        check_output(request.out, replace=request.replace)
    mapping: Mapping[str, Any] = read_mapping(request.mapping) if request.mapping is not None else {}

    def is_header(cells: Any) -> bool:
        return looks_like_header(cells) or any(str(cell).strip() in mapping for cell in cells)

    source = open_source(request.source, Opening(is_header, request.sheet, request.limits))
    return Opened(request, source, make_plan(source.columns, vocabulary, mapping), vocabulary)


def import_register(
    opened: Opened, progress: Progress = lambda _done, _total: None, finish: Finish = lambda _folder: None
) -> dict[str, Any]:
    """Read an opened register to its end, store its facts and return the quality report.

    The folder ``out`` appears whole: everything is written beside it and renamed at the end, after ``finish``
    was called with the folder still under its temporary name. A replaced folder is removed only then.

    Raises SourceError when the file breaks off; then nothing is stored.
    """
    out = opened.request.out
    if out is None:
        return _read(opened, None, progress)
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", suffix=".part", dir=out.parent))
    try:
        found = _read(opened, folder, progress)
        finish(folder)
        put_in_place(folder, out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def _read(opened: Opened, folder: Path | None, progress: Progress) -> dict[str, Any]:
    tally = Tally()
    converter = Converter(opened.plan, opened.vocabulary, opened.request.on)
    with ExitStack() as stack:
        writer = side_file = None
        if folder is not None:
            writer = stack.enter_context(
                pq.ParquetWriter(folder / FACTS_FILE, converter.schema, compression="zstd")
            )
            side_file = stack.enter_context(SideFile(folder / PROBLEMS_FILE))
        for batch in opened.source.batches(opened.plan.wanted, opened.request.limits):
            converted = convert(batch, converter)
            tally.add(converted)
            if writer is not None and converted.table.num_rows:
                writer.write_batch(converted.table)
            if side_file is not None:
                side_file.write(converted.problems)
            progress(*opened.source.progress())
    if not tally.rows_read:
        raise SourceError(f"{opened.request.source.name} 只有表头，没有数据行。")
    found = report(tally, opened.plan, opened.vocabulary, opened.source.notes, _describe(opened))
    if folder is not None:
        _write_reports(folder, found)
    return found


def _describe(opened: Opened) -> dict[str, Any]:
    path = opened.request.source
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "name": path.name,
        "format": opened.source.format,
        "bytes": path.stat().st_size,
        "sha256": digest,
        "on": opened.request.on.isoformat(),
    }


def _write_reports(folder: Path, found: dict[str, Any]) -> None:
    manifest = {
        "format": _FORMAT,
        "source": found["source"],
        "columns": found["columns"],
        "rows": found["rows"],
    }
    for name, content in (
        (QUALITY_FILE, json.dumps(found, ensure_ascii=False, indent=1) + "\n"),
        (MANIFEST_FILE, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"),
        (PAGE_FILE, page(found)),
    ):
        (folder / name).write_text(content, encoding="utf-8")


def check_output(out: Path, *, replace: bool) -> None:
    """Refuse a folder that exists, or that is to be replaced and is no earlier result. Raises OutputError."""
    if not out.exists():
        return
    if not replace:
        raise OutputError(f"{out} 已经存在，没有改动。要替换请加 --replace，或用 --out 另选文件夹。")
    if not (out / MANIFEST_FILE).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise OutputError(f"{out} 不是导入的结果（没有 {MANIFEST_FILE}），不会替换。请用 --out 另选文件夹。")


def put_in_place(folder: Path, out: Path) -> None:
    """Give a finished folder its name; an earlier result is removed only when the new one stands."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    folder.chmod(0o755)
    if not out.exists():
        folder.rename(out)
        return
    # Two renames: between them the former content still stands under its temporary name.
    former = Path(tempfile.mkdtemp(prefix=f".{out.name}-", suffix=".former", dir=out.parent))
    out.rename(former / out.name)
    try:
        folder.rename(out)
    except OSError:
        (former / out.name).rename(out)
        raise
    shutil.rmtree(former, ignore_errors=True)
