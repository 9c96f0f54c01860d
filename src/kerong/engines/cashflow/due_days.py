"""The days on which something is due: the 31st kept where a month has one, the end always the end."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from kerong.engines.cashflow.days import CashflowError

if TYPE_CHECKING:
    from collections.abc import Callable

_MONTHS_IN_YEAR = 12
_PERIODS_MAX = 1_200


@dataclass(frozen=True, slots=True)
class Due:
    """One due day: ``ends_on`` closes the interest period, ``pays_on`` is when money moves."""

    ends_on: date
    pays_on: date


def due_days(  # noqa: PLR0913 - what due days depend on
    *,
    starts_on: date,
    matures_on: date,
    months_between: int = 1,
    first_on: date | None = None,
    keeps_month_end: bool = True,
    move: Callable[[date], date] | None = None,
) -> tuple[Due, ...]:
    """Return the due days up to and including ``matures_on``. Raises CashflowError.

    They repeat the day of the month of ``first_on``, or of the start where it is left out. A day that a month does not
    have becomes its last day, and the next month has the day again; with ``keeps_month_end`` a day that is the last of
    its month makes all of them last days. First and last periods may be shorter or longer. ``move`` moves the payment
    to another day (a holiday, for instance); interest runs to the unmoved day.
    """
    if matures_on <= starts_on or months_between < 1:
        raise CashflowError(
            f"nothing is due between {starts_on} and {matures_on} every {months_between} months"
        )
    if first_on is not None and first_on <= starts_on:
        raise CashflowError(f"the first due day {first_on} is not after the start {starts_on}")
    anchor, ahead = (first_on, 0) if first_on else (starts_on, 1)
    found: list[date] = []
    at_end = keeps_month_end and _is_last(anchor)
    while len(found) < _PERIODS_MAX:
        day = months_after(anchor, months_between * (len(found) + ahead))
        if at_end:
            day = date(day.year, day.month, monthrange(day.year, day.month)[1])
        if day >= matures_on:
            break
        found.append(day)
    else:
        raise CashflowError(f"more than {_PERIODS_MAX} periods")
    found.append(matures_on)
    pays = [move(day) if move else day for day in found]
    if any(later < earlier for earlier, later in pairwise(pays)):
        raise CashflowError("moving the days changed their order")
    return tuple(Due(day, paid) for day, paid in zip(found, pays, strict=True))


def months_after(day: date, months: int) -> date:
    """Return the same day of the month so many months later, or the month's last day where there is no such day."""
    year, month = divmod(day.year * _MONTHS_IN_YEAR + day.month - 1 + months, _MONTHS_IN_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _is_last(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]
