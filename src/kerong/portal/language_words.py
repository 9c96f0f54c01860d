"""Which language a page is in, and Chinese words marked as such where it is another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.html import format_html

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


def engine_language() -> Any:
    """Return the engines' name of the reader's language."""
    return "en" if (translation.get_language() or "").startswith("en") else "zh"


def said(thing: Any, name: str) -> str | SafeString:
    """Return ``name`` or ``name_en`` of a thing; Chinese on an English page is marked as Chinese."""
    chinese = str(getattr(thing, name, "") or "")
    if engine_language() == "zh":
        return chinese
    english = str(getattr(thing, f"{name}_en", "") or "")
    if english and not is_chinese(english):
        return english
    return in_chinese(english or chinese)


def in_chinese(text: Any) -> Any:
    """Mark a text of the law, which exists in Chinese only, on pages of another language; numbers pass."""
    return in_chinese_span(text) if is_foreign(text) else text


def is_foreign(text: Any) -> bool:
    """Tell whether a text is Chinese and the page is not; where an element itself can carry the mark."""
    return engine_language() != "zh" and is_chinese(str(text))


def in_chinese_span(text: str) -> SafeString:
    """Mark a text as Chinese."""
    return format_html('<span lang="zh-Hans">{}</span>', text)


def is_chinese(text: str) -> bool:
    """Tell whether a text has a Chinese character in it."""
    return any("一" <= letter <= "鿿" for letter in text)
