"""Reads about materials: the newest versions, their lights, and what an application still lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from kerong.basics.clock import current_clock
from kerong.records.documents.models import Document, Download, Share

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

Validity = Literal["valid", "soon", "expired", "endless"]
SOON_DAYS = 30
"""So many days before its end a material turns yellow. Our own choice of display; no rule depends on it."""


@dataclass(frozen=True)
class MaterialList:
    """How an application stands: which wanted kinds are there, missing, or there and expired."""

    there: tuple[tuple[str, Document], ...]
    missing: tuple[str, ...]
    expired: tuple[tuple[str, Document], ...]

    @property
    def is_complete(self) -> bool:
        """Tell whether nothing is missing and nothing has expired."""
        return not self.missing and not self.expired


def materials_of(owner: str, *, kind: str = "", text: str = "") -> QuerySet[Document]:
    """Return the newest version of each material of a party that the actor may see, the latest first."""
    newer = Document.objects.filter(series=OuterRef("series"), version__gt=OuterRef("version"))
    found = Document.objects.filter(~Exists(newer), owner=owner, is_withdrawn=False)
    if kind:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(name__icontains=text)
    return found.order_by("-uploaded_at", "-id")


def material_list(owner: str, wanted_kinds: Iterable[str], *, on: date | None = None) -> MaterialList:
    """Return what of the wanted kinds a party has, lacks, and has expired, in the order they were wanted."""
    today = on or current_clock().today()
    best: dict[str, Document] = {}
    for document in materials_of(owner):
        held = best.get(document.kind)
        if held is None or _lasts(document) > _lasts(held):
            best[document.kind] = document
    wanted = tuple(dict.fromkeys(wanted_kinds))
    held = [(kind, best[kind]) for kind in wanted if kind in best]
    return MaterialList(
        there=tuple(pair for pair in held if validity_of(pair[1].valid_until, on=today) != "expired"),
        missing=tuple(kind for kind in wanted if kind not in best),
        expired=tuple(pair for pair in held if validity_of(pair[1].valid_until, on=today) == "expired"),
    )


def validity_of(valid_until: date | None, *, on: date | None = None) -> Validity:
    """Return how a material stands on a day: the last day of validity still counts."""
    if valid_until is None:
        return "endless"
    left = (valid_until - (on or current_clock().today())).days
    if left < 0:
        return "expired"
    return "soon" if left <= SOON_DAYS else "valid"


def material(document_id: UUID | str) -> Document | None:
    """Return one version that the actor may see, or None."""
    try:
        return Document.objects.filter(pk=UUID(str(document_id))).first()
    except ValueError:
        return None


def versions_of(document: Document) -> QuerySet[Document]:
    """Return all versions of a material, the newest first."""
    return Document.objects.filter(series=document.series, owner=document.owner).order_by("-version")


def shares_of(document: Document) -> QuerySet[Share]:
    """Return who else may read a material now."""
    today = current_clock().today()
    return Share.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today), series=document.series, ended_at__isnull=True
    ).order_by("shared_at")


def shared_with(reader: str) -> QuerySet[Document]:
    """Return the newest versions that others let a party read."""
    today = current_clock().today()
    live = Share.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today),
        reader=reader,
        series=OuterRef("series"),
        ended_at__isnull=True,
    )
    newer = Document.objects.filter(series=OuterRef("series"), version__gt=OuterRef("version"))
    return Document.objects.filter(Exists(live), ~Exists(newer), is_withdrawn=False).order_by(
        "owner", "-uploaded_at"
    )


def downloads_of(what: UUID) -> QuerySet[Download]:
    """Return who took a material or a letter away, the latest first."""
    return Download.objects.filter(what=what).order_by("-at", "-id")


def expiring_by(day: date) -> QuerySet[Document]:
    """Return the newest versions that end by a day, of all parties the actor may see."""
    newer = Document.objects.filter(series=OuterRef("series"), version__gt=OuterRef("version"))
    return Document.objects.filter(~Exists(newer), is_withdrawn=False, valid_until__lte=day).order_by(
        "valid_until"
    )


def _lasts(document: Document) -> tuple[bool, str, str]:
    """Sort materials of one kind by how long they last, then by how new they are."""
    until = document.valid_until
    return (until is None, until.isoformat() if until else "", document.uploaded_at.isoformat())
