"""Turn YAML text into nodes that know their lines, and its traps into plain mistakes.

Scalars are never resolved: ``no`` stays the word "no", ``010`` and ``1.10`` stay text, so that the reader
of a key, who knows what it holds, converts it exactly. Anchors, aliases and tags are refused.
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from yaml import YAMLError
from yaml._yaml import CParser
from yaml.error import MarkedYAMLError
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, ScalarEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from kerong.basics.mistakes import Mistake, Place

Json: TypeAlias = "str | bool | list[Json] | dict[str, Json] | None"

DEEPEST = 32
"""Levels of nesting a policy file may have; the format itself needs twelve."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})

# libyaml's complaint (its beginning) → what to say.
_COMPLAINTS: tuple[tuple[str, str, str, str], ...] = (
    (
        "found character that cannot start any token",
        "this character cannot begin a value",
        "text, a number, a date or null",
        'put the whole value in quotes: "…"',
    ),
    (
        "found a tab character",
        "a tab stands where spaces are needed",
        "spaces",
        "replace every tab with two spaces",
    ),
    (
        "mapping values are not allowed",
        "a second colon makes this line ambiguous",
        "one `key: value` on a line",
        'put the value in quotes if its text has a colon: "…"',
    ),
    (
        "could not find expected ':'",
        "a line near here has no colon after its key",
        "`key: value`",
        "write an ASCII colon and a space after the key",
    ),
    (
        "did not find expected ',' or '}'",
        "a { … } is not closed, or a comma is missing in it",
        "`{key: value, key: value}`",
        "add the missing comma or brace",
    ),
    (
        "did not find expected ',' or ']'",
        "a [ … ] is not closed, or a comma is missing in it",
        "`[one, two]`",
        "add the missing comma or bracket",
    ),
    (
        "found unexpected end of stream",
        "a quote is opened and never closed",
        "a closing quote",
        "close the quote that opens on this line",
    ),
    (
        "but found another document",
        "the file holds more than one document",
        "one document",
        "remove the line `---` and move what follows to a file of its own",
    ),
    (
        "did not find expected",
        "the indentation does not fit the lines around",
        "keys of one level below each other",
        "indent this line like its neighbours, with two spaces a level",
    ),
)


class _Composer(CParser):
    """The C composer, told to leave every plain scalar alone; an explicit tag survives as ``node.tag``."""

    def resolve(self, _kind: object, _value: object, _implicit: object) -> str:
        return ""

    def descend_resolver(self, _parent: object, _index: object) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass


def decode(raw: bytes, file: str) -> tuple[str | None, list[Mistake]]:
    """Return the text of a file's bytes, exactly (a byte order mark stays), or the mistake."""
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        what, cure = "the file is not UTF-8 text", "save it as UTF-8 (in Notepad: Save as, encoding UTF-8)"
        return None, [Mistake(Place(file, line), what, "UTF-8", cure)]


def compose(text: str, file: str) -> tuple[Node | None, list[Mistake]]:
    """Return the root node of one YAML document, or what is wrong with the YAML itself."""
    text = text.removeprefix("\ufeff")
    odd = _UNPRINTABLE.search(text)
    if odd is not None:
        line = text.count("\n", 0, odd.start()) + 1
        what = f"the character U+{ord(odd.group()):04X} cannot be printed"
        return None, [
            Mistake(Place(file, line), what, "printable text", "delete it; it may be invisible in the editor")
        ]
    try:
        if "&" in text or "!" in text or _deepest_possible(text) > 1000:  # noqa: PLR2004 - see _deepest_possible
            refused = _refused_features(text, file)
            if refused:
                return None, refused
        root: Node | None = _Composer(text).get_single_node()
    except YAMLError as error:
        return None, [_plain_words(error, text, file)]
    if root is None:
        return None, [
            Mistake(
                Place(file, 1), "the file is empty", "a policy file", "write the pack, or delete the file"
            )
        ]
    return root, []


def is_null(node: Node) -> bool:
    """Tell whether a node says "nothing": ``null``, ``~`` or left empty, and not in quotes."""
    return type(node) is ScalarNode and not node.style and node.value in _NULLS


def line_of(node: Node) -> int:
    """Return the line, counted from 1, on which a node begins."""
    line: int = node.start_mark.line
    return line + 1


def plain(node: Node) -> Json:
    """Return a node as JSON, with scalars as their text except null, true and false."""
    content: Any = node.value
    if type(node) is ScalarNode:
        if not node.style:
            if content in _NULLS:
                return None
            if content == "true":
                return True
            if content == "false":
                return False
        return content
    if type(node) is SequenceNode:
        return [plain(item) for item in content]
    return {str(key.value): plain(value) for key, value in content}


def _deepest_possible(text: str) -> int:
    """Bound the nesting cheaply: the C composer recurses, and would crash at some ten thousand levels.

    Every bracket may open a level; a level of indentation takes a column, and a list may stand at the
    indentation of its key, hence twice the longest line.
    """
    return text.count("[") + text.count("{") + 2 * max(map(len, text.splitlines()), default=0)


def _refused_features(text: str, file: str) -> list[Mistake]:
    """Read the events (no recursion) for anchors, tags and nesting, each of which is a mistake."""
    found: list[Mistake] = []
    depth = 0
    parser = CParser(text)
    while (event := parser.get_event()) is not None:
        if isinstance(event, CollectionEndEvent):
            depth -= 1
            continue
        if not isinstance(event, (ScalarEvent, CollectionStartEvent, AliasEvent)):
            continue
        place = Place(file, event.start_mark.line + 1)
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                what, expected = "lists or mappings are nested too deeply", f"at most {DEEPEST} levels"
                return [*found, Mistake(place, what, expected, "close the brackets that were left open")]
        if isinstance(event, AliasEvent):
            continue
        if event.anchor:
            what, cure = (
                f"the anchor &{event.anchor} is not permitted",
                "write the repeated part out where it is used",
            )
            found.append(Mistake(place, what, "no anchors, aliases or merge keys", cure))
        if event.tag and event.tag != "!":
            tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            found.append(Mistake(place, f"the tag {tag} is not permitted", "a plain value", "remove the tag"))
    return found


def _plain_words(error: YAMLError, text: str, file: str) -> Mistake:
    """Translate a complaint of libyaml."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return Mistake(
            Place(file, 1), f"this is not YAML: {error}", "YAML", "compare with a neighbouring file"
        )
    problem = error.problem or ""
    # A quote that is never closed is found at the end of the file; it is to be mended where it opens.
    opened = error.context_mark if "end of stream" in problem else None
    mark = opened or error.problem_mark
    place = Place(file, mark.line + 1)
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    if line[mark.column : mark.column + 1] == "\t":
        problem = "found a tab character"
    before = [
        near for near in lines[max(0, mark.line - 1) : mark.line + 1] if "：" in near and ":" not in near
    ]
    if before:
        what, expected = f"a Chinese colon follows a key: {before[0].strip()[:30]}", "`key: value`"
        return Mistake(place, what, expected, "write an ASCII colon and a space after the key")
    for complaint, what, expected, cure in _COMPLAINTS:
        if problem.startswith(complaint):
            return Mistake(place, what, expected, cure)
    return Mistake(place, f"this is not YAML: {problem}", "YAML", "compare with a neighbouring file")


__all__ = [
    "Json",
    "MappingNode",
    "Node",
    "ScalarNode",
    "SequenceNode",
    "compose",
    "decode",
    "is_null",
    "line_of",
    "plain",
]
