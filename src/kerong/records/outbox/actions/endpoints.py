"""Registers where a party wants to be told, changes its secret, tests it, stops it, and sends something again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from kerong.adapters.outbound import client_for
from kerong.adapters.webhooks import new_secret, shown_key
from kerong.basics import crypto
from kerong.basics.acting import HOUSE_ROLE, current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions import house, record, seal
from kerong.records.outbox.actions.delivering import SECRET_PURPOSE
from kerong.records.outbox.actions.publishing import send_to, store_message
from kerong.records.outbox.actions.queueing import defer_delivery
from kerong.records.outbox.models import Delivery, Endpoint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from kerong.records.outbox.models import Message

# Our own choice: how long both secrets sign after a change.
BOTH_SIGN = timedelta(days=2)
PING = "ping"


class EndpointError(ValueError):
    """An endpoint that is not there, or a change that cannot be made; the message is for a person."""


def register_endpoint(
    *, owner: str, url: str, kinds: Sequence[str], scheme: str = Endpoint.HMAC, is_demo: bool = False
) -> tuple[Endpoint, str]:
    """Register an address and return it with the key to show once.

    For v1 that is the secret both sides share, for v1a the public key. Raises AddressRefusedError and EndpointError.
    """
    if not kinds:
        raise EndpointError("say which events the endpoint wants")
    client_for("webhooks", None).check(url)
    now = current_clock().now()
    identifier, secret = new_identifier(now), new_secret(scheme)
    endpoint = Endpoint.objects.create(
        id=identifier,
        owner=owner,
        url=url,
        kinds=sorted(set(kinds)),
        scheme=scheme,
        secret_sealed=_sealed(identifier, secret),
        created_at=now,
        is_demo=is_demo,
    )
    seal(endpoint, stream="outbox", kind="endpoint_registered", subject=owner)
    return endpoint, shown_key(secret)


def rotate_secret(*, endpoint_id: UUID | str) -> tuple[Endpoint, str]:
    """Give an endpoint a new key and return it with what to show once; for two days the former one signs as well.

    Raises EndpointError.
    """
    endpoint = _locked(endpoint_id)
    secret = new_secret(endpoint.scheme)
    endpoint.former_secret_sealed = endpoint.secret_sealed
    endpoint.former_until = current_clock().now() + BOTH_SIGN
    endpoint.secret_sealed = _sealed(endpoint.id, secret)
    endpoint.save()
    seal(endpoint, stream="outbox", kind="endpoint_secret_rotated", subject=endpoint.owner)
    return endpoint, shown_key(secret)


def disable_endpoint(*, endpoint_id: UUID | str, because: str) -> Endpoint:
    """Stop an endpoint: nothing more is sent there. Raises EndpointError."""
    endpoint = _locked(endpoint_id)
    endpoint.disabled_at, endpoint.disabled_because = current_clock().now(), because
    endpoint.save()
    seal(endpoint, stream="outbox", kind="endpoint_disabled", subject=endpoint.owner)
    return endpoint


def enable_endpoint(*, endpoint_id: UUID | str) -> Endpoint:
    """Let an endpoint be told again; what waited is sent. Raises EndpointError."""
    endpoint = _locked(endpoint_id)
    endpoint.disabled_at, endpoint.disabled_because = None, ""
    endpoint.save()
    seal(endpoint, stream="outbox", kind="endpoint_enabled", subject=endpoint.owner)
    defer_delivery(endpoint.id)
    return endpoint


def ping(*, endpoint_id: UUID | str) -> Message:
    """Send a test message to one endpoint, whatever kinds it wants. Raises EndpointError."""
    endpoint = _locked(endpoint_id)
    if endpoint.disabled_at is not None:
        raise EndpointError("the endpoint is stopped")
    with house("the message belongs to the platform"):
        message, _is_new = store_message(
            kind=PING,
            subject=endpoint.owner,
            payload={"test": True},
            key=f"ping:{new_identifier(current_clock().now())}",
            audience=[endpoint.owner],
            aggregate=f"ping:{endpoint.id}",
        )
        send_to(endpoint, message)
    return message


def redeliver(*, delivery_id: UUID | str) -> Delivery:
    """Send a message once more to its endpoint, from the first pause on; the receiver knows it by its id.

    Raises EndpointError.
    """
    delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .filter(~Q(state=Delivery.WAITING), id=delivery_id, endpoint__disabled_at__isnull=True)
        .first()
    )
    if delivery is None:
        raise EndpointError("there is no ended delivery with this id, or its endpoint is stopped")
    delivery.state, delivery.tries, delivery.ended_at = Delivery.WAITING, 0, None
    delivery.next_at = current_clock().now()
    delivery.save()
    record(
        stream="outbox",
        kind="redelivery_asked",
        subject=delivery.owner,
        content={"delivery": str(delivery.id), "by": current_actor().user},
    )
    defer_delivery(delivery.endpoint_id)
    return delivery


def _locked(endpoint_id: UUID | str) -> Endpoint:
    endpoint = Endpoint.objects.select_for_update().filter(id=endpoint_id).first()
    actor = current_actor()
    if endpoint is None or (endpoint.owner != actor.party and actor.role != HOUSE_ROLE):
        raise EndpointError("there is no endpoint with this id")
    return endpoint


def _sealed(identifier: UUID, secret: str) -> str:
    return crypto.provider().seal(secret, purpose=SECRET_PURPOSE, context=f"endpoint:{identifier}")
