"""Pages of the notices: the list with its filters, one notice, and what to mail."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kerong.adapters.sheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.records.notices import actions, queries
from kerong.records.notices.forms import PreferenceForm
from kerong.records.parties.queries import needs

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponseRedirect
    from django.utils.functional import Promise

PAGE = 25
EXPORTED_MAX = 5_000
FILE_KINDS = {"xlsx": XLSX_TYPE, "csv": CSV_TYPE}
STATES: dict[str, Promise] = {
    "": gettext_lazy("全部"),
    "unread": gettext_lazy("未读"),
    "todo": gettext_lazy("待办"),
    "done": gettext_lazy("已办"),
}
# Kinds are the words of those who tell; those without a name here are shown as "其他".
KIND_WORDS: dict[str, Promise] = {
    "approval": gettext_lazy("审批"),
    "alarm": gettext_lazy("告警"),
    "case": gettext_lazy("办件"),
    "consent": gettext_lazy("授权"),
    "dispute": gettext_lazy("异议"),
    "financing": gettext_lazy("融资"),
    "letter": gettext_lazy("信函"),
    "mandate": gettext_lazy("任职"),
    "material": gettext_lazy("材料"),
    "reminder": gettext_lazy("到期提醒"),
    "signature": gettext_lazy("签字"),
}


@require_safe
@needs()
def notices(request: HttpRequest) -> HttpResponse:
    """List what the actor was told."""
    actor = current_actor()
    wanted = _wanted(request)
    page = Paginator(queries.notices_of(actor, **wanted), PAGE).get_page(request.GET.get("page"))
    unread = queries.unread_count(actor)
    counts = {"unread": unread, "todo": queries.todos_of(actor).count()}
    return render(
        request,
        "notices/notices.html",
        {
            "section": "work",
            "page": page,
            "lines": [(each, queries.light_of(each.due_on), kind_words(each.kind)) for each in page],
            "states": [(key, words, counts.get(key)) for key, words in STATES.items()],
            "kinds": [(key, kind_words(key)) for key in queries.kinds_of(actor)],
            **wanted,
            "query": urlencode({"state": wanted["state"], "kind": wanted["kind"], "q": wanted["text"]}),
            "unread": unread,
            "preference": queries.preference_of(actor.user),
            "synthetic": True,
        },
    )


@require_safe
@needs()
def notices_export(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out the list as xlsx or csv."""
    if ending not in FILE_KINDS:
        raise Http404
    zone = current_clock().now().tzinfo
    found = queries.notices_of(current_actor(), **_wanted(request))[:EXPORTED_MAX]
    rows = [
        [
            each.title,
            kind_words(each.kind),
            each.body,
            each.due_on.isoformat() if each.due_on else "",
            _("消息") if not each.is_todo else _("已办") if each.done_at else _("待办"),
            each.told_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        ]
        for each in found
    ]
    head = [_("标题"), _("类别"), _("内容"), _("期限"), _("状态"), _("时间")]
    content = as_xlsx(_("通知"), head, rows) if ending == "xlsx" else as_csv(head, rows)
    answer = HttpResponse(content, content_type=FILE_KINDS[ending])
    answer["Content-Disposition"] = f'attachment; filename="kerong-notices.{ending}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
@needs()
def one(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Show one notice, which is read by that."""
    found = queries.notice(current_actor(), notice_id)
    if found is None:
        raise Http404
    if request.method == "GET":
        actions.read(notice_ids=[found.id])
    return render(
        request,
        "notices/notice.html",
        {
            "section": "work",
            "notice": found,
            "light": queries.light_of(found.due_on),
            "words": kind_words(found.kind),
            "synthetic": True,
        },
    )


@require_POST
@needs()
def read_all(request: HttpRequest) -> HttpResponseRedirect:
    """Mark everything read."""
    unread = queries.notices_of(current_actor(), state="unread").values_list("id", flat=True)
    actions.read(notice_ids=list(unread[:EXPORTED_MAX]))
    messages.success(request, _("都标为已读了。"))
    return redirect("notices:notices")


@require_POST
@needs()
def preference(request: HttpRequest) -> HttpResponseRedirect:
    """Keep what the actor wants mailed."""
    form = PreferenceForm(request.POST)
    form.is_valid()
    actions.prefer(by_mail=form.cleaned_data["by_mail"], todos_only=form.cleaned_data["todos_only"])
    messages.success(request, _("邮件设置已保存。"))
    return redirect("notices:notices")


def kind_words(kind: str) -> str:
    """Say of which kind a notice is."""
    return str(KIND_WORDS.get(kind, _("其他")))


def _wanted(request: HttpRequest) -> dict[str, str]:
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    return {
        "state": state if state in STATES else "",
        "kind": kind.replace("\0", "")[:48],
        "text": request.GET.get("q", "").replace("\0", "").strip()[:100],
    }
