"""Who acts right now, and for whom: told once per request or job, asked by whatever records, checks or logs."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """One person in one role for one party, or the service itself.

    ``user`` is the account's id and ``person`` the natural person's, so that two accounts of one person are seen to
    be one; ``party`` is a party reference (see ``party_reference``). Empty text means "nobody". ``stepped_up_at`` is
    when the person last proved anew who they are.
    """

    user: str = ""
    person: str = ""
    party: str = ""
    role: str = ""
    duties: frozenset[str] = frozenset()
    request: str = ""
    stepped_up_at: datetime | None = None

    def may(self, duty: str) -> bool:
        """Tell whether the role carries a duty."""
        return duty in self.duties

    @property
    def is_visitor(self) -> bool:
        """Tell whether nobody signed in."""
        return not self.user and self.role != HOUSE_ROLE


HOUSE_ROLE = "house"
"""The role of the service when it works by itself: jobs, preparation, the demo."""
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
"""Roles that look after the service and hold no business: one person has one of them at most, and nothing beside it."""
PLATFORM = "platform"
"""The party of the operator and of the service itself."""
VISITOR = Actor()

_actor: ContextVar[Actor] = ContextVar("kerong_actor", default=VISITOR)


def house_actor(what: str) -> Actor:
    """Return the service itself, doing ``what`` (a job's name, for instance)."""
    return Actor(party=PLATFORM, role=HOUSE_ROLE, request=what)


def current_actor() -> Actor:
    """Return who acts; a visitor when nobody was told."""
    return _actor.get()


@contextmanager
def told(actor: Actor) -> Generator[Actor]:
    """Let somebody be the actor inside the block.

    Tells Python only: the database is told by `evidence.actions.acting`.
    """
    token = _actor.set(actor)
    try:
        yield actor
    finally:
        _actor.reset(token)
