"""The months that facts as of a day look back on: whole calendar months, the last one ended before the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

EPOCH = date(1970, 1, 1).toordinal()
MONTHS = 12
"""The months of the window itself."""
LOOKED_BACK = 36
"""The months of the window and of the two years before it."""


@dataclass(frozen=True, slots=True)
class Window:
    """Twelve whole months; ``end`` is the first day that no longer belongs, never later than ``on``."""

    on: date

    @property
    def end(self) -> date:
        """The first day of the month of ``on``."""
        return self.on.replace(day=1)

    @property
    def start(self) -> date:
        """The first day of the window."""
        return self.end.replace(year=self.end.year - 1)

    @property
    def days(self) -> int:
        """How many days the window has: 365 or 366."""
        return (self.end - self.start).days

    def is_whole_to(self, last: date) -> bool:
        """Tell whether invoices that end on a day cover the last month of the window to its end."""
        return (self.end - last).days <= 1


def day_number(day: date) -> int:
    """Return the days since 1970-01-01, as columns of days hold them."""
    return day.toordinal() - EPOCH


def month_positions(days: NDArray[np.int32], window: Window) -> NDArray[np.int32]:
    """Return for each day before the window's end its month: 35 is the last of the window, 0 is three years back.

    Earlier months are negative.
    """
    if not len(days):
        return np.zeros(0, np.int32)
    first, end = int(days.min()), day_number(window.end)
    calendar = np.arange(first, end, dtype="datetime64[D]").astype("datetime64[M]").astype(np.int32)
    last = int(np.datetime64(window.end, "M").astype(np.int32)) - 1
    return (calendar - (last - LOOKED_BACK + 1))[days - first]
