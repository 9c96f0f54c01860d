"""What people do with a case besides moving it: assign, note, pause, resume, and say what came back from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.records.cases.actions.clocks import end_pause
from kerong.records.cases.actions.moving import keep_internal
from kerong.records.cases.actions.refusals import CaseRefusedError
from kerong.records.cases.actions.story import locked, parts_to_act, seen_by_actor, write_line
from kerong.records.cases.models import CaseEvent
from kerong.records.cases.queries import workflow_of
from kerong.records.evidence.actions import house
from kerong.records.parties.queries import live_memberships

if TYPE_CHECKING:
    from uuid import UUID

    from kerong.records.cases.models import Case

NOTE_MAX = 2_000


@transaction.atomic
def assign(*, case_id: str | UUID, user: str) -> Case:
    """Let one person of the actor's own party work on the case. Raises CaseRefusedError, CaseNotFoundError."""
    seen, actor = seen_by_actor(case_id), current_actor()
    with house("the case may belong to another party"):
        case = locked(seen)
        parts_to_act(case, actor)
        mandate = next((one for one in live_memberships(party=actor.party) if str(one.user_id) == user), None)
        if mandate is None:
            raise CaseRefusedError({"user": _("只能分派给本单位的人。")})
        name = str(mandate.user)
        case.participants.filter(party=actor.party).update(user=user, user_name=name[:64])
        write_line(case, CaseEvent.Kind.ASSIGNED, assigned_user=user, remark=name)
    return case


@transaction.atomic
def note(*, case_id: str | UUID, text: str, internal: bool = False) -> Case:
    """Write a note that everybody in the case reads, or one that stays in the actor's party.

    An internal note leaves no line in the common story: not even that it was written. Raises CaseRefusedError.
    """
    seen, actor = seen_by_actor(case_id), current_actor()
    if not text.strip() or len(text) > NOTE_MAX:
        raise CaseRefusedError({"text": _("请写1至%(max)s个字。") % {"max": NOTE_MAX}})
    with house("the case may belong to another party"):
        case = locked(seen)
        if internal:
            parts_to_act(case, actor)
            keep_internal(case, None, actor, [], text)
            return case
        parts_to_act(case, actor)
        write_line(case, CaseEvent.Kind.NOTED, remark=text.strip())
    return case


@transaction.atomic
def pause(*, case_id: str | UUID, reason: str, remark: str = "") -> Case:
    """Let the clocks stand still for a reason of the workflow; only whose turn it is may. Raises CaseRefusedError."""
    seen, actor = seen_by_actor(case_id), current_actor()
    with house("the case may belong to another party"):
        case = locked(seen)
        parts = parts_to_act(case, actor)
        workflow = workflow_of(case)
        if case.paused_on is not None:
            raise CaseRefusedError({"reason": _("已经暂停计时。")})
        if workflow.states[case.state].turn not in parts:
            raise CaseRefusedError({"reason": _("只有轮到的一方可以暂停计时。")})
        if reason not in workflow.pauses:
            raise CaseRefusedError({"reason": _("请选择暂停的原因。")})
        case.paused_on, case.pause_reason = current_clock().today(), reason
        write_line(case, CaseEvent.Kind.PAUSED, remark=remark.strip(), reasons=[reason])
    return case


@transaction.atomic
def resume(*, case_id: str | UUID) -> Case:
    """Let the clocks run again; the days between do not count. Any participant may. Raises CaseRefusedError."""
    seen, actor = seen_by_actor(case_id), current_actor()
    with house("the case may belong to another party"):
        case = locked(seen)
        parts_to_act(case, actor)
        if case.paused_on is None:
            raise CaseRefusedError({"": _("没有在暂停计时。")})
        end_pause(case)
        write_line(case, CaseEvent.Kind.RESUMED)
    return case


@transaction.atomic
def return_note(*, case_id: str | UUID, source: str, text: str) -> Case:
    """Record what came back from outside, such as a bank's file: the page no longer says that nothing came back.

    The state does not change; a move does that. Raises CaseRefusedError.
    """
    seen, actor = seen_by_actor(case_id), current_actor()
    if not source.strip() or not text.strip():
        raise CaseRefusedError({"text": _("请写明谁回传、回传了什么。")})
    with house("the case may belong to another party"):
        case = locked(seen)
        parts_to_act(case, actor)
        case.returned = f"{source.strip()}：{text.strip()}"[:200]
        write_line(case, CaseEvent.Kind.RETURNED, remark=case.returned)
    return case
