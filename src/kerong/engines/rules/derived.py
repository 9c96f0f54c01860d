"""Facts that are worked out from other facts: registered pure functions over columns of stored integers.

A column is an int64 array; MISSING stands for an unknown value and goes in and comes out. Results are exact:
rows whose intermediate values would not fit 64 bits are worked out with Python's integers, one by one, and a
result that does not fit is missing. Ratios are floored to the basis point (towards minus infinity).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from datetime import date

Column: TypeAlias = NDArray[np.int64]
Function: TypeAlias = Callable[..., Column]

MISSING = int(np.iinfo(np.int64).min)
BP = 10_000
_LARGEST = int(np.iinfo(np.int64).max)
_FIRST_DAY, _LAST_DAY = 1_01_01, 9999_12_31
_SAFE = _LARGEST // BP
"""A value up to this size can be multiplied by 10,000 within 64 bits."""


@dataclass(frozen=True, slots=True)
class _Derivation:
    function: Function
    inputs: tuple[str, ...]


_REGISTRY: dict[str, _Derivation] = {}


def compute(name: str, on: date, columns: Sequence[Column]) -> Column:
    """Return the derived column for a day; ``columns`` are the inputs in the order of the fact's ``inputs``.

    Raises KeyError for an unregistered name and ValueError for a wrong number of columns.
    """
    derivation = _REGISTRY[name]
    if len(columns) != len(derivation.inputs):
        raise ValueError(f"{name} takes {len(derivation.inputs)} columns, not {len(columns)}")
    return derivation.function(on, *(np.asarray(column, dtype=np.int64) for column in columns))


def names() -> tuple[str, ...]:
    """Return the registered names."""
    return tuple(sorted(_REGISTRY))


def arity(name: str) -> int:
    """Return how many inputs a registered function takes."""
    return len(_REGISTRY[name].inputs)


def derived(name: str, *, inputs: tuple[str, ...]) -> Callable[[Function], Function]:
    """Register a function ``(on, *columns) -> column`` under a name; ``inputs`` say what the columns are."""

    def register(function: Function) -> Function:
        if name in _REGISTRY:
            raise ValueError(f"the derived fact {name} is registered twice")
        _REGISTRY[name] = _Derivation(function, inputs)
        return function

    return register


@derived("age_months", inputs=("registered_on",))
def age_months(on: date, registered_on: Column) -> Column:
    """Return the whole months completed on a day; missing when the start is later or not a date.

    A month is completed on the day of the same number, or on the last day of a month too short to have it
    (民法典第二百零二条): from 31 January one month is completed on 28 February.
    """
    year, month, day, valid = _calendar(registered_on)
    last_of_month = int(_month_length(np.asarray([on.year]), np.asarray([on.month]))[0])
    months = (on.year - year) * 12 + (on.month - month)
    months -= on.day < np.minimum(day, last_of_month)
    return _where(valid & (registered_on <= _yyyymmdd(on)), months)


@derived("age_begun_months", inputs=("registered_on",))
def age_begun_months(on: date, registered_on: Column) -> Column:
    """Return the months begun on a day: a month that is not completed counts, so "at most 60" ends with the day.

    On the day on which a month is completed the next has not begun.
    """
    completed = age_months(on, registered_on)
    known = completed != MISSING
    _, _, day, _ = _calendar(registered_on)
    last_of_month = int(_month_length(np.asarray([on.year]), np.asarray([on.month]))[0])
    return _where(known, completed + (np.minimum(day, last_of_month) != on.day))


@derived("age_days", inputs=("registered_on",))
def age_days(on: date, registered_on: Column) -> Column:
    """Return the days from a date to ``on``; missing when the date is later or not a date."""
    year, month, day, valid = _calendar(registered_on)
    # Days since 0000-03-01, counting years from March so that the leap day is the last of its year.
    shifted = year - (month <= 2)  # noqa: PLR2004 - January and February belong to the year before
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    ordinal = 365 * shifted + shifted // 4 - shifted // 100 + shifted // 400 + of_year - 305
    return _where(valid & (registered_on <= _yyyymmdd(on)), on.toordinal() - ordinal)


@derived("revenue_growth_bp", inputs=("annual_revenue_fen", "previous_revenue_fen"))
def revenue_growth_bp(_on: date, last: Column, before: Column) -> Column:
    """Return the growth over the year before in basis points, floored; missing for a base not positive."""
    return _minus_whole(_share(last, before))


@derived("revenue_cagr_2y_bp", inputs=("annual_revenue_fen", "revenue_two_years_ago_fen"))
def revenue_cagr_2y_bp(_on: date, last: Column, two_years_ago: Column) -> Column:
    """Return the compound yearly growth over two years in basis points, floored.

    Exact: ``floor(10000·√(last/base))`` is the integer square root of ``floor(last·10⁸/base)``. Missing for a
    base not positive or a negative last year.
    """
    known = (last != MISSING) & (two_years_ago != MISSING) & (two_years_ago > 0) & (last >= 0)
    top, base = np.where(known, last, 0), np.where(known, two_years_ago, 1)
    quotient, rest = np.divmod(top, base)
    safe = (quotient <= _LARGEST // BP**2 - 1) & (base <= _SAFE)
    # The fraction is brought down by four decimal places twice, so that no product exceeds 64 bits.
    rest = np.where(safe, rest, 0)
    first, rest = np.divmod(rest * BP, base)
    second = np.where(safe, rest, 0) * BP // base
    radicand = np.where(safe, quotient, 0) * BP**2 + first * BP + second
    root = np.floor(np.sqrt(radicand.astype(np.float64))).astype(np.int64)
    # The float root is at most one away; the comparisons are exact.
    root -= root * root > radicand
    root += (root + 1) * (root + 1) <= radicand
    for row in np.flatnonzero(known & ~safe):
        root[row] = isqrt(int(top[row]) * BP**2 // int(base[row]))
    return _where(known, root - BP)


@derived("rd_share_bp", inputs=("rd_expense_fen", "annual_revenue_fen"))
def rd_share_bp(_on: date, rd_expense: Column, revenue: Column) -> Column:
    """Return research and development over revenue in basis points, floored."""
    return _share(rd_expense, revenue)


@derived("debt_share_bp", inputs=("total_liabilities_fen", "total_assets_fen"))
def debt_share_bp(_on: date, liabilities: Column, assets: Column) -> Column:
    """Return liabilities over assets in basis points, floored."""
    return _share(liabilities, assets)


@derived("main_business_share_bp", inputs=("main_business_revenue_fen", "annual_revenue_fen"))
def main_business_share_bp(_on: date, main_business: Column, revenue: Column) -> Column:
    """Return the main business's revenue over all revenue in basis points, floored."""
    return _share(main_business, revenue)


