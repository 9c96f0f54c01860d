"""Pages of the drafts: 测算稿 from a changed number to 文号, day and document, and from there into force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerong.adapters.uploads import UploadRefusedError
from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.records.approvals import queries as approvals
from kerong.records.approvals.actions import StepUpNeededError, is_stepped_up
from kerong.records.documents.actions import upload
from kerong.records.documents.queries import material, materials_of
from kerong.records.packs import actions, queries
from kerong.records.packs.forms import (
    FileForm,
    SubmitForm,
    ValueForm,
    plain_parameters,
    today,
    value_day,
)
from kerong.records.packs.queries.mistake_words import in_words
from kerong.records.packs.queries.value_lines import NoPlaceError, with_value
from kerong.records.parties.queries import name_of_party, needs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from kerong.engines.rules.model import Pack
    from kerong.records.packs.models import Draft, DraftVersion, Release
    from kerong.records.packs.queries import CurrentLaw

PAGE = 30
LINES_SHOWN = 400
DRAFT, SEE = "packs.draft", ("packs.draft", "packs.review", "packs.approve", "audit.read")
PUT_IN_FORCE = ("packs.draft", "packs.approve")
MATERIAL_KIND = "approval_document"
PROBLEMS = {
    "mistakes": gettext_lazy("草案还有错误，改正后才能提交。"),
    "texts": gettext_lazy("草案没有任何改动。"),
    "base": gettext_lazy("起草以后又有了新的发布。请先换到最新的发布上。"),
    "draft": gettext_lazy("草案已经发布，或不是您单位的。"),
    "correction": gettext_lazy(
        "有数值在原来的施行日下被改写或拿掉。属于更正的，请写明正误的理由；不属于的，请另写一条新日期的数值。"
    ),
    "document_number": gettext_lazy("没有文号只能是测算稿。"),
    "in_force_from": gettext_lazy("没有施行日只能是测算稿。"),
    "attachment": gettext_lazy("没有附件只能是测算稿。"),
    "approval": gettext_lazy("还没有完成复核和审批，或内容在审批后有改动。"),
    "title": gettext_lazy("给新草案起个名字。"),
}


@never_cache
@require_safe
@needs(*SEE)
def drafts(request: HttpRequest) -> HttpResponse:
    """List the drafts."""
    page = Paginator(queries.drafts(), PAGE).get_page(request.GET.get("page"))
    lines = [
        {
            "draft": each,
            "owner": name_of_party(each.owner),
            "version": queries.latest_version(each),
            "release": queries.release_of(each),
            "approval": _approval(each),
        }
        for each in page
    ]
    may_draft = current_actor().may("packs.draft")
    return _draft_page(request, "packs/drafts.html", {"page": page, "lines": lines, "may_draft": may_draft})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(DRAFT)
def new_draft(request: HttpRequest) -> HttpResponse:
    """Add a dated value to a rule: into a new draft, or one of the office's."""
    law = queries.current()
    pack = law.library.packs.get(request.GET.get("rule", ""))
    if pack is None:
        return _draft_page(request, "packs/choose_rule.html", {"packs": law.library.packs.values()})
    asked = request.POST if request.method == "POST" else None
    first = {"parameter": request.GET.get("parameter", ""), "draft": request.GET.get("draft", "")}
    form = ValueForm(asked, pack=pack, library=law.library, drafts=_own_drafts(), initial=first)
    status = 200
    if request.method == "POST":
        if form.is_valid() and (made := _with_value(form, pack)):
            return redirect("packs:draft", made.draft_id)
        status = 422
    context = {
        "pack": pack,
        "form": form,
        "parameters": plain_parameters(pack),
        "has_tables": len(plain_parameters(pack)) < len(pack.parameters),
        "anchors": _anchors(law),
    }
    return _draft_page(request, "packs/new_value.html", context, status=status)


