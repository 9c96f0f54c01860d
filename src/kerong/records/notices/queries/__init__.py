"""Reads about the notices: what is to be done, what is unread, what was told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.db.models import BooleanField, Exists, F, OuterRef, Q

from kerong.basics.clock import current_clock
from kerong.records.notices.models import Notice, Preference, ReadMark

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet

    from kerong.basics.acting import Actor

Light = Literal["red", "yellow", "green"]
YELLOW_DAYS = 3
"""So many days before its day a to-do turns yellow. Our own choice of display; no rule depends on it."""


def notices_of(actor: Actor, *, text: str = "", kind: str = "", state: str = "") -> QuerySet[Notice]:
    """Return what an actor was told, the latest first, each with ``is_read``.

    ``state`` is "unread", "todo" (open), "done" or empty for all. Row security narrows further.
    """
    read = ReadMark.objects.filter(notice=OuterRef("pk"), user=actor.user)
    found = _told(actor).annotate(is_read=Exists(read, output_field=BooleanField()))
    if text:
        found = found.filter(Q(title__icontains=text) | Q(body__icontains=text))
    if kind:
        found = found.filter(kind=kind)
    match state:
        case "unread":
            found = found.filter(is_read=False)
        case "todo":
            found = found.filter(is_todo=True, done_at__isnull=True)
        case "done":
            found = found.filter(is_todo=True, done_at__isnull=False)
        case _:
            pass
    return found.order_by("-told_at", "-id")


def todos_of(actor: Actor) -> QuerySet[Notice]:
    """Return what an actor has to do, the most urgent first; what has no day comes last."""
    return (
        _told(actor)
        .filter(is_todo=True, done_at__isnull=True)
        .order_by(F("due_on").asc(nulls_last=True), "told_at")
    )


def unread_count(actor: Actor) -> int:
    """Return how many notices an actor has not read."""
    return notices_of(actor, state="unread").count()


def kinds_of(actor: Actor) -> list[str]:
    """Return the kinds of notices that an actor has, in order."""
    return sorted(set(_told(actor).values_list("kind", flat=True)))


def open_todo_keys(*, kind: str) -> list[str]:
    """Return the keys of the open to-dos of a kind that the session may see; the house sees all."""
    found = Notice.objects.filter(kind=kind, is_todo=True, done_at__isnull=True)
    return list(found.order_by("key").values_list("key", flat=True))


def notice(actor: Actor, notice_id: UUID | str) -> Notice | None:
    """Return one notice that an actor was told, or None."""
    return _told(actor).filter(pk=notice_id).first()


def light_of(due_on: date | None) -> Light:
    """Return the light of a to-do: red when its day is past, yellow when it is near, green otherwise."""
    if due_on is None:
        return "green"
    left = (due_on - current_clock().today()).days
    if left < 0:
        return "red"
    return "yellow" if left <= YELLOW_DAYS else "green"


def preference_of(user: str) -> Preference:
    """Return what an account wants mailed, saved or not."""
    return Preference.objects.filter(user=user).first() or Preference(user=user)


def _told(actor: Actor) -> QuerySet[Notice]:
    to_party = Q(to_party=actor.party) if actor.party else Q(pk__in=[])
    to_person = Q(to_person=actor.person) if actor.person else Q(pk__in=[])
    mine = (to_party & (Q(to_person="") | to_person)) | (to_person & (Q(to_party="") | to_party))
    return Notice.objects.filter(mine, Q(for_duty="") | Q(for_duty__in=actor.duties))
