"""Asks subjects for consents, and takes their no: the same is not asked again for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.consents.actions.giving import ConsentError
from kerong.records.consents.actions.sides import STREAM, check_side
from kerong.records.consents.models import ConsentRequest, Refusal
from kerong.records.consents.queries.reading import may_ask_again
from kerong.records.consents.queries.wording import name_of_recipient
from kerong.records.consents.queries.words import check_words, current_text
from kerong.records.evidence.actions import house, seal
from kerong.records.notices import actions as notices
from kerong.records.parties.queries import NotAllowedError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


class TooSoonError(ConsentError):
    """The subject said no not long ago."""


def ask(  # noqa: PLR0913 - what a request says
    *,
    subject: str,
    recipient: str,
    purposes: Iterable[str],
    data_types: Iterable[str],
    until: date,
    why: str,
    text_key: str = "platform_data",
) -> ConsentRequest:
    """Ask a subject for a consent, for the actor's own party; it becomes a to-do of the subject.

    Raises NotAllowedError for another's name, TooSoonError while a refusal is young, ConsentError, WordError.
    """
    actor, now = current_actor(), current_clock().now()
    if actor.party != recipient or actor.is_visitor:
        raise NotAllowedError("ask in the name of your own organisation")
    chosen, kinds = sorted(set(purposes)), sorted(set(data_types))
    check_words(purposes=tuple(chosen), data_types=tuple(kinds))
    text = current_text(text_key)
    if (
        not chosen
        or not kinds
        or not set(chosen) <= set(text.purposes)
        or not set(kinds) <= set(text.data_types)
    ):
        raise ConsentError(f"the text {text_key} does not cover what is asked")
    if until < current_clock().today():
        raise ConsentError("the last day has passed")
    if not all(may_ask_again(subject=subject, recipient=recipient, purpose=purpose) for purpose in chosen):
        raise TooSoonError("refused not long ago; the same is not asked again yet")
    with transaction.atomic(), house("the request is the subject's row, and its asker acts"):
        row = ConsentRequest.objects.create(
            id=new_identifier(now),
            owner=subject,
            recipient=recipient,
            readers=[recipient],
            purposes=chosen,
            data_types=kinds,
            until=until,
            text_key=text_key,
            why=why,
            asked_at=now,
            asked_by=actor.user,
        )
        seal(row, stream=STREAM, kind="consent_asked", subject=subject)
        notices.tell(
            to_party=subject,
            kind="consent_request",
            title=f"{name_of_recipient(recipient)}请求授权",
            body=why,
            link=reverse("consents:answer", args=[row.pk]),
            is_todo=True,
            key=f"consent_request:{row.pk}",
        )
    return row


def refuse(*, subject: str, recipient: str, purpose: str, request_id: str = "") -> Refusal:
    """Record a subject's no to a recipient for a purpose. Raises NotTheSubjectError, WordError."""
    check_words(purposes=(purpose,), data_types=())
    check_side(subject, "refuse")
    now = current_clock().now()
    with transaction.atomic():
        row = Refusal.objects.create(
            id=new_identifier(now),
            owner=subject,
            recipient=recipient,
            readers=[recipient],
            purpose=purpose,
            request_id=request_id,
            refused_at=now,
            refused_by=current_actor().user,
        )
        seal(row, stream=STREAM, kind="consent_refused", subject=subject)
        if request_id:
            notices.done(key=f"consent_request:{request_id}")
    return row
