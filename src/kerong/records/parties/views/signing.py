"""The two screens of whoever signs on a telephone: what you sign, and the code that says it is you."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from kerong.adapters import e_sign
from kerong.basics.clock import current_clock
from kerong.records.parties.actions import SigningError, open_link, send_code, sign
from kerong.records.parties.forms import SignForm
from kerong.records.parties.queries import masked_signer_phone, name_of_party, request_by_token, state_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kerong.records.parties.models import SigningRequest

GONE = 410
WRONG_CODE = _("验证码不对。连错 5 次，这个链接就失效。")


@require_safe
def sign_read(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is to be signed, in full, before anything is asked."""
    try:
        found = open_link(token=token)
    except SigningError:
        return _ended(request, token)
    return render(request, "parties/sign.html", _context(found, token))


@require_http_methods(["GET", "HEAD", "POST"])
def sign_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Send the code, take it, sign."""
    form = SignForm(request.POST if "code" in request.POST else None)
    try:
        if form.is_valid():
            found = sign(token=token, signer_code=form.cleaned_data["code"])
            return render(request, "parties/signed.html", _context(found, token))
        # A second visit to the page sends no second code.
        found = (
            send_code(token=token)
            if request.method == "POST" and not form.is_bound
            else open_link(token=token)
        )
    except SigningError as error:
        if error.reason != "wrong_code":
            return _ended(request, token)
        found = open_link(token=token)
        form.add_error("code", WRONG_CODE)
    context = {**_context(found, token), "form": form, "phone": masked_signer_phone(found)}
    return render(request, "parties/sign_confirm.html", context, status=422 if form.is_bound else 200)


def _context(found: SigningRequest, token: str) -> dict[str, object]:
    return {
        "signing": found,
        "token": token,
        "synthetic": isinstance(e_sign.signer(), e_sign.DemoSigner),
        "party": name_of_party(found.subject),
        "label": e_sign.signer().label,
        "now": current_clock().now(),
    }


def _ended(request: HttpRequest, token: str) -> HttpResponse:
    """Say why a link leads no further; of an unknown one nothing is said."""
    found = request_by_token(token)
    state = state_of(found) if found else "unknown"
    if state in {"waiting", "opened"}:
        state = "too_many"
    context = {"state": state, "signing": found if state == "signed" else None}
    return render(request, "parties/sign_ended.html", context, status=404 if found is None else GONE)
