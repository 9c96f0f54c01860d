"""How amounts are printed: yuan with two places on pages, whole minor units beside them in files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from kerong.adapters.letters import statement_pdf
from kerong.adapters.sheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from kerong.basics.clock import current_clock

if TYPE_CHECKING:
    from collections.abc import Sequence

PDF_TYPE = "application/pdf"
ENDINGS = ("xlsx", "csv", "pdf")
PDF_LINES_MAX = 20_000


def yuan(minor: int | None) -> str:
    """Print an amount with thousands separators and two places; nothing for None."""
    if minor is None:
        return ""
    whole, rest = divmod(abs(minor), 100)
    return f"{'-' if minor < 0 else ''}{whole:,}.{rest:02}"


def or_blank(minor: int) -> str:
    """Print an amount, or nothing for zero, as columns of debits and credits do."""
    return yuan(minor) if minor else ""


def table_file(  # noqa: PLR0913, PLR0917 - the parts of a table as a file
    ending: str,
    name: str,
    title: str,
    about: Sequence[tuple[str, str]],
    head: Sequence[str],
    rows: Sequence[Sequence[Any]],
    totals: Sequence[Any],
    *,
    money: Sequence[int],
    is_demo: bool,
) -> HttpResponse:
    """Return a table as csv or xlsx with exact minor units in the ``money`` columns, or as PDF in yuan."""
    if ending not in ENDINGS:
        raise Http404
    if ending == "pdf":
        printed = [
            [
                yuan(cell) if place in money and isinstance(cell, int) else cell
                for place, cell in enumerate(row)
            ]
            for row in (*rows, totals)
        ]
        content = statement_pdf(
            title, about, head, printed[:-1], printed[-1], [_("金额单位：元。")], on=current_clock().today(),
            is_demo=is_demo, numeric=money,
        )  # fmt: skip
    else:
        exact = [f"{word}{_('（分）')}" if place in money else word for place, word in enumerate(head)]
        whole = [*rows, totals]
        content = (
            as_csv(exact, whole) if ending == "csv" else as_xlsx(title, exact, whole, (_("说明"), about))
        )
    answer = HttpResponse(content, content_type={"csv": CSV_TYPE, "xlsx": XLSX_TYPE, "pdf": PDF_TYPE}[ending])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return answer
