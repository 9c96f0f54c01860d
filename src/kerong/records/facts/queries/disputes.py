"""Reads about objections, their marks, and what subjects say of their facts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from kerong.basics.clock import SHANGHAI, current_clock
from kerong.records.facts.models import Declaration, Dispute, DisputeStep
from kerong.records.facts.queries.known import Mark

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

REMIND_DAY, ESCALATE_DAY = 15, 20
"""Calendar days after filing: the reminder, and the day by which the answer is due (征信业管理条例第二十五条)."""


def marks_of(subject: str) -> dict[str, Mark]:
    """Return the mark of each fact that carries one, among the rows the session sees.

    Open objections and those recorded because nothing could be settled leave a mark; a later outcome replaces it.
    """
    marks: dict[str, Mark] = {}
    for row in Dispute.objects.filter(owner=subject).order_by("filed_at", "id"):
        if row.state in {Dispute.State.OPEN, Dispute.State.RECORDED}:
            filed = row.filed_at.astimezone(SHANGHAI).date()
            marks[row.name] = Mark(str(row.id), row.state, filed, row.due_on, row.reason)
        else:
            marks.pop(row.name, None)
    return marks


def declarations_of(subject: str) -> dict[str, str]:
    """Return what a subject says of its facts, the latest words of each, among the rows the session sees."""
    rows = Declaration.objects.filter(owner=subject).order_by("at", "id")
    found = {row.name: row.text for row in rows}
    return {name: text for name, text in found.items() if text}


def disputes(*, state: str = "", subject: str = "") -> QuerySet[Dispute]:
    """Return objections that the session sees, the soonest due first."""
    wanted = {"state": state, "owner": subject}
    return Dispute.objects.filter(**{key: value for key, value in wanted.items() if value}).order_by(
        "due_on", "id"
    )


def dispute_by_id(key: str) -> Dispute | None:
    """Return one objection that the session sees, or None."""
    try:
        return Dispute.objects.filter(id=UUID(key)).first()
    except ValueError:
        return None


def steps_of(dispute: Dispute) -> list[DisputeStep]:
    """Return the story of an objection, the earliest first."""
    return list(DisputeStep.objects.filter(owner=dispute.owner, dispute_id=dispute.id).order_by("at", "id"))


def light_of(dispute: Dispute, today: date | None = None) -> str:
    """Return the clock light of an objection: grey when done, yellow from the reminder on, red from the last day on."""
    if dispute.state != Dispute.State.OPEN:
        return "grey"
    day = today or current_clock().today()
    if day >= dispute.due_on:
        return "red"
    return "yellow" if (dispute.due_on - day).days <= ESCALATE_DAY - REMIND_DAY else "green"
