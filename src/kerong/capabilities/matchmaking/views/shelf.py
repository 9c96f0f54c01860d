"""Pages of the product shelf: the list, one product, up to four side by side, the list to take away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kerong.adapters.sheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from kerong.capabilities.matchmaking import queries
from kerong.capabilities.matchmaking.forms import (
    COMPARED_MAX,
    DOOR_WORDS,
    SORT_WORDS,
    STAGE_WORDS,
    ShelfForm,
    chosen_products,
    has_too_many,
    money_words,
    unknown_products,
)
from kerong.engines.rules.model import UNITS
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kerong.records.facts.queries import DemoFirm
    from kerong.records.packs.queries import CurrentLaw

ON_A_PAGE = 20
FIRMS_OFFERED = 30
FILE_KINDS = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE}
# To mark these would only hide the differences that matter.
_ALWAYS_DIFFERENT = frozenset({"institution", "rule", "source"})


@dataclass(frozen=True)
class Shown:
    """A product with the verdict of its rule for the chosen firm, None where there is none to give."""

    line: queries.ShelfLine
    fit: queries.Fit | None


@dataclass(frozen=True)
class Compared:
    """One row of the comparison: its name, which part of a product it shows, and what it says of them.

    ``differs`` where two known values differ; ``has_gaps`` where only some of the products have one published.
    """

    label: str
    part: str
    differs: bool
    has_gaps: bool


@never_cache
@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """List the products that fit a search, a page at a time."""
    law = packs.current()
    form = ShelfForm(law, request.GET)
    found = queries.shelf_matching(law, form.question)
    page = queries.page_at(Paginator(found, ON_A_PAGE), request.GET.get("page"))
    firm = _firm(request)
    shown = {line.key for line in page.object_list}
    context = _context(law, form, firm) | {
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "lines": _with_fit(law, list(page.object_list), firm, form),
        "counts": queries.shelf_counts(law),
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
    form = ShelfForm(law, request.GET)
    context = _context(law, form, firm) | {
        "line": line,
        "fit": _with_fit(law, [line], firm, form)[0].fit,
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
    shown = _with_fit(law, chosen_products(law, request.GET), firm, form)
    context = _context(law, form, firm) | {
        "columns": [(column, form.query(without=column.line.key)) for column in shown],
        "rows": _compared(shown, with_firm=firm is not None),
        "has_too_many": has_too_many(law, request.GET),
        "unknown_products": unknown_products(law, request.GET),
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
    firm = _firm(request)
    held = _held(law, found, firm, form) if firm else None
    doors = {key: str(words) for key, words in DOOR_WORDS.items()}
    head, table = queries.headings(held), queries.rows(law.library, found, doors, _mark_words(), held)
    if ending == "csv":
        content = as_csv(head, table)
    else:
        content = as_xlsx(
            _("货架"), head, table, (_("说明"), _notes(law, len(found), firm, form)), freeze="B2"
        )
    response = HttpResponse(content, content_type=FILE_KINDS[ending])
    response["Content-Disposition"] = f'attachment; filename="kerong-shelf-{law.on.isoformat()}.{ending}"'
    return response


def _notes(law: CurrentLaw, count: int, firm: DemoFirm | None, form: ShelfForm) -> list[tuple[str, str]]:
    said = [
        (_("声明"), _("公开信息，未经机构确认。案例金额不是额度上限；没有公布的写“未公布”。")),
        (_("件数"), str(count)),
        (_("规则日期"), law.on.isoformat()),
        *form.in_words(),
    ]
    if firm is not None:
        said += [
            (_("对照企业（演示）"), f"{firm.name} {firm.uscc}"),
            (_("申请金额"), _asked_words(form, firm)),
            (_("资料截至"), firm.as_of.isoformat()),
            (_("结论"), _("预评，不是审批；“符合”说的是政策条件，机构另审。")),
        ]
    return said


def _held(law: CurrentLaw, lines: list[queries.ShelfLine], firm: DemoFirm, form: ShelfForm) -> queries.Held:
    against = _("%(firm)s，%(amount)s，资料截至 %(as_of)s，按 %(on)s 的规则；预评，不是审批") % {
        "firm": firm.name,
        "amount": _asked_words(form, firm),
        "as_of": firm.as_of.isoformat(),
        "on": law.on.isoformat(),
    }
    found = queries.fits(law, lines, queries.facts_asking(firm.facts, form.question.amount_fen))
    return queries.Held(found, _verdict_words(), against)


def _asked_words(form: ShelfForm, firm: DemoFirm) -> str:
    if form.question.amount_fen is not None:
        return _("按申请 %(amount)s判断") % {"amount": money_words(form.question.amount_fen)}
    stored = firm.facts.get(queries.REQUESTED_AMOUNT)
    if isinstance(stored, int):
        return _("按企业已填的申请金额 %(amount)s判断") % {"amount": money_words(stored)}
    return _("企业没有填申请金额")


def _context(law: CurrentLaw, form: ShelfForm, firm: DemoFirm | None) -> dict[str, Any]:
    asked = form.question.amount_fen
    kept = ({"firm": firm.uscc} if firm else {}) | ({"amount": form.data["amount"]} if asked else {})
    # The shelf itself is real; only the firm that is held against it is made up.
    return {
        "form": form,
        "kept": urlencode(kept),
        "asked": money_words(asked),
        "asked_words": _asked_words(form, firm) if firm else "",
        "asked_query": f"?{urlencode({queries.REQUESTED_AMOUNT: money_words(asked)})}" if asked else "",
        "unknown_firm": "" if firm else form.data["firm"][:40],
        "section": "shelf",
        "law": law,
        "firm": firm,
        "synthetic": firm is not None,
        "money": UNITS["wan_yuan"],
    }


def _with_fit(
    law: CurrentLaw, lines: list[queries.ShelfLine], firm: DemoFirm | None, form: ShelfForm
) -> list[Shown]:
    asking = queries.facts_asking(firm.facts, form.question.amount_fen) if firm else None
    found = queries.fits(law, lines, asking) if asking is not None else {}
    return [Shown(line, found.get(line.rule)) for line in lines]


def _compared(shown: list[Shown], *, with_firm: bool) -> list[Compared]:
    """Return the rows; None stands for a value that is not known."""
    lines = [s.line for s in shown]
    rows: list[tuple[str, str, list[object]]] = [
        (_("机构"), "institution", [line.institution for line in lines]),
        (_("类别"), "kind", [line.kind for line in lines]),
        (_("额度上限"), "amount", [line.amount_max_fen for line in lines]),
        (_("期限上限"), "term", [line.term_max_months for line in lines]),
        (_("利率"), "rate", [line.rate or None for line in lines]),
        (_("担保方式"), "guarantee_mode", [line.guarantee_mode or None for line in lines]),
        (_("公布的条件"), "conditions", [line.conditions or None for line in lines]),
        (_("地区"), "region", [line.region_words for line in lines]),
        (_("所依的规则"), "rule", [line.rule for line in lines]),
        (_("来源"), "source", [line.mark.cites for line in lines]),
        (_("可信程度"), "mark", [line.mark.verified for line in lines]),
    ]
    if with_firm:
        rows.insert(0, (_("结论"), "fit", [s.fit.truth if s.fit else None for s in shown]))
    return [_row(lines, label, part, values) for label, part, values in rows]


def _row(lines: list[queries.ShelfLine], label: str, part: str, values: list[object]) -> Compared:
    known = {value for value in values if value is not None}
    # A policy says "see the rule" where an institution would have published nothing.
    bounds = {"amount": [line.amount_is for line in lines], "term": [line.term_is for line in lines]}
    by_rule = [line.pack is not None for line in lines]
    if part in bounds:
        by_rule = [bound == "by_rule" for bound in bounds[part]]
    gaps = any(value is None and not rule for value, rule in zip(values, by_rule, strict=True))
    return Compared(
        label,
        part,
        differs=part not in _ALWAYS_DIFFERENT and len(known) > 1,
        has_gaps=part != "fit" and bool(known) and gaps,
    )


def _mark_words() -> dict[str, str]:
    return {
        "official": _("官方"),
        "press": _("报刊"),
        "digest": _("摘编"),
        "derived": _("推算"),
        "assumption": _("本软件假设"),
        "not_found": _("未公布"),
    }


def _verdict_words() -> dict[str, str]:
    return {
        "met": _("符合政策条件（机构另审）"),
        "not_met": _("不符合政策条件"),
        "unknown": _("缺资料"),
        "near_miss": _("差一条"),
        "one_document_away": _("差一份材料"),
    }


def _firm(request: HttpRequest) -> DemoFirm | None:
    wanted = request.GET.get("firm", "")
    # A zero byte would not reach the table: PostgreSQL refuses it with an error.
    return queries.demo_firm(wanted) if wanted.isalnum() else None


def _firms_offered(firm: DemoFirm | None) -> list[DemoFirm]:
    offered = queries.demo_firms()[:FIRMS_OFFERED]
    return offered if firm is None or firm in offered else [firm, *offered]
