"""Reads for the guards at the door: administrators, second factors, passwords used before, codes asked for in vain."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kerong.basics.clock import current_clock
from kerong.records.parties.models import CodeInVain
from kerong.records.parties.queries.memberships import live_memberships
from kerong.records.parties.queries.roles import ADMINISTRATORS, role

if TYPE_CHECKING:
    from kerong.records.parties.models import User

IN_VAIN_WITHIN = timedelta(minutes=10)


def is_administrator(user: User) -> bool:
    """Tell whether an account is one of the three administrators now."""
    return bool(set(_roles_of(user)) & set(ADMINISTRATORS))


def needs_second_factor(user: User) -> bool:
    """Tell whether one of an account's roles demands a second factor."""
    return any(held.second_factor for key in _roles_of(user) if (held := role(key)))


def passwords_before(user: User, times: int) -> list[str]:
    """Return the hashes of the last passwords of an account, the present one first."""
    if not times or user._state.adding:
        return []
    return list(user.passwords_used.values_list("encoded", flat=True)[:times])


def codes_in_vain(who: str) -> int:
    """Return how many different enterprise codes somebody asked for in vain within ten minutes."""
    since = current_clock().now() - IN_VAIN_WITHIN
    found = CodeInVain.objects.filter(who=who, asked_at__gt=since)
    return found.values("code_digest").distinct().count()


def _roles_of(user: User) -> list[str]:
    if user._state.adding:
        return []
    return [held.role for held in live_memberships(user=user)]
