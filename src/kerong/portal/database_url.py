"""Turns a database address into Django's settings for it; PostgreSQL only."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class DatabaseAddressError(ValueError):
    """The address of the database cannot be read; the message says what was expected."""


def database_settings(address: str, *, pool_size_max: int | None) -> dict[str, Any]:
    """Return Django's settings for `postgresql://user:password@host:port/name?option=value`.

    `host=` among the options names a socket folder. A pool is used when `pool_size_max` is given.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise DatabaseAddressError(
            "A database address must look like postgresql://user:password@host:5432/name; "
            f"this one starts with {parts.scheme or 'nothing'}:// and the rest is not shown because of "
            f"its password."
        )
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    port = options.pop("port", None) or parts.port or ""
    if pool_size_max:
        options["pool"] = {"min_size": 1, "max_size": pool_size_max, "timeout": 5}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port),
        "ATOMIC_REQUESTS": True,
        "OPTIONS": options,
    }
