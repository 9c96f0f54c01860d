"""Pages of the imports: which files came in, how good they were, and one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kerong.records.facts import queries
from kerong.records.parties.queries import needs

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGE = 30


@never_cache
@require_safe
@needs("facts.import", "audit.read")
def imports(request: HttpRequest) -> HttpResponse:
    """List the imports, the latest first."""
    page = Paginator(queries.batches(), PAGE).get_page(request.GET.get("page"))
    lines = [(each, queries.label_of(each.source)) for each in page]
    return render(
        request, "facts/imports.html", {"section": "work", "page": page, "lines": lines, "synthetic": True}
    )


@never_cache
@require_safe
@needs("facts.import", "audit.read")
def batch(request: HttpRequest, key: str) -> HttpResponse:
    """Show one import: source, ground, digest, counts by column and kind of problem."""
    found = queries.batch_by_id(str(key))
    if found is None:
        raise Http404
    told = {"section": "work", "batch": found, "source": queries.label_of(found.source), "synthetic": True}
    return render(request, "facts/batch.html", told)
