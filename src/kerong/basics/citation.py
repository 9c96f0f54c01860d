"""Citations as packs write them: ``source-key#anchor``."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SOURCE = r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?"
_ANCHOR = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_CITATION = re.compile(rf"({_SOURCE})#({_ANCHOR})")


class CitationError(ValueError):
    """A text that is not a citation."""


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """A clause of a cited document."""

    source: str
    anchor: str

    def __str__(self) -> str:
        return f"{self.source}#{self.anchor}"


def parse_citation(text: str) -> Citation:
    """Read ``source-key#anchor``. Raises CitationError saying which half is wrong."""
    match = _CITATION.fullmatch(text)
    if match is not None:
        return Citation(match[1], match[2])
    source, hash_sign, anchor = text.partition("#")
    if not hash_sign:
        raise CitationError(f"{text!r} has no '#': write source-key#anchor, such as some-document#art3")
    if re.fullmatch(_SOURCE, source) is None:
        raise CitationError(f"the source key {source!r} of {text!r} may hold a-z, 0-9, '-', '_' and '.'")
    raise CitationError(f"the anchor {anchor!r} of {text!r} may hold letters, digits, '-', '_' and '.'")
