"""The pages that belong to no capability: home, the reader's switches, and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from kerong.capabilities.matchmaking.queries import shelf_counts
from kerong.capabilities.policy_library.queries import rules_matching
from kerong.portal.page_tags import MEANINGS
from kerong.records.facts import queries as facts
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from django.http import HttpRequest

TEXT_SIZE_COOKIE = "kerong_text_size"
A_YEAR = 365 * 24 * 60 * 60


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what this is in one screen, and its doors."""
    law = packs.current()
    lines = rules_matching(law.library, law.on)
    return render(
        request,
        "home.html",
        {
            "law": law,
            "rule_count": len(lines),
            "source_count": len(law.library.sources),
            "products": shelf_counts(law),
            "institution_count": len(law.library.shelf),
            "clause_count": sum(line.clause_count for line in lines),
            "unpublished_count": sum(line.unpublished_count for line in lines),
            "firms": facts.demo_firms(),
            "meanings": MEANINGS.items(),
            "synthetic": True,
        },
    )


@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    """Keep the reader's wish for large text in a cookie, and go back to the page."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = reverse("home")
    response = HttpResponseRedirect(back)
    if request.POST.get("size") == "large":
        response.set_cookie(
            TEXT_SIZE_COOKIE,
            "large",
            max_age=A_YEAR,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure(),
        )
    else:
        response.delete_cookie(TEXT_SIZE_COOKIE, samesite="Lax")
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400; what was wrong stays in the log."""
    del exception
    return _error(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """Answer 403: a look without a ground says so, a role without the duty too, a form without its token is old."""
    if isinstance(exception, facts.NoBasisError):
        return _error(request, 403, advice=str(exception))
    return _error(request, 403, is_role=exception is not None and not reason)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404."""
    del exception
    return _error(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    return _error(request, 500)


def _error(request: HttpRequest, status: int, **more: object) -> HttpResponse:
    """Say what happened and give a number for the log, nothing else: an error page needs no database."""
    reference = structlog.contextvars.get_contextvars().get("request_id", "")
    return HttpResponse(
        render_to_string(f"{status}.html", {"reference": reference, **more}, request=request), status=status
    )
