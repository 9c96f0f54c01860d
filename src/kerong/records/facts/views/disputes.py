"""Pages of the objections: file one, the operator's list with clock lights, and one objection with its whole story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerong.adapters.sheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from kerong.basics.acting import current_actor
from kerong.engines.rules.quantities import QuantityError, read_quantity
from kerong.records.facts import actions, queries
from kerong.records.facts.forms import AnswerForm, DeclarationForm, DisputeForm, NoteForm
from kerong.records.facts.views.dossiers import OWN, own_or_404
from kerong.records.facts.views.rows import INVENTED
from kerong.records.packs.queries import current
from kerong.records.parties.queries import name_of_party, needs

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest

    from kerong.records.facts.models import Dispute

PAGE = 30
EXPORTED_MAX = 5_000
HANDLES = ("disputes.handle", "cases.supervise")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(*OWN)
def file_dispute(request: HttpRequest, uscc: str, name: str) -> HttpResponse:
    """Object to one fact of the own firm, or say something of it."""
    subject, fact = own_or_404(uscc), _fact_or_404(name)
    form = DisputeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.dispute(subject=subject, name=name, **form.cleaned_data)
        except actions.DisputeRefusedError as error:
            _tell_of(form, error.problems)
        else:
            messages.success(
                request,
                _("已收到异议并立即标注，最迟 %(day)s 书面答复。") % {"day": made.due_on},
            )
            return redirect("facts:dispute", made.id)
    return _file_page(request, uscc, fact, form, status=422 if form.is_bound else 200)


@require_POST
@needs(*OWN)
def declare(request: HttpRequest, uscc: str, name: str) -> HttpResponse:
    """Say something of one fact of the own firm."""
    subject, fact = own_or_404(uscc), _fact_or_404(name)
    form = DeclarationForm(request.POST)
    if not form.is_valid():
        return _file_page(request, uscc, fact, DisputeForm(), declaration=form, status=422)
    actions.declare(subject=subject, name=name, text=form.cleaned_data["text"])
    messages.success(request, _("声明已保存，凡显示这一项的地方都会一并显示。"))
    return redirect("facts:dossier", uscc)


@never_cache
@require_safe
@needs(*HANDLES)
def disputes(request: HttpRequest) -> HttpResponse:
    """List objections with their clocks, the soonest due first; also as xlsx and csv."""
    state = request.GET.get("state", "open")
    state = state if state in {"open", "answered", "all"} else "open"
    found = queries.disputes(state="open") if state == "open" else queries.disputes()
    if state == "answered":
        found = found.exclude(state="open").order_by("-answered_at")
    if ending := request.GET.get("export"):
        return _export(found[:EXPORTED_MAX], ending)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "facts/disputes.html",
        {
            "section": "work",
            "state": state,
            "page": page,
            "lines": [(each, queries.light_of(each), _label(each.name)) for each in page],
            "synthetic": True,
        },
    )


@never_cache
@require_safe
@needs(*OWN, *HANDLES)
def dispute(request: HttpRequest, key: str) -> HttpResponse:
    """Show one objection with its whole story, and the forms of whoever answers it."""
    return _page(request, _seen(key), NoteForm(), AnswerForm())


@require_POST
@needs("disputes.handle")
def note(request: HttpRequest, key: str) -> HttpResponse:
    """Write down a step of the verification."""
    found, form = _seen(key), NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, AnswerForm(), status=422)
    try:
        actions.note_on_dispute(dispute_id=found.id, text=form.cleaned_data["text"])
    except actions.DisputeRefusedError as error:
        _tell_of(form, error.problems)
        return _page(request, _seen(key), form, AnswerForm(), status=409)
    messages.success(request, _("核查记录已保存。"))
    return redirect("facts:dispute", found.id)


@require_POST
@needs("disputes.handle")
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """Answer in writing and end the clock."""
    found, form = _seen(key), AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, found, NoteForm(), form, status=422)
    said = form.cleaned_data
    value: int | str | None = None
    if said["outcome"] == "corrected" and not said["is_taken_back"]:
        try:
            value = read_quantity(said["value"], current().library.facts[found.name])
        except QuantityError as error:
            form.add_error("value", str(error))
            return _page(request, found, NoteForm(), form, status=422)
    try:
        actions.answer_dispute(
            dispute_id=found.id,
            outcome=said["outcome"],
            answer=said["answer"],
            value=value,
            is_taken_back=said["is_taken_back"],
        )
    except (actions.DisputeRefusedError, actions.StatementRefusedError) as error:
        _tell_of(form, error.problems)
        return _page(request, _seen(key), NoteForm(), form, status=409)
    messages.success(request, _("已书面答复，企业会收到通知。"))
    return redirect("facts:dispute", found.id)


def _page(
    request: HttpRequest, found: Dispute, note_form: NoteForm, answer_form: AnswerForm, status: int = 200
) -> HttpResponse:
    actor = current_actor()
    item, seen = queries.disputed_item(found)
    context: dict[str, Any] = {
        "section": "work",
        "dispute": found,
        "fact": current().library.facts.get(found.name),
        "item": item,
        "seen": seen,
        "source": queries.label_of(found.source),
        "firm": name_of_party(found.owner),
        "uscc": found.owner.partition(":")[2],
        "light": queries.light_of(found),
        "steps": queries.steps_of(found),
        "handles": actor.may("disputes.handle") and found.state == "open",
        "is_own": actor.party == found.owner,
        "note_form": note_form,
        "answer_form": answer_form,
        "synthetic": found.owner.startswith(f"enterprise:{INVENTED}"),
    }
    return render(request, "facts/dispute.html", context, status=status)


def _file_page(  # noqa: PLR0913 - both forms of the page
    request: HttpRequest,
    uscc: str,
    fact: Any,
    form: DisputeForm,
    *,
    declaration: DeclarationForm | None = None,
    status: int = 200,
) -> HttpResponse:
    view = queries.own_facts(own_or_404(uscc))
    known = view.facts.get(fact.name)
    if known is None:
        raise Http404
    context = {
        "section": "work",
        "uscc": uscc,
        "fact": fact,
        "known": known,
        "form": form,
        "declaration": declaration or DeclarationForm(initial={"text": known.declaration}),
        "synthetic": uscc.startswith(INVENTED),
    }
    return render(request, "facts/file_dispute.html", context, status=status)


def _seen(key: str) -> Dispute:
    found = queries.dispute_by_id(str(key))
    if found is None:
        raise Http404
    return found


def _fact_or_404(name: str) -> Any:
    fact = current().library.facts.get(name)
    if fact is None:
        raise Http404
    return fact


def _tell_of(form: Any, problems: dict[str, str]) -> None:
    for field, problem in problems.items():
        form.add_error(field if field in form.fields else None, problem)


def _label(name: str) -> Any:
    return current().library.facts.get(name)


def _export(found: Any, ending: str) -> HttpResponse:
    head = [
        _("企业"),
        _("事实"),
        _("来源"),
        _("状态"),
        _("提出时间"),
        _("答复期限"),
        _("答复时间"),
        _("书面答复"),
    ]
    rows = [
        [
            name_of_party(each.owner),
            getattr(_label(each.name), "label", each.name),
            str(queries.label_of(each.source)),
            str(each.get_state_display()),
            f"{each.filed_at:%Y-%m-%d %H:%M}",
            each.due_on.isoformat(),
            f"{each.answered_at:%Y-%m-%d %H:%M}" if each.answered_at else "",
            each.answer,
        ]
        for each in found
    ]
    is_csv = ending == "csv"
    content = as_csv(head, rows) if is_csv else as_xlsx(_("异议"), head, rows)
    answer = HttpResponse(content, content_type=CSV_TYPE if is_csv else XLSX_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="disputes.{"csv" if is_csv else "xlsx"}"'
    return answer
