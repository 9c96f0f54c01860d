"""Pages of matchmaking: one firm against all rules, one firm against one rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kerong.basics.acting import current_actor
from kerong.basics.party_reference import enterprise
from kerong.capabilities.matchmaking import queries
from kerong.capabilities.matchmaking.forms import FactsForm
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse

    from kerong.records.facts.queries import DemoFirm
    from kerong.records.packs.queries import CurrentLaw

YEARS_SHOWN = 5


@never_cache
@require_safe
def firm(request: HttpRequest, uscc: str) -> HttpResponse:
    """Hold one firm against every rule, with the facts the visitor has changed in the address."""
    law, found = packs.current(), firm_or_404(uscc)
    as_it_is = queries.outcomes(law, found.facts)
    form = facts_form(request, law, found)
    changes = form.changes()
    outcomes = queries.outcomes(law, form.changed_facts()) if changes else as_it_is
    # The arrangement of the fields follows the firm as it is: it must not jump while somebody types.
    holders = queries.facts_by_holder(law, as_it_is, found.facts)
    first = queries.first_to_change(as_it_is, law.library)
    return render(
        request,
        "matchmaking/firm.html",
        {
            "section": "firms",
            "law": law,
            "firm": found,
            "doors": queries.doors(law, form.changed_facts(), outcomes),
            "groups": queries.in_groups(outcomes),
            "turned": queries.turned(as_it_is, outcomes) if changes else None,
            "facts": form.in_holders(holders, first),
            "form": form,
            "history": queries.firm_history(uscc),
            "years_shown": YEARS_SHOWN,
            "synthetic": True,
        }
        | form_context(form),
    )


@never_cache
@require_safe
def evaluation(request: HttpRequest, uscc: str, key: str) -> HttpResponse:
    """Hold one firm against one rule, with every reason and the ways to meet it."""
    law, found = packs.current(), firm_or_404(uscc)
    form = facts_form(request, law, found)
    try:
        answer = queries.evaluated(law, key, form.changed_facts())
    except KeyError:
        raise Http404 from None
    context = {"section": "firms", "law": law, "firm": found, "answer": answer, "synthetic": True}
    actor = current_actor()
    may_store = actor.may("firm.act") and actor.party == enterprise(uscc)
    context |= {"cites_listed": answer.cites, "may_store": may_store}
    return render(request, "matchmaking/evaluation.html", context | form_context(form))


def firm_or_404(uscc: str) -> DemoFirm:
    """Return the firm of an address, or answer 404."""
    # A zero byte would not reach the table: PostgreSQL refuses it with an error.
    found = queries.demo_firm(uscc) if uscc.isalnum() else None
    if found is None:
        raise Http404
    return found


def facts_form(request: HttpRequest, law: CurrentLaw, firm: DemoFirm) -> FactsForm:
    """Read the facts that a visitor has changed in the address."""
    asked = {name: value.replace("\0", "") for name, value in request.GET.items()}
    return FactsForm(law.library.facts.values(), firm.facts, asked)


def form_context(form: FactsForm) -> dict[str, Any]:
    """Return what every page says of the changes: those made, those that could not be read, and the query."""
    return {"changes": form.changes(), "unread": form.unread(), "query": form.query()}
