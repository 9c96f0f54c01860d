"""Registers legal bases other than consent: a statutory duty, a contract, published or invented data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kerong.basics.acting import HOUSE_ROLE, PLATFORM, current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.consents.actions.giving import ConsentError
from kerong.records.consents.actions.sides import STREAM
from kerong.records.consents.models import BasisEnd, LegalBasis
from kerong.records.consents.queries.words import check_words
from kerong.records.evidence.actions import house, seal
from kerong.records.parties.queries import NotAllowedError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

_REGISTERS = "consents.register"


def register_basis(  # noqa: PLR0913 - what a ground says
    *,
    kind: str,
    subject: str,
    recipient: str,
    purposes: Iterable[str],
    data_types: Iterable[str] = (),
    cites: str,
    words: str,
    since: date | None = None,
    until: date | None = None,
) -> LegalBasis:
    """Register a ground and return it; the same ground registered again is returned as it stands.

    ``subject`` is a party reference, "*" for all, or "synthetic" for invented subjects; ``recipient`` a party
    reference, a category or "*". Without ``data_types`` it covers all that need no flag of their own. ``cites`` names
    the clause, the contract or the publication. Needs duty ``consents.register``, or the house. Raises
    NotAllowedError, ConsentError, WordError.
    """
    _check_duty()
    chosen, kinds = sorted(set(purposes)), sorted(set(data_types))
    check_words(purposes=tuple(chosen), data_types=tuple(kinds))
    if not chosen or not cites.strip() or kind not in dict(LegalBasis.KINDS):
        raise ConsentError("a ground has a registered kind, a purpose and a citation")
    if kind == "synthetic" and subject != LegalBasis.INVENTED:
        raise ConsentError("the ground of invented data covers invented subjects only")
    now = current_clock().now()
    general = subject in {LegalBasis.EVERYBODY, LegalBasis.INVENTED}
    same = {
        "kind": kind,
        "subject": subject,
        "recipient": recipient,
        "purposes": chosen,
        "data_types": kinds,
        "cites": cites,
        "until": until,
        "end__isnull": True,
    }
    with transaction.atomic(), house("a ground may concern a subject that the registrar does not act for"):
        if found := LegalBasis.objects.filter(**same).first():
            return found
        del same["end__isnull"]
        row = LegalBasis.objects.create(
            id=new_identifier(now),
            owner=PLATFORM if general else subject,
            readers=[recipient] if ":" in recipient else [],
            words=words,
            since=since or current_clock().today(),
            registered_at=now,
            registered_by=current_actor().user,
            **same,
        )
        seal(row, stream=STREAM, kind="basis_registered", subject="" if general else subject)
    return row


def end_basis(*, basis_id: str | UUID, because: str) -> BasisEnd:
    """End a ground at once; a second end changes nothing. Raises NotAllowedError, LegalBasis.DoesNotExist."""
    _check_duty()
    now = current_clock().now()
    with transaction.atomic(), house("a ground may concern a subject that the registrar does not act for"):
        basis = LegalBasis.objects.get(pk=basis_id)
        row, is_new = BasisEnd.objects.get_or_create(
            basis=basis,
            defaults={
                "id": new_identifier(now),
                "owner": basis.owner,
                "because": because,
                "ended_at": now,
                "ended_by": current_actor().user,
            },
        )
        if is_new:
            seal(
                row, stream=STREAM, kind="basis_ended", subject=basis.subject if ":" in basis.subject else ""
            )
    return row


def _check_duty() -> None:
    actor = current_actor()
    if actor.role != HOUSE_ROLE and not actor.may(_REGISTERS):
        raise NotAllowedError(f"needs {_REGISTERS}")
