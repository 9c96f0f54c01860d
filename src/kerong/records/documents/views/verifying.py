"""The public check: is this code genuine, and is this PDF the one that was issued."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kerong.adapters.letters import normal_code, shown_code
from kerong.adapters.rate_limit import is_too_often
from kerong.adapters.uploads import SIZE_MAX
from kerong.records.documents import queries
from kerong.records.documents.forms import CodeForm, CompareForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kerong.records.documents.models import Letter

A_MINUTE = 30
"""So many checks a minute from one address, found or not."""


@never_cache
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a code."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data["code"]
        code = normal_code(typed)
        if code is not None:
            return redirect("documents:verify_code", shown_code(code))
        return _answer(request, form=form, typed=typed, status=422, is_mistyped=True)
    return _answer(request, form=form, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Say what is behind a code: kind, day and digest, nothing of what the letter says; compare a PDF when given."""
    if is_too_often("verify", get_adapter().get_client_ip(request), a_minute=A_MINUTE):
        return _answer(request, typed=code, status=429, is_too_often=True)
    if normal_code(code) is None:
        return _answer(request, typed=code, status=404, is_mistyped=True)
    found = queries.letter_by_code(code)
    if found is None:
        return _answer(request, typed=code, status=404, is_unknown=True)
    form = (
        CompareForm(request.POST or None, request.FILES or None)
        if request.method == "POST"
        else CompareForm()
    )
    is_same = None
    if request.method == "POST" and form.is_valid():
        is_same = hashlib.sha256(form.cleaned_data["file"].read(SIZE_MAX + 1)).hexdigest() == found.pdf_sha256
    return _answer(request, letter=found, compare=form, is_same=is_same, status=422 if form.errors else 200)


def _answer(  # noqa: PLR0913 - what the page may say
    request: HttpRequest,
    *,
    status: int = 200,
    form: CodeForm | None = None,
    typed: str = "",
    letter: Letter | None = None,
    compare: CompareForm | None = None,
    is_same: bool | None = None,
    is_mistyped: bool = False,
    is_unknown: bool = False,
    is_too_often: bool = False,
) -> HttpResponse:
    return render(
        request,
        "documents/verify.html",
        {
            "form": form or CodeForm(),
            "typed": typed[:40],
            "letter": letter,
            "kind": str(queries.LETTER_KINDS.get(letter.kind, "")) if letter else "",
            "code": shown_code(letter.code) if letter else "",
            "compare": compare,
            "is_same": is_same,
            "is_mistyped": is_mistyped,
            "is_unknown": is_unknown,
            "is_too_often": is_too_often,
            "synthetic": letter is not None and letter.is_demo,
        },
        status=status,
    )
