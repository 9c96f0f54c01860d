"""What every action on a case does alike: take the row, write a line of the story, seal both, tell whose turn it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.cases import queries
from kerong.records.cases.actions.refusals import CaseNotFoundError, CaseRefusedError, ChangedMeanwhileError
from kerong.records.cases.models import Case, CaseEvent
from kerong.records.evidence.actions import seal
from kerong.records.notices import actions as notices

if TYPE_CHECKING:
    from uuid import UUID

    from kerong.basics.acting import Actor
    from kerong.engines.workflows.model import Workflow
    from kerong.records.cases.models import Participant

STREAM = "cases"


def seen_by_actor(case_id: str | UUID) -> UUID:
    """Return the id of a case that the actor may see. Raises CaseNotFoundError."""
    found = queries.case(case_id)
    if found is None:
        raise CaseNotFoundError(f"no case {case_id} for {current_actor().party or 'a visitor'}")
    return found.id


def locked(case_id: UUID, *, seen_events: int | None = None) -> Case:
    """Return the case's row, locked until the transaction ends; the house asks, because a reader may not lock it.

    Raises ChangedMeanwhileError when the story is longer than the actor saw.
    """
    found = Case.objects.select_for_update().get(id=case_id)
    if seen_events is not None and found.events_count != seen_events:
        raise ChangedMeanwhileError({"": _("在您查看之后，这件事已有新的变动。请看过最新情况再办理。")})
    return found


def parts_to_act(case: Case, actor: Actor) -> frozenset[str]:
    """Return the actor's parts in an open case. Raises CaseRefusedError for an onlooker and for an ended case."""
    if case.closed_at is not None:
        raise CaseRefusedError({"": _("这件事已经结束，不能再办理。")})
    parts = queries.parts_of(case, actor)
    if not parts:
        raise CaseRefusedError({"": _("您所代表的单位没有参与这件事，只能查看。")})
    return parts


def write_line(case: Case, kind: str, **columns: Any) -> CaseEvent:
    """Add the next line to a case's story, store the case, and seal both. The caller holds the case locked."""
    now, actor = current_clock().now(), current_actor()
    case.events_count += 1
    case.changed_at = now
    line = CaseEvent.objects.create(
        id=new_identifier(now),
        case=case,
        sequence=case.events_count,
        kind=kind,
        at=now,
        actor_user=actor.user,
        actor_person=actor.person,
        actor_party=actor.party,
        actor_role=actor.role,
        **columns,
    )
    case.save()
    seal(line, stream=STREAM, kind=f"case_{kind}", subject=case.subject, detail={"number": case.number})
    seal(case, stream=STREAM, kind="case_stored", subject=case.subject, detail={"state": case.state})
    return line


def tell_turn(case: Case, workflow: Workflow) -> None:
    """Put the case on the list of whoever is to act now, and take it off the former one's; tell the others."""
    state = workflow.states[case.state]
    participants = list(case.participants.order_by("since", "id"))
    for participant in participants:
        notices.done(key=_turn_key(case, case.told_events, participant))
    case.told_events = case.events_count
    case.save(update_fields=["told_events"])
    due_on = min((light.due_on for light in queries.lights_of(case) if light.due_on), default=None)
    for participant in participants:
        is_turn = participant.part == state.turn
        notices.tell(
            to_party=participant.party,
            kind="case_turn" if is_turn else "case_moved",
            title=f"{case.number} {state.label}：{case.title}",
            body=state.says or workflow.label,
            link=address_of(case),
            due_on=due_on if is_turn else None,
            is_todo=is_turn,
            key=_turn_key(case, case.told_events, participant),
        )


def address_of(case: Case) -> str:
    """Return the path of a case's page, for notices; the page itself stands above the actions."""
    return f"/cases/{case.number}/"


def _turn_key(case: Case, sequence: int, participant: Participant) -> str:
    return f"case:{case.id}:{sequence}:{participant.part}:{participant.party}"
