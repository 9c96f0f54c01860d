"""The corner of each page that says who is signed in, and for whom."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from kerong.basics.acting import current_actor
from kerong.portal.page_tags import LINKS
from kerong.records.parties.queries import name_of_party, role

register = template.Library()


@register.inclusion_tag("parts/account.html", takes_context=True)
def account_corner(context: dict[str, Any]) -> dict[str, Any]:
    """Show who is signed in and for whom, or the way in."""
    request = context.get("request")
    actor = current_actor()
    account = getattr(request, "user", None)
    held = role(actor.role)
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "account": account if account is not None and account.is_authenticated else None,
        "party": name_of_party(actor.party) if actor.party else "",
        "role": held.label if held else "",
        "may_manage": actor.may("accounts.manage"),
        "work": reverse(LINKS["work"]) if "work" in LINKS else "",
    }
