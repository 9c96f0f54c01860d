"""Reads about the released packs: the law of today, the list of releases, their texts."""

from kerong.records.packs.queries.differences import FileDifference, ValueDifference, differences, overwriting
from kerong.records.packs.queries.drafts import (
    base_release,
    draft,
    drafts,
    latest_version,
    release_of,
    submission_of,
    submissions_of,
    whole_texts,
)
from kerong.records.packs.queries.effect import Effect, effect_of
from kerong.records.packs.queries.in_force import CurrentLaw, NoReleaseError, current, forget
from kerong.records.packs.queries.libraries import (
    last_day,
    library_of,
    library_of_texts,
    release,
    release_with,
    rule_of,
)
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
    "Effect",
    "FileDifference",
    "NoReleaseError",
    "Overwritten",
    "TextsDamagedError",
    "TextsRefusedError",
    "ValueDifference",
    "base_release",
    "current",
    "current_release",
    "differences",
    "draft",
    "drafts",
    "effect_of",
    "forget",
    "last_day",
    "latest_version",
    "library_of",
    "library_of_texts",
    "overwriting",
    "overwritten",
    "overwritten_by",
    "read_texts",
    "release",
    "release_of",
    "release_with",
    "releases",
    "rule_of",
    "submission_of",
    "submissions_of",
    "texts_of",
    "texts_sha256",
    "whole_texts",
    "write_texts",
]
