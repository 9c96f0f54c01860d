"""Answers that are files: to be saved, not opened in the page, and kept by nobody on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from kerong.adapters.sheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest

    from kerong.adapters.sheets import Cell

FILE_KINDS = {"xlsx": XLSX_TYPE, "csv": CSV_TYPE}


def file_answer(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    """Return a file to save: its name in the header, never sniffed, never cached, no script in it ever run."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def table_answer(
    ending: str, *, name: str, title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> HttpResponse:
    """Return a table as xlsx or csv to save."""
    content = as_xlsx(title, head, rows) if ending == "xlsx" else as_csv(head, rows)
    return file_answer(content, name=f"{name}.{ending}", content_type=FILE_KINDS[ending])


def gone(request: HttpRequest) -> HttpResponse:
    """Say that content was lawfully removed or is not whole any more; the row and its digest stay."""
    return render(request, "documents/gone.html", {"section": "work"}, status=410)
