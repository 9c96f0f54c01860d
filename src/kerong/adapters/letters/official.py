"""Editable .docx in the layout of official papers (GB/T 9704): margins, faces, sizes, one line height, page numbers."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING, Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

    from kerong.adapters.letters.content import LetterContent, LetterTable

# Names of faces only: an office has them, a machine without them falls back to what Word finds for the script.
TITLE_FACE, BODY_FACE, FIRST_HEAD_FACE = "方正小标宋简体", "仿宋_GB2312", "黑体"
LATIN_FACE = "Times New Roman"
# Chinese type sizes: 二号 and 三号, 四号 for the page number.
TITLE_SIZE, BODY_SIZE, FOLIO_SIZE = Pt(22), Pt(16), Pt(14)
LINE = Pt(28.95)
"""22 lines on a page of 225 mm; the standard allows what lies between 28 and 30 points in practice."""
_TWO_LETTERS = BODY_SIZE * 2


def letter_docx(content: LetterContent) -> bytes:
    """Return a letter as a document that Word and WPS edit. It carries no code: an edited text is another."""
    made = docx.Document()
    _page(made)
    _base_style(made)
    if content.is_demo:
        _line(made, "演示数据：企业和数字都是虚构的，这份文件没有效力。", indent=False)
    _line(
        made, content.title, face=TITLE_FACE, size=TITLE_SIZE, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False
    )
    _line(made, content.number, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False)
    _line(made, "", indent=False)
    if content.recipients:
        _line(made, "、".join(content.recipients) + "：", indent=False)
    for words in content.paragraphs:
        _line(made, words)
    if content.table is not None:
        _table(made, content.table)
    day = date.fromisoformat(content.issued_on)
    _line(made, "", indent=False)
    for words in (content.sender, f"{day.year}年{day.month}月{day.day}日"):
        signed = _line(made, words, align=WD_ALIGN_PARAGRAPH.RIGHT, indent=False)
        # The day stands four letters from the right edge.
        signed.paragraph_format.right_indent = BODY_SIZE * 4
    _stamp(made, content)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def _page(made: Document) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)
    folio = section.footer.paragraphs[0]
    folio.alignment = WD_ALIGN_PARAGRAPH.CENTER
    folio.paragraph_format.first_line_indent = Pt(0)
    _run(folio, "— ", face="宋体", size=FOLIO_SIZE)
    _page_number(folio)
    _run(folio, " —", face="宋体", size=FOLIO_SIZE)


def _base_style(made: Document) -> None:
    style = made.styles["Normal"]
    style.font.size = BODY_SIZE
    style.font.name = LATIN_FACE
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY_FACE)
    layout = style.paragraph_format
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    layout.space_before = layout.space_after = Pt(0)


def _line(  # noqa: PLR0913 - how one line is set
    made: Document,
    words: str,
    *,
    face: str = BODY_FACE,
    size: Any = BODY_SIZE,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    indent: bool = True,
) -> Paragraph:
    paragraph = made.add_paragraph()
    paragraph.alignment = align
    if indent:
        paragraph.paragraph_format.first_line_indent = _TWO_LETTERS
    _run(paragraph, words, face=face, size=size)
    return paragraph


def _run(paragraph: Paragraph, words: str, *, face: str, size: Any) -> None:
    run = paragraph.add_run(words)
    run.font.size, run.font.name = size, LATIN_FACE
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)  # noqa: SLF001 - python-docx has no word for it


def _page_number(paragraph: Paragraph) -> None:
    run = paragraph.add_run()
    run.font.size = FOLIO_SIZE
    for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = words
        run._element.append(element)  # noqa: SLF001 - as above


def _table(made: Document, table: LetterTable) -> None:
    grid = made.add_table(rows=1, cols=len(table.columns))
    grid.style = "Table Grid"
    for i, words in enumerate(table.columns):
        _cell(grid.rows[0].cells[i], words, face=FIRST_HEAD_FACE, is_number=False)
    for row in table.rows:
        cells = grid.add_row().cells
        for i, words in enumerate(row):
            _cell(cells[i], words, face=BODY_FACE, is_number=i in table.numeric)


def _cell(cell: Any, words: str, *, face: str, is_number: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if is_number else WD_ALIGN_PARAGRAPH.LEFT
    _run(paragraph, words, face=face, size=Pt(12))


def _stamp(made: Document, content: LetterContent) -> None:
    """Say who made the file and when as the letter says, not as the template of the library says."""
    from datetime import UTC, datetime, time

    at = datetime.combine(date.fromisoformat(content.issued_on), time(), UTC)
    properties = made.core_properties
    properties.title, properties.author, properties.last_modified_by = content.title, content.sender, ""
    properties.created = properties.modified = at
    properties.comments = ""
