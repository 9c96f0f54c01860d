"""Reads about approvals: one with its story, those that wait for the actor, and whether a content is approved."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from kerong.basics.acting import current_actor
from kerong.records.approvals.models import Approval
from kerong.records.approvals.queries.kinds import KINDS
from kerong.records.evidence.queries import events
from kerong.records.parties.models import User
from kerong.records.parties.queries import live_memberships

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kerong.basics.acting import Actor


def approval(approval_id: str | UUID) -> Approval | None:
    """Return one approval that the actor may see, or None."""
    try:
        wanted = UUID(str(approval_id))
    except ValueError:
        return None
    return Approval.objects.filter(id=wanted).first()


def approved(*, approval_id: str | UUID, content_digest: str) -> bool:
    """Tell whether every step agreed to exactly this content."""
    found = approval(approval_id)
    return (
        found is not None and found.state == Approval.State.AGREED and found.content_digest == content_digest
    )


def approvals_of_subject(subject: str) -> QuerySet[Approval]:
    """Return what was asked about one thing, the latest first."""
    return Approval.objects.filter(subject=subject)


def my_approvals(actor: Actor) -> QuerySet[Approval]:
    """Return what the actor's person asked for, the latest first."""
    mine = Q(asked_user=actor.user) | (Q(asked_person=actor.person) if actor.person else Q())
    return Approval.objects.filter(mine)


def seen_approvals() -> QuerySet[Approval]:
    """Return every approval that the actor may see, the latest first."""
    return Approval.objects.all()


def waiting_for(actor: Actor) -> list[Approval]:
    """Return the approvals whose open step the actor may decide, the oldest first."""
    found = (
        Approval.objects.filter(state=Approval.State.OPEN).prefetch_related("decisions").order_by("asked_at")
    )
    return [each for each in found if not why_not(each, actor)]


def why_not(found: Approval, actor: Actor | None = None) -> str:  # noqa: PLR0911 - a line for each reason
    """Say in a word why the actor may not decide the open step, or return the empty text.

    ``closed`` nothing is open, ``duty`` the role lacks the duty, ``party`` it is another party's affair,
    ``nobody`` the account belongs to no natural person, ``asker`` the person asked for it, ``decided`` the person
    decided an earlier step, ``delegate`` the mandate was given by the person who asked or decided. The person
    counts, not the account.
    """
    actor = actor or current_actor()
    if found.state != Approval.State.OPEN:
        return "closed"
    kind = KINDS.get(found.kind)
    duty = kind.duties.get(found.step) if kind else None
    if duty is None or not actor.may(duty):
        return "duty"
    if not (kind and kind.everywhere) and actor.party not in (found.owner, *found.readers):
        return "party"
    if not actor.person:
        return "nobody"
    if actor.person == found.asked_person or actor.user == found.asked_user:
        return "asker"
    before = [(each.person, each.user) for each in found.decisions.all()]
    if any(actor.person == person or actor.user == user for person, user in before):
        return "decided"
    taken = {found.asked_person, *(person for person, _user in before)} - {""}
    return "delegate" if _appointed_by(actor, taken) else ""


def name_of_account(user: str) -> str:
    """Return the name shown for an account; empty where there is none."""
    return (User.objects.filter(id=user).values_list("display_name", flat=True).first() or "") if user else ""


def _appointed_by(actor: Actor, persons: set[str]) -> bool:
    """Tell whether the mandate the actor uses was given by one of these persons."""
    mandates = live_memberships(party=actor.party, role=actor.role).filter(user_id=actor.user)
    ids = [str(key) for key in mandates.values_list("id", flat=True)]
    given = events(row_table="parties_membership").filter(row_id__in=ids, actor_person__in=persons)
    return given.exists()
