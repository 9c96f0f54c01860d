"""Refuses to write while the evidence contradicts its witness; reading goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.template.loader import render_to_string

from kerong.portal import witness

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
# Switches that write nothing but a cookie.
HARMLESS = ("/language/", "/text-size/")
# Whoever must find out why has to be able to sign in, check and take the evidence away. The events that this adds
# cannot mend the contradiction: the witness compares the root, and not the number alone.
NEEDED = ("/accounts/login/", "/accounts/logout/", "/accounts/2fa/authenticate/", "/evidence/")


class ReadOnlyMiddleware:
    """Answer 503 with the reason to whatever would write, while the service is closed for writing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, or refuse it."""
        if request.method not in SAFE and not request.path.startswith(HARMLESS + NEEDED):
            why = witness.closed_because()
            if why:
                return HttpResponse(
                    render_to_string("read_only.html", {"why": why}, request=request), status=503
                )
        return self.get_response(request)
