"""The page on which a signed-in person proves anew who they are, before something that matters."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from kerong.basics.clock import current_clock
from kerong.portal.accounts.adapters import has_second_factor
from kerong.portal.acting import STEPPED_UP_KEY
from kerong.records.parties.actions import note_sign_in
from kerong.records.parties.queries import needs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

FRESH_SECONDS = 120


@needs()
@require_safe
def step_up(request: HttpRequest) -> HttpResponse:
    """Lead to the strongest proof the person has: code, passkey, or the password where there is no second factor."""
    done = f"{reverse('step_up_done')}?{urlencode({'next': _next(request)})}"
    return redirect(f"{reverse(_page_for(request))}?{urlencode({'next': done})}")


@needs()
@require_safe
def step_up_done(request: HttpRequest) -> HttpResponse:
    """Note the proof that was just given, and go back to what it was for; without one, ask again."""
    if not _proved_just_now(request):
        return redirect(f"{reverse('step_up')}?{urlencode({'next': _next(request)})}")
    request.session[STEPPED_UP_KEY] = current_clock().now().isoformat()
    note_sign_in(user=request.user, kind="stepped_up")
    return redirect(_next(request))


def _proved_just_now(request: HttpRequest) -> bool:
    records = [
        each for each in get_authentication_records(request, request.user) if each.get("reauthenticated")
    ]
    if not records or time.time() - records[-1]["at"] > FRESH_SECONDS:
        return False
    # Who has a second factor proves that one; the password alone is no step up.
    return records[-1]["method"] == "mfa" or not has_second_factor(request.user)


def _page_for(request: HttpRequest) -> str:
    held = set(Authenticator.objects.filter(user_id=request.user.pk).values_list("type", flat=True))
    if Authenticator.Type.TOTP in held:
        return "mfa_reauthenticate"
    return "mfa_reauthenticate_webauthn" if Authenticator.Type.WEBAUTHN in held else "account_reauthenticate"


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else reverse("home")
