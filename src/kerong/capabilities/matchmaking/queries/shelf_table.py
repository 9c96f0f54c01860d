"""The shelf as a table to take away: every column with its source and mark, as xlsx and as csv."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from kerong.adapters import sheets
from kerong.adapters.sheets import Cell
from kerong.adapters.sheets import harmless as safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from kerong.capabilities.matchmaking.queries.shelf import Bound, ShelfLine
    from kerong.engines.rules.model import Library

FEN_PER_WAN_YUAN = 1_000_000
_WIDTHS = (34, 30, 14, 18, 8, 22, 14, 14, 30, 26, 50, 60, 50, 30, 40, 24, 20, 44, 10, 12, 26)


def headings() -> list[str]:
    """Name the columns in the reader's language."""
    return [
        *(_("产品"), _("机构"), _("机构类别"), _("类别"), _("门"), _("地区")),
        *(_("额度上限（万元）"), _("期限上限（月）"), _("利率"), _("担保方式"), _("说明"), _("公布的条件")),
        *(_("媒体报道的案例，不是额度上限"), _("所依的规则"), _("来源"), _("文号"), _("条款"), _("网址")),
        *(_("可信程度"), _("查看日期"), _("声明")),
    ]


def rows(
    library: Library, lines: Iterable[ShelfLine], doors: Mapping[str, str], marks: Mapping[str, str]
) -> Iterator[list[Cell]]:
    """Yield a row for each product; doors and marks are words by key."""
    for line in lines:
        key, _hash, anchor_key = line.mark.cites.partition("#")
        source = library.sources.get(key)
        anchor = source.anchors.get(anchor_key) if source else None
        rule = library.packs.get(line.rule)
        yield [
            *(line.label, line.institution, line.institution_kind[0], line.kind_words),
            *(doors.get(line.door, ""), line.region_words),
            _bound(line.amount_is, line.amount_max_fen, FEN_PER_WAN_YUAN),
            _bound(line.term_is, line.term_max_months, 1),
            *(line.rate or _not_said(line), line.guarantee_mode or _not_said(line), line.summary),
            *("\n".join(line.conditions), "\n".join(line.cases), rule.label if rule else ""),
            *(source.title if source else "", source.number if source else ""),
            *(
                anchor.label if anchor else "",
                (anchor.address if anchor else "") or (source.address if source else ""),
            ),
            marks[line.mark.verified],
            line.mark.checked_on.isoformat() if line.mark.checked_on else "",
            _("公开信息，未经机构确认"),
        ]


def as_csv(table: Iterable[Iterable[Cell]]) -> bytes:
    """Write a table as csv; the first row is its heading."""
    head, *body = [list(row) for row in table]
    return sheets.as_csv([str(cell) for cell in head], body)


def as_xlsx(table: Iterable[Iterable[Cell]], notes: Iterable[tuple[str, str]]) -> bytes:
    """Write a table and a sheet of notes as xlsx; the first row of the table is its heading."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("货架"))
    sheet.freeze_panes = "B2"
    for number, width in enumerate(_WIDTHS):
        sheet.column_dimensions[chr(ord("A") + number)].width = width
    for number, row in enumerate(table):
        _append(sheet, row, bold=number == 0)
    about = book.create_sheet(_("说明"))
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 20, 80
    for note in notes:
        _append(about, note, bold=False)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _append(sheet: WriteOnlyWorksheet, row: Iterable[Cell], *, bold: bool) -> None:
    cells: list[WriteOnlyCell] = []
    for value in row:
        cell = WriteOnlyCell(sheet, safe(value))
        if bold:
            cell.font = Font(bold=True)
        cells.append(cell)
    sheet.append(cells)


def _bound(kind: Bound, stored: int | None, size: int) -> Cell:
    if stored is not None:
        whole, rest = divmod(stored, size)
        return whole if rest == 0 else stored / size
    return _("见规则") if kind == "by_rule" else _("未公布")


def _not_said(line: ShelfLine) -> str:
    return _("见规则") if line.pack else _("未公布")
