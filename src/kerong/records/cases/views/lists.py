"""The list of cases, on the page and as files."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kerong.adapters import sheets
from kerong.basics.acting import current_actor
from kerong.records.cases.forms import ListForm
from kerong.records.cases.queries import CaseFilter, cases_of, lights, workflow_of, workflows_in_force
from kerong.records.cases.queries.lights import worst_of
from kerong.records.cases.queries.lists import WHICH
from kerong.records.cases.queries.words import said
from kerong.records.parties.queries import business, name_of_party

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from django.http import HttpRequest

    from kerong.records.cases.models import Case

PAGE = 30
EXPORTED_MAX = 5_000
KINDS = {"csv": sheets.CSV_TYPE, "xlsx": sheets.XLSX_TYPE}


@never_cache
@business
def cases(request: HttpRequest) -> HttpResponse:
    """List the cases that the actor may see."""
    chosen = _chosen(request)
    paginator = Paginator(cases_of(current_actor(), chosen), PAGE)
    page = paginator.get_page(request.GET.get("page"))
    lines = _lines(page.object_list)
    context = {
        "lists": [(key, _words()[key]) for key in WHICH],
        "chosen": chosen,
        "query": urlencode({"which": chosen.which, "workflow": chosen.workflow, "q": chosen.text}),
        "page": page,
        "numbers": list(paginator.get_elided_page_range(page.number)),
        "lines": lines,
        "workflows": sorted(workflows_in_force().library.workflows.values(), key=lambda one: one.key),
        "exported_max": EXPORTED_MAX,
        "synthetic": any(line["case"].is_demo for line in lines),
    }
    return render(request, "cases/cases.html", context)


@never_cache
@business
def cases_export(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out the list as csv or xlsx, narrowed as on the page."""
    if ending not in KINDS:
        raise Http404("csv or xlsx")
    found = cases_of(current_actor(), _chosen(request))[:EXPORTED_MAX]
    head = [
        *(_("编号"), _("事项"), _("流程"), _("归属"), _("状态"), _("轮到谁")),
        *(_("时限"), _("到期日"), _("最近变动"), _("演示数据")),
    ]
    rows = [
        [
            line["case"].number,
            line["case"].title,
            said(line["workflow"]),
            line["owner"],
            said(line["state"]),
            said(line["turn"]) if line["turn"] else "",
            str(_colours()[line["colour"]]),
            line["due_on"].isoformat() if line["due_on"] else "",
            f"{line['case'].changed_at:%Y-%m-%d %H:%M}",
            _("是") if line["case"].is_demo else "",
        ]
        for line in _lines(found)
    ]
    content = sheets.as_csv(head, rows) if ending == "csv" else sheets.as_xlsx(_("事项"), head, rows)
    return HttpResponse(
        content,
        content_type=KINDS[ending],
        headers={"Content-Disposition": f'attachment; filename="cases.{ending}"'},
    )


def _chosen(request: HttpRequest) -> CaseFilter:
    form = ListForm(request.GET)
    form.is_valid()
    cleaned = form.cleaned_data
    return CaseFilter(
        which=cleaned.get("which") or "open",
        workflow=cleaned.get("workflow") or "",
        text=cleaned.get("q") or "",
    )


def _lines(found: Iterable[Case]) -> list[dict[str, Any]]:
    rows = list(found)
    burning = lights(rows)
    lines: list[dict[str, Any]] = []
    for case in rows:
        workflow = workflow_of(case)
        state = workflow.states[case.state]
        lines.append(
            {
                "case": case,
                "workflow": workflow,
                "state": state,
                "turn": workflow.parts.get(state.turn),
                "owner": name_of_party(case.owner),
                "colour": worst_of(burning[case.id]),
                "due_on": min((light.due_on for light in burning[case.id] if light.due_on), default=None),
                "waits": bool(state.waits) and not case.returned,
            }
        )
    return lines


def _words() -> dict[str, str]:
    return {
        "open": _("办理中"),
        "mine": _("我负责的"),
        "due": _("今天到期"),
        "late": _("已超时"),
        "ended": _("已结束"),
        "all": _("全部"),
    }


def _colours() -> dict[str, str]:
    return {
        "green": _("正常"),
        "yellow": _("快到期"),
        "red": _("已超时"),
        "paused": _("暂停计时"),
        "unpublished": _("未公布时限"),
        "stopped": "",
    }
