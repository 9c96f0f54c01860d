"""Pages of the financings: the list, one with its whole story and its schedule, and the results a bank hands in."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kerong.adapters.sheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from kerong.adapters.uploads import UploadRefusedError, accept, read_sheet
from kerong.basics.acting import current_actor
from kerong.basics.money import format_money
from kerong.records.financings import actions, queries
from kerong.records.financings.forms import ResultsForm, SearchForm
from kerong.records.parties.queries import name_of_party, needs

if TYPE_CHECKING:
    from uuid import UUID

    from django.core.files.uploadedfile import UploadedFile
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from kerong.records.financings.models import Financing

READERS = ("firm.act", "firm.sign", "institution.act", "audit.read")
WRITE = "financings.write"
PAGE = 25
EXPORTED_MAX = 5_000
FILE_MAX = 10 * 1024 * 1024
_PERCENT = 10_000
# Four places off the fen leave two after the comma of 万元.
_SHOWN = 4
_LIGHTS = {"agreed": "grey", "active": "green", "overdue": "red", "settled": "grey", "terminated": "grey"}
ICONS = {"green": "tick", "red": "cross", "grey": "document"}
COST_WORDS = {
    "interest": gettext_lazy("利息"),
    "guarantee_fee": gettext_lazy("担保费"),
    "appraisal": gettext_lazy("评估费"),
    "premium": gettext_lazy("保费"),
    "registration": gettext_lazy("登记费"),
    "other": gettext_lazy("其他"),
}


@require_safe
@needs(*READERS)
def financings_page(request: HttpRequest) -> HttpResponse:
    """List the financings that the party sees."""
    form = SearchForm(request.GET)
    found = _found(form)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    wanted = {name: value for name, value in request.GET.items() if value and name in form.fields}
    return render(
        request,
        "financings/financings.html",
        {
            "section": "work",
            "form": form,
            "page": page,
            "lines": [_line(each) for each in page],
            "query": urlencode(wanted),
            "is_narrowed": bool(wanted),
            "may_write": current_actor().may(WRITE),
            "synthetic": True,
        },
    )


@require_safe
@needs(*READERS)
def export(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out the list as xlsx or csv."""
    head = [
        *(
            _("合同编号"),
            _("类别"),
            _("企业"),
            _("机构"),
            _("金额（元）"),
            _("币种"),
            _("余额（元）"),
            _("签约日"),
        ),
        *(_("到期日"), _("状态"), _("五级分类")),
    ]
    rows = [
        [
            each.reference,
            str(queries.KINDS[each.kind].label),
            name_of_party(each.owner),
            name_of_party(each.creditor),
            _yuan(each.principal),
            each.currency,
            _yuan(each.standing.outstanding),
            each.agreed_on.isoformat(),
            each.standing.matures_on.isoformat() if each.standing.matures_on else "",
            str(each.standing.get_status_display()),
            str(each.standing.get_five_class_display()) if each.standing.five_class else "",
        ]
        for each in _found(SearchForm(request.GET))[:EXPORTED_MAX]
    ]
    return _table(ending, _("融资"), head, rows)


@require_safe
@needs(*READERS)
def financing_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one financing: what was agreed, where it stands, what happened, what is due."""
    financing = queries.financing(key)
    if financing is None:
        raise Http404
    kind = queries.KINDS[financing.kind]
    made = queries.schedule_of(financing)
    cost = queries.cost_of(financing, made)
    return render(
        request,
        "financings/financing.html",
        {
            "section": "work",
            **_line(financing),
            "kind": kind,
            "terms": [
                (term.label, _shown(term, financing.terms[term.name]))
                for term in kind.terms
                if term.name in financing.terms
            ],
            "steps": _steps(financing),
            "schedule": [
                {
                    "each": each,
                    "principal": _yuan(each.principal),
                    "interest": _yuan(each.interest),
                    "total": _yuan(each.total),
                    "closing": _yuan(each.closing),
                }
                for each in made
            ],
            "schedule_total": _yuan(sum(each.total for each in made)),
            "cost": cost,
            "cost_lines": [(COST_WORDS[line.kind], _("借款企业"), _yuan(line.amount)) for line in cost.lines]
            if cost
            else [],
            "cost_total": _yuan(cost.borrower_total) if cost else "",
            "cost_rate": _percent(round(cost.borrower_rate, -2))
            if cost and cost.borrower_rate is not None
            else "",
            "guarantees": queries.guarantees_of(financing),
            "is_true": queries.standing_is_true(financing),
            "synthetic": True,
        },
    )


@require_http_methods(["GET", "POST"])
@needs(WRITE)
def results(request: HttpRequest) -> HttpResponse:
    """Take a file of results; say which rows were taken and which not, and why."""
    form = ResultsForm(request.POST or None, request.FILES or None)
    report = None
    if form.is_valid():
        try:
            table = _table_of(form.cleaned_data["file"])
            report = actions.import_results(creditor=current_actor().party, table=table)
        except (UploadRefusedError, actions.FinancingError) as refused:
            form.add_error("file", str(refused))
    return render(
        request,
        "financings/results.html",
        {
            "section": "work",
            "form": form,
            "report": report,
            "columns": list(actions.COLUMNS.values()),
            "kinds": "、".join(dict.fromkeys(word for word in actions.KIND_BY_WORD if not word.isascii())),
            "synthetic": True,
        },
        status=400 if form.is_bound and report is None else 200,
    )


@require_safe
@needs(WRITE)
def results_template(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out the empty file that banks fill in."""
    del request
    return _table(ending, _("回传模板"), list(actions.COLUMNS.values()), [])


