"""Reads typed values from the nodes of a workflow or calendar file, collecting every mistake instead of stopping."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

from kerong.basics.mistakes import Mistake, Place
from kerong.basics.yaml_places import MappingNode, Node, ScalarNode, SequenceNode, is_null, line_of
from kerong.engines.workflows.keys import SHAPES
from kerong.engines.workflows.model import VERIFIED, Mark, Verified

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Fields: TypeAlias = dict[str, Node]
Word = TypeVar("Word", bound=str)

NAME = re.compile(r"[a-z][a-z0-9_]*")
DOTTED = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_CITATION = re.compile(r"([a-z0-9][a-z0-9_-]*)#([a-z0-9][a-z0-9_.-]*)")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ASSUMPTIONS = "kerong-assumptions"
DAYS_MAX = 3_650


@dataclass(slots=True)
class Reading:
    """One file being read. ``anchors`` maps each known source to its anchors; None when sources are not checked."""

    file: str
    anchors: Mapping[str, frozenset[str]] | None = None
    mistakes: list[Mistake] = field(default_factory=list[Mistake])

    def place(self, node: Node) -> Place:
        """Return where a node stands."""
        return Place(self.file, line_of(node))

    def wrong(self, node: Node, what: str, expected: str, cure: str) -> None:
        """Note a mistake at a node."""
        self.mistakes.append(Mistake(self.place(node), what, expected, cure))

    def fields(self, node: Node, shape_name: str, at: Node | None = None) -> Fields:
        """Return the values of a mapping by key, after checking unknown, double, empty and missing keys."""
        shape = SHAPES[shape_name]
        found: Fields = {}
        if not isinstance(node, MappingNode):
            self.wrong(
                node, f"this {shape.called} is not a mapping", "keys with values", "write `key: value` lines"
            )
            return found
        silent: set[str] = set()
        for key, value in _pairs(node):
            name = str(key.value)
            if name not in shape.keys:
                cure = near(name, shape.keys) or f"remove it, or use one of {', '.join(shape.keys)}"
                self.wrong(key, f"the {shape.called} has no key `{name}`", "a known key", cure)
            elif name in found or name in silent:
                self.wrong(key, f"the key `{name}` stands twice", "each key once", "keep one of the two")
            elif is_null(value) and not shape.keys[name].nullable:
                silent.add(name)
                if shape.keys[name].needed:
                    what = f"`{name}` of this {shape.called} is empty"
                    self.wrong(key, what, "a value", f"fill in `{name}`")
            else:
                found[name] = value
        for name in shape.needed:
            if name not in found and name not in silent:
                what = f"`{name}` is missing in this {shape.called}"
                self.wrong(at or node, what, f"the key `{name}`", f"add `{name}: …`")
        return found

    def named(self, found: Fields, key: str) -> list[tuple[str, Node, Node]]:
        """Return (name, its node, value node) of a mapping from names."""
        node = found.get(key)
        if node is None:
            return []
        if not isinstance(node, MappingNode) or not node.value:
            self.wrong(
                node, f"`{key}` names nothing", "names with what they hold", f"fill in `{key}`, or remove it"
            )
            return []
        entries: dict[str, tuple[str, Node, Node]] = {}
        for name_node, value in _pairs(node):
            name = str(name_node.value)
            if not isinstance(name_node, ScalarNode) or NAME.fullmatch(name) is None:
                self.wrong(
                    name_node, f"`{name[:40]}` is not a name", "small letters, digits and _", "rename it"
                )
            elif name in entries:
                self.wrong(
                    name_node,
                    f"`{name}` stands twice under `{key}`",
                    "each name once",
                    "rename one of the two",
                )
            else:
                entries[name] = (name, name_node, value)
        return list(entries.values())

    def text(self, found: Fields, key: str) -> str:
        """Return one text, or empty text."""
        node = found.get(key)
        if node is None:
            return ""
        if not isinstance(node, ScalarNode):
            self.wrong(node, f"`{key}` is not one text", "one text", "put it in quotes")
            return ""
        return str(node.value).strip()

    def name(self, found: Fields, key: str, pattern: re.Pattern[str] = NAME) -> str:
        """Return one name, or empty text."""
        text = self.text(found, key)
        if text and pattern.fullmatch(text) is None:
            self.wrong(found[key], f"`{text[:40]}` is not a name", "small letters, digits and _", "rename it")
            return ""
        return text

    def scalars(self, found: Fields, key: str) -> list[Node]:
        """Return the items of a list of texts; one text stands for a list of one."""
        node = found.get(key)
        if node is None:
            return []
        items = cast("list[Node]", node.value) if isinstance(node, SequenceNode) else [node]
        if not items:
            self.wrong(node, f"`{key}` is empty", "at least one item", f"fill in `{key}`, or remove it")
        texts = [item for item in items if isinstance(item, ScalarNode)]
        if len(texts) != len(items):
            self.wrong(node, f"`{key}` is not a list of texts", "[one, two]", "write the items in brackets")
        return list(texts)

    def names(
        self, found: Fields, key: str, options: Iterable[str] | None = None, called: str = "name"
    ) -> tuple[str, ...]:
        """Return a list of names, each one of ``options`` where they are given."""
        known = None if options is None else list(options)
        names: list[str] = []
        for node in self.scalars(found, key):
            name = str(node.value)
            if DOTTED.fullmatch(name) is None:
                self.wrong(
                    node, f"`{name[:40]}` is not a name", "small letters, digits, _ and .", "rename it"
                )
            elif known is not None and name not in known:
                self.unknown(node, name, known, called)
            elif name in names:
                self.wrong(node, f"`{name}` stands twice", "each name once", "remove one of the two")
            else:
                names.append(name)
        return tuple(names)

    def unknown(self, node: Node, name: str, options: Sequence[str], called: str) -> None:
        """Note that a name is none of those declared."""
        cure = near(name, options) or f"use one of {', '.join(options)}"
        self.wrong(node, f"there is no {called} `{name}`", f"a declared {called}", cure)

    def word(self, found: Fields, key: str, options: tuple[Word, ...]) -> Word | None:
        """Return one word of a closed list, or None."""
        text = self.text(found, key)
        if not text:
            return None
        for option in options:
            if option == text:
                return option
        cure = near(text, options) or "use one of these"
        self.wrong(found[key], f"`{key}` cannot be `{text[:40]}`", " | ".join(options), cure)
        return None

    def flag(self, found: Fields, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        text = self.text(found, key)
        if text not in ("", "true", "false"):
            self.wrong(found[key], f"`{key}` is `{text[:40]}`", "true or false", "write true or false")
        return default if not text else text == "true"

    def days(self, found: Fields, key: str) -> int | None:
        """Return a count of days, or None for null."""
        node = found.get(key)
        if node is None or is_null(node):
            return None
        text = self.text(found, key)
        if not text.isascii() or not text.isdecimal() or not int(text) <= DAYS_MAX:
            self.wrong(
                node,
                f"`{key}` is `{text[:40]}`",
                f"a whole number of days, 0 to {DAYS_MAX}",
                "write a number",
            )
            return None
        return int(text)

    def day(self, found: Fields, key: str) -> date | None:
        """Return a day, or None."""
        text = self.text(found, key)
        return self.day_of(found[key], text) if text else None

    def day_of(self, node: Node, text: str) -> date | None:
        """Return the day that a text says, or None after noting the mistake."""
        try:
            if _ISO_DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        self.wrong(node, f"`{text[:40]}` is not a day", "a day such as 2026-11-23", "write year-month-day")
        return None

    def mark(self, found: Fields) -> Mark:
        """Return where something was read."""
        cites = self.text(found, "cites")
        if cites:
            self._check_citation(found["cites"], cites)
        verified: Verified | None = self.word(found, "verified", VERIFIED)
        note = self.text(found, "note")
        ours = cites.startswith(f"{ASSUMPTIONS}#")
        if verified == "assumption" and cites and not ours:
            self.wrong(found["cites"], "an assumption cites a document", ASSUMPTIONS, f"cite {ASSUMPTIONS}#…")
        if verified in ("official", "press", "digest") and ours:
            self.wrong(
                found["verified"], f"our own choice is called {verified}", "assumption", "write `assumption`"
            )
        return Mark(cites, self.day(found, "checked_on"), verified or "assumption", note)

    def _check_citation(self, node: Node, text: str) -> None:
        match = _CITATION.fullmatch(text)
        if match is None:
            self.wrong(
                node,
                f"`{text[:60]}` is not a citation",
                "source-key#anchor",
                "write the file name, # and the anchor",
            )
            return
        if self.anchors is None:
            return
        source, anchor = match.groups()
        if source not in self.anchors:
            cure = near(source, self.anchors) or f"add policies/sources/{source}.yaml"
            self.wrong(node, f"no source `{source}`", "the name of a file under sources/", cure)
        elif anchor not in self.anchors[source]:
            known = sorted(self.anchors[source])
            cure = near(anchor, known) or f"add the anchor to sources/{source}.yaml"
            self.wrong(node, f"the source `{source}` has no anchor `{anchor}`", ", ".join(known), cure)


def near(word: str, options: Iterable[str]) -> str:
    """Return "did you mean", or empty text."""
    close = get_close_matches(word, list(options), n=1)
    return f"did you mean `{close[0]}`?" if close else ""


def _pairs(node: MappingNode) -> list[tuple[Node, Node]]:
    return cast("list[tuple[Node, Node]]", node.value)
