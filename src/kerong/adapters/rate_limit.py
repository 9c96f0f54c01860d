"""Counts how often one address asks, minute by minute, so that a public page cannot be used to guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache

from kerong.basics.clock import current_clock

if TYPE_CHECKING:
    from datetime import datetime

_MINUTE = 60


def is_too_often(what: str, address: str, *, a_minute: int) -> bool:
    """Count one request and tell whether it is one too many in this minute.

    The count lives in Django's cache, which all web processes share. Requests at the very same moment may be counted
    as one: this slows guessing down, it is no exact measure.
    """
    key = f"rate:{what}:{address}:{_minute(current_clock().now())}"
    cache.add(key, 0, timeout=2 * _MINUTE)
    try:
        return cache.incr(key) > a_minute
    except ValueError:
        # The entry was dropped between the two calls; the next request counts again.
        return False


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // _MINUTE
