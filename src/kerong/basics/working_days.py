"""Working days of China: weekdays, less the holidays and plus the make-up days published for a year."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_SATURDAY = 5
_DAY = timedelta(days=1)
DAYS_MAX = 3_660


class WorkingDaysError(ValueError):
    """A count of days that makes no sense; the message says which."""


class Reckoned(NamedTuple):
    """A day that was counted out, and whether every year on the way has a published calendar."""

    day: date
    is_published: bool


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days are worked: known years by their published days, other years Monday to Friday."""

    years: frozenset[int] = field(default_factory=frozenset[int])
    days_off: frozenset[date] = field(default_factory=frozenset[date])
    made_up: frozenset[date] = field(default_factory=frozenset[date])

    def is_published(self, year: int) -> bool:
        """Tell whether the calendar of a year is known."""
        return year in self.years

    def is_working_day(self, day: date) -> bool:
        """Tell whether a day is worked."""
        if day in self.made_up:
            return True
        return day.weekday() < _SATURDAY and day not in self.days_off


MONDAY_TO_FRIDAY = WorkingCalendar()
"""No year published: weekdays alone."""


def joined(calendars: Iterable[WorkingCalendar]) -> WorkingCalendar:
    """Return one calendar of several years."""
    found = list(calendars)
    return WorkingCalendar(
        frozenset(year for one in found for year in one.years),
        frozenset(day for one in found for day in one.days_off),
        frozenset(day for one in found for day in one.made_up),
    )


def add_working_days(start: date, count: int, calendar: WorkingCalendar) -> Reckoned:
    """Return the working day that is ``count`` working days after a day, which itself does not count.

    With a count of 0 it is the day itself. Raises WorkingDaysError for a negative count or more than ten years.
    """
    if not 0 <= count <= DAYS_MAX:
        raise WorkingDaysError(f"{count} working days; expected 0 to {DAYS_MAX}")
    day = start
    is_published = calendar.is_published(day.year)
    while count:
        day += _DAY
        is_published = is_published and calendar.is_published(day.year)
        count -= calendar.is_working_day(day)
    return Reckoned(day, is_published)


def add_calendar_days(start: date, count: int) -> Reckoned:
    """Return the day that is ``count`` days after a day. Raises WorkingDaysError like `add_working_days`."""
    if not 0 <= count <= DAYS_MAX:
        raise WorkingDaysError(f"{count} days; expected 0 to {DAYS_MAX}")
    return Reckoned(start + count * _DAY, is_published=True)


def working_days_between(start: date, end: date, calendar: WorkingCalendar) -> int:
    """Return how many working days lie after one day up to and including another; negative when ``end`` is earlier."""
    if end < start:
        return -working_days_between(end, start, calendar)
    return sum(calendar.is_working_day(start + i * _DAY) for i in range(1, (end - start).days + 1))
