"""The page of one case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from kerong.basics.acting import current_actor
from kerong.records.cases import queries
from kerong.records.cases.forms import AssignForm, NoteForm, PauseForm, ReturnForm
from kerong.records.cases.queries.page import case_page
from kerong.records.parties.queries import business, live_memberships

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse

    from kerong.records.cases.models import Case


@never_cache
@business
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Show one case: where it stands, whose turn, until when, what can be done, the whole story."""
    return shown(request, found(number))


def found(number: str) -> Case:
    """Return a case by its number as far as the actor may see it. Raises Http404."""
    case = queries.case_by_number(number)
    if case is None:
        raise Http404("no such case for this actor")
    return case


def shown(
    request: HttpRequest, case: Case, *, status: int = 200, **forms_with_errors: forms.Form
) -> HttpResponse:
    """Render the page of a case, with the forms that were refused in the place of empty ones."""
    actor = current_actor()
    page = case_page(case, actor)
    context = {
        "page": page,
        "synthetic": case.is_demo,
        "note_form": NoteForm(None),
        "pause_form": PauseForm(None, workflow=page.workflow),
        "return_form": ReturnForm(None),
        "assign_form": AssignForm(None, people=colleagues(actor.party)),
        "look_at": case.subject.removeprefix("enterprise:")
        if page.may_write and actor.may("institution.act") and case.subject.startswith("enterprise:")
        else "",
        "may_upload": page.may_write and actor.may("firm.act"),
        "external": list(case.external_numbers.order_by("-is_master", "source")),
        **forms_with_errors,
    }
    return render(request, "cases/case.html", context, status=status)


def colleagues(party: str) -> list[tuple[str, str]]:
    """Return the people of a party as choices, each once."""
    return list(
        {
            str(one.user_id): str(one.user) for one in live_memberships(party=party).select_related("user")
        }.items()
    )
