"""Opens a case by a workflow in force, with its number, its participants and the numbers it has elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from kerong.basics import party_reference
from kerong.basics.acting import HOUSE_ROLE, current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.cases.actions.clocks import turn_clocks
from kerong.records.cases.actions.refusals import CaseRefusedError
from kerong.records.cases.actions.story import locked, seen_by_actor, tell_turn, write_line
from kerong.records.cases.models import (
    Case,
    CaseEvent,
    ExternalNumber,
    FrozenWorkflow,
    Participant,
    YearNumber,
)
from kerong.records.cases.queries import workflow_of, workflows_in_force
from kerong.records.evidence.actions import acting, house

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from kerong.basics.acting import Actor
    from kerong.engines.workflows.model import Workflow

Participants: TypeAlias = "Mapping[str, str | Sequence[str]] | Iterable[tuple[str, str]]"


@transaction.atomic
def open_case(  # noqa: PLR0913 - what a case is
    *,
    workflow: str,
    subject: str,
    title: str,
    owner: str,
    participants: Participants,
    reference: str = "",
    opened_by: Actor | None = None,
    external: Iterable[tuple[str, str, bool]] = (),
    is_demo: bool = False,
) -> Case:
    """Open a case by a workflow in force and return it.

    ``participants`` maps each part of the workflow to a party reference (or to several), or lists (party, part).
    ``external`` lists (source, number, whether that system is master); a matter whose external number is known
    already is not opened a second time: the first case is returned to whoever takes part in it. The workflow's text
    and the hash of its release are frozen with the case. Raises CaseRefusedError and NoWorkflowError.
    """
    if opened_by is not None and opened_by != current_actor():
        with acting(opened_by):
            return open_case(
                workflow=workflow,
                subject=subject,
                title=title,
                owner=owner,
                participants=participants,
                reference=reference,
                external=external,
                is_demo=is_demo,
            )
    in_force = workflows_in_force()
    chosen = in_force.workflow(workflow)
    taking_part, numbers = _pairs(participants), list(external)
    _check(chosen, owner, subject, title, taking_part)
    with house("the number series, and cases of the same external number that others own"):
        if (known := _known(numbers)) is not None:
            return known
        text = in_force.library.texts[workflow]
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        FrozenWorkflow.objects.get_or_create(sha256=sha256, defaults={"key": workflow, "text": text})
        now = current_clock().now()
        case = Case(
            id=new_identifier(now),
            number=_next_number(now.year),
            owner=owner,
            readers=sorted({party for party, _part in taking_part}),
            subject=subject,
            title=title.strip(),
            workflow=workflow,
            workflow_sha256=sha256,
            release_sha256=in_force.release_sha256,
            state=chosen.start,
            reference=reference,
            opened_at=now,
            changed_at=now,
            is_demo=is_demo,
        )
        case.save(force_insert=True)
        for party, part in taking_part:
            Participant.objects.create(id=new_identifier(now), case=case, party=party, part=part, since=now)
        for source, number, is_master in numbers:
            ExternalNumber.objects.create(
                id=new_identifier(now), case=case, source=source, number=number, is_master=is_master
            )
        write_line(case, CaseEvent.Kind.OPENED, to_state=chosen.start)
        turn_clocks(case, chosen, "", None)
        tell_turn(case, chosen)
    return case


@transaction.atomic
def join(*, case_id: str | UUID, party: str, part: str) -> Case:
    """Let a further party take part in a case; the owner or the house asks it in. Raises CaseRefusedError."""
    seen = seen_by_actor(case_id)
    with house("a participant is written for somebody else"):
        case = locked(seen)
        actor = current_actor()
        if actor.role != HOUSE_ROLE and actor.party != case.owner:
            raise CaseRefusedError({"": _("只有事项的归属方可以邀请其他单位参与。")})
        chosen = workflow_of(case)
        _check_part(chosen, party, part)
        now = current_clock().now()
        if not case.participants.filter(party=party, part=part).exists():
            Participant.objects.create(id=new_identifier(now), case=case, party=party, part=part, since=now)
            case.readers = sorted({*case.readers, party})
            write_line(case, CaseEvent.Kind.ASSIGNED, remark=f"{chosen.parts[part].label}：{party}")
            tell_turn(case, chosen)
    return case


def _pairs(participants: Participants) -> list[tuple[str, str]]:
    if not isinstance(participants, Mapping):
        return list(dict.fromkeys(participants))
    return [
        (party, part)
        for part, parties in participants.items()
        for party in ([parties] if isinstance(parties, str) else parties)
    ]


def _check(
    chosen: Workflow, owner: str, subject: str, title: str, taking_part: list[tuple[str, str]]
) -> None:
    actor = current_actor()
    problems: dict[str, str] = {}
    if not title.strip():
        problems["title"] = _("请写明是什么事。")
    if (owner, chosen.owner) not in taking_part:
        problems["owner"] = _("归属方必须以“%(part)s”的身份参与。") % {
            "part": chosen.parts[chosen.owner].label
        }
    if actor.role != HOUSE_ROLE and actor.party not in {party for party, _part in taking_part}:
        problems["participants"] = _("您所代表的单位没有参与这件事，不能代为发起。")
    if problems:
        raise CaseRefusedError(problems)
    party_reference.parse(subject)
    for party, part in taking_part:
        _check_part(chosen, party, part)


def _check_part(chosen: Workflow, party: str, part: str) -> None:
    found = chosen.parts.get(part)
    if found is None:
        raise CaseRefusedError(
            {"participants": f"{chosen.key}: no part {part!r}; expected {', '.join(chosen.parts)}"}
        )
    if party_reference.parse(party).kind not in found.kinds:
        raise CaseRefusedError({"participants": f"{party}: {part} is for {', '.join(found.kinds)}"})


def _known(numbers: list[tuple[str, str, bool]]) -> Case | None:
    for source, number, _is_master in numbers:
        found = ExternalNumber.objects.filter(source=source, number=number).select_related("case").first()
        if found is None:
            continue
        actor = current_actor()
        if actor.role != HOUSE_ROLE and actor.party not in found.case.readers:
            raise CaseRefusedError({"external": _("这个外部编号已经登记在另一件事上。")})
        return found.case
    return None


def _next_number(year: int) -> str:
    """Return the next number of a year; two who open at the same time wait for each other."""
    YearNumber.objects.get_or_create(year=year)
    YearNumber.objects.filter(year=year).update(last=F("last") + 1)
    return f"KR{year}-{YearNumber.objects.get(year=year).last:06}"
