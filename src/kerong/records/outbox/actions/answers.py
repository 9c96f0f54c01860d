"""Idempotency keys: the same request gets the same answer again and has no second effect."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from kerong.basics.canonical import digest
from kerong.basics.clock import current_clock
from kerong.records.evidence.actions import house
from kerong.records.outbox.models import StoredAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

# The standard asks for 30 days or more on routes that move money; the same everywhere is easier to promise.
KEPT = timedelta(days=35)
KEY_LENGTH_MAX = 255


class IdempotencyError(ValueError):
    """A request whose key cannot be honoured; ``status`` is what HTTP answers."""

    status = 400


class KeyMissingError(IdempotencyError):
    """There is no key, or one that cannot be one."""


class KeyReusedError(IdempotencyError):
    """The key was used for another request."""

    status = 422


class ConcurrentRequestError(IdempotencyError):
    """The first request with this key is still being worked on."""

    status = 409


@dataclass(frozen=True)
class Answer:
    """What was answered: a status and the bytes; ``is_replayed`` when it was answered before."""

    status: int
    body: bytes
    content_type: str = "application/json"
    is_replayed: bool = False

    @property
    def content(self) -> Any:
        """Return the body read as JSON."""
        return json.loads(self.body)


def once(*, client: str, key: str, payload: Any, do: Callable[[], Any]) -> Answer:
    """Do something for a client's key once; return what was answered then, now and ever after.

    ``client`` is the party reference whose keys these are, ``payload`` the request (canonical JSON or bytes). ``do``
    returns an Answer, or anything JSON, which is answered with 200. All of it belongs to the caller's transaction:
    what fails leaves no trace and may be tried again. Raises KeyMissingError, KeyReusedError, ConcurrentRequestError.
    """
    name = _plain_key(key)
    if not _is_ours_alone(client, name):
        raise ConcurrentRequestError("the first request with this Idempotency-Key is still running")
    asked = digest(payload)
    now = current_clock().now()
    with house("answers are stored for clients that are not the actor, too"):
        stored = StoredAnswer.objects.filter(owner=client, key=name).first()
    if stored is not None and stored.kept_until >= now:
        if stored.payload_digest != asked:
            raise KeyReusedError("this Idempotency-Key was used for another request")
        return Answer(stored.status, bytes(stored.body), stored.content_type, is_replayed=True)
    answer = _as_answer(do())
    with house("answers are stored for clients that are not the actor, too"):
        StoredAnswer.objects.update_or_create(
            owner=client,
            key=name,
            defaults={
                "payload_digest": asked,
                "status": answer.status,
                "body": answer.body,
                "content_type": answer.content_type,
                "answered_at": now,
                "kept_until": now + KEPT,
            },
        )
    return answer


def _plain_key(key: str) -> str:
    """Read the header's value: a structured-header string, or the same without its quotes."""
    name = key.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1]
    if not name or len(name) > KEY_LENGTH_MAX or not (name.isascii() and name.isprintable()):
        raise KeyMissingError(
            f"an Idempotency-Key of 1 to {KEY_LENGTH_MAX} printable ASCII characters is needed"
        )
    return name


def _is_ours_alone(client: str, key: str) -> bool:
    """Take the key until the transaction ends; somebody else's hold on it is answered at once, not waited for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 24))", [f"once\x1f{client}\x1f{key}"]
        )
        return bool(cursor.fetchone()[0])


def _as_answer(found: Any) -> Answer:
    if isinstance(found, Answer):
        return found
    return Answer(200, json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
