"""Reads about what is known of whom: the demo firms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerong.records.facts.models import FirmFacts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True)
class DemoFirm:
    """One synthetic firm: facts by name in stored units, flags as 0 or 1, codes as text."""

    uscc: str
    name: str
    facts: Mapping[str, int | str]
    as_of: date
    source: str


def demo_firms() -> list[DemoFirm]:
    """Return all demo firms by code."""
    return [_firm(row) for row in FirmFacts.objects.filter(is_demo=True).order_by("uscc")]


def demo_firm(uscc: str) -> DemoFirm | None:
    """Return one demo firm, or None."""
    row = FirmFacts.objects.filter(is_demo=True, uscc=uscc).first()
    return None if row is None else _firm(row)


def _firm(row: FirmFacts) -> DemoFirm:
    return DemoFirm(row.uscc, row.name, row.facts, row.as_of, row.source)
