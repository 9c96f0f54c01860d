"""What a comparison is laid out of: a pack as a column, and what it says in one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from kerong.engines.rules.model import DatedValue, Mark, Pack, Unit


@dataclass(frozen=True)
class Column:
    """A pack as a column. ``name`` is its region, with the rule's name where a region has several.

    ``is_home``: a pack of our province; ``is_ours``: that, or one of the whole country. ``ended_on``: the last day
    of a pack that is no longer in force.
    """

    pack: Pack
    region: str
    name: str
    is_home: bool
    is_ours: bool
    ended_on: date | None


@dataclass(frozen=True)
class Elsewhere:
    """A number of ours of the same name and unit that stands in a rule of another topic."""

    pack: Pack
    parameter: str
    text: str


@dataclass(frozen=True)
class Number:
    """What a pack says in one line of the comparison; no mark where the pack has no such line."""

    column: Column
    text: str = ""
    value: int | None = None
    unit: Unit | None = None
    mark: Mark | None = None
    dated: DatedValue | None = None
    elsewhere: tuple[Elsewhere, ...] = ()

    @property
    def is_absent(self) -> bool:
        """Tell whether the pack has no such parameter, row or value today."""
        return self.mark is None

    @property
    def is_published(self) -> bool:
        """Tell whether there is a published value."""
        return self.mark is not None and self.mark.verified != "not_found"

    @property
    def note(self) -> str:
        """What is to be said of a published number; where an unpublished one was looked for stands elsewhere."""
        return self.mark.note if self.mark is not None and self.is_published else ""
