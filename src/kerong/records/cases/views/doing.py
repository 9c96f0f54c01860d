"""What people do with a case on its pages: make a move, write a note, pause, resume, assign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kerong.basics.acting import current_actor
from kerong.engines.workflows.progress import may_make
from kerong.records.cases import actions, queries
from kerong.records.cases.actions import CaseRefusedError
from kerong.records.cases.forms import AssignForm, MoveForm, NoteForm, PauseForm, RefusableForm, ReturnForm
from kerong.records.cases.views.one_case import colleagues, found, shown
from kerong.records.parties.queries import business

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

REFUSED = 409


@never_cache
@business
@require_http_methods(["GET", "POST"])
def move_case(request: HttpRequest, number: str, transition: str) -> HttpResponse:
    """Ask for what a move needs, and make it."""
    case, actor = found(number), current_actor()
    workflow = queries.workflow_of(case)
    move = workflow.transitions.get(transition)
    if move is None or not may_make(move, queries.parts_of(case, actor), actor.duties):
        raise Http404("no such move for this actor")
    if case.state not in move.origins or case.closed_at is not None:
        messages.error(request, _("这件事已经不在这一步，请看最新情况。"))
        return redirect("cases:case", number=number)
    form = MoveForm(
        request.POST if request.method == "POST" else None,
        workflow=workflow,
        move=move,
        actor=actor,
        seen_events=case.events_count,
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.move(
                case_id=case.id,
                transition=transition,
                approval_id=str(request.POST.get("approval", ""))[:64],
                **form.given(),
            )
        except CaseRefusedError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("已办理。"))
            return redirect("cases:case", number=number)
    context = {
        "case": case,
        "workflow": workflow,
        "move": move,
        "state": workflow.states[case.state],
        "target": workflow.states[move.to],
        "form": form,
        "synthetic": case.is_demo,
        "needs_step_up": actions.needs_step_up(workflow, move, actor),
        "next_steps": workflow.reasons[move.reasons].for_firm.values() if move.reasons else (),
    }
    return render(request, "cases/move.html", context, status=REFUSED if form.errors else 200)


@never_cache
@business
@require_POST
def note_case(request: HttpRequest, number: str) -> HttpResponse:
    """Write a note."""
    return _do(request, number, "note_form", NoteForm(request.POST), actions.note)


@never_cache
@business
@require_POST
def pause_case(request: HttpRequest, number: str) -> HttpResponse:
    """Let the clocks stand still."""
    form = PauseForm(request.POST, workflow=queries.workflow_of(found(number)))
    return _do(request, number, "pause_form", form, actions.pause)


@never_cache
@business
@require_POST
def resume_case(request: HttpRequest, number: str) -> HttpResponse:
    """Let the clocks run again."""
    return _do(request, number, "resume_form", RefusableForm(request.POST), actions.resume)


@never_cache
@business
@require_POST
def return_case(request: HttpRequest, number: str) -> HttpResponse:
    """Record what came back from outside."""
    return _do(request, number, "return_form", ReturnForm(request.POST), actions.return_note)


@never_cache
@business
@require_POST
def assign_case(request: HttpRequest, number: str) -> HttpResponse:
    """Let one person of one's own party work on it."""
    form = AssignForm(request.POST, people=colleagues(current_actor().party))
    return _do(request, number, "assign_form", form, actions.assign)


def _do(
    request: HttpRequest, number: str, name: str, form: RefusableForm, action: Callable[..., Any]
) -> HttpResponse:
    case = found(number)
    if form.is_valid():
        try:
            with transaction.atomic():
                action(case_id=case.id, **form.cleaned_data)
        except CaseRefusedError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("已记录。"))
            return redirect("cases:case", number=number)
    return shown(request, found(number), status=REFUSED, **{name: form})
