"""Tables as files that officials open: csv that Excel reads as UTF-8, xlsx with a head that stays in sight."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, TypeAlias

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Cell: TypeAlias = str | int | float | None
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTH_MAX = 48
_WIDE = 2
# A text that begins so would be run as a formula by a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# XML 1.0, which a workbook is, holds no control characters but three, no halves of pairs and no non-characters.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as csv; the byte-order mark tells Excel that it is UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as a workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has one
    sheet.title = title[:31]
    sheet.append(list(head))
    widths = [_width(cell) for cell in head]
    for row in rows:
        cells = [harmless(cell) for cell in row]
        sheet.append(cells)
        widths = [max(width, _width(cell)) for width, cell in zip(widths, cells, strict=True)]
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for i, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(i)].width = min(width + _WIDE, _WIDTH_MAX)
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def harmless(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet runs as a formula, without letters that a workbook cannot hold."""
    if not isinstance(cell, str):
        return cell
    text = _NOT_IN_XML.sub("", cell)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _width(cell: Cell) -> int:
    text = "" if cell is None else str(cell)
    return sum(1 if letter.isascii() else _WIDE for letter in text)
