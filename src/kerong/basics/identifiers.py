"""Identifiers that sort by time and tell nothing else: UUID version 7 (RFC 9562); PostgreSQL 15 has none."""

from __future__ import annotations

import secrets
import threading
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_lock = threading.Lock()
# Per millisecond: the last value given, so that identifiers of one process sort in the order they were made.
_last: dict[int, int] = {}
_KEPT = 64


def new_identifier(at: datetime) -> uuid.UUID:
    """Return a fresh identifier that sorts by ``at``, to the millisecond, and within it by when it was asked for."""
    milliseconds = int(at.timestamp() * 1000)
    with _lock:
        last = _last.get(milliseconds)
        # A step of random size keeps the next identifier from being guessed.
        noise = secrets.randbits(73) if last is None else last + 1 + secrets.randbits(40)
        if last is None and len(_last) >= _KEPT:
            _last.pop(min(_last))
        _last[milliseconds] = noise
    value = milliseconds << 80 | 0x7 << 76 | (noise >> 62 & 0xFFF) << 64 | 0b10 << 62 | noise & (1 << 62) - 1
    return uuid.UUID(int=value)
