"""Pages of letters: the list, one letter, its PDF as it was issued and a text to go on with."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kerong.adapters.file_store import ContentAlteredError, ContentGoneError
from kerong.adapters.letters import letter_docx, shown_code
from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.basics.crypto import CryptoError
from kerong.records.documents import actions, queries
from kerong.records.documents.views.handing_out import FILE_KINDS, file_answer, gone, table_answer
from kerong.records.parties.queries import business, name_of_party

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from kerong.records.documents.models import Letter

PAGE = 25
EXPORTED_MAX = 5_000
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
@business
def letters(request: HttpRequest) -> HttpResponse:
    """List the letters that the party issued or received."""
    kind, text = _wanted(request)
    party = current_actor().party
    page = Paginator(queries.letters_of(party, kind=kind, text=text), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "documents/letters.html",
        {
            "section": "work",
            "page": page,
            "lines": [
                (each, _kind_words(each), name_of_party(each.owner), each.owner == party) for each in page
            ],
            "kinds": [(key, str(label)) for key, label in queries.LETTER_KINDS.items()],
            "kind": kind,
            "text": text,
            "query": urlencode({name: value for name, value in (("kind", kind), ("q", text)) if value}),
            "synthetic": True,
        },
    )


@require_safe
@business
def letters_export(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out the list as xlsx or csv."""
    if ending not in FILE_KINDS:
        raise Http404
    kind, text = _wanted(request)
    found = queries.letters_of(current_actor().party, kind=kind, text=text)[:EXPORTED_MAX]
    zone = current_clock().now().tzinfo
    rows = [
        [
            _kind_words(each),
            each.number,
            each.title,
            name_of_party(each.owner),
            each.issued_at.astimezone(zone).date().isoformat(),
            shown_code(each.code),
            each.pdf_sha256,
        ]
        for each in found
    ]
    head = [_("种类"), _("编号"), _("标题"), _("出具方"), _("日期"), _("验证码"), "PDF SHA-256"]
    return table_answer(ending, name="kerong-letters", title=_("信函"), head=head, rows=rows)


@require_safe
@business
def one(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """Show one letter: its text, its code, its files."""
    found = _found(letter_id)
    try:
        content = queries.content_of(found)
    except CryptoError:
        content = None
    return render(
        request,
        "documents/letter.html",
        {
            "section": "work",
            "letter": found,
            "content": content,
            "kind": _kind_words(found),
            "code": shown_code(found.code),
            "owner_name": name_of_party(found.owner),
            "readers": [name_of_party(each) for each in found.readers],
            "downloads": [
                (each, name_of_party(each.reader)) for each in queries.downloads_of(found.id)[:PAGE]
            ]
            if found.owner == current_actor().party
            else [],
            "synthetic": True,
        },
    )


@require_safe
@business
def pdf(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """Hand out the PDF exactly as it was issued."""
    try:
        taken = actions.take_letter(letter_id=letter_id)
    except (ContentGoneError, ContentAlteredError):
        return gone(request)
    if taken is None:
        raise Http404
    found, content = taken
    return file_answer(content, name=f"{found.title}.pdf", content_type="application/pdf")


@require_safe
@business
def editable(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """Hand out the text as .docx to go on with; it carries no code, because an edited text is another."""
    found = _found(letter_id)
    try:
        content = queries.content_of(found)
    except CryptoError:
        return gone(request)
    return file_answer(letter_docx(content), name=f"{found.title}.docx", content_type=DOCX_TYPE)


def _found(letter_id: UUID) -> Letter:
    found = queries.letter(letter_id)
    if found is None:
        raise Http404
    return found


def _kind_words(found: Letter) -> str:
    return str(queries.LETTER_KINDS.get(found.kind, found.kind))


def _wanted(request: HttpRequest) -> tuple[str, str]:
    kind = request.GET.get("kind", "")
    return (
        kind if kind in queries.LETTER_KINDS else "",
        request.GET.get("q", "").replace("\0", "").strip()[:100],
    )
