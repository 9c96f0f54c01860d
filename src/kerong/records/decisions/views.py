"""Pages of the decisions: lists, one decision printed from its record, downloads, a person's review, pre-assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kerong.adapters.sheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from kerong.basics.acting import current_actor
from kerong.basics.canonical import canonical
from kerong.basics.party_reference import enterprise
from kerong.records.decisions import actions, queries
from kerong.records.decisions.forms import AskForm, ReviewForm
from kerong.records.decisions.queries.printing import printed
from kerong.records.evidence.queries import events
from kerong.records.parties.queries import business, name_of_party, needs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet
    from django.forms import Form
    from django.http import HttpRequest

    from kerong.records.decisions.models import Decision

PAGE = 30
EXPORTED_MAX = 5_000
JSON_TYPE = "application/json; charset=utf-8"
VERDICTS = {"met": gettext_lazy("符合"), "not_met": gettext_lazy("不符合"), "unknown": gettext_lazy("缺资料")}
REVIEWERS = ("institution.act", "office.act", "disputes.handle")
REFUSALS = {
    "asked": gettext_lazy("已经申请过人工复核，请等待答复。"),
    "given": gettext_lazy("已有人工复核结论。"),
    "own": gettext_lazy("不能复核关于自己或本单位的结果。"),
    "nobody": gettext_lazy("您的账号没有对应到自然人，不能复核。"),
    "no_clock": gettext_lazy("现行规则里没有人工复核的答复期限，请联系平台运营。"),
}
REPLAYS = {
    "identical": gettext_lazy("已用当时的资料和当时的规则重新计算：结果逐字节相同。"),
    "different": gettext_lazy("重新计算的结果与记录不同。请把本页地址发给平台运营核查。"),
    "removed": gettext_lazy("部分内容已依法移除，不能再重新计算；记录摘要仍可核对。"),
    "no_release": gettext_lazy("作出时用的是未发布的规则文件，不能重新计算。"),
    "damaged": gettext_lazy("记录或当时的规则与摘要不符，可能被改动过。请立即联系平台运营。"),
}


@never_cache
@require_safe
@business
def decisions(request: HttpRequest) -> HttpResponse:
    """List the decisions that the actor may see."""
    asked = _asked(request)
    page = Paginator(_found(asked), PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "work",
        "asked": asked,
        "kinds": queries.KINDS.items(),
        "verdicts": VERDICTS.items(),
        "page": page,
        "lines": [_line(each) for each in page],
        "synthetic": True,
    }
    return render(request, "decisions/decisions.html", context)


@never_cache
@require_safe
@business
def decisions_export(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out the list as xlsx or csv."""
    head = [_("主体"), _("事项"), _("规则"), _("结论"), _("规则日"), _("作出时间"), _("发布序号"), "SHA-256"]
    rows = [
        [
            line["owner"],
            str(line["kind"]),
            line["decision"].rule,
            str(line["verdict"]),
            line["decision"].on.isoformat(),
            f"{line['decision'].decided_at:%Y-%m-%d %H:%M}",
            line["decision"].release_number,
            line["decision"].body_digest,
        ]
        for line in (_line(each) for each in _found(_asked(request))[:EXPORTED_MAX])
    ]
    content = as_csv(head, rows) if ending == "csv" else as_xlsx(_("决定"), head, rows)
    answer = HttpResponse(content, content_type=CSV_TYPE if ending == "csv" else XLSX_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="decisions.{ending}"'
    return answer


@never_cache
@require_safe
@business
def decision(request: HttpRequest, decision_id: str) -> HttpResponse:
    """Print one decision as it was made, from its stored record alone."""
    return _page(request, _seen(decision_id))


@never_cache
@require_safe
@business
def record(request: HttpRequest, decision_id: str) -> HttpResponse:
    """Hand out the record: as stored, so that its SHA-256 can be checked, or readable (``?readable``)."""
    found = _seen(decision_id)
    content = canonical(queries.record(found)) if "readable" in request.GET else found.body.encode()
    answer = HttpResponse(content, content_type=JSON_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="decision-{found.id}.json"'
    return answer


@never_cache
@require_safe
@business
def replay(request: HttpRequest, decision_id: str) -> HttpResponse:
    """Work the decision out again and say whether it comes out the same."""
    found = _seen(decision_id)
    answer = queries.replay(found.id)
    return _page(
        request, found, {"replay": answer, "replay_words": REPLAYS[answer.outcome] if answer else ""}
    )


@require_POST
@business
def ask_review(request: HttpRequest, decision_id: str) -> HttpResponse:
    """Ask for a person's review."""
    found, form = _seen(decision_id), AskForm(request.POST)
    if form.is_valid():
        try:
            made = actions.ask_review(decision_id=found.id, because=form.cleaned_data["because"])
        except actions.ReviewRefusedError as error:
            form.add_error("because", str(REFUSALS.get(error.reason, error.reason)))
        else:
            messages.success(request, _("已申请人工复核，最迟 %(day)s 答复。") % {"day": made.due_on})
            return redirect("decisions:decision", found.id)
    return _page(request, found, {"ask_form": form}, status=422)


@require_POST
@needs(*REVIEWERS)
def give_review(request: HttpRequest, decision_id: str) -> HttpResponse:
    """Confirm or overturn a machine's result as a person."""
    found, form = _seen(decision_id), ReviewForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions.give_review(
                decision_id=found.id, confirmed=said["answer"] == "confirm", remark=said["remark"]
            )
        except actions.ReviewRefusedError as error:
            form.add_error("remark", str(REFUSALS.get(error.reason, error.reason)))
        else:
            messages.success(request, _("复核结论已记录。"))
            return redirect("decisions:decision", found.id)
    return _page(request, found, {"review_form": form}, status=422)


@require_POST
@needs("firm.act")
def pre_assess(request: HttpRequest, uscc: str, key: str) -> HttpResponse:
    """Store what the current law says of the signed-in firm as a pre-assessment."""
    if current_actor().party != enterprise(uscc):
        raise Http404
    try:
        made = actions.pre_assess(subject=enterprise(uscc), rule=key)
    except actions.RuleNotInForceError:
        raise Http404 from None
    messages.success(request, _("已存为预评记录。"))
    return redirect("decisions:decision", made.id)


def _seen(decision_id: str) -> Decision:
    found = queries.decision(decision_id)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, found: Decision, more: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    actor = current_actor()
    language = "en" if (translation.get_language() or "").startswith("en") else "zh"
    reviews = list(found.reviews.all())
    given = any(each.step != "asked" for each in reviews)
    is_own = actor.party == found.owner
    forms: dict[str, Form] = {"ask_form": AskForm(), "review_form": ReviewForm()}
    context = {
        "section": "work",
        "decision": found,
        "shown": printed(queries.record(found), language),
        "removals": found.removals.all(),
        "reviews": reviews,
        "is_final": queries.is_final(found),
        "is_intact": queries.is_intact(found),
        "may_ask": not given and not any(each.step == "asked" for each in reviews),
        "may_review": not given and not is_own and any(actor.may(duty) for duty in REVIEWERS),
        "sealed_event": events(row_table="decisions_decision", row_id=str(found.id)).first(),
        "synthetic": True,
        **forms,
        **(more or {}),
    }
    return render(request, "decisions/decision.html", context, status=status)


def _asked(request: HttpRequest) -> dict[str, str]:
    asked = {
        name: request.GET.get(name, "").replace("\0", "").strip()[:128] for name in ("q", "kind", "verdict")
    }
    if asked["kind"] not in queries.KINDS:
        asked["kind"] = ""
    if asked["verdict"] not in VERDICTS:
        asked["verdict"] = ""
    return asked


def _found(asked: Mapping[str, str]) -> QuerySet[Decision]:
    found = queries.decisions(kind=asked["kind"], verdict=asked["verdict"])
    text = asked["q"]
    return found.filter(rule__contains=text) | found.filter(owner__contains=text) if text else found


def _line(found: Decision) -> dict[str, Any]:
    return {
        "decision": found,
        "owner": name_of_party(found.owner),
        "kind": queries.KINDS.get(found.kind, found.kind),
        "verdict": VERDICTS[found.verdict],
    }