@never_cache
@require_safe
@needs(*SEE)
def draft(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Show one draft: mistakes, what differs from the law, whom it would move, its versions and its approvals."""
    return _page(request, _seen(draft_id))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(DRAFT)
def draft_file(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Edit, paste or upload the whole text of one file."""
    found = _seen(draft_id)
    whole = queries.whole_texts(queries.latest_version(found))
    path = request.GET.get("path", "")[:255]
    first = {"path": path, "text": whole.get(path, ""), "draft": str(found.id)}
    if request.method != "POST":
        form = FileForm(initial=first, drafts=[found])
    else:
        form = FileForm({**request.POST.dict(), "draft": str(found.id)}, request.FILES, drafts=[found])
        if form.is_valid():
            said = form.cleaned_data
            try:
                actions.save_draft(draft_id=found.id, texts={said["path"]: said["text"]}, note=said["note"])
            except actions.DraftRefusedError as error:
                _refuse(form, error)
            else:
                messages.success(request, _("已存为新版本，并检查过。"))
                return redirect("packs:draft", found.id)
    context = {"draft": found, "form": form, "paths": list(whole)}
    return _draft_page(request, "packs/draft_file.html", context, status=422 if form.errors else 200)


@require_POST
@needs(DRAFT)
def rebase(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Put a draft on the newest release."""
    found = _seen(draft_id)
    try:
        actions.rebase_draft(draft_id=found.id)
    except actions.DraftRefusedError as error:
        both = "、".join(error.problems)
        said = _("不能自动换到最新的发布，两边都改了：%(files)s。请在文件里手工合并。")
        messages.error(request, said % {"files": both})
    else:
        messages.success(request, _("已换到最新的发布上。"))
    return redirect("packs:draft", found.id)


@require_POST
@needs(DRAFT)
def submit(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Hand a draft in for review and approval, with 文号, first day and document."""
    found = _seen(draft_id)
    form = SubmitForm(request.POST, request.FILES)
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions.submit_draft(
                draft_id=found.id,
                document_number=said["document_number"],
                in_force_from=said["in_force_from"],
                attachment=_attachment(form),
                note=said["note"],
                correction=said["correction"],
            )
        except actions.DraftRefusedError as error:
            _refuse(form, error)
        except UploadRefusedError as error:
            form.add_error("attachment", str(error))
        else:
            messages.success(request, _("已提交复核。复核、审批须由另外两个人办理。"))
            return redirect("packs:draft", found.id)
    return _page(request, found, form, status=422)


@require_POST
@needs(*PUT_IN_FORCE)
def put_in_force(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Release what was approved."""
    found = _seen(draft_id)
    try:
        made = actions.release_draft(draft_id=found.id, approval_id=request.POST.get("approval", ""))
    except StepUpNeededError:
        messages.error(request, _("发布政策前要再次确认身份，5 分钟内有效。"))
    except actions.DraftRefusedError as error:
        for name in error.problems:
            messages.error(request, str(PROBLEMS.get(name, name)))
    else:
        messages.success(request, _("已发布，为第 %(number)d 次发布。") % {"number": made.number})
        return redirect("packs:release", made.number)
    return redirect("packs:draft", found.id)


def _seen(draft_id: str) -> Draft:
    found = queries.draft(draft_id)
    if found is None:
        raise Http404
    return found


def _own_drafts() -> list[Draft]:
    party = current_actor().party
    return [each for each in queries.drafts().filter(owner=party) if queries.release_of(each) is None]


def _approval(found: Draft) -> Any:
    return approvals.approvals_of_subject(f"draft:{found.id}").first()


def _with_value(form: ValueForm, pack: Pack) -> DraftVersion | None:
    said = form.cleaned_data
    path = pack.place.file
    chosen = queries.draft(said["draft"]) if said["draft"] else None
    base = queries.base_release()
    if chosen is not None:
        texts = queries.whole_texts(queries.latest_version(chosen))
    else:
        texts = queries.texts_of(base) if base else {}
    start, seen_since = value_day(said)
    try:
        text = with_value(
            texts.get(path, ""),
            said["parameter"],
            start=start,
            seen_since=seen_since,
            value=said["value"],
            cites=said["cites"],
            checked_on=today(),
            verified=said["verified"],
            note=said["note"],
        )
        return actions.save_draft(
            draft_id=said["draft"] or None, title=said["title"], texts={path: text}, note=said["note"]
        )
    except NoPlaceError:
        form.add_error("parameter", _("这个参数不能逐条添加，请改文件全文。"))
    except actions.DraftRefusedError as error:
        _refuse(form, error)
    return None


def _attachment(form: SubmitForm) -> str:
    said = form.cleaned_data
    file = said["attachment"]
    if not file:
        return str(said["material"])
    made = upload(
        owner=current_actor().party,
        name=file.name,
        content=file.read(),
        kind=MATERIAL_KIND,
        declared_type=file.content_type or "",
    )
    return str(made.id)


def _refuse(form: Any, error: actions.DraftRefusedError) -> None:
    for name in error.problems:
        said = str(PROBLEMS.get(name, name))
        form.add_error(name if name in form.fields else None, said)


def _anchors(law: CurrentLaw) -> list[tuple[str, str]]:
    return [
        (f"{source.key}#{anchor.key}", f"{source.number or source.title} {anchor.label}")
        for source in law.library.sources.values()
        for anchor in source.anchors.values()
    ]


def _page(
    request: HttpRequest, found: Draft, form: SubmitForm | None = None, *, status: int = 200
) -> HttpResponse:
    actor = current_actor()
    version = queries.latest_version(found)
    base = queries.release(version.base_number)
    newest = queries.base_release()
    whole = queries.whole_texts(version)
    files = queries.differences(queries.texts_of(base), whole) if base else []
    open_approval = _approval(found)
    handed_in = queries.submission_of(open_approval.id) if open_approval else None
    released = queries.release_of(found)
    is_own = actor.party == found.owner
    context = {
        "draft": found,
        "owner": name_of_party(found.owner),
        "version": version,
        "mistakes": in_words(version.mistakes),
        "versions": found.versions.all(),
        "base": base,
        "is_behind": bool(newest and base and newest.number != base.number and not released),
        "files": files,
        "lines_shown": LINES_SHOWN,
        "overwriting": queries.overwriting(files),
        "effect": _effect(version, base, whole, handed_in)
        if base and files and not version.mistakes
        else None,
        "approval": open_approval,
        "step": approvals.step_label(open_approval.step) if open_approval else "",
        "submission": handed_in,
        "attachment": material(handed_in.attachment) if handed_in else None,
        "released": released,
        "may_edit": is_own and actor.may(DRAFT) and released is None,
        "may_submit": is_own
        and actor.may(DRAFT)
        and released is None
        and bool(version.texts)
        and not version.mistakes
        and not (open_approval and open_approval.state in ("open", "agreed")),
        "may_release": bool(open_approval and open_approval.state == "agreed" and released is None)
        and any(actor.may(duty) for duty in PUT_IN_FORCE),
        "stepped_up": is_stepped_up(actor),
        "materials": materials_of(actor.party) if is_own else [],
        "form": form or SubmitForm(),
    }
    return _draft_page(request, "packs/draft.html", context, status=status)


def _effect(version: DraftVersion, base: Release, whole: dict[str, str], handed_in: Any) -> Any:
    day = current_clock().today()
    now = queries.current()
    then = queries.library_of_texts(whole, version.texts_sha256)
    # Without a day of its own a draft is tried as it will be once all its values hold.
    on = handed_in.in_force_from if handed_in else queries.last_day(then, queries.library_of(base), day)
    return queries.effect_of(now.library, then, today=day, on=on)


def _draft_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    return render(request, template, {"section": "work", "synthetic": True, **context}, status=status)
