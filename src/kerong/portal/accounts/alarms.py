"""Tells the security administrators that something at the door needs their eyes."""

from __future__ import annotations

from kerong.basics.clock import current_clock
from kerong.records.evidence.actions import house
from kerong.records.notices.actions import tell
from kerong.records.parties.queries import live_memberships


def tell_security(*, kind: str, title: str, body: str) -> int:
    """Leave a notice with every security administrator, and return how many there are."""
    holders = {held.user.person_id for held in live_memberships(role="security_admin").select_related("user")}
    now = current_clock().now()
    with house("an alarm is for people other than the one who set it off"):
        for person in holders - {None}:
            key = f"{kind}:{person}:{now.isoformat()}"
            tell(to_person=f"person:{person}", kind=kind, title=title, body=body, link="/access/", key=key)
    return len(holders)
