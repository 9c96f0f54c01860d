"""Writing letters: the content kept as data, the PDF kept as it was issued, a code that anybody can check."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from kerong.adapters.file_store import keep
from kerong.adapters.letters import LetterContent, LetterTable, letter_pdf, new_code, shown_code
from kerong.basics import crypto
from kerong.basics.acting import current_actor
from kerong.basics.canonical import canonical, digest
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.basics.party_reference import parse
from kerong.records.documents.actions.materials import refuse_others
from kerong.records.documents.models import Letter
from kerong.records.documents.queries.letters import LETTER_KINDS, PURPOSE
from kerong.records.evidence.actions import seal
from kerong.records.parties.queries import name_of_party

if TYPE_CHECKING:
    from collections.abc import Sequence


class UnknownLetterKindError(ValueError):
    """A kind of letter that is not in the table."""


@transaction.atomic
def write_letter(  # noqa: PLR0913 - the parts of a letter
    *,
    owner: str,
    recipients: Sequence[str],
    kind: str,
    title: str,
    paragraphs: Sequence[str],
    table: LetterTable | None = None,
    reference: str = "",
    number: str = "",
    is_demo: bool | None = None,
) -> Letter:
    """Issue a letter of a party to others (party references), who may read it from now on.

    ``number`` is the sender's own; without it the letter's code numbers it. A letter from or to somebody invented
    says so. Raises UnknownLetterKindError, NotYoursError, LetterError.
    """
    if kind not in LETTER_KINDS:
        raise UnknownLetterKindError(f"{kind!r} is no kind of letter; known: {', '.join(LETTER_KINDS)}")
    refuse_others(owner)
    now, code = current_clock().now(), new_code()
    names = [name_of_party(each) for each in (owner, *recipients)]
    content = LetterContent(
        sender=names[0],
        recipients=tuple(names[1:]),
        number=number or shown_code(code),
        title=title,
        paragraphs=tuple(paragraphs),
        issued_on=current_clock().today().isoformat(),
        table=table,
        is_demo=any("虚构" in name for name in names) if is_demo is None else is_demo,
    )
    pdf = letter_pdf(content, code=code, address=address_of_code(code))
    letter = Letter(
        id=new_identifier(now),
        owner=owner,
        readers=list(dict.fromkeys(recipients)),
        kind=kind,
        number=content.number,
        title=title,
        reference=reference,
        content_sealed=crypto.provider().seal(
            canonical(content.as_mapping()).decode(),
            purpose=PURPOSE,
            context=owner,
            own_key=parse(owner).kind == "person",
        ),
        content_digest=digest(content.as_mapping()),
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        place=keep(pdf, owner=owner),
        code=code,
        issued_at=now,
        issued_by=current_actor().user,
        is_demo=content.is_demo,
    )
    letter.save(force_insert=True)
    seal(letter, stream="documents", kind="letter_issued", subject=owner, detail={"kind": kind})
    return letter


def address_of_code(code: str) -> str:
    """Return the address, printed on a letter, at which its code is checked."""
    return f"{settings.KERONG_ADDRESS.rstrip('/')}/verify/{shown_code(code)}/"
