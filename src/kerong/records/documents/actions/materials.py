"""Keeping materials: upload, replace by a further version, withdraw, let others read."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import transaction

from kerong.adapters.file_store import keep
from kerong.adapters.uploads import accept
from kerong.basics.acting import HOUSE_ROLE, current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.documents.models import Document, Share
from kerong.records.documents.queries import KINDS, material
from kerong.records.evidence.actions import seal

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

STREAM = "documents"


class UnknownKindError(ValueError):
    """A kind of material that is not in the table."""


class NotYoursError(PermissionError):
    """The actor does not act for the owner of the material."""


@transaction.atomic
def upload(  # noqa: PLR0913 - the parts of a material
    *,
    owner: str,
    name: str,
    content: bytes,
    kind: str,
    valid_until: date | None = None,
    valid_from: date | None = None,
    declared_type: str = "",
) -> Document:
    """Put a new material into a party's library.

    Raises UploadRefusedError where the file is not taken, UnknownKindError, NotYoursError.
    """
    if kind not in KINDS:
        raise UnknownKindError(f"{kind!r} is no kind of material; known: {', '.join(KINDS)}")
    identifier = new_identifier(current_clock().now())
    return _store(
        Document(
            id=identifier,
            series=identifier,
            version=1,
            owner=owner,
            kind=kind,
            name=name,
            valid_from=valid_from,
            valid_until=valid_until,
        ),
        content,
        declared_type,
    )


@transaction.atomic
def replace(  # noqa: PLR0913 - the parts of a material
    *,
    document_id: UUID | str,
    name: str,
    content: bytes,
    valid_until: date | None = None,
    valid_from: date | None = None,
    declared_type: str = "",
) -> Document:
    """Add a version that supersedes the newest one; the old ones stay. Raises as `upload` does."""
    newest = _newest(document_id)
    return _store(
        Document(
            id=new_identifier(current_clock().now()),
            series=newest.series,
            version=newest.version + 1,
            owner=newest.owner,
            kind=newest.kind,
            name=name,
            valid_from=valid_from,
            valid_until=valid_until,
        ),
        content,
        declared_type,
    )


@transaction.atomic
def withdraw(*, document_id: UUID | str) -> Document:
    """Take a material out of the library; its versions stay for those who relied on them. Raises NotYoursError."""
    newest = _newest(document_id)
    if newest.is_withdrawn:
        return newest
    now = current_clock().now()
    ended = Document(
        id=new_identifier(now),
        series=newest.series,
        version=newest.version + 1,
        owner=newest.owner,
        kind=newest.kind,
        name=newest.name,
        content_type=newest.content_type,
        size=newest.size,
        sha256=newest.sha256,
        place=newest.place,
        valid_from=newest.valid_from,
        valid_until=newest.valid_until,
        uploaded_at=now,
        uploaded_by=current_actor().user,
        is_withdrawn=True,
    )
    ended.save(force_insert=True)
    seal(ended, stream=STREAM, kind="material_withdrawn", subject=ended.owner)
    for each in Share.objects.filter(series=newest.series, ended_at__isnull=True):
        _end(each)
    return ended


@transaction.atomic
def share(*, document_id: UUID | str, reader: str, reference: str = "", until: date | None = None) -> Share:
    """Let a further party read a material, now and in later versions; once for each reference. Raises NotYoursError."""
    newest = _newest(document_id)
    live = Share.objects.filter(
        series=newest.series, reader=reader, reference=reference, ended_at__isnull=True
    ).first()
    if live is not None and live.until == until:
        return live
    if live is not None:
        _end(live)
    now = current_clock().now()
    made = Share(
        id=new_identifier(now),
        owner=newest.owner,
        series=newest.series,
        reader=reader,
        reference=reference,
        shared_at=now,
        until=until,
    )
    made.save(force_insert=True)
    seal(made, stream=STREAM, kind="material_shared", subject=newest.owner, detail={"reader": reader})
    return made


@transaction.atomic
def end_share(*, share_id: UUID | str) -> bool:
    """End a share at once; False where there is none or it has ended. Raises NotYoursError."""
    found = Share.objects.select_for_update().filter(pk=share_id, ended_at__isnull=True).first()
    if found is None:
        return False
    refuse_others(found.owner)
    _end(found)
    return True


def _store(document: Document, content: bytes, declared_type: str) -> Document:
    refuse_others(document.owner)
    taken = accept(name=document.name, content=content, declared_type=declared_type)
    document.name, document.content_type = taken.name, taken.content_type
    document.size, document.sha256 = len(content), hashlib.sha256(content).hexdigest()
    document.place = keep(content, owner=document.owner)
    document.uploaded_at, document.uploaded_by = current_clock().now(), current_actor().user
    document.save(force_insert=True)
    is_first = document.version == 1
    seal(
        document,
        stream=STREAM,
        kind="material_uploaded" if is_first else "material_replaced",
        subject=document.owner,
        detail={"kind": document.kind, "size": document.size},
    )
    return document


def _newest(document_id: UUID | str) -> Document:
    found = material(document_id)
    if found is None:
        raise NotYoursError("the actor sees no such material")
    refuse_others(found.owner)
    newest = Document.objects.filter(series=found.series).order_by("-version").first()
    return newest or found


def _end(live: Share) -> None:
    live.ended_at = current_clock().now()
    live.save(update_fields=["ended_at"])
    seal(live, stream=STREAM, kind="material_share_ended", subject=live.owner, detail={"reader": live.reader})


def refuse_others(owner: str) -> None:
    """Let only those who act for a party, or the house, write into its documents. Raises NotYoursError."""
    actor = current_actor()
    if actor.party != owner and actor.role != HOUSE_ROLE:
        raise NotYoursError(f"the actor acts for {actor.party or 'nobody'}, the material is somebody else's")
