"""Reads about drafts: one with its versions, its whole texts, what was handed in, and what stands in its way."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from kerong.basics.canonical import digest
from kerong.records.packs.models import Draft, DraftVersion, Release, Submission
from kerong.records.packs.queries.libraries import release
from kerong.records.packs.queries.releases import releases, texts_of

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet


def draft(draft_id: str | UUID) -> Draft | None:
    """Return one draft that the actor may see, or None."""
    try:
        wanted = UUID(str(draft_id))
    except ValueError:
        return None
    return Draft.objects.filter(id=wanted).first()


def drafts() -> QuerySet[Draft]:
    """Return the drafts that the actor may see, the latest first."""
    return Draft.objects.all()


def latest_version(found: Draft) -> DraftVersion:
    """Return the version a draft stands at; every draft has one."""
    return found.versions.order_by("-number")[0]


def submission_of(approval_id: str | UUID) -> Submission | None:
    """Return what was handed in under an approval, or None."""
    return Submission.objects.select_related("version__draft").filter(approval=str(approval_id)).first()


def submissions_of(found: Draft) -> QuerySet[Submission]:
    """Return what was handed in of a draft, the latest first."""
    return Submission.objects.filter(version__draft=found).select_related("version")


def release_of(found: Draft) -> Release | None:
    """Return the release that a draft became, or None."""
    return releases().filter(draft=str(found.id)).first()


def base_release() -> Release | None:
    """Return the release that a new draft builds on: the newest that is or will be in force."""
    return releases().exclude(origin=Release.Origin.DRAFT).first()


def whole_texts(version: DraftVersion) -> dict[str, str]:
    """Return the texts of the whole folder as the draft would have them. Raises TextsDamagedError."""
    base = release(version.base_number)
    return merged(texts_of(base) if base else {}, version.texts)


def merged(base: dict[str, str], changes: dict[str, str | None]) -> dict[str, str]:
    """Return a folder's texts with some changed, added or (None) taken away, by path."""
    found = {**base, **changes}
    return {path: text for path, text in sorted(found.items()) if text is not None}


def digest_of_release(  # noqa: PLR0913 - what the approvers agree to
    *,
    texts_sha256: str,
    document_number: str,
    in_force_from: date,
    attachment_sha256: str,
    correction: str,
    note: str,
) -> str:
    """Return the digest of everything that is agreed to when a release is approved."""
    return digest(
        {
            "texts_sha256": texts_sha256,
            "document_number": document_number,
            "in_force_from": in_force_from,
            "attachment_sha256": attachment_sha256,
            "correction": correction,
            "note": note,
        }
    )
