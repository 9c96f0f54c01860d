"""Dated values in words: when, how much, for whom, with the rows of tables and the readings not used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _

from kerong.capabilities.policy_library.queries.expressions import filled, in_words, label_of, language, shown
from kerong.engines.rules.quantities import show_quantity

if TYPE_CHECKING:
    from datetime import date

    from kerong.engines.rules.model import (
        Band,
        Bracket,
        DatedValue,
        Indicator,
        Library,
        Mark,
        Pack,
        Parameter,
        Unit,
    )

Time = Literal["past", "present", "future"]


@dataclass(frozen=True)
class ValueShown:
    """One dated value of a parameter on its timeline."""

    dated: DatedValue
    time: Time
    text: str
    columns: tuple[str, ...]
    rows: tuple[RowShown, ...]
    alternatives: tuple[tuple[str, Mark], ...]

    @property
    def has_own_marks(self) -> bool:
        """Tell whether some row comes from elsewhere than the table."""
        return any(row.mark != self.dated.mark for row in self.rows)


@dataclass(frozen=True)
class RowShown:
    """One row of a table: whom it is for, its cells, and its mark."""

    key: str
    cells: tuple[str, ...]
    mark: Mark


def time_of(parameter: Parameter, dated: DatedValue, on: date) -> Time:
    """Tell whether a value is in force on a day, will be, or was replaced."""
    if dated is parameter.in_force(on):
        return "present"
    return "future" if dated.effective > on else "past"


def value_shown(
    library: Library, pack: Pack, parameter: Parameter, dated: DatedValue, on: date
) -> ValueShown:
    """Put one dated value into words, its rows and alternatives included."""
    units = [column.unit for column in parameter.columns] or [parameter.unit]
    return ValueShown(
        dated=dated,
        time=time_of(parameter, dated, on),
        text="" if dated.rows else shown(dated.value, parameter.unit),
        columns=tuple(label_of(c) for c in parameter.columns) or (label_of(parameter),),
        rows=tuple(
            RowShown(
                row_key(library, pack, parameter, row),
                tuple(_cell(v, u, row) for v, u in zip(row.values, units, strict=False)),
                row.mark or dated.mark,
            )
            for row in dated.rows
        ),
        alternatives=tuple((shown(a.value, parameter.unit), a.mark) for a in dated.alternatives),
    )


def _cell(value: int | str | None, unit: Unit, row: Bracket) -> str:
    """A table without a bound in one column is not an unpublished one."""
    if value is None and (row.mark is None or row.mark.verified != "not_found") and len(row.values) > 1:
        return "—"
    return shown(value, unit)


def value_words(library: Library, pack: Pack, parameter: Parameter, dated: DatedValue | None) -> str:
    """Print a value in one line; a table as its rows, those that are not published together at the end."""
    if dated is None:
        return _("尚未开始")
    if not dated.rows:
        return shown(dated.value, parameter.unit)
    words: list[str] = []
    gaps: list[str] = []
    for row in value_shown(library, pack, parameter, dated, dated.effective).rows:
        if row.mark.verified == "not_found":
            gaps.append(row.key)
        else:
            words.append(f"{row.key} {' / '.join(row.cells)}")
    if gaps:
        words.append(f"{_('、').join(gaps)} {_('未公布')}")
    return _("；").join(words)


def keyed_by(library: Library, pack: Pack, parameter: Parameter) -> str:
    """Return the label of what selects a table's row, or nothing for a single value."""
    if not parameter.by:
        return ""
    return label_of(pack.classes.get(parameter.by) or library.facts.get(parameter.by) or parameter)


def row_key(library: Library, pack: Pack, parameter: Parameter, row: Bracket) -> str:
    """Say for whom a row of a table is: a label, or an interval in words."""
    if row.key is not None:
        if parameter.by in pack.classes:
            return next(
                (label_of(o) for o in pack.classes[parameter.by].options if o.value == row.key), row.key
            )
        fact = library.facts.get(parameter.by)
        return fact.codes.get(row.key, row.key) if fact else row.key
    fact = library.facts.get(parameter.by)
    unit = fact.unit if fact else parameter.unit
    open_low = row.low is not None and row.low % unit.factor != 0
    open_high = row.high is not None and row.high % unit.factor != 0
    low = None if row.low is None or (fact and row.low <= fact.low) else row.low - open_low
    high = None if row.high is None or (fact and row.high >= fact.high) else row.high + open_high
    return interval(low, high, unit, low_open=open_low, high_open=open_high)


def interval(low: int | None, high: int | None, unit: Unit, *, low_open: bool, high_open: bool) -> str:
    """Print an interval as a condition: 超过 5,000万元，不超过 2亿元."""
    words: list[str] = []
    if low is not None:
        value = show_quantity(low, unit, language())
        words.append((_("超过 %s") if low_open else _("不低于 %s")) % value)
    if high is not None:
        value = show_quantity(high, unit, language())
        words.append((_("低于 %s") if high_open else _("不超过 %s")) % value)
    return _("，").join(words) or _("其他")


def band_words(library: Library, pack: Pack, indicator: Indicator, band: Band, on: date) -> str:
    """Say when a band of a scorecard applies."""
    if band.label:
        return filled(pack, band.label, on)
    if band.codes:
        fact = library.facts.get(indicator.of)
        return "、".join(fact.codes.get(code, code) if fact else code for code in band.codes)
    if band.when:
        return in_words(library, pack, band.when)
    if indicator.unit is None or (band.low is None and band.high is None):
        return _("其他")
    return interval(band.low, band.high, indicator.unit, low_open=band.low_open, high_open=band.high_open)
