"""Objections: marked at once, on a clock of twenty calendar days, answered in writing; and what subjects say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kerong.basics import party_reference
from kerong.basics.acting import HOUSE_ROLE, PLATFORM, current_actor
from kerong.basics.clock import SHANGHAI, current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions import house, seal
from kerong.records.facts.actions.stating import state_facts
from kerong.records.facts.models import Declaration, Dispute, DisputeStep, Dossier, Observation
from kerong.records.facts.queries.disputes import ESCALATE_DAY, REMIND_DAY
from kerong.records.facts.queries.standing import origin_of
from kerong.records.notices.actions import done, tell
from kerong.records.packs.queries import current
from kerong.records.parties.queries import NotAllowedError, name_of_party

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

HANDLES = "disputes.handle"
SPEAKS = ("firm.act", "firm.sign")
SUPERVISOR = party_reference.office("provincial_finance_office")
"""Who is warned when an answer is late."""
WORDS_MAX = 500
_STREAM = "facts"


class DisputeRefusedError(ValueError):
    """An objection, an answer or a declaration cannot be taken; ``problems`` maps each field to what is wrong."""

    def __init__(self, **problems: str) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in problems.items()))


@transaction.atomic
def dispute(*, subject: str, name: str, reason: str, document: str = "") -> Dispute:
    """Object to one fact in the name of its subject; the mark shows from this moment on wherever the fact does.

    Raises NotAllowedError for anybody else, DisputeRefusedError without a reason, for a fact that is not held, or when
    an objection to it is open.
    """
    _check_speaks_for(subject)
    if not reason.strip():
        raise DisputeRefusedError(reason=_("请写明异议理由。"))
    held = Dossier.objects.filter(owner=subject).first()
    if held is None or name not in held.values:
        raise DisputeRefusedError(name=_("档案里没有这一项。"))
    seen = Observation.objects.defer("values").get(id=origin_of(held.origins, name))
    now = current_clock().now()
    row = Dispute(
        id=new_identifier(now),
        owner=subject,
        name=name,
        reason=reason.strip(),
        document=document,
        observation=str(seen.id),
        source=seen.source,
        filed_at=now,
        filed_by=current_actor().user,
        due_on=current_clock().today() + timedelta(days=ESCALATE_DAY),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise DisputeRefusedError(name=_("这一项已有一件异议正在核查。")) from None
    _step(row, DisputeStep.Kind.FILED, row.reason)
    seal(row, stream=_STREAM, kind="dispute_filed", subject=subject)
    tell(
        to_party=PLATFORM,
        for_duty=HANDLES,
        kind="facts.dispute",
        title=_("异议待核查：%(label)s") % {"label": _label(name)},
        body=_("%(firm)s 对“%(label)s”提出异议，请在 %(day)s 前书面答复。")
        % {"firm": name_of_party(subject), "label": _label(name), "day": row.due_on},
        link=_link(row),
        due_on=row.due_on,
        is_todo=True,
        key=_key(row),
    )
    return row


@transaction.atomic
def note_on_dispute(*, dispute_id: UUID | str, text: str) -> DisputeStep:
    """Write down one step of the verification. Raises NotAllowedError, DisputeRefusedError."""
    row = _open(dispute_id)
    if not text.strip():
        raise DisputeRefusedError(text=_("请写明核查了什么。"))
    with house("the operator keeps the story of the subject's objection"):
        return _step(row, DisputeStep.Kind.NOTED, text.strip())


@transaction.atomic
def answer_dispute(
    *,
    dispute_id: UUID | str,
    outcome: str,
    answer: str,
    value: int | str | None = None,
    is_taken_back: bool = False,
) -> Dispute:
    """Answer an objection in writing and end its clock.

    ``corrected`` states the right ``value`` in the name of the source, or takes the fact back with ``is_taken_back``;
    ``mark_removed`` ends the mark because the fact was found right; ``recorded`` keeps the objection beside the fact
    because nothing could be settled. Raises NotAllowedError, DisputeRefusedError, StatementRefusedError.
    """
    row = _open(dispute_id)
    if outcome not in set(Dispute.State.values) - {Dispute.State.OPEN}:
        raise DisputeRefusedError(outcome=_("请选择核查结果。"))
    if not answer.strip():
        raise DisputeRefusedError(answer=_("请写明书面答复。"))
    if outcome == Dispute.State.CORRECTED and value is None and not is_taken_back:
        raise DisputeRefusedError(value=_("请填写更正后的数值，或选择删除这一项。"))
    now = current_clock().now()
    with house("the operator answers for what the platform holds on somebody else"):
        if outcome == Dispute.State.CORRECTED:
            _correct(row, None if is_taken_back else value)
        row.state, row.answer = outcome, answer.strip()
        row.answered_at, row.answered_by = now, current_actor().user
        row.save(update_fields=["state", "answer", "answered_at", "answered_by"])
        _step(row, DisputeStep.Kind.ANSWERED, row.answer)
        seal(row, stream=_STREAM, kind="dispute_answered", subject=row.owner, detail={"outcome": outcome})
    done(key=_key(row))
    tell(
        to_party=row.owner,
        kind="facts.dispute",
        title=_("异议已答复：%(label)s") % {"label": _label(row.name)},
        body=f"{row.get_state_display()}。{row.answer}",
        link=_link(row),
        key=f"{_key(row)}:answer",
    )
    return row


@transaction.atomic
def declare(*, subject: str, name: str, text: str) -> Declaration:
    """Say something of one's own fact; it is shown wherever the fact is. Empty words take the earlier ones back.

    Raises NotAllowedError, DisputeRefusedError.
    """
    _check_speaks_for(subject)
    if name not in current().library.facts:
        raise DisputeRefusedError(name=_("没有这一项。"))
    if len(text) > WORDS_MAX:
        raise DisputeRefusedError(text=_("最多 %(number)d 字。") % {"number": WORDS_MAX})
    now = current_clock().now()
    row = Declaration.objects.create(
        id=new_identifier(now),
        owner=subject,
        name=name,
        text=text.strip(),
        at=now,
        by_user=current_actor().user,
    )
    seal(row, stream=_STREAM, kind="fact_declared_on", subject=subject)
    return row


@transaction.atomic
def watch_disputes() -> int:
    """Remind of objections that are open for fifteen days, escalate those open for twenty; return how many moved.

    For the schedule; each happens once to each objection, however often and late this runs.
    """
    today, now, moved = current_clock().today(), current_clock().now(), 0
    with house("the clocks of all objections"):
        for row in (
            Dispute.objects.filter(state=Dispute.State.OPEN).select_for_update().order_by("due_on", "id")
        ):
            days = _days_open(row, today)
            if days >= ESCALATE_DAY and row.escalated_at is None:
                row.escalated_at = now
                row.save(update_fields=["escalated_at"])
                _warn(row, DisputeStep.Kind.ESCALATED, SUPERVISOR, "cases.supervise", days)
            elif REMIND_DAY <= days < ESCALATE_DAY and row.reminded_at is None:
                row.reminded_at = now
                row.save(update_fields=["reminded_at"])
                _warn(row, DisputeStep.Kind.REMINDED, PLATFORM, HANDLES, days)
            else:
                continue
            moved += 1
    return moved


def _warn(row: Dispute, kind: DisputeStep.Kind, party: str, duty: str, days: int) -> None:
    said = _("异议提出已 %(days)d 日，答复期限 %(day)s。") % {"days": days, "day": row.due_on}
    _step(row, kind, said)
    seal(row, stream=_STREAM, kind=f"dispute_{kind.value}", subject=row.owner, detail={"days": days})
    title = (
        _("异议逾期预警：%(label)s") if kind == DisputeStep.Kind.ESCALATED else _("异议即将到期：%(label)s")
    )
    tell(
        to_party=party,
        for_duty=duty,
        kind=f"facts.dispute_{kind.value}",
        title=title % {"label": _label(row.name)},
        body=f"{name_of_party(row.owner)}：{said}",
        link=_link(row),
        due_on=row.due_on,
        key=f"{_key(row)}:{kind.value}",
    )


def _correct(row: Dispute, value: int | str | None) -> None:
    wrong = Observation.objects.defer("values").get(id=row.observation)
    state_facts(
        subject=row.owner,
        source=wrong.source,
        as_of=wrong.as_of,
        values={row.name: value},
        basis=wrong.basis,
        origin=_("异议更正：%(origin)s") % {"origin": wrong.origin} if wrong.origin else _("异议更正"),
    )


def _open(dispute_id: UUID | str) -> Dispute:
    actor = current_actor()
    if not actor.may(HANDLES) and actor.role != HOUSE_ROLE:
        raise NotAllowedError(f"needs {HANDLES}")
    with house("the operator handles the objections of all subjects"):
        row = Dispute.objects.select_for_update().get(id=dispute_id)
    if row.state != Dispute.State.OPEN:
        raise DisputeRefusedError(state=_("这件异议已经答复。"))
    return row


def _step(row: Dispute, kind: DisputeStep.Kind, text: str) -> DisputeStep:
    actor, now = current_actor(), current_clock().now()
    return DisputeStep.objects.create(
        id=new_identifier(now),
        owner=row.owner,
        dispute_id=row.id,
        kind=kind,
        text=text,
        at=now,
        by_user=actor.user,
        by_party=actor.party,
    )


def _check_speaks_for(subject: str) -> None:
    actor = current_actor()
    is_own = actor.party == subject and any(actor.may(duty) for duty in SPEAKS)
    if not is_own and actor.role != HOUSE_ROLE:
        raise NotAllowedError("only the subject's own people speak for it")


def _days_open(row: Dispute, today: date) -> int:
    return (today - row.filed_at.astimezone(SHANGHAI).date()).days


def _label(name: str) -> str:
    fact = current().library.facts.get(name)
    return fact.label if fact else name


def _link(row: Dispute) -> str:
    return reverse("facts:dispute", args=[row.id])


def _key(row: Dispute) -> str:
    return f"facts.dispute:{row.id}"
