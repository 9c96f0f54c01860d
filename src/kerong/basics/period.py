"""Half-open periods of days: the first day belongs to the period, the end day no longer does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


class PeriodError(ValueError):
    """A period that would end before it starts."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from ``start`` up to, not including, ``end``. ``end`` None is open."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise PeriodError(f"a period cannot end on {self.end} before it starts on {self.start}")

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    @property
    def days(self) -> int | None:
        """How many days, or None when open."""
        return None if self.end is None else (self.end - self.start).days

    @property
    def last_day(self) -> date | None:
        """The last day inside, as laws state it; None when open. Raises PeriodError for an empty period."""
        if self.end is None:
            return None
        if self.end == self.start:
            raise PeriodError("an empty period has no last day")
        return self.end - timedelta(days=1)

    def overlaps(self, other: Period) -> bool:
        """Tell whether any day belongs to both."""
        return self.intersection(other) is not None

    def intersection(self, other: Period) -> Period | None:
        """Return the days that belong to both, or None when there are none."""
        start = max(self.start, other.start)
        ends = [end for end in (self.end, other.end) if end is not None]
        end = min(ends) if ends else None
        if end is not None and end <= start:
            return None
        return Period(start, end)


def through(first_day: date, last_day: date | None) -> Period:
    """Return the period of a law that says "from … until … (inclusive)"."""
    return Period(first_day, None if last_day is None else last_day + timedelta(days=1))


def year(number: int) -> Period:
    """Return a calendar year."""
    return Period(date(number, 1, 1), date(number + 1, 1, 1))


def month(year_number: int, month_number: int) -> Period:
    """Return a calendar month."""
    return Period(date(year_number, month_number, 1), add_months(date(year_number, month_number, 1), 1))


def add_months(day: date, months: int) -> date:
    """Move a date by whole months; 31 January + 1 is the last day of February."""
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    following = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))


def full_months_between(start: date, end: date) -> int:
    """Count the months completed from ``start`` to ``end``: the age of an enterprise in months.

    Negative when ``end`` comes first.
    """
    if end < start:
        return -full_months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def as_integer(day: date) -> int:
    """Return a date as the stored integer ``yyyymmdd``."""
    return day.year * 10_000 + day.month * 100 + day.day


def from_integer(number: int) -> date:
    """Return the date of a stored integer ``yyyymmdd``. Raises PeriodError when there is no such day."""
    try:
        return date(number // 10_000, number // 100 % 100, number % 100)
    except ValueError:
        raise PeriodError(f"{number} is not a date yyyymmdd") from None
