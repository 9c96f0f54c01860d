"""Removes one item from every decision about a subject, by law: the key goes, the record and its digest stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kerong.basics import crypto
from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.decisions.models import Removal
from kerong.records.decisions.queries import decisions_with
from kerong.records.decisions.queries.sealing import context_of
from kerong.records.evidence.actions import house, seal

if TYPE_CHECKING:
    from kerong.records.decisions.models import Decision


@transaction.atomic
def remove_by_law(*, subject: str, item: str, basis: str) -> list[Removal]:
    """Destroy the keys of one item (a fact's name) in all decisions about a subject; return what was removed.

    ``basis`` cites why: a repair of credit, a deletion under the law. Repeating it removes nothing more.
    """
    if not basis.strip():
        raise ValueError("a removal cites its legal basis")
    with house("the subject's decisions may be other parties' as well"):
        return [
            _removed(found, item, basis.strip())
            for found in decisions_with(subject=subject, item=item)
            if not found.removals.filter(item=item).exists()
        ]


def _removed(found: Decision, item: str, basis: str) -> Removal:
    actor, now = current_actor(), current_clock().now()
    crypto.provider().destroy_key(context_of(str(found.id), item))
    made = Removal.objects.create(
        id=new_identifier(now),
        decision=found,
        item=item,
        basis=basis,
        at=now,
        by_user=actor.user,
        by_party=actor.party,
    )
    seal(made, stream="decisions", kind="item_removed_by_law", subject=found.owner, detail={"item": item})
    return made
