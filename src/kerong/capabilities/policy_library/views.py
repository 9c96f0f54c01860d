"""Pages of the policy library: the list of rules, one rule in words, what a changed number would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kerong.adapters import worker_client
from kerong.capabilities.policy_library import queries
from kerong.capabilities.policy_library.forms import WhatIfForm
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SEARCH_MAX = 100


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """List the rules that match a search."""
    law = packs.current()
    text = request.GET.get("q", "").replace("\0", "")[:SEARCH_MAX]
    regions = queries.regions_of(law.library)
    kind = request.GET.get("kind", "") if request.GET.get("kind") in queries.KINDS else ""
    region = request.GET.get("region", "") if request.GET.get("region") in regions else ""
    return render(
        request,
        "policy_library/rules.html",
        {
            "section": "rules",
            "law": law,
            "lines": queries.rules_matching(law.library, law.on, text=text, kind=kind, region=region),
            "total": len(law.library.packs),
            "text": text,
            "kind": kind,
            "region": region,
            "kinds": queries.KINDS.items(),
            "regions": regions,
        },
    )


@require_safe
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """Say one rule in words."""
    law = packs.current()
    if key not in law.library.packs:
        raise Http404
    found = queries.rule_in_words(law.library, key, law.on)
    movable = [p.name for p in queries.movable_parameters(found.pack, law.on)]
    return render(
        request,
        "policy_library/rule.html",
        {
            "section": "rules",
            "law": law,
            "rule": found,
            "cites_listed": found.cites,
            "yaml": queries.yaml_of(law, found.pack),
            "is_movable": bool(movable) and key in [pack.key for pack in queries.movable_rules(law)],
        },
    )


@require_safe
def what_if(request: HttpRequest) -> HttpResponse:
    """Show who would qualify if one number were another: a draft estimate, never stored."""
    law = packs.current()
    form = WhatIfForm(law, {name: value.replace("\0", "") for name, value in request.GET.items()})
    context = {"section": "what_if", "law": law, "form": form, "synthetic": True}
    if form.is_valid() and form.pack and form.chosen and form.range:
        value = form.cleaned_data["value"]
        context["value"] = value
        try:
            context["answer"] = queries.what_if(form.pack, form.chosen, value, form.range.current)
        except worker_client.WorkerCold:
            context["trouble"] = "cold"
        except worker_client.WorkerGone:
            context["trouble"] = "gone"
        except worker_client.WorkerRefused:
            context["trouble"] = "refused"
    return render(request, "policy_library/what_if.html", context)
