"""Reads of financings for pages and for whoever computes with them."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from kerong.basics.clock import current_clock
from kerong.records.financings.models import Event, Financing, Standing
from kerong.records.financings.queries.story import ENDED, state_after

if TYPE_CHECKING:
    from django.db.models import QuerySet


def reference_key(reference: str) -> str:
    """Return a contract number as it is compared: one width, one case, one dash, no spaces and nothing invisible."""
    plain = unicodedata.normalize("NFKC", reference).upper()
    return "".join(
        "-" if unicodedata.category(letter) == "Pd" or letter == "−" else letter
        for letter in plain
        if not letter.isspace() and unicodedata.category(letter) not in {"Cf", "Cc"}
    )


def financings(
    *, party: str = "", kind: str = "", status: str = "", due_within: int | None = None, words: str = ""
) -> QuerySet[Financing]:
    """Return the financings that the session sees, the latest first, with their standings, narrowed as asked.

    ``party`` is on either side; ``due_within`` counts days from today and leaves out what has ended.
    """
    found = Financing.objects.select_related("standing")
    if party:
        found = found.filter(Q(owner=party) | Q(creditor=party) | Q(readers__contains=[party]))
    if kind:
        found = found.filter(kind=kind)
    if status:
        found = found.filter(standing__status=status)
    if due_within is not None:
        last = current_clock().today() + timedelta(days=due_within)
        found = found.filter(standing__matures_on__lte=last).exclude(standing__status__in=ENDED)
    if words.strip():
        found = found.filter(
            Q(reference_key__contains=reference_key(words)) | Q(owner__contains=words.strip().upper())
        )
    return found.order_by("-agreed_on", "-id")


def financing(key: str | UUID) -> Financing | None:
    """Return a financing that the session sees, or None."""
    try:
        wanted = key if isinstance(key, UUID) else UUID(key)
    except ValueError:
        return None
    return Financing.objects.select_related("standing").filter(pk=wanted).first()


def of_party(reference: str) -> QuerySet[Financing]:
    """Return the financings of a party that the session sees, on whichever side it stands."""
    return financings(party=reference)


def by_reference(*, creditor: str, reference: str) -> Financing | None:
    """Return a creditor's financing by its number, however the number is written, or None."""
    return (
        Financing.objects.select_related("standing")
        .filter(creditor=creditor, reference_key=reference_key(reference))
        .first()
    )


def events_of(financing: Financing) -> list[Event]:
    """Return what happened to a financing, in the order it was recorded."""
    return list(financing.events.order_by("number"))


def standing_is_true(financing: Financing) -> bool:
    """Tell whether the standing kept for lists is what the events come to."""
    kept = Standing.objects.get(pk=financing.pk)
    events = events_of(financing)
    told = state_after(financing, events)
    names = ("status", "drawn", "outstanding", "interest_paid", "matures_on", "overdue_since", "five_class")
    return kept.event_count == len(events) and all(
        getattr(kept, name) == getattr(told, name) for name in names
    )
