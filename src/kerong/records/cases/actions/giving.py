"""Gives materials of the library as evidence: they must be there, and those they are meant for may then read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kerong.basics.acting import current_actor
from kerong.records.cases.actions.refusals import CaseRefusedError
from kerong.records.documents import actions as documents
from kerong.records.documents.queries import material

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kerong.records.cases.models import Case
    from kerong.records.documents.models import Document

_MATERIAL = "document:"


def given_materials(given: Mapping[str, str]) -> list[Document]:
    """Return the materials among what is given, as far as the actor sees them. Raises CaseRefusedError."""
    found: dict[str, Document | None] = {
        kind: material(text.removeprefix(_MATERIAL))
        for kind, text in given.items()
        if text.startswith(_MATERIAL)
    }
    missing = [kind for kind, document in found.items() if document is None or document.is_withdrawn]
    if missing:
        raise CaseRefusedError({f"evidence_{kind}": _("材料库里没有这份材料。") for kind in missing})
    return [document for document in found.values() if document is not None]


def show_to_participants(case: Case, materials: list[Document]) -> None:
    """Let the parties of a case read what the actor's own party gave to it.

    What the subject gives is for all of them. What an institution gives is for offices alone: its own report on a firm
    is neither for the firm nor for another institution.
    """
    own = current_actor().party
    for document in materials:
        for reader in case.readers:
            is_meant = case.subject == own or reader.startswith("office:")
            if document.owner == own != reader and is_meant:
                documents.share(document_id=document.id, reader=reader, reference=case.number)
