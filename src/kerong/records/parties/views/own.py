"""Pages about oneself: profile, factors, sessions, and for whom one acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from kerong.basics.acting import current_actor
from kerong.records.parties.actions import note_sign_in
from kerong.records.parties.queries import (
    factors_of,
    lines_of_mandates,
    live_memberships,
    masked_number_of,
    masked_phone_of,
    membership_of,
    needs,
)

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# As in portal/acting.py, which stands above: the mandate chosen for this session.
MEMBERSHIP_KEY = "kerong_membership"


@needs()
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Show somebody their own account: who, for whom, factors, sessions."""
    user = request.user
    person = user.person
    context = {
        "section": "account",
        "synthetic": bool(person and person.is_demo),
        "person": person,
        "number": masked_number_of(person) if person else "",
        "phone": masked_phone_of(person) if person else "",
        "mandates": lines_of_mandates(live_memberships(user=user)),
        "factors": factors_of(user),
    }
    return render(request, "parties/me.html", context)


@needs()
@require_http_methods(["GET", "HEAD", "POST"])
def mandate(request: HttpRequest) -> HttpResponse:
    """Choose for whom one acts in this session."""
    if request.method == "POST":
        chosen = membership_of(request.user, request.POST.get("membership", ""))
        if chosen is None:
            raise Http404
        request.session[MEMBERSHIP_KEY] = str(chosen.id)
        note_sign_in(user=request.user, kind="mandate_chosen", detail={"role": chosen.role})
        back = request.POST.get("next", "")
        return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")
    person = request.user.person
    context = {
        "section": "account",
        "synthetic": bool(person and person.is_demo),
        "mandates": lines_of_mandates(live_memberships(user=request.user)),
        "party": current_actor().party,
        "role": current_actor().role,
    }
    return render(request, "parties/mandate.html", context)
