"""Takes messages that others send us: signature, time and id are checked, and each has its effect once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import connection

from kerong.adapters.webhooks import checked_id
from kerong.basics.clock import current_clock
from kerong.records.evidence.actions import house, record
from kerong.records.outbox.models import Received

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


_TAKE = """
INSERT INTO outbox_received (sender, message_id, digest, received_at) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING RETURNING id
"""


class RepeatedIdError(ValueError):
    """The id was used before for another message."""


def receive(
    *,
    sender: str,
    headers: Mapping[str, str],
    body: bytes,
    keys: Sequence[str],
    do: Callable[[bytes], object],
) -> bool:
    """Check a message and let it have its effect unless it had it before; return whether it did so now.

    The note of its id and the effect belong to the caller's transaction. Raises SignatureRefusedError, and
    RepeatedIdError when the id comes back with other content.
    """
    now = current_clock().now()
    identifier = checked_id(headers=headers, body=body, keys=keys, now=now)
    digest = hashlib.sha256(body).hexdigest()
    with house("the inbox belongs to the sender, who is not signed in"):
        with connection.cursor() as cursor:
            # The unique index makes a second one that comes at the same time wait for the first.
            cursor.execute(_TAKE, [sender, identifier, digest, now])
            is_new = cursor.fetchone() is not None
        stored = Received.objects.get(sender=sender, message_id=identifier)
    if stored.digest != digest:
        raise RepeatedIdError("this webhook-id was used before for another message")
    if is_new:
        record(
            stream="outbox",
            kind="message_received",
            subject=sender,
            content={"id": identifier, "digest": digest},
        )
        do(body)
    return is_new
