"""What the door hands out: each fact with its source, its age, its mark and what the subject says of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kerong.records.facts.queries.sources import label_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from django.utils.functional import Promise

    from kerong.engines.rules.model import Fact

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """A dispute as it shows on its fact: open, or recorded because it could not be settled."""

    dispute: str
    state: str
    filed_on: date
    due_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class KnownFact:
    """One fact of one subject, with everything that must be said whenever it is shown."""

    fact: Fact
    value: int | str
    observation: str
    source: str
    origin: str
    as_of: date
    stated_at: datetime
    basis: str
    stale_from: date | None = None
    is_stale: bool = False
    age_days: int = 0
    disputed: Mark | None = None
    declaration: str = ""

    @property
    def name(self) -> str:
        """The fact's name."""
        return self.fact.name

    @property
    def source_label(self) -> Promise | str:
        """What the source is called."""
        return label_of(self.source)

    def as_plain(self) -> dict[str, Any]:
        """Return what an export says of the fact: plain values only."""
        mark = self.disputed
        return {
            "name": self.name,
            "label": self.fact.label,
            "value": self.value,
            "unit": self.fact.unit.key,
            "source": self.source,
            "origin": self.origin,
            "as_of": self.as_of.isoformat(),
            "stated_at": self.stated_at.isoformat(),
            "basis": self.basis,
            "stale_from": self.stale_from.isoformat() if self.stale_from else None,
            "is_stale": self.is_stale,
            "disputed": {"state": mark.state, "filed_on": mark.filed_on.isoformat()} if mark else None,
            "declaration": self.declaration,
        }


@dataclass(frozen=True, slots=True)
class FactsView:
    """What one look at a subject found, for one purpose; ``withheld`` names what the grounds did not reach.

    A withheld name says nothing of whether there is a value.
    """

    subject: str
    purpose: str
    facts: Mapping[str, KnownFact]
    lookup: str
    at: datetime
    grounds: Mapping[str, str] = field(default_factory=dict[str, str])
    withheld: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, int | str]:
        """The values alone, in stored units, as the engines take them."""
        return {name: known.value for name, known in self.facts.items()}

    @property
    def disputed(self) -> tuple[str, ...]:
        """The names of the facts that carry a mark."""
        return tuple(name for name, known in self.facts.items() if known.disputed)

    def __iter__(self) -> Iterator[KnownFact]:
        return iter(self.facts.values())

    def __len__(self) -> int:
        return len(self.facts)


def stale_from(as_of: date, months: int | None) -> date | None:
    """Return the first day on which a fact is stale, or None where it does not age.

    Whole months after the day it was true of; a day that a month does not have is its last one.
    """
    if months is None:
        return None
    year, month = divmod(as_of.year * _MONTHS + as_of.month - 1 + months, _MONTHS)
    for day in range(as_of.day, 0, -1):
        try:
            return as_of.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return None
