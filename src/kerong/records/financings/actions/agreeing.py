"""Records agreements, and what happens to them: each once, however often it is sent."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from kerong.basics.acting import HOUSE_ROLE, current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions import house, seal
from kerong.records.financings.models import EVENT_KINDS, FIVE_CLASSES, Event, Financing, Standing
from kerong.records.financings.queries import (
    KINDS,
    State,
    by_reference,
    checked_terms,
    events_of,
    reference_key,
    state_after,
)
from kerong.records.parties import queries as parties
from kerong.records.parties.queries import NotAllowedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

STREAM = "financings"
DUTY = "financings.write"


class FinancingError(ValueError):
    """An agreement or an event that cannot be recorded; the words say why."""


class DifferentAgreementError(FinancingError):
    """The creditor already has another agreement under this number."""


def agree(  # noqa: PLR0913 - what an agreement says
    *,
    kind: str,
    debtor: str,
    creditor: str,
    principal: int,
    terms: Mapping[str, Any],
    reference: str,
    starts_on: date | None = None,
    agreed_on: date | None = None,
    matures_on: date | None = None,
    currency: str = "CNY",
    decision_ref: str = "",
    case_ref: str = "",
    readers: Iterable[str] = (),
) -> Financing:
    """Record an agreement and return it; the same one sent again is returned as it stands.

    ``principal`` in minor units of ``currency``; ``terms`` as the kind asks (`queries.KINDS`). ``readers`` are further
    parties that see it; the guarantor and the beneficiary named in the terms see it anyway. A creditor records its own
    agreements (duty ``financings.write``), or the house does. Raises NotAllowedError, FinancingError, TermsError.
    """
    check_writer(creditor)
    asked = KINDS.get(kind)
    if asked is None:
        raise FinancingError(_("没有这类融资。"))
    agreed_on = agreed_on or current_clock().today()
    starts_on = starts_on or agreed_on
    _check_agreement(
        asked.needs_end, debtor, principal, currency, reference, agreed_on, starts_on, matures_on
    )
    stored = checked_terms(asked, terms)
    seen_by = [creditor, *(stored[name] for name in ("guarantor", "beneficiary") if name in stored), *readers]
    content = {
        "owner": debtor,
        "kind": kind,
        "principal": principal,
        "currency": currency,
        "agreed_on": agreed_on,
        "starts_on": starts_on,
        "matures_on": matures_on,
        "terms": stored,
    }
    now = current_clock().now()
    with transaction.atomic(), house("a creditor records what its debtor owns"):
        if already := by_reference(creditor=creditor, reference=reference):
            return _same(already, content)
        row = Financing.objects.create(
            id=new_identifier(now),
            creditor=creditor,
            readers=list(dict.fromkeys(seen_by)),
            reference=reference.strip(),
            reference_key=reference_key(reference),
            decision_ref=decision_ref,
            case_ref=case_ref,
            recorded_at=now,
            recorded_by=current_actor().user,
            **content,
        )
        seal(row, stream=STREAM, kind="financing_agreed", subject=debtor)
        _keep(row, [])
    return row


def change(  # noqa: PLR0913 - what an event says
    *,
    financing_id: str | UUID,
    kind: str,
    happened_on: date,
    key: str,
    amount: int = 0,
    interest: int = 0,
    said: Mapping[str, Any] | None = None,
    remark: str = "",
    channel: str = "page",
) -> Event:
    """Record what happened to a financing and return the event; the same ``key`` again changes nothing.

    ``said`` holds ``matures_on`` for an extension or a rollover, ``five_class`` for a class, ``new_reference`` for a
    refinancing, ``voids`` (a number) for a correction. Raises NotAllowedError, FinancingError, StoryError,
    Standing.DoesNotExist.
    """
    with transaction.atomic(), house("a creditor records what its debtor owns"):
        # The agreement itself is never updated, so the row beside it is what two events wait for.
        financing = (
            Standing.objects.select_for_update(of=("self",))
            .select_related("financing")
            .get(pk=financing_id)
            .financing
        )
        check_writer(financing.creditor)
        content = {
            "kind": kind,
            "happened_on": happened_on,
            "amount": amount,
            "interest": interest,
            "said": _checked(kind, said or {}),
        }
        events = events_of(financing)
        if already := next((event for event in events if event.key == key), None):
            if all(getattr(already, name) == value for name, value in content.items()):
                return already
            raise FinancingError(_("这个流水号已经记过另一件事；换一个流水号，或改用“更正”作废原来的。"))
        if not key:
            raise FinancingError(_("流水号不能为空。"))
        if happened_on > current_clock().today():
            raise FinancingError(_("发生日不能晚于今天。"))
        now = current_clock().now()
        event = Event(
            id=new_identifier(now),
            owner=financing.owner,
            financing=financing,
            number=len(events) + 1,
            key=key,
            remark=remark,
            channel=channel,
            recorded_at=now,
            recorded_by=current_actor().user,
            **content,
        )
        state_after(financing, [*events, event])
        event.save(force_insert=True)
        seal(event, stream=STREAM, kind=f"financing_{kind}", subject=financing.owner)
        _keep(financing, [*events, event])
    return event


def record_drawdown(
    *, financing_id: str | UUID, amount: int, happened_on: date, key: str, **more: Any
) -> Event:
    """Record money paid out; see `change`."""
    return change(
        financing_id=financing_id, kind="drawdown", amount=amount, happened_on=happened_on, key=key, **more
    )


def record_repayment(
    *, financing_id: str | UUID, principal: int, interest: int, happened_on: date, key: str, **more: Any
) -> Event:
    """Record money paid back, principal and interest apart; see `change`."""
    return change(
        financing_id=financing_id,
        kind="repayment",
        amount=principal,
        interest=interest,
        happened_on=happened_on,
        key=key,
        **more,
    )


def _keep(financing: Financing, events: list[Event]) -> None:
    told: State = state_after(financing, events)
    row, is_new = Standing.objects.update_or_create(
        financing=financing,
        defaults={
            "owner": financing.owner,
            "status": told.status,
            "drawn": told.drawn,
            "outstanding": told.outstanding,
            "interest_paid": told.interest_paid,
            "matures_on": told.matures_on,
            "overdue_since": told.overdue_since,
            "five_class": told.five_class,
            "event_count": len(events),
            "changed_at": current_clock().now(),
        },
    )
    seal(row, stream=STREAM, kind="standing_kept" if is_new else "standing_changed", subject=financing.owner)


def _same(already: Financing, content: Mapping[str, Any]) -> Financing:
    different = [name for name, value in content.items() if getattr(already, name) != value]
    if different:
        raise DifferentAgreementError(
            _("这个合同编号已经有另一份约定，不同之处：%(names)s。") % {"names": "、".join(different)}
        )
    return already


def check_writer(creditor: str) -> None:
    """Refuse everybody but the creditor's people with the duty, and the house. Raises NotAllowedError."""
    actor = current_actor()
    if actor.role == HOUSE_ROLE or (actor.party == creditor and actor.may(DUTY)):
        return
    raise NotAllowedError(f"needs {DUTY} at {creditor}")


