"""A small made-up law for tests of pages: values in time, tables that change, another region with other units."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from kerong.engines.rules.model import (
    UNITS,
    Alternative,
    Anchor,
    Bracket,
    DatedValue,
    Library,
    Mark,
    Pack,
    Parameter,
    Source,
)

ON = date(2026, 11, 23)
MARK = Mark("doc-a#art1", ON, "press")
GAP = Mark("doc-a#art2", ON, "not_found", "查过甲报。")


def value(amount: int | None, start: date | None = None, **more: Any) -> DatedValue:
    mark = more.pop("mark", GAP if amount is None else MARK)
    return DatedValue(start, more.pop("seen", None), amount, more.pop("rows", ()), mark, **more)


def row(key: str, *values: int | None, mark: Mark | None = None) -> Bracket:
    return Bracket(key, None, None, values, mark)


def parameter(name: str, unit: str, *values: DatedValue, by: str = "") -> Parameter:
    return Parameter(name, f"数 {name}", f"number {name}", UNITS[unit], values, by)


def pack(key: str, *parameters: Parameter, **more: Any) -> Pack:
    """Return a pack of terms with these parameters."""
    found = Pack(
        key, "terms", f"规则 {key}", f"rule {key}", "enterprise", "编的。", "doc-a", None, None,
        {p.name: p for p in parameters}, {}, {}, (), {}, (), "0" * 64,
    )  # fmt: skip
    return replace(found, **more)


def library(*packs: Pack) -> Library:
    """Return a library of these packs and one document."""
    anchors = {key: Anchor(key, f"第{key}条", f"概括 {key}", "") for key in ("art1", "art2")}
    source = Source("doc-a", "示例办法", "示例〔2025〕7号", "示例厅", "2025-03", "", anchors)
    return Library({}, {}, {p.key: p for p in packs}, {"doc-a": source}, "0" * 64)


OTHER_READING = Alternative(900, MARK)
