"""Pages of the product shelf: the list, one product, up to four side by side, the list to take away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kerong.capabilities.matchmaking import queries
from kerong.capabilities.matchmaking.forms import (
    COMPARED_MAX,
    DOOR_WORDS,
    SORT_WORDS,
    STAGE_WORDS,
    ShelfForm,
    chosen_products,
    has_too_many,
)
from kerong.engines.rules.model import UNITS
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kerong.records.facts.queries import DemoFirm
    from kerong.records.packs.queries import CurrentLaw

ON_A_PAGE = 20
FIRMS_OFFERED = 30
FILE_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# To mark these would only hide the differences that matter.
_ALWAYS_DIFFERENT = frozenset({"institution", "rule", "source"})


@dataclass(frozen=True)
class Shown:
    """A product with the verdict of its rule for the chosen firm, None where there is none to give."""

    line: queries.ShelfLine
    fit: queries.Fit | None


@dataclass(frozen=True)
class Compared:
    """One row of the comparison: its name, which part of a product it shows, and whether products differ."""

    label: str
    part: str
    differs: bool


@never_cache
@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """List the products that fit a search, a page at a time."""
    law = packs.current()
    form = ShelfForm(law, request.GET)
    found = queries.shelf_matching(law, form.question)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    firm = _firm(request)
    shown = {line.key for line in page.object_list}
    context = _context(law, firm) | {
        "form": form,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "lines": _with_fit(law, list(page.object_list), firm),
        "total": len(queries.shelf_lines(law)),
        "chosen_keys": {line.key for line in form.chosen},
        "chosen_elsewhere": [line for line in form.chosen if line.key not in shown],
        "compared_max": COMPARED_MAX,
        "door_words": DOOR_WORDS.items(),
        "stage_words": STAGE_WORDS.items(),
        "sort_words": SORT_WORDS.items(),
        "firms": _firms_offered(firm),
    }
    return render(request, "matchmaking/shelf.html", context)


@never_cache
@require_safe
def shelf_product(request: HttpRequest, institution: str, product: str) -> HttpResponse:
    """Show one product of an institution: everything published, its source, and its rule for a firm."""
    law = packs.current()
    line = queries.shelf_line(law, f"{institution}.{product}")
    if line is None or line.product is None:
        raise Http404
    firm = _firm(request)
    context = _context(law, firm) | {
        "line": line,
        "fit": _with_fit(law, [line], firm)[0].fit,
        "rule": law.library.packs.get(line.rule),
        "similar": queries.similar(law, line),
        "firms": _firms_offered(firm),
        "cites_listed": [line.mark.cites],
        "door": DOOR_WORDS.get(line.door, ""),
        "stages": [STAGE_WORDS[stage] for stage in line.stages],
    }
    return render(request, "matchmaking/shelf_product.html", context)


@never_cache
@require_safe
def shelf_compare(request: HttpRequest) -> HttpResponse:
    """Lay up to four products side by side, row by row."""
    law = packs.current()
    form = ShelfForm(law, request.GET)
    firm = _firm(request)
    shown = _with_fit(law, chosen_products(law, request.GET), firm)
    context = _context(law, firm) | {
        "form": form,
        "columns": [(column, form.query(without=column.line.key)) for column in shown],
        "rows": _compared(shown, with_firm=firm is not None),
        "has_too_many": has_too_many(law, request.GET),
        "compared_max": COMPARED_MAX,
        "firms": _firms_offered(firm),
    }
    return render(request, "matchmaking/shelf_compare.html", context)


@never_cache
@require_safe
def shelf_export(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out the whole filtered list, not only the page, as xlsx or csv."""
    if ending not in FILE_KINDS:
        raise Http404
    law = packs.current()
    form = ShelfForm(law, request.GET)
    found = queries.shelf_matching(law, form.question)
    doors = {key: str(words) for key, words in DOOR_WORDS.items()}
    table = [queries.headings(), *queries.rows(law.library, found, doors, _mark_words())]
    notes = [
        (_("声明"), _("公开信息，未经机构确认。案例金额不是额度上限；没有公布的写“未公布”。")),
        (_("件数"), str(len(found))),
        (_("规则日期"), law.on.isoformat()),
        *form.in_words(),
    ]
    content = queries.as_csv(table) if ending == "csv" else queries.as_xlsx(table, notes)
    response = HttpResponse(content, content_type=FILE_KINDS[ending])
    response["Content-Disposition"] = f'attachment; filename="kerong-shelf-{law.on.isoformat()}.{ending}"'
    return response


def _context(law: CurrentLaw, firm: DemoFirm | None) -> dict[str, Any]:
    # The shelf itself is real; only the firm that is held against it is made up.
    return {
        "section": "shelf",
        "law": law,
        "firm": firm,
        "synthetic": firm is not None,
        "money": UNITS["wan_yuan"],
    }


def _with_fit(law: CurrentLaw, lines: list[queries.ShelfLine], firm: DemoFirm | None) -> list[Shown]:
    found = queries.fits(law, lines, firm.facts) if firm else {}
    return [Shown(line, found.get(line.rule)) for line in lines]


def _compared(shown: list[Shown], *, with_firm: bool) -> list[Compared]:
    rows: list[tuple[str, str, list[object]]] = [
        (_("机构"), "institution", [s.line.institution for s in shown]),
        (_("类别"), "kind", [s.line.kind for s in shown]),
        (_("额度上限"), "amount", [(s.line.amount_max_fen, s.line.amount_is) for s in shown]),
        (_("期限上限"), "term", [(s.line.term_max_months, s.line.term_is) for s in shown]),
        (_("利率"), "rate", [s.line.rate for s in shown]),
        (_("担保方式"), "guarantee_mode", [s.line.guarantee_mode for s in shown]),
        (_("公布的条件"), "conditions", [s.line.conditions for s in shown]),
        (_("地区"), "region", [s.line.region for s in shown]),
        (_("所依的规则"), "rule", [s.line.rule for s in shown]),
        (_("来源"), "source", [s.line.mark.cites for s in shown]),
        (_("可信程度"), "mark", [s.line.mark.verified for s in shown]),
    ]
    if with_firm:
        rows.insert(0, (_("结论"), "fit", [s.fit.truth if s.fit else "" for s in shown]))
    return [
        Compared(label, part, part not in _ALWAYS_DIFFERENT and len(set(values)) > 1)
        for label, part, values in rows
    ]


def _mark_words() -> dict[str, str]:
    return {
        "official": _("官方"),
        "press": _("报刊"),
        "digest": _("摘编"),
        "derived": _("推算"),
        "assumption": _("本软件假设"),
        "not_found": _("未公布"),
    }


def _firm(request: HttpRequest) -> DemoFirm | None:
    wanted = request.GET.get("firm", "")
    # A zero byte would not reach the table: PostgreSQL refuses it with an error.
    return queries.demo_firm(wanted) if wanted.isalnum() else None


def _firms_offered(firm: DemoFirm | None) -> list[DemoFirm]:
    offered = queries.demo_firms()[:FIRMS_OFFERED]
    return offered if firm is None or firm in offered else [firm, *offered]
