"""Publishes an event to the outside in the transaction of what happened; it is sent after that has committed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Max, Q

from kerong.basics.acting import PLATFORM
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions import house
from kerong.records.outbox.actions.queueing import defer_delivery
from kerong.records.outbox.models import Delivery, Endpoint, Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

BODY_BYTES_MAX = 20_000
SOURCE = "urn:kerong"


class MessageTooLargeError(ValueError):
    """A message tells that something happened; whoever wants all of it fetches it."""


def publish(  # noqa: PLR0913 - the parts of an event
    *,
    kind: str,
    subject: str,
    payload: Mapping[str, Any],
    key: str,
    audience: Iterable[str] = (),
    aggregate: str = "",
) -> Message:
    """Tell the audience's endpoints that something happened; falls with the caller's transaction.

    ``kind`` is a verb in the past ("case_moved"), ``key`` names this one event: published again under the same key
    it is the same message. Messages of one ``aggregate`` (else of the subject) arrive in order. ``audience`` are
    party references; without any only the platform's own endpoints hear of it. The payload holds text, whole numbers,
    truth values, lists and objects. Raises MessageTooLargeError.
    """
    with house("a message goes to parties other than the actor"):
        message, is_new = store_message(
            kind=kind,
            subject=subject,
            payload=payload,
            key=key,
            audience=audience,
            aggregate=aggregate or subject,
        )
        if is_new:
            _address(message)
    return message


def store_message(  # noqa: PLR0913 - the parts of an event
    *, kind: str, subject: str, payload: Mapping[str, Any], key: str, audience: Iterable[str], aggregate: str
) -> tuple[Message, bool]:
    """Store a message, addressed to nobody yet, and tell whether it is new; the house acts."""
    # Held until the transaction ends: positions of an aggregate are given in the order of commits.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 25))", [f"outbox\x1f{aggregate}"])
    known = Message.objects.filter(key=key).first()
    if known is not None:
        return known, False
    now = current_clock().now()
    last = Message.objects.filter(aggregate=aggregate).aggregate(last=Max("position"))["last"]
    position = (last or 0) + 1
    identifier = new_identifier(now)
    message = Message.objects.create(
        id=identifier,
        owner=PLATFORM,
        audience=sorted({PLATFORM, *audience}),
        kind=kind,
        subject=subject,
        key=key,
        aggregate=aggregate,
        position=position,
        body=_envelope(identifier, kind, subject, now, f"{aggregate}#{position}", payload),
        published_at=now,
    )
    return message, True


def _envelope(  # noqa: PLR0913, PLR0917 - the attributes of CloudEvents
    identifier: UUID, kind: str, subject: str, at: datetime, sequence: str, payload: Mapping[str, Any]
) -> str:
    """Return CloudEvents 1.0 in structured JSON; `sequence` is its extension for order."""
    body = json.dumps(
        {
            "specversion": "1.0",
            "id": str(identifier),
            "source": SOURCE,
            "type": kind,
            "subject": subject,
            "time": at.isoformat(),
            "datacontenttype": "application/json",
            "sequence": sequence,
            "data": payload,
        },
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    )
    if len(body.encode()) > BODY_BYTES_MAX:
        raise MessageTooLargeError(f"{kind} has more than {BODY_BYTES_MAX:,} bytes; send a reference instead")
    return body


def _address(message: Message) -> None:
    wanted = Endpoint.objects.filter(owner__in=message.audience, disabled_at__isnull=True)
    endpoints = wanted.filter(Q(kinds__contains=[message.kind]) | Q(kinds__contains=["*"]))
    for endpoint in endpoints:
        send_to(endpoint, message)


def send_to(endpoint: Endpoint, message: Message) -> None:
    """Queue a message for one endpoint; the house acts."""
    Delivery.objects.create(
        id=new_identifier(message.published_at),
        owner=endpoint.owner,
        endpoint=endpoint,
        message=message,
        aggregate=message.aggregate,
        position=message.position,
        next_at=message.published_at,
    )
    defer_delivery(endpoint.id)
