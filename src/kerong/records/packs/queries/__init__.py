"""Reads about the released packs: the law of today, the list of releases, their texts."""

from kerong.records.packs.queries.in_force import CurrentLaw, NoReleaseError, current, forget
from kerong.records.packs.queries.overwritten import Overwritten, overwritten, overwritten_by
from kerong.records.packs.queries.releases import (
    DEMONSTRATION,
    TextsDamagedError,
    current_release,
    releases,
    texts_of,
)
from kerong.records.packs.queries.texts import (
    TextsRefusedError,
    read_texts,
    texts_sha256,
    write_texts,
)

__all__ = [
    "DEMONSTRATION",
    "CurrentLaw",
    "NoReleaseError",
    "Overwritten",
    "TextsDamagedError",
    "TextsRefusedError",
    "current",
    "current_release",
    "forget",
    "overwritten",
    "overwritten_by",
    "read_texts",
    "releases",
    "texts_of",
    "texts_sha256",
    "write_texts",
]
