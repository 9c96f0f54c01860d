"""Sends a signed-in person where something must be done first: second factor, old password, step up."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.module_loading import import_string

from kerong.basics.acting import current_actor
from kerong.portal.accounts.adapters import has_second_factor
from kerong.portal.accounts.passwords import is_too_old
from kerong.portal.accounts.sessions import ADMINISTRATOR_KEY
from kerong.records.parties.queries import ADMINISTRATORS, role

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

# Where a person may always go: to set a factor up, to change the password or the language, and out.
OPEN = ("/accounts/", "/language/", "/text-size/", "/health/", "/static/", "/mandate/")
# Refusals that are cured by proving anew who one is, by the full names of their classes.
STEP_UP_ERRORS = (
    "kerong.records.approvals.actions.StepUpNeededError",
    "kerong.records.parties.queries.StepUpNeededError",
)


class AccountDoorsMiddleware:
    """Stands behind the one that knows the actor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or send somewhere else first. What is personal is never kept by a browser or a proxy."""
        if not getattr(request, "user", None) or not request.user.is_authenticated:
            response = self.get_response(request)
            if request.path.startswith(("/accounts/", "/sign/")):
                _never_kept(response)
            return response
        self._note_administrator(request)
        response = self._elsewhere(request) or self.get_response(request)
        _never_kept(response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a refusal for want of a fresh proof into the page that takes one, and back."""
        if not isinstance(exception, _step_up_errors()):
            return None
        transaction.set_rollback(True)
        # A form sent by POST is filled in again: what comes back is the page it was on.
        back = request.get_full_path() if request.method == "GET" else _page_before(request)
        return redirect(f"{reverse('step_up')}?{urlencode({'next': back})}")

    def _elsewhere(self, request: HttpRequest) -> HttpResponse | None:
        if request.path.startswith(OPEN):
            return None
        held = role(current_actor().role)
        if held and held.second_factor and not has_second_factor(request.user):
            return redirect(f"{reverse('mfa_index')}?{urlencode({'needed': '1'})}")
        if is_too_old(request.user):
            return redirect(f"{reverse('account_change_password')}?{urlencode({'old': '1'})}")
        return None

    def _note_administrator(self, request: HttpRequest) -> None:
        is_administrator = current_actor().role in ADMINISTRATORS
        if bool(request.session.get(ADMINISTRATOR_KEY)) != is_administrator:
            request.session[ADMINISTRATOR_KEY] = is_administrator


def _never_kept(response: HttpResponse) -> None:
    add_never_cache_headers(response)
    response["Cache-Control"] = "no-store, private"


def _page_before(request: HttpRequest) -> str:
    came_from = urlsplit(request.headers.get("referer", ""))
    if came_from.netloc == request.get_host():
        return came_from.path + (f"?{came_from.query}" if came_from.query else "")
    return request.path


def _step_up_errors() -> tuple[type[Exception], ...]:
    """Return the classes that exist in this installation."""
    found: list[type[Exception]] = []
    for place in STEP_UP_ERRORS:
        try:
            found.append(import_string(place))
        except ImportError:
            continue
    return tuple(found)
