"""Telling somebody something once, and noting what was done and read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions import house, seal
from kerong.records.notices.actions.mailing import queue_mail
from kerong.records.notices.models import Notice, ReadMark
from kerong.records.notices.queries import notice as visible_notice

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

STREAM = "notices"
TITLE_MAX = 200


class NobodyToldError(ValueError):
    """A notice names neither a party nor a person."""


@transaction.atomic
def tell(  # noqa: PLR0913 - the parts of a notice
    *,
    to_party: str = "",
    to_person: str = "",
    kind: str,
    title: str,
    body: str = "",
    link: str = "",
    due_on: date | None = None,
    is_todo: bool = False,
    key: str = "",
    for_duty: str = "",
) -> Notice:
    """Tell a party, a person (by id or reference), or a person acting for a party; queue the e-mail.

    ``key`` makes it idempotent: telling again under the same key changes nothing and returns the first notice.
    ``link`` is a path of this service. ``for_duty`` narrows to the party's people with that duty. Raises
    NobodyToldError.
    """
    person = to_person.removeprefix("person:")
    if not to_party and not person:
        raise NobodyToldError(f"the notice {title!r} is for nobody; give to_party or to_person")
    now = current_clock().now()
    identifier = new_identifier(now)
    wanted = Notice(
        id=identifier,
        to_party=to_party,
        to_person=person,
        for_duty=for_duty,
        kind=kind,
        title=title[:TITLE_MAX],
        body=body,
        link=link,
        due_on=due_on,
        is_todo=is_todo,
        key=key or str(identifier),
        told_at=now,
    )
    with house("a notice is written into somebody else's box"):
        Notice.objects.bulk_create([wanted], ignore_conflicts=True)
        stored = Notice.objects.get(key=wanted.key)
        if stored.id == identifier:
            seal(stored, stream=STREAM, kind="told", subject=to_party or f"person:{person}")
            queue_mail(stored)
    return stored


@transaction.atomic
def done(*, key: str) -> bool:
    """Close the to-do of a key; False where none is open. Whoever did the thing may be another party."""
    with house("the one who did it need not be the one who was told"):
        found = Notice.objects.select_for_update().filter(key=key, is_todo=True, done_at__isnull=True).first()
        if found is None:
            return False
        found.done_at = current_clock().now()
        found.save(update_fields=["done_at"])
        seal(found, stream=STREAM, kind="done", subject=found.to_party or f"person:{found.to_person}")
    return True


@transaction.atomic
def read(*, notice_ids: Iterable[UUID | str]) -> int:
    """Note that the actor's account has read these notices; those that it cannot see are left out."""
    actor, now = current_actor(), current_clock().now()
    seen = [found for each in notice_ids if (found := visible_notice(actor, each))]
    marks = [ReadMark(notice=found, user=actor.user, read_at=now) for found in seen]
    return len(ReadMark.objects.bulk_create(marks, ignore_conflicts=True))
