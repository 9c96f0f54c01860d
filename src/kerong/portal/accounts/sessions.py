"""Ends sessions that were idle too long: 30 minutes, 15 for administrators; 12 hours at most whatever happens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import logout
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

BEGAN_KEY, SEEN_KEY, ADMINISTRATOR_KEY = "kerong_began_at", "kerong_seen_at", "kerong_is_administrator"
IDLE, IDLE_ADMINISTRATOR = timedelta(minutes=30), timedelta(minutes=15)
# A session is written once a minute at most, not at each page.
NOTED_EVERY = timedelta(minutes=1)


class SessionAgeMiddleware:
    """Make a stranger of whoever was away too long. Real time counts, also where the demo moves its clock."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End the session if its time is over, else note that it is used."""
        # A visitor without a session is left without one.
        if "_auth_user_id" in request.session:
            self._look_at(request)
        return self.get_response(request)

    def _look_at(self, request: HttpRequest) -> None:
        now, session = timezone.now(), request.session
        began, seen = (_moment(session.get(key)) or now for key in (BEGAN_KEY, SEEN_KEY))
        idle = IDLE_ADMINISTRATOR if session.get(ADMINISTRATOR_KEY) else IDLE
        if now - seen > idle or now - began > timedelta(seconds=settings.SESSION_COOKIE_AGE):
            logout(request)
            return
        if BEGAN_KEY not in session:
            session[BEGAN_KEY] = now.isoformat()
        if SEEN_KEY not in session or now - seen >= NOTED_EVERY:
            session[SEEN_KEY] = now.isoformat()


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
