"""Read where a value comes from: the citation, the day of checking and how sure we are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from kerong.basics.yaml_places import Node, ScalarNode
from kerong.engines.rules.loading.reading import Fields, Reading, day_of, near
from kerong.engines.rules.model import VERIFIED, Mark, Verified
from kerong.engines.rules.quantities import QuantityError

if TYPE_CHECKING:
    from datetime import date

ASSUMPTIONS = "kerong-assumptions"
NO_MARK = Mark("", None, "official")
"""Stands in for a mark that has been reported as missing; the pack is refused anyway."""

_CITATION = re.compile(r"([a-z0-9][a-z0-9_-]*)#([a-z0-9][a-z0-9_.-]*)")


def read_mark(reading: Reading, found: Fields, around: Mark | None = None) -> Mark:
    """Return the mark written in ``found``, completed by the mark around it."""
    if around is not None and not (
        "cites" in found or "checked_on" in found or "verified" in found or "note" in found
    ):
        return around
    base = around or NO_MARK
    cites = base.cites
    if "cites" in found:
        cites = _read_citation(reading, found["cites"]) or ""
    checked_on = reading.day(found, "checked_on") if "checked_on" in found else base.checked_on
    verified = cast("Verified", reading.word(found, "verified", VERIFIED) or base.verified)
    mark = Mark(cites, checked_on, verified, reading.text(found, "note", base.note))
    _check_together(reading, found, mark)
    return mark


def require_mark(reading: Reading, found: Fields, at: Node, called: str) -> None:
    """Report what is missing of a mark where nothing around supplies it."""
    for key in ("cites", "checked_on", "verified"):
        if key not in found:
            reading.wrong(at, f"`{key}` is missing in this {called}", f"the key `{key}`", f"add `{key}: …`")


def refuse_not_found(reading: Reading, found: Fields, mark: Mark) -> None:
    """Report ``not_found`` on what has no value that could be null."""
    if mark.verified == "not_found" and "verified" in found:
        cure = "say how the condition is known, and put not_found on the parameter"
        reading.wrong(
            found["verified"], "not_found marks something that is not a value", "another word", cure
        )


def check_null(reading: Reading, at: Node, *, null: bool, mark: Mark, found: Fields) -> None:
    """Report a null that is not ``not_found`` or has no note, and a ``not_found`` that is not null."""
    if null and mark.verified != "not_found":
        cure = "write `verified: not_found` and a note, or the value"
        if "verified" not in found or found["verified"].value in VERIFIED:
            reading.wrong(
                at, f"the value is null and `verified` is {mark.verified}", "not_found for a null", cure
            )
    elif mark.verified == "not_found" and not null:
        reading.wrong(
            at, "`verified` is not_found and a value is given", "null", "write null, or say who published it"
        )
    elif null and not mark.note and "note" not in found:
        # Rows that inherit their mark would repeat it: one mistake for the mark is enough.
        where = found.get("verified") or at
        mistake = "not_found without a note"
        if not any(m.what == mistake and m.place == reading.place(where) for m in reading.mistakes):
            cure = "add `note: …`, the document or pages in which it was looked for"
            reading.wrong(where, mistake, "a note that says where it was looked for", cure)


def _read_citation(reading: Reading, node: Node) -> str | None:
    match = _CITATION.fullmatch(node.value) if type(node) is ScalarNode else None
    if match is None:
        shown = node.value if type(node) is ScalarNode else "this"
        expected = "source-key#anchor"
        # YAML takes " #" as a comment, so a space before # silently loses the anchor.
        cure = "write the file name under sources/, # and the anchor, without spaces"
        reading.wrong(node, f"`{shown[:60]}` is not a citation", expected, cure)
        return None
    key, anchor = match[1], match[2]
    known = reading.known
    if known.sources_unreadable or key in known.broken_sources:
        return match[0]
    source = known.sources.get(key)
    if source is None:
        cure = near(key, known.sources) or f"add policies/sources/{key}.yaml"
        reading.wrong(node, f"no source `{key}`", "the name of a file under sources/", cure)
    elif anchor not in source.anchors:
        cure = near(anchor, source.anchors) or f"add the anchor to sources/{key}.yaml"
        reading.wrong(node, f"the source `{key}` has no anchor `{anchor}`", ", ".join(source.anchors), cure)
    return match[0]


def _check_together(reading: Reading, found: Fields, mark: Mark) -> None:
    """Check what the parts of a mark say of each other."""
    ours = mark.cites.startswith(ASSUMPTIONS + "#")
    if mark.verified == "assumption" and mark.cites and not ours:
        cure = f"cite {ASSUMPTIONS}#…, or say how the document was read"
        reading.wrong(
            found.get("verified") or found["cites"], "an assumption cites a document", ASSUMPTIONS, cure
        )
    if mark.verified in ("official", "press", "digest") and ours:
        where = found.get("verified") or found["cites"]
        reading.wrong(
            where, f"our own assumption is called {mark.verified}", "assumption", "write `assumption`"
        )
    dated = _document_day(reading, mark.cites)
    if mark.checked_on is not None and dated is not None and mark.checked_on < dated:
        where = found.get("checked_on") or found["cites"]
        what = f"checked on {mark.checked_on}, before the document of {dated} was made"
        reading.wrong(where, what, f"{dated} or later", "correct `checked_on`, or `dated` of the source")


def _document_day(reading: Reading, cites: str) -> date | None:
    source = reading.known.sources.get(cites.partition("#")[0])
    if source is None:
        return None
    try:
        return day_of(source.dated)
    except QuantityError:
        return None
