"""When a firm sells: active months, the longest pause, the first month with a sale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kerong.engines.invoices.exact import MISSING, Ints
from kerong.engines.invoices.window import LOOKED_BACK, MONTHS, Window, day_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NEVER = np.iinfo(np.int32).max
_WINDOW = LOOKED_BACK - MONTHS


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Per firm; everything but ``active_months`` is missing for a firm that never sold."""

    active_months: Ints
    idle_months: Ints
    gap_days: Ints
    history_months: Ints
    sold_before: NDArray[np.bool_]


def rhythm_of(
    firm: NDArray[np.int32], day: NDArray[np.int32], month: NDArray[np.int32], window: Window, firms: int
) -> Rhythm:
    """Look at valid invoices of positive amount before the window's end, three years back and earlier."""
    first_day = np.full(firms, _NEVER, np.int32)
    np.minimum.at(first_day, firm, day)
    first_month = np.full(firms, LOOKED_BACK, np.int32)
    np.minimum.at(first_month, firm, month)
    inside = month >= _WINDOW
    active = np.zeros((firms, MONTHS), np.bool_)
    active[firm[inside], month[inside] - _WINDOW] = True
    ever = first_month < LOOKED_BACK
    sold_before = first_month < _WINDOW
    gap = _longest_gap(firm[inside], day[inside], sold_before, window)
    return Rhythm(
        active_months=active.sum(axis=1),
        idle_months=np.where(ever, _longest_idle(active, first_month), MISSING),
        gap_days=np.where(ever, gap, MISSING),
        history_months=np.where(ever, LOOKED_BACK - first_month.astype(np.int64), MISSING),
        sold_before=sold_before,
    )


def _longest_idle(active: NDArray[np.bool_], first_month: NDArray[np.int32]) -> Ints:
    """Return the longest run of months without a sale; months before the first sale ever do not count."""
    run = np.zeros(len(active), np.int64)
    longest = run.copy()
    for position in range(MONTHS):
        run = np.where(active[:, position] | (first_month > position + _WINDOW), 0, run + 1)
        longest = np.maximum(longest, run)
    return longest


def _longest_gap(
    firm: NDArray[np.int32], day: NDArray[np.int32], sold_before: NDArray[np.bool_], window: Window
) -> Ints:
    """Return the longest run of days without a sale; days before the first sale ever do not count."""
    days, firms = window.days, len(sold_before)
    sold = np.zeros(firms * days, np.bool_)
    sold[firm.astype(np.int64) * days + (day - day_number(window.start))] = True
    owner, at = np.divmod(np.flatnonzero(sold), days)
    longest = np.full(firms, days, np.int64)
    if not len(owner):
        return longest
    opens = np.concatenate(([True], owner[1:] != owner[:-1]))
    pause = np.diff(at, prepend=0) - 1
    pause[opens] = np.where(sold_before[owner[opens]], at[opens], 0)
    starts = np.flatnonzero(opens)
    closing = days - 1 - at[np.append(starts[1:], len(at)) - 1]
    longest[owner[starts]] = np.maximum(np.maximum.reduceat(pause, starts), closing)
    return longest
