"""Reads a page as the tests of every page want it: what it shows, in which language, what it loads, where it leads."""

from __future__ import annotations

import re
from html.parser import HTMLParser

CHINESE = re.compile(r"[一-鿿]")
VOID = {"meta", "link", "input", "br", "img", "use", "hr"}


class Reader(HTMLParser):
    """Collects what a page shows outside elements marked as Chinese, and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.shown: list[str] = []
        self.loaded: list[str] = []
        self.inline: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        in_chinese = (self.open[-1][1] if self.open else False) or found.get("lang") == "zh-Hans"
        if not in_chinese:
            self.shown += [
                found.get(name) or "" for name in ("aria-label", "title", "placeholder", "data-label")
            ]
        if tag in {"script", "img"}:
            self.loaded.append(found.get("src") or "")
        if tag in {"link", "use"}:
            self.loaded.append(found.get("href") or "")
        if tag == "a":
            self.links.append(found.get("href") or "")
        if "style" in found or any(name.startswith("on") for name in found) or tag == "style":
            self.inline.append(str(self.get_starttag_text()))
        if tag not in VOID:
            self.open.append((tag, in_chinese))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        # A firm's own name may stand in the title of the window, which cannot be marked.
        if self.open and not self.open[-1][1] and self.open[-1][0] != "title":
            self.shown.append(data)
        if self.open and self.open[-1][0] == "script" and data.strip():
            self.inline.append(data)


def read(page: str) -> Reader:
    """Return what a page shows and loads."""
    reader = Reader()
    reader.feed(page)
    return reader
