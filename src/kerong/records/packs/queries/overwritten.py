"""Dated values that a release changed in place: the same first day, another number, and no trace in the law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from kerong.engines.rules.model import UNITS
from kerong.engines.rules.quantities import QuantityError, show_quantity, stored_day, stored_number
from kerong.records.packs.models import Release
from kerong.records.packs.queries.releases import releases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kerong.engines.rules.model import Unit
    from kerong.engines.rules.quantities import Language

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_FLAGS = {"true": 1, "false": 0}
_BOUNDS = {"at_least": "≥", "above": ">", "below": "<", "at_most": "≤"}
_OF_THE_MARK = frozenset({"cites", "checked_on", "verified", "note"})


@dataclass(frozen=True)
class Cells:
    """What stood in a value or in a row of a table: as written, with its units."""

    written: tuple[str | None, ...]
    units: tuple[Unit | None, ...]

    def words(self, language: Language = "zh") -> tuple[str | None, ...]:
        """Return the cells in words; None is not published."""
        return tuple(
            None if text is None else _words(text, unit, language)
            for text, unit in zip(self.written, self.units, strict=True)
        )


@dataclass(frozen=True)
class Overwritten:
    """One value or row of a table that another text of the same pack has changed without a new first day.

    ``start`` is empty where the first day is not known; then ``seen_since`` may say since when it was seen.
    ``old`` or ``new`` is None where the row or the whole dated value stands in one text only.
    """

    parameter: str
    label: str
    start: str
    seen_since: str
    row: str
    old: Cells | None
    new: Cells | None


def overwritten(before: str, after: str, parameter: str = "") -> list[Overwritten]:
    """Return what a text of a pack changed in place or took away, of one parameter or of all.

    A dated value that only the later text has is an ordinary addition and no part of this.
    """
    old, new = _parameters(before), _parameters(after)
    found: list[Overwritten] = []
    for name in old:
        if parameter in ("", name) and old[name] != new.get(name):
            found += _of_parameter(name, old[name], new.get(name) or {})
    return found


def overwritten_by(release: Release) -> list[tuple[str, Overwritten]]:
    """Return what a release changed in place since the one before it, with the path of each pack's text."""
    last = releases().exclude(origin=Release.Origin.DRAFT).filter(number__lt=release.number).first()
    if last is None:
        return []
    was = {path: (sha, text) for path, sha, text in last.texts.values_list("path", "sha256", "text")}
    return [
        (path, changed)
        for path, sha, text in release.texts.order_by("path").values_list("path", "sha256", "text")
        if path in was and was[path][0] != sha and not path.endswith(".cases.yaml")
        for changed in overwritten(was[path][1], text)
    ]


def cells_before(text: str, parameter: str, row: str, day: str) -> Cells | None:
    """Return what held in a text of a pack just before a day, for one row of a parameter; None where nothing did."""
    written = _parameters(text).get(parameter) or {}
    earlier = [
        (start or seen, value)
        for (start, seen), value in _dated(written).items()
        if "" < (start or seen) < day
    ]
    if not earlier:
        return None
    return _rows(max(earlier, key=lambda each: each[0])[1], written).get(row)


def _parameters(text: str) -> dict[str, dict[str, Any]]:
    """Return the parameters of a pack with every scalar as it is written; other texts have none."""
    document = yaml.load(text, yaml.CBaseLoader)  # noqa: S506 - makes texts, lists and mappings only
    found = document.get("parameters") if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}


def _of_parameter(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Overwritten]:
    before, after = _dated(old), _dated(new)
    for (start, seen), value in before.items():
        rows, others = _rows(value, old), _rows(after.get((start, seen), {}), new)
        for row in dict.fromkeys([*rows, *others]):
            was, now = rows.get(row), others.get(row)
            if was is None or now is None or _stored(was) != _stored(now):
                yield Overwritten(name, old.get("label") or name, start, seen, row, was, now)


def _dated(parameter: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    days = ("from", "seen_since")
    return {
        (_text(value.get(days[0])) or "", _text(value.get(days[1])) or ""): value
        for value in parameter.get("values") or []
    }


def _rows(value: dict[str, Any], parameter: dict[str, Any]) -> dict[str, Cells]:
    """Return the rows of a dated value by what selects them; a single value is one row without a name."""
    columns = parameter.get("columns") or {}
    names = tuple(columns) or ("value",)
    units = tuple(UNITS.get(columns[name].get("unit", "")) for name in columns) or (
        UNITS.get(parameter.get("unit", "")),
    )
    if "rows" not in value:
        return {"": Cells((_text(value.get("value")),), units[:1])} if "value" in value else {}
    return {
        _row_name(row, names): Cells(tuple(_text(row.get(name)) for name in names), units)
        for row in value["rows"]
    }


def _row_name(row: dict[str, Any], columns: tuple[str, ...]) -> str:
    if "key" in row:
        return str(row["key"])
    named = [(key, value) for key, value in row.items() if key not in columns and key not in _OF_THE_MARK]
    return " ".join(f"{_BOUNDS.get(key, key)} {value}" for key, value in named) or "…"


def _text(written: str | None) -> str | None:
    return None if written is None or written in _NULL else written


def _stored(cells: Cells) -> tuple[object, ...]:
    """Return comparable values: 80 % and 8,000 bp are the same number."""
    return tuple(_value(text, unit) for text, unit in zip(cells.written, cells.units, strict=True))


def _value(text: str | None, unit: Unit | None) -> int | str | None:
    if text is None or unit is None or unit.type == "code":
        return text
    if unit.type == "flag":
        return _FLAGS.get(text.lower(), text)
    try:
        return stored_day(text) if unit.type == "date" else stored_number(text.replace("_", ""), unit)
    except QuantityError:
        return text


def _words(text: str, unit: Unit | None, language: Language) -> str:
    value = _value(text, unit)
    return text if unit is None or not isinstance(value, int) else show_quantity(value, unit, language)
