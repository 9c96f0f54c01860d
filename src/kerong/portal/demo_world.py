"""Tells every template whether this is the demo world: only there do pages say that their data are invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def demo_world(_request: HttpRequest) -> dict[str, bool]:
    """Add ``is_demo_world`` to the context; false in production, where records are of real parties."""
    return {"is_demo_world": settings.KERONG_ENV != "production"}