def _found(form: SearchForm) -> QuerySet[Financing]:
    # A value that is not offered narrows nothing; its field says so.
    form.is_valid()
    wanted = form.cleaned_data
    return queries.financings(
        kind=wanted.get("kind", ""),
        status=wanted.get("status", ""),
        due_within=int(wanted["due"]) if wanted.get("due") else None,
        words=wanted.get("q", ""),
    )


def _line(financing: Financing) -> dict[str, Any]:
    light = _LIGHTS[financing.standing.status]
    return {
        "financing": financing,
        "standing": financing.standing,
        "kind_label": queries.KINDS[financing.kind].label,
        "principal": _money(financing.principal, financing.currency),
        "principal_exact": _yuan(financing.principal),
        "outstanding": _money(financing.standing.outstanding, financing.currency),
        "outstanding_exact": _yuan(financing.standing.outstanding),
        "is_drawn": queries.KINDS[financing.kind].is_drawn,
        "light": light,
        "icon_name": ICONS[light],
    }


def _steps(financing: Financing) -> list[dict[str, Any]]:
    return [
        {
            "event": step.event,
            "is_voided": step.state is None,
            "amount": _yuan(step.event.amount) if step.event.amount else "",
            "interest": _yuan(step.event.interest) if step.event.interest else "",
            "outstanding": _yuan(step.state.outstanding) if step.state else "",
        }
        for step in queries.tell(financing, queries.events_of(financing))
    ]


def _shown(term: queries.Term, value: Any) -> Any:  # noqa: PLR0911 - one line for each type
    match term.type:
        case "rate":
            return _percent(value)
        case "share":
            return _percent(value * 100)
        case "money":
            return f"{_yuan(value)} {_('元')}"
        case "yes_no":
            return _("是") if value else _("否")
        case "choice":
            return (term.choices or {}).get(value, value)
        case "party":
            return name_of_party(value)
        case _:
            return value


def _percent(millionths: int) -> str:
    whole, rest = divmod(millionths, _PERCENT)
    return f"{whole}.{f'{rest:04}'.rstrip('0') or '0'}%"


def _money(amount: int, currency: str) -> str:
    """Return an amount to a hundred yuan, as lists compare them; the exact one stands beside it."""
    if currency != "CNY":
        return f"{_yuan(amount)} {currency}"
    return format_money(round(amount, -_SHOWN) if abs(amount) >= 10**_SHOWN else amount)


def _yuan(amount: int) -> str:
    return f"{amount // 100:,}.{amount % 100:02}"


def _table_of(file: UploadedFile) -> list[list[Any]]:
    if (file.size or 0) > FILE_MAX:
        raise actions.FinancingError(_("文件太大，最多 10 MB。"))
    content = file.read()
    accept(name=file.name or "", content=content)
    if (file.name or "").lower().endswith(".xlsx"):
        return read_sheet(content)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.reader(io.StringIO(content.decode(encoding))))
        except UnicodeDecodeError:
            continue
        except csv.Error:
            break
    raise actions.FinancingError(_("文件读不出来，请另存为 xlsx 或 csv。"))


def _table(ending: str, name: str, head: list[str], rows: list[list[Any]]) -> HttpResponse:
    if ending not in {"xlsx", "csv"}:
        raise Http404
    content = as_xlsx(name, head, rows) if ending == "xlsx" else as_csv(head, rows)
    answer = HttpResponse(content, content_type=XLSX_TYPE if ending == "xlsx" else CSV_TYPE)
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{name}.{ending}"
    )
    answer["Cache-Control"] = "private, no-store"
    return answer
