"""Reads about the released packs: the law of today, the list of releases, their texts."""

from kerong.records.packs.queries.in_force import CurrentLaw, NoReleaseError, current, forget
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
    "TextsDamagedError",
    "TextsRefusedError",
    "current",
    "current_release",
    "forget",
    "read_texts",
    "releases",
    "texts_of",
    "texts_sha256",
    "write_texts",
]
