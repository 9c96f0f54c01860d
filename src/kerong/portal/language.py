"""Chooses the language: Chinese unless the reader chose another one, whatever the browser prefers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class LanguageByCookieMiddleware:
    """Activate the language of the cookie, else the default.

    Django's own LocaleMiddleware follows Accept-Language: an official with an English browser would see
    English.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the chosen language and name it in the response."""
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]  # Django documents this attribute.
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