def _check_agreement(  # noqa: PLR0913, PLR0917 - what an agreement says
    needs_end: bool,  # noqa: FBT001 - private
    debtor: str,
    principal: int,
    currency: str,
    reference: str,
    agreed_on: date,
    starts_on: date,
    matures_on: date | None,
) -> None:
    kind, _colon, key = debtor.partition(":")
    problems = [
        words
        for is_wrong, words in (
            (kind == "enterprise" and parties.enterprise(key) is None, _("名录里没有这家企业。")),
            (kind not in {"enterprise", "person"}, _("融资的一方须是企业或自然人。")),
            (principal <= 0, _("金额须大于零。")),
            (len(currency) != 3 or not currency.isupper(), _("币种是三位大写字母。")),  # noqa: PLR2004 - ISO 4217
            (not reference_key(reference), _("合同编号不能为空。")),
            (agreed_on > current_clock().today(), _("签约日不能晚于今天。")),
            (needs_end and matures_on is None, _("须写明到期日。")),
            (matures_on is not None and matures_on < starts_on, _("到期日早于起始日。")),
        )
        if is_wrong
    ]
    if problems:
        raise FinancingError(" ".join(problems))


def _checked(kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
    if kind not in dict(EVENT_KINDS):
        raise FinancingError(_("没有这种事项。"))
    wanted = {
        "extension": "matures_on",
        "rollover": "matures_on",
        "five_class": "five_class",
        "refinancing": "new_reference",
        "void": "voids",
    }.get(kind)
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}
    if set(plain) != ({wanted} if wanted else set()):
        raise FinancingError(_("这种事项的内容不对。"))
    if kind == "five_class" and plain["five_class"] not in dict(FIVE_CLASSES):
        raise FinancingError(_("没有这一类。"))
    return plain
