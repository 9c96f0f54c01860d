"""Who may do what: turns a mandate into an actor, and guards views by duty."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied

from kerong.basics.acting import ADMINISTRATORS, Actor, current_actor
from kerong.records.parties.queries.roles import role

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from kerong.records.parties.models import Membership, User


class NotAllowedError(PermissionDenied):
    """The actor's role does not carry the duty that was asked for."""


def actor_for(
    user: User, membership: Membership | None, *, request: str = "", stepped_up_at: datetime | None = None
) -> Actor:
    """Return the actor of an account in one of its mandates, or without any."""
    person = str(user.person_id) if user.person_id else ""
    held = role(membership.role) if membership else None
    return Actor(
        user=str(user.pk),
        person=person,
        party=membership.party if membership else "",
        role=held.key if held else "",
        duties=held.duties if held else frozenset(),
        request=request,
        stepped_up_at=stepped_up_at,
    )


def business(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Guard a view of business that anybody signed in may open, and that shows each only what is theirs.

    The three administrators look after the service and hold no business (LAW-31): they are refused.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = current_actor()
        if actor.is_visitor:
            return redirect_to_login(request.get_full_path())
        if actor.role in ADMINISTRATORS:
            raise NotAllowedError("administrators hold no business")
        return view(request, *args, **kwargs)

    guarded.audience = "business"  # type: ignore[attr-defined] - read by the matrix test
    return guarded


def needs(*duties: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Guard a view: a visitor is asked to sign in, and a person whose role carries none of the duties is refused.

    Without duties it is enough to be signed in. The route × role matrix reads what a view needs from ``.duties``.
    """

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = current_actor()
            if actor.is_visitor:
                return redirect_to_login(request.get_full_path())
            if duties and not any(actor.may(duty) for duty in duties):
                raise NotAllowedError(f"needs one of {', '.join(duties)}")
            return view(request, *args, **kwargs)

        guarded.duties = duties  # type: ignore[attr-defined] - read by the matrix test
        return guarded

    return guard
