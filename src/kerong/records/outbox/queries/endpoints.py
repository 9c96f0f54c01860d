"""Reads about endpoints and what was delivered to them; row security leaves a party its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q

from kerong.records.outbox.models import Delivery, Endpoint

if TYPE_CHECKING:
    from django.db.models import QuerySet


def endpoints(*, owner: str) -> QuerySet[Endpoint]:
    """Return the endpoints of a party with how many deliveries wait and were given up."""
    return Endpoint.objects.filter(owner=owner).annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=Delivery.WAITING)),
        given_up=Count("deliveries", filter=Q(deliveries__state=Delivery.GIVEN_UP)),
    )


def endpoint(key: str, *, owner: str) -> Endpoint | None:
    """Return one endpoint of a party, or None."""
    return endpoints(owner=owner).filter(id=key).first()


def deliveries(*, owner: str, endpoint_id: str = "", state: str = "", kind: str = "") -> QuerySet[Delivery]:
    """Return deliveries of a party, the latest first, narrowed by endpoint, state or kind."""
    found = Delivery.objects.filter(owner=owner).select_related("message", "endpoint").order_by("-id")
    wanted = {"endpoint_id": endpoint_id, "state": state, "message__kind__contains": kind}
    return found.filter(**{name: value for name, value in wanted.items() if value})


def delivery(key: str, *, owner: str) -> Delivery | None:
    """Return one delivery of a party, or None."""
    return deliveries(owner=owner).filter(id=key).first()
