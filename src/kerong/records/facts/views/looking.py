"""The look of others: a bank or an office asks for a firm's facts, passes through the door, or is told why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kerong.basics.acting import current_actor
from kerong.basics.identity_codes import is_credit_code
from kerong.basics.party_reference import enterprise
from kerong.records.consents.queries import PURPOSES
from kerong.records.facts import queries
from kerong.records.facts.forms import ASKED_PURPOSES, LookForm
from kerong.records.facts.views.rows import INVENTED, note_unmasked, rows_by_holder
from kerong.records.packs.queries import current
from kerong.records.parties.queries import name_of_party, needs

if TYPE_CHECKING:
    from django.http import HttpRequest

LOOKS = ("institution.act", "office.act", "disputes.handle", "adviser.act")


@never_cache
@require_safe
@needs(*LOOKS)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask which firm and for what, and list the actor's own latest looks."""
    form = LookForm(request.GET) if request.GET else LookForm()
    if form.is_bound and form.is_valid():
        address = reverse("facts:look", args=[form.cleaned_data["uscc"]])
        return redirect(f"{address}?{urlencode({'purpose': form.cleaned_data['purpose']})}")
    mine = queries.lookups_by(current_actor().party)[:10]
    return render(
        request,
        "facts/ask.html",
        {
            "section": "work",
            "form": form,
            "purposes": ASKED_PURPOSES,
            "mine": [(each, PURPOSES.get(each.purpose, each.purpose)) for each in mine],
            "synthetic": True,
        },
        status=422 if form.is_bound else 200,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(*LOOKS)
def look(request: HttpRequest, uscc: str) -> HttpResponse:
    """Show what a ground reaches, or say plainly why nothing is shown and how to ask for a consent.

    A firm that does not exist and one that nobody let us see get the same answer.
    """
    if not is_credit_code(uscc):
        raise Http404
    purpose = request.GET.get("purpose", "")
    if purpose not in dict(ASKED_PURPOSES):
        return redirect(f"{reverse('facts:ask')}?{urlencode({'uscc': uscc})}")
    told = {
        "section": "work",
        "uscc": uscc,
        "purpose": PURPOSES[purpose],
        "purpose_key": purpose,
        "synthetic": uscc.startswith(INVENTED),
    }
    try:
        view = queries.facts_of(subject=enterprise(uscc), purpose=purpose)
    except queries.NoBasisError as error:
        queries.keep_refusal(error)
        told |= {"why": str(error), "lookup": error.lookup, "ask_address": _ask_address(uscc, purpose)}
        return render(request, "facts/refused.html", told, status=403)
    unmasked = request.method == "POST"
    if unmasked:
        note_unmasked(view)
    law = current().library.facts
    told |= {
        "view": view,
        "name": name_of_party(enterprise(uscc)),
        "holders": rows_by_holder(view, unmasked=unmasked),
        "unmasked": unmasked,
        "withheld": [law[name] for name in view.withheld],
        "grounds": sorted(set(view.grounds.values())),
        "ask_address": _ask_address(uscc, purpose),
    }
    return render(request, "facts/look.html", told)


def _ask_address(uscc: str, purpose: str) -> str:
    """Return where a consent is asked for, if this installation has that page."""
    try:
        return f"{reverse('consents:ask')}?{urlencode({'subject': enterprise(uscc), 'purpose': purpose})}"
    except NoReverseMatch:
        return ""
