"""Decides one step: by a person who proved anew who they are, and who had no part in the earlier steps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.approvals.actions.following import moved
from kerong.records.approvals.models import Approval, StepDecision
from kerong.records.approvals.queries import approval, name_of_account, why_not
from kerong.records.evidence.actions import house, seal

if TYPE_CHECKING:
    from kerong.basics.acting import Actor

STEP_UP_HOLDS = timedelta(minutes=5)


class StepUpNeededError(Exception):
    """The person has to prove anew who they are: the last proof is older than five minutes."""


class DecisionRefusedError(Exception):
    """The actor may not decide this step.

    ``reason`` is a word of `queries.why_not`, or ``gone``, ``taken``, ``changed``, ``remark``.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def is_stepped_up(actor: Actor | None = None) -> bool:
    """Tell whether the actor proved who they are within the last five minutes."""
    actor = actor or current_actor()
    proved, now = actor.stepped_up_at, current_clock().now()
    return proved is not None and timedelta(0) <= now - proved <= STEP_UP_HOLDS


def decide(
    *, approval_id: str | UUID, step: str, agreed: bool, remark: str, content_digest: str = ""
) -> Approval:
    """Agree to one step, or return the matter with a remark; return the approval as it stands then.

    ``content_digest`` is what the actor saw, where the caller knows it. Two who decide one step at the same time
    wait for each other, and the second is refused. Raises StepUpNeededError and DecisionRefusedError.
    """
    actor = current_actor()
    # Whoever may not see it learns nothing about it.
    if approval(approval_id) is None:
        raise DecisionRefusedError("gone")
    if not is_stepped_up(actor):
        raise StepUpNeededError
    with transaction.atomic(), house("the approver's party need not be the owner"):
        found = Approval.objects.select_for_update().get(id=UUID(str(approval_id)))
        if found.state != Approval.State.OPEN or found.step != step:
            raise DecisionRefusedError("taken")
        if content_digest and content_digest != found.content_digest:
            raise DecisionRefusedError("changed")
        if reason := why_not(found, actor):
            raise DecisionRefusedError(reason)
        if not agreed and not remark.strip():
            raise DecisionRefusedError("remark")
        _decided(found, actor, agreed=agreed, remark=remark.strip())
    return found


def _decided(found: Approval, actor: Actor, *, agreed: bool, remark: str) -> None:
    now = current_clock().now()
    made = StepDecision.objects.create(
        id=new_identifier(now),
        approval=found,
        step=found.step,
        agreed=agreed,
        remark=remark,
        content_digest=found.content_digest,
        decided_at=now,
        user=actor.user,
        person=actor.person,
        party=actor.party,
        role=actor.role,
        name=name_of_account(actor.user),
    )
    if not agreed:
        found.state, found.closed_because = Approval.State.RETURNED, remark
    else:
        found.position += 1
        if found.position == len(found.steps):
            found.state = Approval.State.AGREED
    found.closed_at = None if found.state == Approval.State.OPEN else now
    found.save(update_fields=["state", "position", "closed_at", "closed_because"])
    seal(
        made,
        stream="approvals",
        kind="step_decided",
        subject=found.owner,
        detail={"step": made.step, "agreed": agreed},
    )
    seal(found, stream="approvals", kind="approval_moved", subject=found.owner)
    moved(found)
