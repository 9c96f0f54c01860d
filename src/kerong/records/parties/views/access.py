"""The security administrator's pages: who has which mandate, giving and ending them, switching accounts off and on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerong.basics.acting import current_actor
from kerong.records.parties.actions import (
    AdministratorsApartError,
    HeldAlreadyError,
    MandateRefusedError,
    end_membership,
    grant_membership,
    switch_account,
)
from kerong.records.parties.forms import BecauseForm, GrantForm, known_parties
from kerong.records.parties.queries import (
    ROLES,
    account,
    account_lines,
    events_of_access,
    lines_of_mandates,
    needs,
    sessions_of,
)

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

PAGE = 50
DUTY = "accounts.manage"


@needs(DUTY)
@require_safe
def access_list(request: HttpRequest) -> HttpResponse:
    """List accounts with their mandates."""
    text, role = request.GET.get("q", "").strip(), request.GET.get("role", "")
    page = Paginator(account_lines(text=text, role=role), PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "access",
        "page": page,
        "synthetic": any(line.user.person and line.user.person.is_demo for line in page.object_list),
        "text": text,
        "role": role,
        "roles": [(each.key, each.label) for each in ROLES.values()],
    }
    return render(request, "parties/access.html", context)


@needs(DUTY)
@require_http_methods(["GET", "HEAD", "POST"])
def access_grant(request: HttpRequest) -> HttpResponse:
    """Give somebody a mandate."""
    form = GrantForm(request.POST or None, initial={"username": request.GET.get("username", "")})
    if form.is_valid():
        given = form.cleaned_data
        try:
            grant_membership(
                user=form.user,
                party=given["party_reference"],
                role=given["role"],
                proof=given["proof"],
                until=given["until"],
            )
        except AdministratorsApartError:
            form.add_error(
                "role", _("三类管理员互不兼任，管理员也不担任其他角色。请先终止这个人的其他任职。")
            )
        except HeldAlreadyError:
            form.add_error("role", _("这个账号已经担任这个角色。"))
        except MandateRefusedError as error:
            form.add_error(None, str(error))
        else:
            return redirect("parties:access_account", user=form.user.id)
    person = request.user.person
    context = {
        "section": "access",
        "synthetic": bool(person and person.is_demo),
        "form": form,
        "known_parties": known_parties(),
    }
    return render(request, "parties/access_grant.html", context, status=422 if form.is_bound else 200)


@needs(DUTY)
@require_safe
def access_account(request: HttpRequest, user: UUID) -> HttpResponse:
    """Show one account: mandates now and before, sessions, what happened to it."""
    return _account(request, user)


@needs(DUTY)
@require_POST
def access_end(request: HttpRequest, membership: UUID) -> HttpResponse:
    """End a mandate."""
    found = account(membership=membership)
    if found is None:
        raise Http404
    form = BecauseForm(request.POST)
    if not form.is_valid():
        return _account(request, found.id, wrong=str(membership))
    end_membership(membership_id=membership, because=form.cleaned_data["because"])
    return redirect("parties:access_account", user=found.id)


@needs(DUTY)
@require_POST
def access_switch(request: HttpRequest, user: UUID) -> HttpResponse:
    """Switch an account off or on; nobody switches off their own."""
    found = account(user)
    if found is None:
        raise Http404
    form = BecauseForm(request.POST)
    if not form.is_valid() or str(user) == current_actor().user:
        return _account(request, user, wrong="switch")
    switch_account(user_id=user, on=not found.is_active, because=form.cleaned_data["because"])
    return redirect("parties:access_account", user=user)


def _account(request: HttpRequest, user: UUID, *, wrong: str = "") -> HttpResponse:
    found = account(user)
    if found is None:
        raise Http404
    context = {
        "section": "access",
        "account": found,
        "synthetic": bool(found.person and found.person.is_demo),
        "mandates": lines_of_mandates(found.memberships.order_by("-since")),
        "sessions": sessions_of(found),
        "events": events_of_access(found),
        "is_own": str(found.id) == current_actor().user,
        "wrong": wrong,
    }
    return render(request, "parties/access_account.html", context, status=422 if wrong else 200)
