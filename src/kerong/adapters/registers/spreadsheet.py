"""A register as an xlsx workbook, streamed read-only with openpyxl under caps."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
import zlib
from itertools import chain, islice
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

import numpy as np
import openpyxl
import pyarrow as pa
from openpyxl.utils.exceptions import InvalidFileException

from kerong.adapters.registers.sources import (
    Limits,
    Opening,
    RawBatch,
    SourceError,
    Trouble,
    check_archive,
    check_columns,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_HEADER_SEARCH = 20
_PROLOGUE = 64 * 1024
_ROOT = re.compile(rb"<[A-Za-z]")
_EXACT_FLOAT = 2**53
Row = tuple[Any, ...]
_BROKEN = (
    InvalidFileException,
    ParseError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    ValueError,
    OSError,
    RuntimeError,  # encrypted, or packed in a way zipfile does not know
)


class WorkbookSource:
    """One sheet of a workbook. Formulas count with the value that was stored when the file was saved."""

    format = "xlsx"

    def __init__(self, path: Path, opening: Opening) -> None:
        self._path = path
        check_archive(path, opening.limits)
        self._members = _inspect(path)
        self.notes: list[str] = []
        with warnings.catch_warnings():
            # openpyxl warns about styles and extensions that a register does not need.
            warnings.simplefilter("ignore")
            try:
                self._book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
            except _BROKEN as error:
                raise SourceError(f"{path.name} 不是完整的 xlsx 文件：{error}") from None
        self._sheet = self._choose(opening.sheet)
        # The stated size of a sheet may be wrong or hostile; the rows themselves are counted.
        self._total = int(self._sheet.max_row or 0)
        self._sheet.reset_dimensions()
        self._done = 0
        head = list(islice(self._rows(), _HEADER_SEARCH))
        texts = [[_text(cell) or "" for cell in row] for row in head]
        filled = [at for at, row in enumerate(texts) if any(row)]
        if not filled:
            raise SourceError(f"{path.name} 的工作表 {self._sheet.title!r} 没有内容。")
        self._header = next((at for at in filled if opening.is_header(texts[at])), filled[0])
        header = texts[self._header]
        while header and not header[-1]:
            header.pop()
        self.columns = check_columns(header, opening.limits)
        self.notes.append(f"工作表 {self._sheet.title!r}，表头在第 {self._header + 1} 行")
        if b"<mergeCell " in self._members:
            self.notes.append("有合并单元格：只有左上角的一格有值，其余按空白处理")

    def progress(self) -> tuple[int, int]:
        """Return rows read and rows the sheet says it has."""
        return self._done, max(self._total, self._done)

    def batches(self, wanted: Sequence[str], limits: Limits) -> Iterator[RawBatch]:
        """Read the wanted columns; blank rows are passed over, formulas without a value are troubles."""
        at = {name: self.columns.index(name) for name in wanted}
        troubles: list[Trouble] = []
        rows: list[int] = []
        cells: dict[str, list[str | None]] = {name: [] for name in wanted}
        try:
            for number, row in enumerate(self._rows(), start=1):
                if number <= self._header + 1 or not any(cell is not None for cell in row):
                    continue
                if number > limits.rows:
                    raise SourceError(f"{self._path.name} 超过上限 {limits.rows:,} 行。")
                self._done = number
                rows.append(number)
                for name, position in at.items():
                    value = _text(row[position]) if position < len(row) else None
                    if value is not None and len(value) > limits.cell_characters:
                        troubles.append(Trouble(number, name, value[:80], "cell_too_long"))
                        value = None
                    cells[name].append(value)
                if len(rows) == limits.batch_rows:
                    yield _batch(rows, cells, troubles)
                    rows, troubles, cells = [], [], {name: [] for name in wanted}
        except _BROKEN as error:
            raise SourceError(f"{self._path.name} 在第 {self._done:,} 行之后损坏：{error}") from None
        troubles += self._formulas_without_value(at)
        if rows or troubles:
            yield _batch(rows, cells, troubles)

    def _rows(self) -> Iterator[Row]:
        return iter(self._sheet.iter_rows(values_only=True))

    def _choose(self, name: str) -> Any:
        names = self._book.sheetnames
        if name and name not in names:
            raise SourceError(f"没有工作表 {name!r}；有 {'、'.join(names)}。")
        if not names:
            raise SourceError(f"{self._path.name} 没有工作表。")
        if not name and len(names) > 1:
            self.notes.append(f"有 {len(names)} 个工作表（{'、'.join(names)}），读取第一个；用 --sheet 另选")
        sheet = self._book[name or names[0]]
        if not hasattr(sheet, "iter_rows"):
            raise SourceError(f"{sheet.title!r} 是图表，不是表格。")
        return sheet

    def _formulas_without_value(self, at: dict[str, int]) -> list[Trouble]:
        """Look again where there are formulas: a program that never calculated them stored no value."""
        if b"<f>" not in self._members:
            return []
        book = openpyxl.load_workbook(self._path, read_only=True, data_only=False, keep_links=False)
        sheet: Any = book[self._sheet.title]
        sheet.reset_dimensions()
        troubles: list[Trouble] = []
        both = zip(self._rows(), sheet.iter_rows(values_only=True), strict=False)
        for number, (values, written) in enumerate(both, start=1):
            if number <= self._header + 1:
                continue
            for name, position in at.items():
                formula = written[position] if position < len(written) else None
                if isinstance(formula, str) and formula.startswith("=") and values[position] is None:
                    troubles.append(Trouble(number, name, formula, "formula_without_value"))
        book.close()
        return troubles


def _batch(rows: list[int], cells: dict[str, list[str | None]], troubles: list[Trouble]) -> RawBatch:
    columns = {name: pa.array(values, type=pa.string()) for name, values in cells.items()}
    return RawBatch(np.array(rows, dtype=np.int64), columns, troubles)


def _text(cell: Any) -> str | None:
    """Write a cell as text: dates as ISO, whole numbers without a decimal point, errors as nothing."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT_FLOAT else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    text = str(cell)
    return text if text.strip() else None


def _inspect(path: Path) -> set[bytes]:
    """Refuse document type declarations, and tell which of a few marks occur in the sheets."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith((".xml", ".rels"))]
            return set().union(*(_inspect_member(path, archive, name) for name in names))
    except _BROKEN as error:
        raise SourceError(f"{path.name} 已损坏：{error}") from None


def _inspect_member(path: Path, archive: zipfile.ZipFile, name: str) -> set[bytes]:
    with archive.open(name) as file:
        head = file.read(_PROLOGUE)
        _refuse_declarations(path, name, head)
        if not name.startswith("xl/worksheets/"):
            return set()
        return _marks(chain([head], iter(lambda: file.read(1 << 20), b"")))


def _refuse_declarations(path: Path, member: str, head: bytes) -> None:
    root = _ROOT.search(head)
    prologue = head[: root.start()] if root else head
    if (
        root is None
        or b"<!DOCTYPE" in prologue
        or b"<!ENTITY" in prologue
        or not head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    ):
        raise SourceError(f"{path.name} 内的 {member} 含有文档类型声明或不是普通 XML：拒绝读取。")


def _marks(blocks: Iterator[bytes]) -> set[bytes]:
    found: set[bytes] = set()
    tail = b""
    for block in blocks:
        text = tail + block
        if b"<f>" in text or b"<f " in text:
            found.add(b"<f>")
        if b"<mergeCell " in text:
            found.add(b"<mergeCell ")
        tail = text[-16:]
    return found
