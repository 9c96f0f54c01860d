"""Handing content out: to those who may see the row, with a mark that its owner sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kerong.adapters.file_store import fetch
from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.documents.models import Download
from kerong.records.documents.queries import letter, material
from kerong.records.evidence.actions import house, record

if TYPE_CHECKING:
    from uuid import UUID

    from kerong.records.documents.models import Document, Letter


@transaction.atomic
def take(*, document_id: UUID | str) -> tuple[Document, bytes] | None:
    """Return a version and its content, None where the actor sees no such version, and note who took it.

    Raises ContentGoneError or ContentAlteredError.
    """
    found = material(document_id)
    if found is None:
        return None
    content = fetch(found.place, owner=found.owner, sha256=found.sha256)
    _note(found.owner, found.id, "material_taken")
    return found, content


@transaction.atomic
def take_letter(*, letter_id: UUID | str) -> tuple[Letter, bytes] | None:
    """Return a letter and its PDF, None where the actor sees no such letter, and note who took it. Raises as `take`."""
    found = letter(letter_id)
    if found is None:
        return None
    content = found.pdf_bytes()
    _note(found.owner, found.id, "letter_taken")
    return found, content


def _note(owner: str, what: UUID, kind: str) -> None:
    actor, now = current_actor(), current_clock().now()
    record(stream="documents", kind=kind, subject=owner, content={"what": what, "reader": actor.party})
    if actor.party == owner:
        return
    with house("the mark stands with the owner of what was taken"):
        Download.objects.create(
            id=new_identifier(now),
            owner=owner,
            what=what,
            reader=actor.party or "platform",
            user=actor.user,
            at=now,
        )
