"""The one clock, injected where time is needed: real time in Shanghai, a fixed time, or a moved one."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Generator

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """What tells the time. Pure code takes ``on=`` instead and never asks."""

    def now(self) -> datetime:
        """Return the current time, aware of its zone."""
        ...

    def today(self) -> date:
        """Return the current day in Shanghai."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The computer's time, in Shanghai."""

    def now(self) -> datetime:
        """Return the current time in Shanghai."""
        return datetime.now(SHANGHAI)

    def today(self) -> date:
        """Return the current day in Shanghai."""
        return self.now().date()


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is moved: for tests."""

    at: datetime

    def __post_init__(self) -> None:
        self.at = _in_shanghai(self.at)

    def now(self) -> datetime:
        """Return the time it stands at."""
        return self.at

    def today(self) -> date:
        """Return the day it stands at."""
        return self.at.date()

    def move(self, by: timedelta) -> None:
        """Move the hands, forwards or back."""
        self.at += by


@dataclass(frozen=True, slots=True)
class MovedClock:
    """A running clock set ahead of, or behind, another one: for the demo."""

    base: Clock
    by: timedelta

    def now(self) -> datetime:
        """Return the other clock's time, moved."""
        return self.base.now() + self.by

    def today(self) -> date:
        """Return the moved day in Shanghai."""
        return self.now().astimezone(SHANGHAI).date()


_clock: ContextVar[Clock] = ContextVar("kerong_clock", default=SystemClock())  # noqa: B039 - it is frozen


def current_clock() -> Clock:
    """Return the clock of this request, job or test: real time unless another one was set."""
    return _clock.get()


@contextmanager
def using_clock(clock: Clock) -> Generator[Clock]:
    """Let another clock tell the time inside the block: in tests, and in the demo."""
    token = _clock.set(clock)
    try:
        yield clock
    finally:
        _clock.reset(token)


def _in_shanghai(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a clock needs a time that knows its zone, such as datetime(…, tzinfo=SHANGHAI)")
    return moment.astimezone(SHANGHAI)
