"""The page of what fits a firm: its three doors, what stands open, and what would open the next."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kerong.capabilities.matchmaking import queries
from kerong.capabilities.matchmaking.forms import written
from kerong.capabilities.matchmaking.views.firms import facts_form, firm_or_404, form_context
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kerong.capabilities.matchmaking.forms import FactsForm

REQUESTED = "requested_amount_fen"


@never_cache
@require_safe
def doors(request: HttpRequest, uscc: str) -> HttpResponse:
    """Sort what fits a firm into equity, debt and listing, nearest first."""
    law, found = packs.current(), firm_or_404(uscc)
    form = facts_form(request, law, found)
    context = {"section": "firms", "law": law, "firm": found, "synthetic": True}
    context |= {"found": queries.doors(law, form.changed_facts()), "shelf_query": _shelf_query(uscc, form)}
    return render(request, "matchmaking/doors.html", context | form_context(form))


def _shelf_query(uscc: str, form: FactsForm) -> str:
    """Return what the shelf understands of the changes: the firm, and the sum it now asks for."""
    asked = {"firm": uscc}
    for change in form.changes():
        if change.fact.name == REQUESTED and change.after is not None:
            asked["amount"] = written(change.fact, change.after)
    return f"?{urlencode(asked)}"
