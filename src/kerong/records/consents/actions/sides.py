"""Makes sure that only the subject's side acts on its consents, and records whoever else tries."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from kerong.basics.acting import current_actor
from kerong.records.evidence.actions import record

STREAM = "consents"


class NotTheSubjectError(PermissionDenied):
    """Somebody who does not act for the subject tried to give, refuse or withdraw its consent."""


def check_side(subject: str, verb: str) -> bool:
    """Refuse everybody but the subject's side; tell whether the actor may sign for it alone."""
    actor = current_actor()
    if actor.person and subject == f"person:{actor.person}":
        return True
    if actor.party == subject and (actor.may("firm.sign") or actor.may("firm.act")):
        return actor.may("firm.sign")
    # Outside any savepoint: the refusal answers 403, so the record of the attempt stays.
    record(
        stream=STREAM,
        kind="consent_by_stranger_refused",
        subject=subject,
        content={"verb": verb, "party": actor.party, "role": actor.role, "user": actor.user},
        detail={"verb": verb, "party": actor.party, "role": actor.role},
    )
    raise NotTheSubjectError(f"only {subject} itself can {verb} its consent; {actor.party or 'nobody'} acts")
