"""The timeline of one parameter: what it was, is and will be, what changed each time, and who uses it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kerong.capabilities.policy_library.queries.quantities_apart import apart
from kerong.capabilities.policy_library.queries.uses import Use, lapsed_on, uses_of
from kerong.capabilities.policy_library.queries.values_in_words import (
    RowShown,
    ValueShown,
    keyed_by,
    value_shown,
)

if TYPE_CHECKING:
    from kerong.engines.rules.model import DatedValue, Library, Pack, Parameter


@dataclass(frozen=True)
class CellShown:
    """A cell of a table; ``was`` is what stood there before, where that differed."""

    text: str
    was: str


@dataclass(frozen=True)
class RowChanged:
    """A row of a table beside the version before: new, or with cells that changed."""

    row: RowShown
    cells: tuple[CellShown, ...]
    is_new: bool

    @property
    def is_changed(self) -> bool:
        """Tell whether the row is new or some cell of it differs."""
        return self.is_new or any(cell.was for cell in self.cells)


@dataclass(frozen=True)
class Moment:
    """One value on the axis, from its day to the day before the next one."""

    value: ValueShown
    last_day: date | None
    change: str
    rows: tuple[RowChanged, ...]
    rows_gone: tuple[str, ...]

    @property
    def changed_rows(self) -> int:
        """Count the rows that are new or differ from the version before."""
        return sum(row.is_changed for row in self.rows)


@dataclass(frozen=True)
class Timeline:
    """Everything the page of one parameter prints; the newest moment comes first.

    ``lapsed`` is the last day of everything that used the parameter, once nothing does any more.
    """

    pack: Pack
    parameter: Parameter
    by: str
    moments: tuple[Moment, ...]
    uses: tuple[Use, ...]
    lapsed: date | None = None

    @property
    def present(self) -> Moment | None:
        """The value in force today, if there is one."""
        return next((moment for moment in self.moments if moment.value.time == "present"), None)


def timeline(library: Library, pack: Pack, parameter: Parameter, on: date) -> Timeline:
    """Lay out the values of a parameter in time."""
    uses = uses_of(library, pack, parameter.name, on)
    lapsed = lapsed_on(pack, uses, on)
    ordered = sorted(parameter.values, key=lambda value: value.effective)
    moments: list[Moment] = []
    for i, dated in enumerate(ordered):
        before = ordered[i - 1] if i else None
        after = ordered[i + 1] if i + 1 < len(ordered) else None
        last_day = after.effective - timedelta(days=1) if after else lapsed
        moments.append(_moment(library, pack, parameter, (before, dated), last_day, on))
    return Timeline(
        pack,
        parameter,
        keyed_by(library, pack, parameter),
        tuple(reversed(moments)),
        uses,
        lapsed,
    )


def _moment(  # noqa: PLR0913, PLR0917 - a parameter of a pack of a library, two of its values, and days
    library: Library,
    pack: Pack,
    parameter: Parameter,
    pair: tuple[DatedValue | None, DatedValue],
    last_day: date | None,
    on: date,
) -> Moment:
    before, dated = pair
    shown_now = value_shown(library, pack, parameter, dated, on)
    earlier = value_shown(library, pack, parameter, before, on).rows if before else ()
    old = {row.key: row for row in earlier}
    rows = tuple(_row(row, old.get(row.key), had_version=before is not None) for row in shown_now.rows)
    here = {row.key for row in shown_now.rows}
    gone = tuple(row.key for row in earlier if row.key not in here)
    return Moment(shown_now, last_day, _change(before, dated, parameter), rows, gone)


def _row(row: RowShown, old: RowShown | None, *, had_version: bool) -> RowChanged:
    cells = tuple(
        CellShown(text, old.cells[i] if old and i < len(old.cells) and old.cells[i] != text else "")
        for i, text in enumerate(row.cells)
    )
    return RowChanged(row, cells, had_version and old is None)


def _change(before: DatedValue | None, dated: DatedValue, parameter: Parameter) -> str:
    """Say how a single value differs from the one before."""
    if before is None or dated.rows or before.rows:
        return ""
    new, old, unit = dated.value, before.value, parameter.unit
    if not isinstance(new, int) or not isinstance(old, int) or unit.type in {"flag", "code", "date"}:
        return ""
    if new == old:
        return _("与上一个数相同")
    return (_("比上一个数高 %s") if new > old else _("比上一个数低 %s")) % apart(new, old, unit)
