"""Read typed values from YAML nodes, collecting every mistake instead of stopping at the first."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from kerong.basics.yaml_places import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    is_null,
    line_of,
)
from kerong.engines.rules.model import UNITS, Fact, Mistake, Place, Source, Unit
from kerong.engines.rules.quantities import QuantityError, iso_day, stored_day, stored_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from kerong.engines.rules.loading.keys import Shape

Fields: TypeAlias = dict[str, Node]

NAME = re.compile(r"[a-z][a-z0-9_]*")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+.-]*")
SOURCE_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")
PACK_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_THOUSANDS = re.compile(r"[0-9]{3}(\.[0-9]+)?")
RESERVED = frozenset(
    (
        *("and", "or", "not", "in", "is", "null", "true", "false", "between", "like", "escape"),
        *("least", "greatest", "floor", "share", "date"),
    )
)


@dataclass(frozen=True, slots=True)
class Known:
    """What other files declare. ``broken_*`` are declared there with mistakes: no follow-up is reported."""

    facts: Mapping[str, Fact]
    sources: Mapping[str, Source]
    broken_facts: frozenset[str] = frozenset()
    broken_sources: frozenset[str] = frozenset()
    facts_unreadable: bool = False
    sources_unreadable: bool = False


NOTHING_KNOWN = Known({}, {}, facts_unreadable=True, sources_unreadable=True)


@dataclass(slots=True)
class Reading:
    """One file being read: its name, what is known from other files, and the mistakes found so far."""

    file: str
    known: Known = NOTHING_KNOWN
    mistakes: list[Mistake] = field(default_factory=list[Mistake])

    def place(self, node: Node) -> Place:
        """Return where a node stands."""
        return Place(self.file, line_of(node))

    def wrong(self, node: Node, what: str, expected: str, cure: str) -> None:
        """Note a mistake at a node."""
        self.mistakes.append(Mistake(self.place(node), what, expected, cure))

    def fields(self, node: Node, shape: Shape, at: Node | None = None) -> Fields | None:
        """Return the values of a mapping by key, after checking unknown, double and missing keys.

        A key whose value is null is left out unless it may be null. Missing keys are reported at ``at``.
        """
        if type(node) is not MappingNode:
            self._not_a_mapping(node, shape)
            return None
        keys, nullable = shape.keys, shape.nullable
        found: Fields = {}
        silent: set[str] = set()
        key: Node
        value: Node
        for key, value in node.value:
            name = key.value
            if type(key) is not ScalarNode or name not in keys:
                silent.add(self._unknown_key(key, shape))
            elif name in found or name in silent:
                self.wrong(key, f"the key `{name}` stands twice", "each key once", "keep one of the two")
            elif name not in nullable and is_null(value):
                silent.add(name)
                if name in shape.needed:
                    self.wrong(
                        key, f"`{name}` of this {shape.called} is empty", "a value", f"fill in `{name}`"
                    )
            else:
                found[name] = value
        for name in shape.needed:
            if name not in found and name not in silent:
                cure = f"add `{name}: …`"
                self.wrong(
                    at or node, f"`{name}` is missing in this {shape.called}", f"the key `{name}`", cure
                )
        return found

    def named(self, found: Fields, key: str, pattern: re.Pattern[str] = NAME) -> list[tuple[str, Node, Node]]:
        """Return (name, key node, value node) of a mapping whose keys are names, without doubles."""
        node = found.get(key)
        if node is None:
            return []
        if type(node) is not MappingNode:
            self.wrong(
                node,
                f"`{key}` is not a mapping",
                "names with what they hold",
                f"write `{key}:` and names below",
            )
            return []
        entries: dict[str, tuple[str, Node, Node]] = {}
        name_node: Node
        value: Node
        for name_node, value in node.value:
            name = self.pattern(name_node, pattern)
            if name is None:
                continue
            if name in entries:
                self.wrong(
                    name_node,
                    f"`{name}` stands twice under `{key}`",
                    "each name once",
                    "rename one of the two",
                )
                continue
            entries[name] = (name, name_node, value)
        if not node.value:
            self.wrong(node, f"`{key}` is empty", "at least one entry", f"fill in `{key}`, or remove it")
        return list(entries.values())

    def items(self, found: Fields, key: str) -> list[Node]:
        """Return the items of a list that is not empty."""
        node = found.get(key)
        if node is None:
            return []
        if type(node) is not SequenceNode:
            self.wrong(node, f"`{key}` is not a list", "a list", "begin each item with `- `")
            return []
        if not node.value:
            self.wrong(node, f"`{key}` is empty", "at least one item", f"fill in `{key}`, or remove it")
        return list(node.value)

    def text(self, found: Fields, key: str, default: str = "") -> str:
        """Return one text."""
        node = found.get(key)
        if node is None:
            return default
        if type(node) is not ScalarNode:
            cure = "put it in quotes" if type(node) is MappingNode else "write it without brackets and dashes"
            self.wrong(node, f"`{key}` is not one text", "one text", cure)
            return default
        text = node.value.strip()
        if not text:
            self.wrong(node, f"`{key}` is empty", "a text", f"fill in `{key}`")
        return text

    def pattern(self, node: Node, pattern: re.Pattern[str] = NAME) -> str | None:
        """Return a name, key or code that matches a pattern."""
        text = node.value if type(node) is ScalarNode else None
        if text is not None and pattern.fullmatch(text):
            return text
        expected, kind = _PATTERNS[pattern]
        cure = "rename it"
        if text is not None:
            slug = re.sub(r"[^a-z0-9_]+", "_", text.lower()).strip("_")
            cure = f"write `{slug}`" if pattern.fullmatch(slug) else cure
        self.wrong(node, f"`{_short(node)}` is not a {kind}", expected, cure)
        return None

    def name(self, found: Fields, key: str, pattern: re.Pattern[str] = NAME) -> str:
        """Return a name, or nothing."""
        node = found.get(key)
        return "" if node is None else self.pattern(node, pattern) or ""

    def word(self, found: Fields, key: str, permitted: Iterable[str]) -> str | None:
        """Return one of the permitted words."""
        node = found.get(key)
        if node is None:
            return None
        options = tuple(permitted)
        if type(node) is ScalarNode and node.value in options:
            return node.value
        cure = near(_short(node), options) or f"use one of these {len(options)}"
        self.wrong(node, f"`{_short(node)}` is not a value of `{key}`", " | ".join(options), cure)
        return None

    def unit(self, found: Fields, key: str = "unit") -> Unit | None:
        """Return a unit."""
        word = self.word(found, key, UNITS)
        return None if word is None else UNITS[word]

    def day(self, found: Fields, key: str) -> date | None:
        """Return a day, or None when it is null, absent or wrong."""
        node = found.get(key)
        if node is None or is_null(node):
            return None
        try:
            return day_of(_short(node) if type(node) is not ScalarNode else node.value)
        except QuantityError as error:
            self.wrong(node, f"`{key}`: {error.what}", error.expected, error.cure)
            return None

    def whole(self, found: Fields, key: str, low: int = 0, high: int = 10**6) -> int | None:
        """Return a whole number between two bounds."""
        node = found.get(key)
        if node is None or is_null(node):
            return None
        value = self.quantity(node, UNITS["number"], key)
        if not isinstance(value, int):
            return None
        if not low <= value <= high:
            self.wrong(
                node, f"`{key}` is {value}", f"a whole number from {low} to {high}", "correct the number"
            )
            return None
        return value

    def quantity(self, node: Node, unit: Unit, key: str = "value") -> int | str | None:
        """Return the stored value of what is written in a unit, or None when it is wrong."""
        if type(node) is not ScalarNode:
            self.wrong(node, f"`{key}` is not one value", "one value", "use `rows` for a table")
            return None
        if unit.type == "code":
            return self.pattern(node, CODE)
        try:
            return _stored(node.value, unit, quoted=bool(node.style))
        except QuantityError as error:
            self.wrong(node, f"`{key}`: {error.what}", error.expected, error.cure)
            return None

    def one(self, found: Fields, key: str = "schema") -> None:
        """Check the version of the format."""
        node = found.get(key)
        if node is not None and node.value != "1":
            self.wrong(node, f"the format version {_short(node)} is not known", "1", "write `schema: 1`")

    def _unknown_key(self, key: Node, shape: Shape) -> str:
        """Note an unknown key; return the known key it probably stands for, or nothing."""
        name = _short(key)
        if name == "<<":
            self.wrong(key, "the merge key << is not permitted", "no merge keys", "write the keys out")
            return ""
        if _THOUSANDS.fullmatch(name):
            what = f"a comma inside a number splits it before `{name}`"
            self.wrong(key, what, "a number without commas", "write 1200, not 1,200")
            return ""
        close = get_close_matches(name, shape.keys, 1, 0.6)
        cure = f"did you mean `{close[0]}`?" if close else "remove it, or see docs/pack_format.md"
        self.wrong(key, f"`{name}` is not a key of a {shape.called}", ", ".join(shape.keys), cure)
        return close[0] if close else ""

    def _not_a_mapping(self, node: Node, shape: Shape) -> None:
        what = f"this {shape.called} is {'a list' if type(node) is SequenceNode else 'not a mapping'}"
        cure = "write `key: value` pairs"
        if type(node) is ScalarNode and "：" in node.value:
            cure = "write an ASCII colon and a space after the key, not ："
        self.wrong(node, what, "a mapping with " + ", ".join(shape.needed or shape.keys), cure)


def near(word: str, options: Iterable[str]) -> str:
    """Return "did you mean …?" for a misspelt word, or nothing."""
    close = get_close_matches(word, list(options), 1, 0.6)
    return f"did you mean `{close[0]}`?" if close else ""


def _short(node: Node) -> str:
    if type(node) is ScalarNode:
        return node.value.replace("\n", " ")[:60]
    return "[…]" if type(node) is SequenceNode else "{…}"


@lru_cache(maxsize=4096)
def day_of(text: str) -> date:
    """Return the date of an ISO text, remembering it: the same few days stand everywhere in the packs."""
    return iso_day(text)


def _stored(text: str, unit: Unit, *, quoted: bool) -> int:
    if unit.type == "date":
        return stored_day(text)
    if quoted:
        raise QuantityError(f'"{text[:40]}" is in quotes', f"a value in {unit.key}", "remove the quotes")
    return _flag(text) if unit.type == "flag" else stored_number(text, unit)


def _flag(text: str) -> int:
    if text in ("true", "false"):
        return int(text == "true")
    yes = {
        "yes": "true",
        "on": "true",
        "1": "true",
        "是": "true",
        "no": "false",
        "off": "false",
        "0": "false",
        "否": "false",
    }
    guess = yes.get(text.lower(), text.lower())
    cure = f"write {guess}" if guess in ("true", "false") else "write true or false"
    raise QuantityError(f"`{text[:40]}` is not a flag", "true or false", cure)


_PATTERNS: dict[re.Pattern[str], tuple[str, str]] = {
    NAME: ("small letters, digits and _, a letter first", "name"),
    CODE: ("letters, digits and _ + . -", "code"),
    SOURCE_KEY: ("small letters, digits, - and _", "source key"),
    PACK_KEY: ("small letters, digits and _, with dots between", "pack key"),
}
