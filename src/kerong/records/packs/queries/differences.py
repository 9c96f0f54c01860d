"""What differs between two sets of texts: value by value in the packs, and line by line everywhere."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import yaml

from kerong.records.packs.queries.overwritten import cells_before, overwritten

if TYPE_CHECKING:
    from kerong.records.packs.queries.overwritten import Cells, Overwritten

How = Literal["added", "changed", "removed"]
_CASES = ".cases.yaml"


@dataclass(frozen=True)
class ValueDifference:
    """One dated value, or one row of it, that two texts of a pack do not have alike.

    ``added`` is the ordinary way the law changes; ``changed`` and ``removed`` overwrite what stood there, and need
    to be declared as a correction.
    """

    path: str
    pack: str
    how: How
    parameter: str
    value: Overwritten


@dataclass(frozen=True)
class FileDifference:
    """One file that two sets of texts do not have alike: its values, and the lines that differ."""

    path: str
    how: How
    values: tuple[ValueDifference, ...]
    lines: tuple[str, ...]


def differences(before: dict[str, str], after: dict[str, str]) -> list[FileDifference]:
    """Return what differs, file by file in the order of their paths."""
    return [
        _file(path, before.get(path), after.get(path))
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    ]


def overwriting(found: list[FileDifference]) -> list[ValueDifference]:
    """Return the differences that overwrite what stood in the law under its own first day."""
    return [value for file in found for value in file.values if value.how != "added"]


def _file(path: str, before: str | None, after: str | None) -> FileDifference:
    how: How = "added" if before is None else "removed" if after is None else "changed"
    old, new = before or "", after or ""
    lines = tuple(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2))[2:]
    values = () if path.endswith(_CASES) else tuple(_values(path, old, new))
    return FileDifference(path, how, values, lines)


def _values(path: str, before: str, after: str) -> list[ValueDifference]:
    if not _is_pack(before) and not _is_pack(after):
        return []
    pack = path.removesuffix(".yaml").replace("/", ".")
    found: list[ValueDifference] = []
    for each in overwritten(before, after):
        how: How = "changed" if each.new is not None and each.old is not None else "removed"
        if each.old is None:
            how = "added"
        found.append(ValueDifference(path, pack, how, each.parameter, each))
    # What only the later text has shows when the texts change places.
    known = {_key(each.value) for each in found}
    for each in overwritten(after, before):
        if each.new is None and _key(each) not in known:
            turned = replace(each, old=_earlier(before, each), new=each.old)
            found.append(ValueDifference(path, pack, "added", each.parameter, turned))
    return found


def _earlier(before: str, each: Overwritten) -> Cells | None:
    """Return what an added value takes the place of."""
    return cells_before(before, each.parameter, each.row, each.start or each.seen_since)


def _key(each: Overwritten) -> tuple[str, str, str, str]:
    return each.parameter, each.start, each.seen_since, each.row


def _is_pack(text: str) -> bool:
    try:
        document = yaml.load(text, yaml.CBaseLoader)  # noqa: S506 - makes texts, lists and mappings only
    except yaml.YAMLError:
        return False
    return isinstance(document, dict) and isinstance(document.get("parameters"), dict)
