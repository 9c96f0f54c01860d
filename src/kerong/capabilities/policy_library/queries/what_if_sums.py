"""Sums of amounts in a what-if answer: over all eligible firms, by group, and as tiles of the prefectures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kerong.basics import regions

if TYPE_CHECKING:
    from kerong.engines.rules.model import Amount


@dataclass(frozen=True)
class Cell:
    """A figure as the worker lets it out; None stays hidden: it would tell of fewer than five firms."""

    value: int | None

    def __bool__(self) -> bool:
        """Tell whether there is anything to see: a hidden figure is not nothing."""
        return self.value != 0


@dataclass(frozen=True)
class GroupSum:
    """An amount over the eligible firms of one group, before and after; ``shade`` colours its tile.

    ``changed`` counts the firms eligible before and after whose own amount differs, ``firms_before`` and
    ``firms_after`` those that have an amount at all and so stand in the sum.
    """

    key: str
    label: str
    before: Cell
    after: Cell
    changed: Cell = Cell(None)
    firms_before: Cell = Cell(None)
    firms_after: Cell = Cell(None)
    shade: str = ""

    @property
    def difference(self) -> int | None:
        """After minus before; None where a part of it is hidden."""
        if self.before.value is None or self.after.value is None:
            return None
        return self.after.value - self.before.value


@dataclass(frozen=True)
class Sum:
    """An amount over all eligible firms, before and after, and the same by region, industry and stage."""

    amount: Amount
    whole: GroupSum
    tiles: tuple[GroupSum, ...]
    by_group: tuple[tuple[str, tuple[GroupSum, ...]], ...] = ()

    @property
    def is_changed(self) -> bool:
        """Tell whether the sum differs, or may differ behind a hidden figure."""
        return self.whole.difference != 0 or bool(self.whole.changed)


def sum_of(amount: Amount, row: dict[str, Any], groups: dict[str, list[dict[str, Any]]]) -> Sum:
    """Return one amount of the worker's answer, ready to print."""
    whole = _group_sum("", "", row)
    by_group = _by_group(groups, amount.name)
    return Sum(amount, whole, _tiles(by_group[0][1]), by_group)


def cell_of(found: dict[str, Any]) -> Cell:
    """Return a figure of the worker's answer."""
    return Cell(None if found["suppressed"] else found["value"])


def group_label(row: dict[str, Any]) -> str:
    """Return the name of a group; firms without one are not left out."""
    return str(row["label"]) if row["key"] else _("不明")


def shade_of(net: int, most: int) -> str:
    """Return the name of a tile's colour: its direction, and how strong beside the strongest."""
    if not net or not most:
        return ""
    strength = 1 + (abs(net) * 3 > most) + (abs(net) * 3 > most * 2)
    return f"{'up' if net > 0 else 'down'}-{strength}"


def _by_group(
    groups: dict[str, list[dict[str, Any]]], name: str
) -> tuple[tuple[str, tuple[GroupSum, ...]], ...]:
    """Return one amount by region, industry and stage, leaving out groups that have none of it."""
    titles = {"region": _("市州"), "industry": _("行业"), "stage": _("阶段")}
    found: list[tuple[str, tuple[GroupSum, ...]]] = []
    for group, title in titles.items():
        sums = [
            _group_sum(row["key"], group_label(row), amount)
            for row in groups[group]
            for amount in row["amounts"]
            if amount["name"] == name
        ]
        found.append((title, tuple(item for item in sums if item.before or item.after)))
    return tuple(found)


def _group_sum(key: str, label: str, row: dict[str, Any]) -> GroupSum:
    names = ("before", "after", "firms_changed", "firms_before", "firms_after")
    return GroupSum(key, label, *(cell_of(row[name]) if name in row else Cell(None) for name in names))


def _tiles(sums: tuple[GroupSum, ...]) -> tuple[GroupSum, ...]:
    """Return a tile for each of the seventeen prefectures, also for those without any firm."""
    by_key = {item.key: item for item in sums}
    most = max((abs(item.difference or 0) for item in sums), default=0)
    found: list[GroupSum] = []
    for region in regions.prefectures():
        item = by_key.get(region.code) or GroupSum(region.code, region.name, Cell(0), Cell(0), Cell(0))
        shade = shade_of(item.difference or 0, most)
        found.append(replace(item, label=regions.short_name(region.name), shade=shade))
    return tuple(found)
