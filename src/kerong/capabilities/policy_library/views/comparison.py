"""Rules of one topic beside those of other regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kerong.capabilities.policy_library import queries
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kerong.records.packs.queries import CurrentLaw


@require_safe
def comparisons(request: HttpRequest) -> HttpResponse:
    """List the topics of which more than one region has a rule."""
    law = packs.current()
    context = {"section": "comparison", "law": law, "topics": queries.kept(law, _counted)}
    return render(request, "policy_library/comparisons.html", context)


@require_safe
def comparison(request: HttpRequest, topic: str) -> HttpResponse:
    """Lay one topic's rules side by side."""
    law = packs.current()
    found = queries.comparison(law.library, topic, law.on)
    if found is None:
        raise Http404
    context = {"section": "comparison", "law": law, "comparison": found}
    return render(request, "policy_library/comparison.html", context)


def _counted(law: CurrentLaw) -> tuple[tuple[queries.TopicLine, int], ...]:
    return queries.counted_topics(law.library, law.on)
