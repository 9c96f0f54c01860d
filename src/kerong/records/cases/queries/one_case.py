"""Reads about one case; row security decides whether there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from kerong.records.cases.models import Case, InternalReason
from kerong.records.cases.queries.workflows import frozen_workflow

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kerong.basics.acting import Actor
    from kerong.engines.workflows.model import Workflow


def case(case_id: str | UUID) -> Case | None:
    """Return a case that the actor may see, or None."""
    try:
        wanted = case_id if isinstance(case_id, UUID) else UUID(case_id)
    except ValueError:
        return None
    return Case.objects.filter(id=wanted).first()


def case_by_number(number: str) -> Case | None:
    """Return a case that the actor may see by its number, or None."""
    return Case.objects.filter(number=number).first()


def workflow_of(case: Case) -> Workflow:
    """Return the workflow as it was when the case was opened."""
    return frozen_workflow(case.workflow_sha256)


def parts_of(case: Case, actor: Actor) -> frozenset[str]:
    """Return the parts that the actor's party has in a case."""
    if not actor.party:
        return frozenset()
    return frozenset(case.participants.filter(party=actor.party).values_list("part", flat=True))


def internal_reasons(case: Case, actor: Actor) -> QuerySet[InternalReason]:
    """Return what the actor's own institution wrote down for itself; row security leaves out everybody else's.

    The owner is asked for as well, so that the house, which sees all rows, prints none of them for somebody else.
    """
    return InternalReason.objects.filter(case_id=case.id, owner=actor.party).order_by("at")
