"""Tables as files that officials open: csv that Excel reads as UTF-8, xlsx with a head that stays in sight."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any, TypeAlias

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Cell: TypeAlias = str | int | float | None
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTH_MAX = 48
_WIDE = 2
_TITLE_MAX = 31
_BOLD, _WRAPPED = Font(bold=True), Alignment(wrap_text=True, vertical="top")
# A text that begins so would be run as a formula by a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# XML 1.0, which a workbook is, holds no control characters but three, no halves of pairs and no non-characters.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as csv; the byte-order mark tells Excel that it is UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([harmless(cell) for cell in head])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(
    title: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    about: tuple[str, Iterable[tuple[str, str]]] | None = None,
    *,
    freeze: str = "A2",
) -> bytes:
    """Return a table as a workbook; ``about`` is the title and the lines of a second sheet that explains it."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title[:_TITLE_MAX])
    table = [[_storable(cell) for cell in row] for row in rows]
    columns = zip(head, *table, strict=True)
    for i, column in enumerate(columns, 1):
        width = max(_width(cell) for cell in column) + _WIDE
        sheet.column_dimensions[get_column_letter(i)].width = min(width, _WIDTH_MAX)
    sheet.freeze_panes = freeze
    sheet.append([_styled(sheet, _storable(cell), _BOLD, None) for cell in head])
    for row in table:
        is_tall = any(isinstance(cell, str) and ("\n" in cell or _width(cell) > _WIDTH_MAX) for cell in row)
        is_plain = not is_tall and not any(isinstance(cell, str) and _is_formula(cell) for cell in row)
        sheet.append(
            row if is_plain else [_styled(sheet, cell, None, _WRAPPED if is_tall else None) for cell in row]
        )
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(head))}{len(table) + 1}"
    if about is not None:
        notes = book.create_sheet(about[0][:_TITLE_MAX])
        notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 20, 80
        for note in about[1]:
            notes.append([_styled(notes, _storable(cell), None, _WRAPPED) for cell in note])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def harmless(cell: Cell) -> Cell:
    """Return a cell of a csv that no spreadsheet runs as a formula: such a text is quoted, numbers stay numbers."""
    text = _storable(cell)
    return f"'{text}" if isinstance(text, str) and _is_formula(text) else text


def _storable(cell: Cell) -> Cell:
    """Return a cell without letters that a workbook cannot hold."""
    return _NOT_IN_XML.sub("", cell) if isinstance(cell, str) else cell


def _is_formula(text: str) -> bool:
    return text.lstrip(" ").startswith(_FORMULA)


def _styled(sheet: WriteOnlyWorksheet, cell: Cell, font: Font | None, wrapped: Alignment | None) -> Any:
    if isinstance(cell, (int, float)) or not cell:
        return cell
    made = WriteOnlyCell(sheet, cell)
    if _is_formula(cell):
        # Stored as the text it is, and marked so that it stays text when somebody edits the cell.
        made.data_type, made.quotePrefix = "s", True
    if font is not None:
        made.font = font
    if wrapped is not None:
        made.alignment = wrapped
    return made


def _width(cell: Cell) -> int:
    text = "" if cell is None else str(cell)
    return sum(1 if letter.isascii() else _WIDE for letter in text)
