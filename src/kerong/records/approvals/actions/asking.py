"""Asks others to check a content, and takes the question back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db import transaction

from kerong.basics.acting import PLATFORM, current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.approvals.actions.following import moved
from kerong.records.approvals.models import Approval
from kerong.records.approvals.queries import KINDS, name_of_account
from kerong.records.evidence.actions import house, seal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

_DIGEST = re.compile(r"[0-9a-f]{64}")


class AskRefusedError(ValueError):
    """What was asked cannot be asked so, or cannot be taken back; the message says why."""


def ask(  # noqa: PLR0913 - what an approval is
    *,
    kind: str,
    subject: str,
    what: str,
    content_digest: str,
    steps: Sequence[str] = ("review", "approve"),
    link: str = "",
    readers: Sequence[str] = (),
) -> Approval:
    """Ask for a content to be checked step by step by other persons, and return the approval.

    ``kind`` is one of `queries.KINDS`, ``subject`` what it is about, ``content_digest`` the SHA-256 of exactly what
    shall be agreed to. The actor's party owns it; people of ``readers`` may decide as well. Raises AskRefusedError.
    """
    actor, now = current_actor(), current_clock().now()
    known = KINDS.get(kind)
    if known is None:
        raise AskRefusedError(f"{kind!r} is none of {', '.join(KINDS)}")
    if not steps or len(set(steps)) != len(steps) or any(step not in known.duties for step in steps):
        raise AskRefusedError(f"{kind} has the steps {', '.join(known.duties)}; {list(steps)} was asked")
    if not _DIGEST.fullmatch(content_digest):
        raise AskRefusedError("the content is named by its SHA-256, 64 hexadecimal digits")
    if actor.is_visitor:
        raise AskRefusedError("a visitor asks for nothing")
    with transaction.atomic():
        made = Approval.objects.create(
            id=new_identifier(now),
            owner=actor.party or PLATFORM,
            readers=list(readers),
            open_to=sorted({known.duties[step] for step in steps}) if known.everywhere else [],
            kind=kind,
            subject=subject,
            what=what,
            link=link,
            content_digest=content_digest,
            steps=list(steps),
            asked_at=now,
            asked_user=actor.user,
            asked_person=actor.person,
            asked_role=actor.role,
            asked_name=name_of_account(actor.user),
        )
        seal(made, stream="approvals", kind="approval_asked", subject=made.owner)
        moved(made)
    return made


def withdraw(*, approval_id: str | UUID, because: str) -> Approval:
    """Take one's own open question back. Raises AskRefusedError."""
    actor = current_actor()
    with transaction.atomic():
        found = Approval.objects.select_for_update().filter(id=approval_id).first()
        if found is None or found.state != Approval.State.OPEN:
            raise AskRefusedError("it is not open any more")
        if not actor.user or (found.asked_user != actor.user and found.asked_person != actor.person):
            raise AskRefusedError("only the person who asked takes it back")
        return _closed(found, Approval.State.WITHDRAWN, because)


def void(*, approval_id: str | UUID, because: str) -> Approval | None:
    """End an approval, open or agreed, whose content has changed since; None when it had ended otherwise."""
    with transaction.atomic(), house("whoever changes the content ends the approval of the former one"):
        found = Approval.objects.select_for_update().filter(id=approval_id).first()
        if found is None or found.state not in (Approval.State.OPEN, Approval.State.AGREED):
            return None
        return _closed(found, Approval.State.VOID, because)


def _closed(found: Approval, state: Approval.State, because: str) -> Approval:
    found.state, found.closed_at, found.closed_because = state, current_clock().now(), because
    found.save(update_fields=["state", "closed_at", "closed_because"])
    seal(found, stream="approvals", kind=f"approval_{state.value}", subject=found.owner)
    moved(found)
    return found
