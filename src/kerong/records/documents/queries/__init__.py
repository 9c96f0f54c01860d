"""Reads about the documents: materials, what an application still lacks, letters, and letters by their code."""

from kerong.records.documents.queries.kinds import KINDS, MaterialKind, label_of
from kerong.records.documents.queries.letters import (
    LETTER_KINDS,
    content_of,
    letter,
    letter_by_code,
    letters_of,
)
from kerong.records.documents.queries.materials import (
    MaterialList,
    Validity,
    downloads_of,
    expiring_by,
    material,
    material_list,
    materials_of,
    shared_with,
    shares_of,
    validity_of,
    versions_of,
)

__all__ = [
    "KINDS",
    "LETTER_KINDS",
    "MaterialKind",
    "MaterialList",
    "Validity",
    "content_of",
    "downloads_of",
    "expiring_by",
    "label_of",
    "letter",
    "letter_by_code",
    "letters_of",
    "material",
    "material_list",
    "materials_of",
    "shared_with",
    "shares_of",
    "validity_of",
    "versions_of",
]
