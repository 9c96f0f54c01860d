"""The page of what fits a firm: its three doors, what stands open, and what would open the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kerong.capabilities.matchmaking import queries
from kerong.capabilities.matchmaking.views.firms import facts_form, firm_or_404
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@require_safe
def doors(request: HttpRequest, uscc: str) -> HttpResponse:
    """Sort what fits a firm into equity, debt and listing, nearest first."""
    law, found = packs.current(), firm_or_404(uscc)
    form = facts_form(request, law, found)
    context = {"section": "firms", "law": law, "firm": found, "synthetic": True}
    context |= {"found": queries.doors(law, form.changed_facts()), "changes": form.changes()}
    return render(request, "matchmaking/doors.html", context | {"query": form.query()})
