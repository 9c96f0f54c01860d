"""Brings messages to their endpoints: at least once, in order within an aggregate, with ever longer pauses.

A delivery is claimed in one transaction, sent outside any, and its outcome written in another. Whoever dies in
between leaves a claim that runs out, and the message is sent again: receivers know it by its id.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from kerong.adapters.outbound import OutboundError, client_for
from kerong.adapters.webhooks import signature_headers
from kerong.basics import crypto
from kerong.basics.acting import house_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions import acting, seal
from kerong.records.outbox.actions.alarms import raise_alarm
from kerong.records.outbox.actions.queueing import DELIVER_JOB, defer_delivery
from kerong.records.outbox.models import Alarm, Attempt, Delivery, Endpoint

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from kerong.adapters.outbound import Outbound

# Standard Webhooks' own example, from the first try on.
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
JITTER = 0.2
CLAIM = timedelta(seconds=60)
ROUND_MAX = 50
ANSWER_KEPT = 2000
GONE = 410
SECRET_PURPOSE = "webhook.secret"  # noqa: S105 - the name of a purpose


@dataclass(frozen=True)
class Claimed:
    """What is about to be sent, and to where: no row is held while it is on its way."""

    delivery: Delivery
    url: str
    identifier: str
    body: bytes
    keys: tuple[str, ...]


def deliver_round(*, endpoint_id: str, client: Outbound | None = None) -> int:
    """Send what is due to one endpoint, one after the other; return how many were sent. No transaction may be open."""
    outbound = client or client_for("webhooks", None)
    for sent in range(ROUND_MAX):
        claimed = _claim(endpoint_id)
        if claimed is None:
            return sent
        _send(claimed, outbound)
    with transaction.atomic():
        defer_delivery(endpoint_id)
    return ROUND_MAX


def endpoints_due() -> list[str]:
    """Return the endpoints for which something is due; part of the caller's transaction."""
    now = current_clock().now()
    found = _due(now).order_by().values_list("endpoint_id", flat=True).distinct()
    return [str(each) for each in found]


def _due(now: datetime) -> QuerySet[Delivery]:
    """Return what may be sent now: due, not being sent, and nothing earlier of its aggregate still waiting."""
    earlier = Delivery.objects.filter(
        endpoint=OuterRef("endpoint"),
        aggregate=OuterRef("aggregate"),
        position__lt=OuterRef("position"),
        state=Delivery.WAITING,
    )
    return Delivery.objects.filter(
        Q(claimed_until__isnull=True) | Q(claimed_until__lt=now),
        state=Delivery.WAITING,
        next_at__lte=now,
        endpoint__disabled_at__isnull=True,
    ).exclude(Exists(earlier))


def _claim(endpoint_id: str) -> Claimed | None:
    with transaction.atomic(), acting(house_actor(DELIVER_JOB)):
        now = current_clock().now()
        due = _due(now).filter(endpoint_id=endpoint_id).order_by("next_at", "id")
        delivery = due.select_for_update(skip_locked=True, of=("self",)).first()
        if delivery is None:
            return None
        delivery.claimed_until = now + CLAIM
        delivery.save(update_fields=["claimed_until"])
        endpoint, message = delivery.endpoint, delivery.message
        return Claimed(
            delivery, endpoint.url, str(message.id), message.body.encode(), secrets_of(endpoint, now)
        )


def secrets_of(endpoint: Endpoint, now: datetime) -> tuple[str, ...]:
    """Return the secrets that sign for an endpoint: the present one, and the former while it still holds."""
    sealed = [endpoint.secret_sealed]
    if endpoint.former_secret_sealed and endpoint.former_until and endpoint.former_until > now:
        sealed.append(endpoint.former_secret_sealed)
    return tuple(
        crypto.provider().open(each, purpose=SECRET_PURPOSE, context=f"endpoint:{endpoint.id}")
        for each in sealed
    )


def _send(claimed: Claimed, client: Outbound) -> None:
    at, began = current_clock().now(), time.monotonic()
    headers = signature_headers(identifier=claimed.identifier, at=at, body=claimed.body, keys=claimed.keys)
    status, answer, error = None, "", ""
    try:
        said = client.send(
            "POST",
            claimed.url,
            headers={**headers, "Content-Type": "application/cloudevents+json; charset=utf-8"},
            body=claimed.body,
        )
        status, answer = said.status, said.body.decode("utf-8", "replace").replace("\0", "")[:ANSWER_KEPT]
    except OutboundError as problem:
        error = str(problem)
    with transaction.atomic(), acting(house_actor(DELIVER_JOB)):
        _note(
            claimed.delivery,
            Attempt(
                id=new_identifier(at),
                delivery_id=claimed.delivery.id,
                at=at,
                status=status,
                answer=answer,
                error=error,
                took_ms=round((time.monotonic() - began) * 1000),
            ),
        )


def _note(before: Delivery, attempt: Attempt) -> None:
    attempt.save(force_insert=True)
    delivery = Delivery.objects.select_for_update().get(id=before.id)
    now = current_clock().now()
    delivery.tries += 1
    delivery.claimed_until = None
    if attempt.status is not None and 200 <= attempt.status < 300:  # noqa: PLR2004 - HTTP's own numbers
        delivery.state, delivery.ended_at = Delivery.DELIVERED, now
    elif delivery.tries >= len(PAUSES):
        delivery.state, delivery.ended_at = Delivery.GIVEN_UP, now
        raise_alarm(
            kind="delivery_given_up",
            what=f"消息 {delivery.message_id} 送达 {len(PAUSES)} 次未成功，已放弃。",
            severity=Alarm.WARNING,
            key=f"delivery:{delivery.endpoint_id}",
        )
    else:
        pause = PAUSES[delivery.tries] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, guards nothing
        delivery.next_at = now + pause
        # A second later than due, so that the round finds it.
        defer_delivery(delivery.endpoint_id, after=pause + timedelta(seconds=1))
    delivery.save()
    if attempt.status == GONE:
        endpoint = Endpoint.objects.select_for_update().get(id=delivery.endpoint_id)
        if endpoint.disabled_at is None:
            endpoint.disabled_at, endpoint.disabled_because = now, "对方应答 410，已停用"
            endpoint.save()
            seal(endpoint, stream="outbox", kind="endpoint_disabled", subject=endpoint.owner)
