"""Gives each request one transaction, and tells it who acts: the account, for which party, in which role."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from kerong.basics.acting import Actor
from kerong.portal.pages import forbidden
from kerong.records.evidence.actions import acting
from kerong.records.facts.queries import NoBasisError, keep_refusal
from kerong.records.parties.queries import actor_for, live_memberships, membership_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

MEMBERSHIP_KEY = "kerong_membership"
STEPPED_UP_KEY = "kerong_stepped_up_at"
# The health page reports a missing database, so it must not need one.
WITHOUT_DATABASE = ("/health/", "/static/")
FAILED = 500


class ActingMiddleware:
    """Open a transaction, let row security know the actor, answer, and keep or drop all of it together.

    An answer of 500 and above drops what was written. Below that it stays: a refusal is worth its log line, and
    actions that fail drop their own part.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer inside one transaction with its actor."""
        if request.path.startswith(WITHOUT_DATABASE):
            return self.get_response(request)
        with transaction.atomic(), acting(actor_of(request)) as actor:
            request.actor = actor  # type: ignore[attr-defined] - for templates
            response = self.get_response(request)
            if response.status_code >= FAILED:
                transaction.set_rollback(True)
            elif hasattr(response, "render") and not response.is_rendered:
                response.render()
        if (refused := getattr(request, "refused_look", None)) is not None:
            # A refusal is worth its log line even when the view took everything back.
            with transaction.atomic(), acting(actor):
                keep_refusal(refused)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Say why a look was refused when no view did; leave other errors alone."""
        if not isinstance(error, NoBasisError):
            return None
        request.refused_look = error  # type: ignore[attr-defined] - kept when the transaction has ended
        return forbidden(request, error)


def actor_of(request: HttpRequest) -> Actor:
    """Return who a request acts as: the mandate chosen in the session, else the account's oldest."""
    reference = str(structlog.contextvars.get_contextvars().get("request_id", ""))
    user = request.user
    if isinstance(user, AnonymousUser):
        return Actor(request=reference)
    stepped_up = request.session.get(STEPPED_UP_KEY)
    chosen = request.session.get(MEMBERSHIP_KEY)
    mandate = (membership_of(user, chosen) if chosen else None) or live_memberships(user=user).first()
    return actor_for(
        user,
        mandate,
        request=reference,
        stepped_up_at=datetime.fromisoformat(stepped_up) if stepped_up else None,
    )
