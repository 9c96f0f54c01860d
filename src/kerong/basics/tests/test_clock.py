"""The clock says Shanghai's day whatever the computer's zone is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from kerong.basics.clock import SHANGHAI, Clock, FixedClock, MovedClock, SystemClock


def test_late_evening_in_utc_is_the_next_day_in_shanghai() -> None:
    clock: Clock = FixedClock(datetime(2026, 11, 22, 17, 0, tzinfo=UTC))

    assert clock.today() == date(2026, 11, 23)


def test_fixed_clock_moves_only_when_moved() -> None:
    clock = FixedClock(datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI))

    clock.move(timedelta(days=30))

    assert clock.today() == date(2026, 12, 23)


def test_fixed_clock_refuses_a_time_without_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        FixedClock(datetime(2026, 11, 23))  # noqa: DTZ001 - that is what is refused


def test_moved_clock_runs_ahead_of_the_other() -> None:
    base = FixedClock(datetime(2026, 11, 23, tzinfo=SHANGHAI))

    assert MovedClock(base, timedelta(days=-1)).today() == date(2026, 11, 22)


def test_system_clock_is_aware_and_near() -> None:
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert SystemClock().now().tzinfo is SHANGHAI