@derived("tech_staff_share_bp", inputs=("tech_staff_count", "staff_count"))
def tech_staff_share_bp(_on: date, tech_staff: Column, staff: Column) -> Column:
    """Return technical staff over all staff in basis points, floored."""
    return _share(tech_staff, staff)


@derived("rd_two_year_total_fen", inputs=("rd_expense_fen", "previous_rd_expense_fen"))
def rd_two_year_total_fen(_on: date, last: Column, before: Column) -> Column:
    """Return the research and development expense of two years; missing when either year is."""
    known = (last != MISSING) & (before != MISSING)
    one, other = np.where(known, last, 0), np.where(known, before, 0)
    half = _LARGEST // 2
    fits = (np.abs(one) <= half) & (np.abs(other) <= half)
    total = np.where(fits, one, 0) + np.where(fits, other, 0)
    result = _where(known, total)
    for row in np.flatnonzero(known & ~fits):
        result[row] = _fitting(int(one[row]) + int(other[row]))
    return result


def _share(part: Column, whole: Column) -> Column:
    """Return ``floor(part · 10000 / whole)``; missing where either is, or the whole is not positive."""
    known = (part != MISSING) & (whole != MISSING) & (whole > 0)
    top, base = np.where(known, part, 0), np.where(known, whole, 1)
    quotient, rest = np.divmod(top, base)
    safe = (np.abs(quotient) < _SAFE) & (base <= _SAFE)
    share = np.where(safe, quotient, 0) * BP + np.where(safe, rest, 0) * BP // base
    result = _where(known, share)
    for row in np.flatnonzero(known & ~safe):
        result[row] = _fitting(int(top[row]) * BP // int(base[row]))
    return result


def _minus_whole(share: Column) -> Column:
    """Return a share less 100 %; missing stays missing, also where the difference would not fit."""
    known = share > MISSING + BP
    return _where(known, np.where(known, share, 0) - BP)


def _fitting(value: int) -> int:
    return value if -_LARGEST <= value <= _LARGEST else MISSING


def _where(known: NDArray[np.bool_], values: Column) -> Column:
    return np.where(known, values, np.int64(MISSING)).astype(np.int64)


def _yyyymmdd(on: date) -> int:
    return on.year * 10_000 + on.month * 100 + on.day


def _calendar(dates: Column) -> tuple[Column, Column, Column, NDArray[np.bool_]]:
    """Return year, month, day and whether they are one; what is no date is calculated as 1 January 1."""
    plausible = (dates >= _FIRST_DAY) & (dates <= _LAST_DAY)
    number = np.where(plausible, dates, _FIRST_DAY)
    year, month, day = number // 10_000, number // 100 % 100, number % 100
    in_year = (month >= 1) & (month <= 12)  # noqa: PLR2004 - months of a year
    length = _month_length(year, np.where(in_year, month, 1))
    valid = plausible & in_year & (day >= 1) & (day <= length)
    return np.where(valid, year, 1), np.where(valid, month, 1), np.where(valid, day, 1), valid


def _month_length(year: Column, month: Column) -> Column:
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    lengths = np.asarray([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)
    return lengths[month - 1] + (leap & (month == 2))  # noqa: PLR2004 - February
