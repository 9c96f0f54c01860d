"""What another value of the law would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from kerong.adapters import worker_client
from kerong.capabilities.policy_library import queries
from kerong.capabilities.policy_library.forms import WhatIfForm
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


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
