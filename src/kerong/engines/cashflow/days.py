"""How much of a year lies between two days, under four named conventions, exactly; and interest for it."""

from __future__ import annotations

from calendar import isleap
from datetime import date
from fractions import Fraction
from typing import Literal, TypeAlias, get_args

DayCount: TypeAlias = Literal["actual/360", "actual/365", "actual/actual", "30/360"]
DAY_COUNTS: tuple[DayCount, ...] = get_args(DayCount)
Rounding: TypeAlias = Literal["half_up", "half_even", "down", "up"]

MILLION = 1_000_000
"""A rate is simple, per year, in millionths: 3.45 % = 345 basis points = 34,500."""
_MONTH, _YEAR, _LONGEST_DAY = 30, 360, 31


class CashflowError(ValueError):
    """Terms from which nothing can be worked out."""


def year_fraction(start: date, end: date, day_count: DayCount) -> Fraction:
    """Return the part of a year from ``start`` (counted) to ``end`` (not counted). Raises CashflowError.

    ``actual/actual`` divides the days of each calendar year by that year's own length (ISDA); ``30/360`` is the bond
    basis (ISDA 2006, 4.16 (f)): a start on the 31st counts as the 30th, and so does an end after such a start.
    """
    if end < start:
        raise CashflowError(f"a period ends on or after its start: {start} to {end}")
    days = (end - start).days
    match day_count:
        case "actual/360":
            return Fraction(days, _YEAR)
        case "actual/365":
            return Fraction(days, 365)
        case "actual/actual":
            return _by_calendar_year(start, end)
        case "30/360":
            return Fraction(_days_of_30(start, end), _YEAR)
    raise CashflowError(f"no day count {day_count!r}; there are {', '.join(DAY_COUNTS)}")


def interest(  # noqa: PLR0913 - what interest depends on
    amount: int,
    *,
    rate: int,
    start: date,
    end: date,
    day_count: DayCount,
    rounding: Rounding = "half_up",
) -> int:
    """Return simple interest on minor units, from ``start`` to ``end``, rounded once to a whole minor unit.

    ``rate`` is in millionths per year. Exact until the rounding, which is half up unless said otherwise.
    """
    return rounded(amount * Fraction(rate, MILLION) * year_fraction(start, end, day_count), rounding)


def rounded(exact: Fraction, rounding: Rounding = "half_up") -> int:
    """Return a whole number near an exact one; ``half_up`` and ``up`` go away from zero, ``down`` towards it."""
    whole, rest = divmod(abs(exact.numerator), exact.denominator)
    twice = 2 * rest
    goes_up = {
        "down": False,
        "up": rest > 0,
        "half_up": twice >= exact.denominator,
        "half_even": twice > exact.denominator or (twice == exact.denominator and whole % 2 == 1),
    }[rounding]
    whole += goes_up
    return -whole if exact < 0 else whole


def _by_calendar_year(start: date, end: date) -> Fraction:
    total, day = Fraction(0), start
    while day < end:
        stop = min(end, date(day.year + 1, 1, 1))
        total += Fraction((stop - day).days, 366 if isleap(day.year) else 365)
        day = stop
    return total


def _days_of_30(start: date, end: date) -> int:
    first = min(start.day, _MONTH)
    last = _MONTH if end.day == _LONGEST_DAY and first == _MONTH else end.day
    return (end.year - start.year) * _YEAR + (end.month - start.month) * _MONTH + last - first
