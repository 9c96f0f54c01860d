"""The search over the whole library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from kerong.capabilities.policy_library import queries
from kerong.capabilities.policy_library.forms import typed_text
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def policy_search(request: HttpRequest) -> HttpResponse:
    """Answer a search: by kind, the best first; with a kind, all of that kind."""
    law = packs.current()
    text = typed_text(request, "q")
    group = request.GET.get("group", "") if request.GET.get("group") in queries.GROUPS else ""
    return render(
        request,
        "policy_library/search.html",
        {
            "section": "policy_search",
            "law": law,
            "text": text,
            "group": group,
            "found": queries.search(law, text, group),
        },
    )
