"""One spelling of a value for digests: canonical JSON (RFC 8785) without floats, and SHA-256 over it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

_SAFE_INTEGER = 2**53 - 1


class CanonicalError(ValueError):
    """A value that has no canonical spelling, such as a float."""


def canonical(value: Any) -> bytes:
    """Return the canonical bytes of a value: sorted keys, no spaces, UTF-8.

    Days and moments become ISO text (moments in UTC to the microsecond), UUIDs, decimals and integers beyond 2^53
    text, bytes hexadecimal. Raises CanonicalError for floats and anything else: a digest must not depend on a guess.
    """
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), sort_keys=False).encode()


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical bytes, hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _plain(value: Any) -> Any:  # noqa: C901, PLR0911 - one line for each kind of value
    match value:
        case None | bool() | str():
            return value
        case int():
            return value if abs(value) <= _SAFE_INTEGER else str(value)
        case datetime():
            if value.tzinfo is None:
                raise CanonicalError(f"{value!r} has no time zone")
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case date():
            return value.isoformat()
        case UUID() | Decimal():
            return str(value)
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
        case Mapping():
            if any(not isinstance(key, str) for key in value):
                raise CanonicalError("keys of an object are text")
            # RFC 8785 sorts by UTF-16 code units.
            return {key: _plain(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
        case AbstractSet():
            return sorted(_plain(item) for item in value)
        case Sequence():
            return [_plain(item) for item in value]
        case _:
            raise CanonicalError(f"{type(value).__name__} has no canonical form: {value!r}")
