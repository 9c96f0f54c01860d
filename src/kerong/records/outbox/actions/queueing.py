"""Puts jobs into the queue of the database, in the caller's transaction: rolled back, there is no job."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from procrastinate.contrib.django import app

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

DELIVER_JOB = "outbox.deliver"


class NotPlainError(TypeError):
    """A job's argument is not plain JSON: pass ids, not objects."""


def defer(name: str, arguments: Mapping[str, Any], *, after: timedelta | None = None, lock: str = "") -> int:
    """Queue a job by name and return its number; jobs of one ``lock`` never run at the same time.

    Raises NotPlainError.
    """
    try:
        plain = json.loads(json.dumps(dict(arguments), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise NotPlainError(f"arguments of the job {name} must be plain JSON: {error}") from error
    if plain != dict(arguments):
        raise NotPlainError(
            f"arguments of the job {name} change when they are written as JSON: {arguments!r}"
        )
    seconds = None if after is None else {"seconds": max(0, round(after.total_seconds()))}
    return app.configure_task(name, schedule_in=seconds, lock=lock or None).defer(**plain)


def defer_delivery(endpoint_id: object, *, after: timedelta | None = None) -> None:
    """Queue a round of deliveries to one endpoint; rounds to the same endpoint never run at the same time."""
    defer(DELIVER_JOB, {"endpoint": str(endpoint_id)}, after=after, lock=f"{DELIVER_JOB}:{endpoint_id}")
