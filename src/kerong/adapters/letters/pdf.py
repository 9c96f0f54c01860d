"""Makes PDF/A-2b with typst: no network, no fonts of the machine, the same bytes for the same content."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import qrcode
import qrcode.constants
import qrcode.image.svg
import typst

from kerong.adapters.letters.codes import shown_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kerong.adapters.letters.content import LetterContent

STANDARD = "a-2b"
_TEMPLATES = "kerong.adapters.letters"
_FONTS = "kerong"


class LetterError(RuntimeError):
    """A letter could not be typeset; the message says what typst said."""


def letter_pdf(content: LetterContent, *, code: str, address: str) -> bytes:
    """Return a letter as PDF/A-2b, its verification code and the address to check it printed at the foot."""
    return _typeset(
        "letter.typ",
        {
            **content.as_mapping(),
            "code": shown_code(code),
            "address": address,
            "stretch": _widest([content.table.columns, *content.table.rows], content.table.numeric)
            if content.table
            else 0,
        },
        on=date.fromisoformat(content.issued_on),
        qr=address,
        tagged=True,
    )


def statement_pdf(  # noqa: PLR0913, PLR0917 - the parts of a statement, in the order they are printed
    title: str,
    head: Sequence[tuple[str, str]] | Mapping[str, str],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    totals: Sequence[Any] | None = None,
    notes: Sequence[str] = (),
    code: str = "",
    *,
    on: date | None = None,
    address: str = "",
    is_demo: bool = False,
    numeric: Sequence[int] | None = None,
) -> bytes:
    """Return a table document as PDF/A-2b: a title, lines such as 户名 and 期间, a table, its totals, notes.

    Cells are printed as ``str`` gives them, None as nothing. Columns in which every cell is a number, or looks like
    one, stand to the right; ``numeric`` says so instead. The same arguments give the same bytes: the document's date
    is ``on``, else 2000-01-01, never the clock.
    """
    table = [[_text(cell) for cell in row] for row in rows]
    last = [_text(cell) for cell in totals] if totals is not None else []
    pairs = head.items() if hasattr(head, "items") else head
    right = (
        list(numeric)
        if numeric is not None
        else _numeric_columns(len(columns), [*table, last] if last else table)
    )
    value = {
        "title": title,
        "head": [[str(name), str(words)] for name, words in pairs],
        "columns": [str(name) for name in columns],
        "rows": table,
        "totals": last,
        "notes": [str(note) for note in notes],
        "code": shown_code(code) if code else "",
        "address": address,
        "numeric": right,
        "stretch": _widest([list(columns), *table], right),
        "is_demo": is_demo,
    }
    # Tags for every cell would make a long table sixteen times as large; letters, which are read aloud, have them.
    return _typeset(
        "statement.typ", value, on=on or date(2000, 1, 1), qr=address if code else "", tagged=False
    )


def _typeset(template: str, value: Mapping[str, Any], *, on: date, qr: str, tagged: bool) -> bytes:
    # Texts travel as data: typst never reads them as markup.
    sources = {
        "main": _template(template),
        "letter_parts.typ": _template("letter_parts.typ"),
        "content.json": json.dumps(dict(value), ensure_ascii=False).encode(),
        **({"code.svg": _qr(qr)} if qr else {}),
    }
    try:
        made = typst.compile(
            sources,
            format="pdf",
            pdf_standards=STANDARD,
            font_paths=[_font_folder()],
            ignore_system_fonts=True,
            pdf_tags=tagged,
            sys_inputs={
                "qr": "yes" if qr else "",
                "year": str(on.year),
                "month": str(on.month),
                "day": str(on.day),
            },
            timestamp=int(datetime.combine(on, time(), UTC).timestamp()),
        )
    except typst.TypstError as error:
        raise LetterError(f"typst: {error}") from error
    if not isinstance(made, bytes):
        raise LetterError("typst returned no PDF")
    return made


@cache
def _template(name: str) -> bytes:
    return (files(_TEMPLATES) / "typst" / name).read_bytes()


@cache
def _font_folder() -> str:
    return str(files(_FONTS) / "fonts")


def _qr(text: str) -> bytes:
    made = qrcode.make(
        text,
        image_factory=qrcode.image.svg.SvgPathImage,
        error_correction=qrcode.constants.ERROR_CORRECT_M,
        border=0,
    )
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _numeric_columns(count: int, rows: Sequence[Sequence[str]]) -> list[int]:
    return [
        i
        for i in range(count)
        if any(row[i] for row in rows)
        and all(not row[i] or _is_number(row[i]) for row in rows if i < len(row))
    ]


def _widest(table: Sequence[Sequence[Any]], numeric: Sequence[int]) -> int:
    """Return the column that takes what room is left: the one with the longest text, numbers apart."""
    lengths = {i: max(len(str(row[i])) for row in table) for i in range(len(table[0])) if i not in numeric}
    return max(lengths, key=lambda i: lengths[i], default=0)


def _is_number(text: str) -> bool:
    bare = text.strip().lstrip("-+−¥").replace(",", "").removesuffix("%").replace(".", "", 1)
    # Long runs of digits are codes and account numbers, which are read from the left.
    return bare.isdecimal() and ("," in text or "." in text or len(bare) <= 9)  # noqa: PLR2004 - below a code's length
