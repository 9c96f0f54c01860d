"""Industries (GB/T 4754-2017): sections, divisions, groups and classes by code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from kerong.basics import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

_WITH_SECTION = re.compile(r"[A-T](?=\d)")


@dataclass(frozen=True, slots=True)
class Industry:
    """One entry of the classification; ``parent`` is empty for a section."""

    code: str
    label: str
    parent: str

    @property
    def level(self) -> int:
        """1 section (a letter), 2 division, 3 group, 4 class."""
        return 1 if self.code.isalpha() else len(self.code)


def find(code: str) -> Industry | None:
    """Return the entry of a code such as ``C``, ``39``, ``3912`` or ``C3912``; None if there is none.

    A section letter before digits must be the right one.
    """
    wanted = code.strip().upper()
    digits = _WITH_SECTION.sub("", wanted, count=1)
    found = all_industries().get(digits)
    if found is None or (digits != wanted and section_of(digits) != wanted[0]):
        return None
    return found


def label_of(code: str) -> str:
    """Return the name of an industry; empty when the code is unknown."""
    found = find(code)
    return "" if found is None else found.label


def section_of(code: str) -> str | None:
    """Return the section letter of a code, or None."""
    line = ancestors(code)
    return line[-1].code if line else None


def ancestors(code: str) -> tuple[Industry, ...]:
    """Return the entry and everything above it, the section last; empty when the code is unknown."""
    industries = all_industries()
    line: list[Industry] = []
    entry = industries.get(_WITH_SECTION.sub("", code.strip().upper(), count=1))
    while entry is not None:
        line.append(entry)
        entry = industries.get(entry.parent)
    return tuple(line)


def is_within(code: str, outer: str) -> bool:
    """Tell whether an industry is ``outer`` or lies below it."""
    top = find(outer)
    return top is not None and top in ancestors(code)


@cache
def all_industries() -> Mapping[str, Industry]:
    """Return every entry by code, in the order of the standard."""
    return MappingProxyType(
        {
            row["code"]: Industry(row["code"], row["name"], row["parent"])
            for row in tables.rows("industries.tsv")
        }
    )
