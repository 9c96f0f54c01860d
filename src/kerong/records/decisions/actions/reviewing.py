"""A person's review of what a machine decided: asked for with a due day, given once by somebody else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.approvals.queries import name_of_account
from kerong.records.decisions.models import Review
from kerong.records.decisions.queries import decision
from kerong.records.evidence.actions import seal
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kerong.records.decisions.models import Decision


REVIEW_PACK, REVIEW_DAYS = "hubei.assumptions.human_review", "review_days_max"


class ReviewRefusedError(Exception):
    """The review cannot be asked for or given.

    ``reason`` is gone, asked, given, remark, own, nobody or no_clock.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def ask_review(*, decision_id: str | UUID, because: str) -> Review:
    """Ask that a person looks at a decision, by a day that the law in force sets. Raises ReviewRefusedError."""
    due_on = _due_on()
    with transaction.atomic():
        found = _found(decision_id, because)
        steps = set(found.reviews.values_list("step", flat=True))
        if steps - {Review.Step.ASKED}:
            raise ReviewRefusedError("given")
        if Review.Step.ASKED in steps:
            raise ReviewRefusedError("asked")
        return _added(found, Review.Step.ASKED, because, due_on)


def give_review(*, decision_id: str | UUID, confirmed: bool, remark: str) -> Review:
    """Confirm or overturn a decision as a person, once. Nobody reviews a decision about their own party.

    Raises ReviewRefusedError.
    """
    actor = current_actor()
    with transaction.atomic():
        found = _found(decision_id, remark)
        if not actor.person:
            raise ReviewRefusedError("nobody")
        if found.owner in {actor.party, f"person:{actor.person}"}:
            raise ReviewRefusedError("own")
        if found.reviews.exclude(step=Review.Step.ASKED).exists():
            raise ReviewRefusedError("given")
        step = Review.Step.CONFIRMED if confirmed else Review.Step.OVERTURNED
        return _added(found, step, remark, None)


def _due_on() -> date:
    today = current_clock().today()
    pack = packs.current().library.packs.get(REVIEW_PACK)
    dated = pack.parameters[REVIEW_DAYS].in_force(today) if pack else None
    if dated is None or not isinstance(dated.value, int):
        raise ReviewRefusedError("no_clock")
    return today + timedelta(days=dated.value)


def _found(decision_id: str | UUID, remark: str) -> Decision:
    found = decision(decision_id)
    if found is None:
        raise ReviewRefusedError("gone")
    if not remark.strip():
        raise ReviewRefusedError("remark")
    return found


def _added(found: Decision, step: Review.Step, remark: str, due_on: date | None) -> Review:
    actor, now = current_actor(), current_clock().now()
    made = Review(
        id=new_identifier(now),
        decision=found,
        step=step,
        due_on=due_on,
        remark=remark.strip(),
        at=now,
        user=actor.user,
        person=actor.person,
        party=actor.party,
        role=actor.role,
        name=name_of_account(actor.user),
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        # Somebody else was quicker: the database keeps one of each.
        raise ReviewRefusedError("asked" if step == Review.Step.ASKED else "given") from None
    seal(made, stream="decisions", kind=f"review_{step.value}", subject=found.owner)
    return made
