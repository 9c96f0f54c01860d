"""Pages on which somebody claims a firm and waits for its legal representative."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerong.basics import party_reference
from kerong.basics.acting import current_actor
from kerong.records.parties.actions import (
    ClaimRefusedError,
    SigningError,
    claim_firm,
    resend_claim,
    withdraw_claim,
)
from kerong.records.parties.forms import ClaimForm
from kerong.records.parties.queries import claim_lines, needs
from kerong.records.parties.views.qr import as_image

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from kerong.records.parties.models import SigningRequest


@needs()
@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """List somebody's claims: for whom, who has to sign, where it stands."""
    owner = party_reference.person(current_actor().person)
    return render(
        request,
        "parties/claims.html",
        {"section": "account", "synthetic": _is_demo(), "claims": claim_lines(owner)},
    )


@needs()
@require_http_methods(["GET", "HEAD", "POST"])
def claim_new(request: HttpRequest) -> HttpResponse:
    """Claim a firm; show the link that its legal representative signs by, once."""
    if not current_actor().person:
        raise Http404
    form = ClaimForm(request.POST or None)
    if form.is_valid():
        try:
            with transaction.atomic():
                claim, signing = claim_firm(**form.cleaned_data)
        except ClaimRefusedError as error:
            form.add_error(error.field, str(error))
        else:
            return _link(request, signing, representative=claim.representative)
    context = {"section": "account", "synthetic": _is_demo(), "form": form}
    return render(request, "parties/claim_new.html", context, status=422 if form.is_bound else 200)


@needs()
@require_POST
def claim_resend(request: HttpRequest, claim: UUID) -> HttpResponse:
    """Make a fresh link; the old one ends."""
    try:
        signing = resend_claim(claim_id=str(claim))
    except (ObjectDoesNotExist, SigningError):
        raise Http404 from None
    return _link(request, signing, representative=signing.signer_name)


@needs()
@require_POST
def claim_withdraw(request: HttpRequest, claim: UUID) -> HttpResponse:
    """Take a claim back."""
    del request
    try:
        withdraw_claim(claim_id=str(claim))
    except (ObjectDoesNotExist, SigningError):
        raise Http404 from None
    return redirect("parties:claims")


def _is_demo() -> bool:
    return settings.KERONG_ENV != "production"


def _link(request: HttpRequest, signing: SigningRequest, **more: Any) -> HttpResponse:
    address = request.build_absolute_uri(signing.address)  # type: ignore[attr-defined] - set when a link is made
    context = {
        "section": "account",
        "synthetic": _is_demo(),
        "signing": signing,
        "image": as_image(address),
        # In the demo the telephone is another window of the same browser.
        "address": address if _is_demo() else "",
        **more,
    }
    return render(request, "parties/claim_link.html", context)
