"""The types of facts, and the units that an official may write, with their factors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

FactType: TypeAlias = Literal[
    "money",
    "money_usd",
    "ratio",
    "count",
    "months",
    "days",
    "seconds",
    "points",
    "number",
    "flag",
    "code",
    "date",
]

FACT_TYPES: tuple[FactType, ...] = get_args(FactType)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit an official may write: its type of fact and how many stored units one of it is."""

    key: str
    type: FactType
    factor: int
    label: str
    label_en: str


UNITS: dict[str, Unit] = {
    unit.key: unit
    for unit in (
        Unit("fen", "money", 1, "分", "fen"),
        Unit("yuan", "money", 100, "元", "yuan"),
        Unit("wan_yuan", "money", 1_000_000, "万元", "10k yuan"),
        Unit("yi_yuan", "money", 10_000_000_000, "亿元", "100m yuan"),
        Unit("usd", "money_usd", 100, "美元", "US dollars"),
        Unit("wan_usd", "money_usd", 1_000_000, "万美元", "10k US dollars"),
        Unit("yi_usd", "money_usd", 10_000_000_000, "亿美元", "100m US dollars"),
        Unit("bp", "ratio", 1, "BP", "bp"),
        Unit("share", "ratio", 1, "基点", "basis points"),
        Unit("permille", "ratio", 10, "‰", "‰"),
        Unit("percent", "ratio", 100, "%", "%"),
        Unit("persons", "count", 1, "人", "persons"),
        Unit("items", "count", 1, "项", "items"),
        Unit("times", "count", 1, "次", "times"),
        Unit("firms", "count", 1, "家", "firms"),
        Unit("deals", "count", 1, "笔", "deals"),
        Unit("months", "months", 1, "个月", "months"),
        Unit("years", "months", 12, "年", "years"),
        Unit("days", "days", 1, "天", "days"),
        Unit("seconds", "seconds", 1, "秒", "seconds"),
        Unit("minutes", "seconds", 60, "分钟", "minutes"),
        Unit("points", "points", 1, "分", "points"),
        Unit("number", "number", 1, "", ""),
        Unit("flag", "flag", 1, "", ""),
        Unit("code", "code", 1, "", ""),
        Unit("date", "date", 1, "", ""),
    )
}
