"""Moves a case: the one door through which its state changes, with every check before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.engines.workflows.progress import may_make
from kerong.records.approvals.actions import is_stepped_up
from kerong.records.approvals.queries import approved
from kerong.records.cases.actions.clocks import end_pause, turn_clocks
from kerong.records.cases.actions.giving import given_materials, show_to_participants
from kerong.records.cases.actions.refusals import ApprovalNeededError, CaseRefusedError, StepUpNeededError
from kerong.records.cases.actions.story import (
    STREAM,
    locked,
    parts_to_act,
    seen_by_actor,
    tell_turn,
    write_line,
)
from kerong.records.cases.models import CaseEvent, InternalReason
from kerong.records.cases.queries import digest_to_approve, workflow_of
from kerong.records.cases.queries.words import said
from kerong.records.evidence.actions import house, seal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from kerong.basics.acting import Actor
    from kerong.engines.workflows.model import Transition, Workflow
    from kerong.records.cases.models import Case


@transaction.atomic
def move(  # noqa: PLR0913 - a move and what it may carry
    *,
    case_id: str | UUID,
    transition: str,
    remark: str = "",
    evidence: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    reasons: Iterable[str] = (),
    internal_reasons: Iterable[str] = (),
    internal_note: str = "",
    approval_id: str = "",
    seen_events: int | None = None,
) -> Case:
    """Make a move and return the case as it stands then.

    ``evidence`` gives each kind that the move needs a material's id or a document's number. ``reasons`` is what the
    firm is told; ``internal_reasons`` and ``internal_note`` stay with the actor's institution and are stored apart.
    ``seen_events`` is the length of the story that the actor saw. A paused case runs again. Raises
    CaseNotFoundError, CaseRefusedError with every problem by field, ChangedMeanwhileError, ApprovalNeededError, and
    StepUpNeededError for what means approved without a fresh proof of who decides.
    """
    seen, actor = seen_by_actor(case_id), current_actor()
    given = _given(evidence)
    materials = given_materials(given)
    told, internal = list(dict.fromkeys(reasons)), list(dict.fromkeys(internal_reasons))
    approval_holds = False
    with house("a participant changes a row that another party owns; every right is checked here"):
        case = locked(seen, seen_events=seen_events)
        parts = parts_to_act(case, actor)
        workflow = workflow_of(case)
        made = _permitted(case, workflow, transition, parts, actor)
        _check_content(workflow, made, remark=remark, given=given, told=told, internal=internal)
        _check_other_person(case, workflow, made, actor)
        if needs_step_up(workflow, made, actor):
            raise StepUpNeededError({"": _("批复前要再次确认身份，5 分钟内有效。您填的都还在。")})
        if made.approval and approval_id:
            approval_holds = approved(
                approval_id=approval_id, content_digest=digest_to_approve(case, transition)
            )
        if made.approval and not approval_holds:
            raise ApprovalNeededError({"approval": _("这一步要先完成审批，审批的内容必须就是这一步。")})
        end_pause(case)
        before, case.state, case.returned = case.state, made.to, ""
        if workflow.states[made.to].final:
            case.closed_at = current_clock().now()
        line = write_line(
            case,
            CaseEvent.Kind.MOVED,
            transition=made.name,
            from_state=before,
            to_state=made.to,
            remark=remark.strip(),
            reasons=told,
            evidence=given,
            approval_ref=approval_id,
        )
        if internal or internal_note.strip():
            keep_internal(case, line, actor, internal, internal_note)
        turn_clocks(case, workflow, before, made)
        tell_turn(case, workflow)
    show_to_participants(case, materials)
    return case


def needs_step_up(workflow: Workflow, made: Transition, actor: Actor) -> bool:
    """Tell whether the actor has to prove anew who they are before this move."""
    return workflow.states[made.to].means_approved and not is_stepped_up(actor)


def keep_internal(
    case: Case, line: CaseEvent | None, actor: Actor, codes: list[str], text: str
) -> InternalReason:
    """Store what an institution writes down for itself, apart from the story and owned by it alone."""
    now = current_clock().now()
    kept = InternalReason.objects.create(
        id=new_identifier(now),
        owner=actor.party,
        case_id=case.id,
        event_id=line.id if line else None,
        codes=codes,
        note=text.strip(),
        at=now,
    )
    seal(kept, stream=STREAM, kind="internal_reason_kept", subject=actor.party)
    return kept


def _permitted(case: Case, workflow: Workflow, name: str, parts: frozenset[str], actor: Actor) -> Transition:
    made = workflow.transitions.get(name)
    if made is None:
        raise CaseRefusedError({"transition": _("没有这个动作。")})
    if case.state not in made.origins:
        here = said(workflow.states[case.state])
        raise CaseRefusedError({"transition": _("现在是“%(state)s”，不能做这一步。") % {"state": here}})
    if not may_make(made, parts, actor.duties):
        raise CaseRefusedError({"transition": _("您现在的身份不能做这一步。")})
    return made


def _check_content(  # noqa: PLR0913 - each is one part of what was given
    workflow: Workflow,
    made: Transition,
    *,
    remark: str,
    given: dict[str, str],
    told: list[str],
    internal: list[str],
) -> None:
    problems: dict[str, str] = {}
    if made.remark_required and not remark.strip():
        problems["remark"] = _("这一步必须写说明。")
    for kind in made.needs:
        if kind not in given:
            problems[f"evidence_{kind}"] = _("还缺：%(material)s。") % {
                "material": workflow.materials[kind].label
            }
    for kind in given:
        if kind not in made.needs:
            problems[f"evidence_{kind}"] = _("这一步不需要这份材料。")
    chosen = workflow.reasons.get(made.reasons)
    if chosen is not None and not told:
        problems["reasons"] = _("至少选一条告诉对方的原因。")
    if not set(told) <= set(chosen.for_firm if chosen else ()):
        problems["reasons"] = _("有的原因不在清单里。")
    if not set(internal) <= set(chosen.internal if chosen else ()):
        problems["internal_reasons"] = _("有的原因不在清单里。")
    if problems:
        raise CaseRefusedError(problems)


def _check_other_person(case: Case, workflow: Workflow, made: Transition, actor: Actor) -> None:
    for name in made.different_person_from:
        line = case.events.filter(transition=name).order_by("-sequence").first()
        if line is None:
            continue
        is_same = line.actor_user == actor.user or (bool(actor.person) and line.actor_person == actor.person)
        if is_same:
            label = said(workflow.transitions[name])
            raise CaseRefusedError(
                {"transition": _("“%(move)s”是您办理的，这一步要由另一个人办理。") % {"move": label}}
            )


def _given(evidence: Mapping[str, str] | Iterable[tuple[str, str]]) -> dict[str, str]:
    pairs = evidence.items() if isinstance(evidence, Mapping) else evidence
    return {kind: text.strip() for kind, text in pairs if text.strip()}
