"""Reads about letters, and the one read that the public may make: is this code genuine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kerong.adapters.letters import LetterContent, normal_code
from kerong.basics import crypto
from kerong.records.documents.models import Letter
from kerong.records.evidence.actions import house

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import Promise

PURPOSE = "documents.letter"
LETTER_KINDS: dict[str, Promise] = {
    "reply": _("答复函"),
    "notice": _("通知书"),
    "refusal": _("未通过通知书"),
    "certificate": _("证明"),
    "statement": _("对账单"),
    "urging": _("督办函"),
    "report": _("报告"),
}
"""What kinds of letters there are; the public page of a code says no more than this word."""


def letters_of(party: str, *, kind: str = "", text: str = "") -> QuerySet[Letter]:
    """Return the letters that a party issued or received, the latest first."""
    found = Letter.objects.filter(Q(owner=party) | Q(readers__contains=[party]))
    if kind:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(Q(title__icontains=text) | Q(number__icontains=text))
    return found.order_by("-issued_at", "-id")


def letter(letter_id: UUID | str) -> Letter | None:
    """Return one letter that the actor may see, or None."""
    try:
        return Letter.objects.filter(pk=UUID(str(letter_id))).first()
    except ValueError:
        return None


def content_of(found: Letter) -> LetterContent:
    """Return what a letter says. Raises CryptoError, or DestroyedKeyError after lawful removal."""
    opened = crypto.provider().open(found.content_sealed, purpose=PURPOSE, context=found.owner)
    return LetterContent.from_mapping(json.loads(opened))


def letter_by_code(code: str) -> Letter | None:
    """Return the letter of a verification code whoever asks, or None.

    The caller shows kind, day and digest and nothing else: knowing the code proves having the letter, not being
    one of its readers.
    """
    wanted = normal_code(code)
    if wanted is None:
        return None
    with house("anybody may ask whether a code is genuine"):
        return Letter.objects.defer("content_sealed").filter(code=wanted).first()
