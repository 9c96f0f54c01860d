"""Lists of cases, narrowed: mine, due today, late, of one workflow, open or ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from kerong.basics.clock import current_clock
from kerong.records.cases.models import Case, Participant, RunningClock

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kerong.basics.acting import Actor

WHICH = ("open", "mine", "due", "late", "ended", "all")


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list is narrowed to. ``which`` is one of WHICH."""

    which: str = "open"
    workflow: str = ""
    text: str = ""


def cases_of(actor: Actor, chosen: CaseFilter | None = None) -> QuerySet[Case]:
    """Return the cases that the actor may see, late ones and then the most recently changed first.

    Row security shows what the actor takes part in; the filter narrows it. The house is held to its own party.
    """
    chosen = chosen or CaseFilter()
    found = Case.objects.filter(Q(readers__contains=[actor.party]) | Q(owner=actor.party) | _escalated(actor))
    today = current_clock().today()
    running = RunningClock.objects.filter(case=OuterRef("pk"), stopped_on__isnull=True)
    found = found.annotate(is_late=Exists(running.filter(due_on__lt=today)))
    if chosen.which in ("open", "mine", "due", "late"):
        found = found.filter(closed_at__isnull=True)
    if chosen.which == "mine":
        ours = Participant.objects.filter(case=OuterRef("pk"), party=actor.party, user=actor.user)
        found = found.filter(Exists(ours))
    elif chosen.which == "due":
        found = found.filter(Exists(running.filter(due_on=today)))
    elif chosen.which == "late":
        found = found.filter(is_late=True)
    elif chosen.which == "ended":
        found = found.filter(closed_at__isnull=False)
    if chosen.workflow:
        found = found.filter(workflow=chosen.workflow)
    if chosen.text:
        words = chosen.text.strip()
        found = found.filter(
            Q(number__icontains=words)
            | Q(title__icontains=words)
            | Q(reference__iexact=words)
            | Q(external_numbers__number__iexact=words)
        ).distinct()
    return found.order_by("-is_late", "-changed_at", "number")


def _escalated(actor: Actor) -> Q:
    return Q(is_escalated=True) if actor.may("cases.supervise") else Q(pk__in=[])
