"""Pages of the approvals: what waits for me, what I asked for, and one matter with its whole story."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kerong.adapters.sheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from kerong.basics.acting import current_actor
from kerong.records.approvals import actions, queries
from kerong.records.approvals.forms import DecisionForm, WithdrawForm
from kerong.records.parties.queries import business, name_of_party

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from kerong.records.approvals.models import Approval

PAGE = 30
EXPORTED_MAX = 5_000
LISTS = {"waiting": gettext_lazy("待我办理"), "mine": gettext_lazy("我提交的"), "all": gettext_lazy("全部")}
REFUSALS = {
    "gone": gettext_lazy("没有这个审批事项。"),
    "taken": gettext_lazy("这一步刚刚已由他人办理，或事项已办结。"),
    "changed": gettext_lazy("内容在您打开页面之后有改动，请看过新的内容再办。"),
    "closed": gettext_lazy("事项已办结。"),
    "duty": gettext_lazy("您的角色不办这一步。"),
    "party": gettext_lazy("这是其他单位的内部事项。"),
    "nobody": gettext_lazy("您的账号没有对应到自然人，不能办理审批。"),
    "asker": gettext_lazy("这件事由您经办，须由另一个人复核和审批；换一个账号也不行。"),
    "decided": gettext_lazy("您已办过前面的步骤，这一步须由另一个人办理。"),
    "delegate": gettext_lazy("您的任职由前面步骤的经办人授予，须由与其无关的人办理。"),
    "remark": gettext_lazy("退回时请写明理由，对方才知道怎样修改。"),
}


@never_cache
@require_safe
@business
def approvals(request: HttpRequest) -> HttpResponse:
    """List what waits for the actor, what the actor asked for, or everything the actor may see."""
    chosen, text, found = _listed(request)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "approvals/approvals.html",
        {
            "section": "work",
            "lists": LISTS.items(),
            "chosen": chosen,
            "text": text,
            "page": page,
            "lines": [_line(each) for each in page],
            "synthetic": True,
        },
    )


@never_cache
@require_safe
@business
def approvals_export(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out a list as xlsx or csv."""
    _chosen, _text, found = _listed(request)
    head = [
        _("事项"),
        _("内容"),
        _("状态"),
        _("待办步骤"),
        _("经办人"),
        _("经办方"),
        _("提交时间"),
        _("办结时间"),
        "SHA-256",
    ]
    rows = [
        [
            str(line["kind"]),
            line["approval"].what,
            line["approval"].get_state_display(),
            str(line["step"]),
            line["approval"].asked_name,
            line["owner"],
            _moment(line["approval"].asked_at),
            _moment(line["approval"].closed_at),
            line["approval"].content_digest,
        ]
        for line in (_line(each) for each in list(found)[:EXPORTED_MAX])
    ]
    content = as_csv(head, rows) if ending == "csv" else as_xlsx(_("审批"), head, rows)
    answer = HttpResponse(content, content_type=CSV_TYPE if ending == "csv" else XLSX_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="approvals.{ending}"'
    return answer


@never_cache
@require_safe
@business
def approval(request: HttpRequest, approval_id: str) -> HttpResponse:
    """Show one matter: what, who asked, who decided what when, and the form for whoever may decide now."""
    return _page(request, _seen(approval_id), DecisionForm())


@require_POST
@business
def decide(request: HttpRequest, approval_id: str) -> HttpResponse:
    """Agree to the open step, or return the matter."""
    found = _seen(approval_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    said = form.cleaned_data
    try:
        done = actions.decide(
            approval_id=found.id,
            step=said["step"],
            agreed=said["answer"] == "agree",
            remark=said["remark"],
            content_digest=said["content_digest"],
        )
    except actions.StepUpNeededError:
        form.add_error(None, _("办理审批前要再次确认身份，5 分钟内有效。您写的意见还在下面。"))
        return _page(request, found, form, status=403)
    except actions.DecisionRefusedError as error:
        form.add_error("remark" if error.reason == "remark" else None, str(REFUSALS[error.reason]))
        return _page(request, _seen(approval_id), form, status=409)
    # Whatever follows an agreement may have ended it: say how it stands now.
    now = _seen(str(done.id))
    if now.step:
        messages.success(
            request, _("已同意，转到下一步：%(step)s。") % {"step": queries.step_label(now.step)}
        )
    else:
        messages.success(request, _("已办理：%(state)s。") % {"state": now.get_state_display()})
    return redirect("approvals:approval", done.id)


@require_POST
@business
def withdraw(request: HttpRequest, approval_id: str) -> HttpResponse:
    """Take back what the actor asked for."""
    found = _seen(approval_id)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            actions.withdraw(approval_id=found.id, because=form.cleaned_data["because"])
        except actions.AskRefusedError:
            form.add_error(None, _("只有提交人能撤回，且只能撤回还在办理的事项。"))
        else:
            messages.success(request, _("已撤回。"))
            return redirect("approvals:approval", found.id)
    return _page(request, found, DecisionForm(), withdraw_form=form, status=422)


def _seen(approval_id: str) -> Approval:
    found = queries.approval(approval_id)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest,
    found: Approval,
    form: DecisionForm,
    *,
    withdraw_form: WithdrawForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = current_actor()
    decisions = {each.step: each for each in found.decisions.all()}
    why_not = queries.why_not(found, actor)
    context: dict[str, Any] = {
        "section": "work",
        "approval": found,
        "kind": queries.kind_label(found.kind),
        "owner": name_of_party(found.owner),
        "steps": [
            (queries.step_label(step), decisions.get(step), _party(decisions.get(step)), step == found.step)
            for step in found.steps
        ],
        "step": queries.step_label(found.step),
        "may": not why_not,
        "why_not": REFUSALS.get(why_not, "") if why_not not in ("closed", "duty", "party") else "",
        "stepped_up": actions.is_stepped_up(actor),
        "is_mine": bool(found.step) and actor.user != "" and found.asked_user == actor.user,
        "form": form,
        "withdraw_form": withdraw_form or WithdrawForm(),
        "synthetic": True,
    }
    return render(request, "approvals/approval.html", context, status=status)


def _party(decision: Any) -> str:
    return name_of_party(decision.party) if decision else ""


def _listed(request: HttpRequest) -> tuple[str, str, Iterable[Approval]]:
    actor = current_actor()
    chosen = request.GET.get("list", "waiting")
    chosen = chosen if chosen in LISTS else "waiting"
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    if chosen == "waiting":
        found: Any = [each for each in queries.waiting_for(actor) if text in each.what]
    else:
        found = queries.my_approvals(actor) if chosen == "mine" else queries.seen_approvals()
        found = found.filter(what__contains=text) if text else found
    return chosen, text, found


def _line(found: Approval) -> dict[str, Any]:
    return {
        "approval": found,
        "kind": queries.kind_label(found.kind),
        "step": queries.step_label(found.step),
        "owner": name_of_party(found.owner),
    }


def _moment(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""
