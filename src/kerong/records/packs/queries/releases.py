"""The list of releases, the one in force on a day, and the checked texts of any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.records.packs.models import Release
from kerong.records.packs.queries.texts import text_sha256, texts_sha256

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

DEMONSTRATION = "演示发布（不是法定文号）"
"""What stands where a document number would stand, when the shipped folder was released for the demo."""


class TextsDamagedError(RuntimeError):
    """Stored texts do not match their hashes: somebody changed them past the service."""


def releases() -> QuerySet[Release]:
    """Return all releases, newest first, drafts included."""
    return Release.objects.order_by("-number")


def current_release(*, today: date) -> Release | None:
    """Return the newest release in force on a day, or None before the first. A draft is never in force."""
    in_force = Release.objects.exclude(origin=Release.Origin.DRAFT).filter(in_force_from__lte=today)
    return in_force.order_by("-number").first()


def texts_of(release: Release) -> dict[str, str]:
    """Return the texts of a release by path. Raises TextsDamagedError when a hash does not hold."""
    texts: dict[str, str] = {}
    for path, text, sha256 in release.texts.order_by("path").values_list("path", "text", "sha256"):
        if text_sha256(text) != sha256:
            raise TextsDamagedError(f"release {release.number}: {path} does not match its hash")
        texts[path] = text
    if texts_sha256(texts) != release.texts_sha256:
        raise TextsDamagedError(f"release {release.number}: its list of texts does not match its hash")
    return texts
