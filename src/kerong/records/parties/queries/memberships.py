"""Reads about who acts for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from kerong.basics import party_reference
from kerong.basics.clock import current_clock
from kerong.records.parties.models import Enterprise, Institution, Membership, Office, Person
from kerong.records.parties.queries.roles import ADMINISTRATORS

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from kerong.records.parties.models import User


def live_memberships(*, user: User | None = None, party: str = "", role: str = "") -> QuerySet[Membership]:
    """Return the mandates that hold now, the oldest first, narrowed by account, party or role."""
    now = current_clock().now()
    found = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gte=current_clock().today()),
        ended_at__isnull=True,
        since__lte=now,
        user__is_active=True,
    )
    wanted = {"user": user, "party": party, "role": role}
    return found.filter(**{name: value for name, value in wanted.items() if value}).order_by("since", "id")


def membership_of(user: User, key: str) -> Membership | None:
    """Return one live mandate of an account by its id, or None."""
    try:
        wanted = UUID(key)
    except ValueError:
        return None
    return live_memberships(user=user).filter(id=wanted).first()


def name_of_party(reference: str) -> str:
    """Return the name of a party as it is called now; the reference itself where it is not known."""
    if reference == "platform":
        return "科融平台"
    kind, _, key = reference.partition(":")
    table, column = {
        "enterprise": (Enterprise, "uscc"),
        "institution": (Institution, "key"),
        "office": (Office, "key"),
        "person": (Person, "id"),
    }.get(kind, (None, ""))
    if table is None:
        return reference
    try:
        party_reference.parse(reference)
        found = table.objects.filter(**{column: UUID(key) if kind == "person" else key}).first()
    except ValueError:
        return reference
    return str(found) if found else reference


def administrators(roles: Collection[str] = ADMINISTRATORS) -> dict[str, tuple[str, str]]:
    """Return name and person reference by account of everybody who is or was an administrator."""
    held = Membership.objects.filter(role__in=roles).select_related("user")
    return {
        str(each.user_id): (
            each.user.display_name,
            party_reference.person(str(each.user.person_id)) if each.user.person_id else "",
        )
        for each in held
    }
