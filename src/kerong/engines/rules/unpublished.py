"""The numbers in force on a day that are not published: values, rows of tables, bands of points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from kerong.engines.rules.model import (
        Band,
        Bracket,
        DatedBands,
        DatedValue,
        Indicator,
        Mark,
        Pack,
        Parameter,
        Scorecard,
    )


@dataclass(frozen=True, slots=True)
class UnpublishedValue:
    """A value, or one row of its table, that is not published."""

    parameter: Parameter
    dated: DatedValue
    row: Bracket | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class UnpublishedPoints:
    """A band of a scorecard whose points are not published."""

    card: Scorecard
    indicator: Indicator
    dated: DatedBands
    band: Band


def unpublished_values(pack: Pack, on: date) -> Iterator[UnpublishedValue]:
    """Return the values and rows of a pack in force on a day that are not published."""
    for parameter in pack.parameters.values():
        dated = parameter.in_force(on)
        if dated is None:
            continue
        if not dated.rows:
            if dated.mark.verified == "not_found":
                yield UnpublishedValue(parameter, dated, None, dated.mark)
            continue
        for row in dated.rows:
            mark = row.mark or dated.mark
            if mark.verified == "not_found":
                yield UnpublishedValue(parameter, dated, row, mark)


def unpublished_points(pack: Pack, on: date) -> Iterator[UnpublishedPoints]:
    """Return the bands of a pack's scorecards in force on a day whose points are not published."""
    for card in pack.points.values():
        for indicator in card.indicators:
            yield from _bands(card, indicator, on)


def unpublished_count(pack: Pack, on: date) -> int:
    """Count both."""
    return sum(1 for _ in unpublished_values(pack, on)) + sum(1 for _ in unpublished_points(pack, on))


def _bands(card: Scorecard, indicator: Indicator, on: date) -> Iterator[UnpublishedPoints]:
    dated = indicator.in_force(on)
    if dated is not None:
        unknown = (band for band in dated.bands if band.points is None)
        yield from (UnpublishedPoints(card, indicator, dated, band) for band in unknown)
    for line in indicator.best_of:
        yield from _bands(card, line, on)
