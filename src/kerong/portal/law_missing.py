"""Answers with a plain page while there is no law to work by: none released, or followed files all broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.template.loader import render_to_string

from kerong.engines.rules.model import PolicyMistakesError
from kerong.records.packs.queries import NoReleaseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


class LawMissingMiddleware:
    """Turn the two exceptions that mean "no law" into a page that lists what to mend."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer 503 with the mistakes of the files, or just the fact; leave other errors alone."""
        if not isinstance(error, NoReleaseError | PolicyMistakesError):
            return None
        # Files are shown to whoever edits them: they are followed in development only.
        mistakes = error.mistakes if isinstance(error, PolicyMistakesError) else ()
        return HttpResponse(
            render_to_string("no_law.html", {"mistakes": mistakes}, request=request), status=503
        )
