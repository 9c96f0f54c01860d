"""Read ``sources/<key>.yaml``: a cited document and the anchors of its clauses."""

from __future__ import annotations

import re

from kerong.basics.yaml_places import MappingNode, Node, ScalarNode, is_null
from kerong.engines.rules.loading.keys import SOURCE_SHAPES
from kerong.engines.rules.loading.reading import SOURCE_KEY, Reading
from kerong.engines.rules.model import Anchor, Source
from kerong.engines.rules.quantities import QuantityError, iso_day

_ANCHOR = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_PARTIAL_DAY = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2]))?")


def read_source(reading: Reading, root: Node, key: str) -> Source | None:
    """Return the source of a file named ``key``, or None when anything about it is wrong."""
    found = reading.fields(root, SOURCE_SHAPES["source"])
    if found is None:
        return None
    reading.one(found)
    if SOURCE_KEY.fullmatch(key) is None:
        expected = "small letters, digits, - and _"
        reading.wrong(root, f"the file name `{key}` cannot be a source key", expected, "rename the file")
    own = found.get("source")
    if own is not None and own.value != key:
        reading.wrong(
            own, "the key differs from the file name", key, f"write `source: {key}`, or rename the file"
        )
    dated = reading.text(found, "dated")
    if dated and _PARTIAL_DAY.fullmatch(dated) is None:
        try:
            iso_day(dated)
        except QuantityError as error:
            reading.wrong(found["dated"], f"`dated`: {error.what}", "2025-08-14, 2025-08 or 2025", error.cure)
    address = reading.text(found, "address")
    anchors: dict[str, Anchor] = {}
    for name, name_node, node in _anchors(reading, found.get("anchors")):
        inner = reading.fields(node, SOURCE_SHAPES["anchor"], name_node)
        if inner is not None:
            label, summary = reading.text(inner, "label"), reading.text(inner, "summary")
            place = reading.place(name_node)
            own = inner.get("address")
            # Said to be null: the page where the clause was read is not one to link, unlike the document's.
            page = "" if own is not None and is_null(own) else reading.text(inner, "address", address)
            anchors[name] = Anchor(name, label, summary, page, place)
    if reading.mistakes:
        return None
    title, number, issuer = (reading.text(found, name) for name in ("title", "number", "issuer"))
    return Source(key, title, number, issuer, dated, address, anchors, reading.place(root))


def _anchors(reading: Reading, node: Node | None) -> list[tuple[str, Node, Node]]:
    """Return the anchors; their names may begin with a digit and hold hyphens, unlike other names."""
    entries: list[tuple[str, Node, Node]] = []
    if node is None:
        return entries
    if type(node) is not MappingNode or not node.value:
        reading.wrong(
            node, "`anchors` names no anchor", "names with label and summary", "add one anchor a clause"
        )
        return entries
    seen: set[str] = set()
    name_node: Node
    value: Node
    for name_node, value in node.value:
        name: str = name_node.value if type(name_node) is ScalarNode else ""
        if _ANCHOR.fullmatch(name) is None:
            expected = "small letters, digits, - _ and ."
            reading.wrong(name_node, f"`{name}` is not an anchor", expected, "rename the anchor")
        elif name in seen:
            reading.wrong(
                name_node, f"the anchor `{name}` stands twice", "each anchor once", "rename one of the two"
            )
        else:
            seen.add(name)
            entries.append((name, name_node, value))
    return entries
