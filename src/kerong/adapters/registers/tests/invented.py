"""Invented registers for tests: codes with valid check digits, names of nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from kerong.adapters.registers.importing import Request, import_register, open_register
from kerong.adapters.registers.vocabulary import Vocabulary, make_vocabulary
from kerong.basics.identity_codes import compose

if TYPE_CHECKING:
    from pathlib import Path

ON = date(2026, 11, 23)


@dataclass(frozen=True)
class Unit:
    key: str
    type: str
    factor: int
    label: str


@dataclass(frozen=True)
class Fact:
    name: str
    label: str
    type: str
    low: int = 0
    high: int = 10**15
    codes: Mapping[str, str] = field(default_factory=dict[str, str])
    code_system: str = ""
    derived: str = ""


UNITS = (
    Unit("fen", "money", 1, "分"),
    Unit("yuan", "money", 100, "元"),
    Unit("wan_yuan", "money", 1_000_000, "万元"),
    Unit("percent", "ratio", 100, "%"),
    Unit("persons", "count", 1, "人"),
)
FACTS = (
    Fact("registered_capital_fen", "注册资本", "money"),
    Fact("registered_on", "成立日期", "date"),
    Fact("region_code", "注册地行政区划代码", "code", code_system="gbt2260"),
    Fact("industry_code", "行业代码（国民经济行业分类）", "code", code_system="gbt4754"),
    Fact("annual_revenue_fen", "营业收入（上一年度）", "money"),
    Fact("previous_revenue_fen", "前一年度营业收入", "money"),
    Fact("rd_share_bp", "研发费用占比", "ratio", high=10_000),
    Fact("staff_count", "从业人员", "count", high=1_000_000),
    Fact("is_hnte", "是高新技术企业", "flag", high=1),
    Fact("size_code", "规模", "code", codes={"small": "小型", "micro": "微型"}),
    Fact("age_months", "成立月数", "months", derived="age_months"),
)
VOCABULARY: Vocabulary = make_vocabulary(FACTS, UNITS)


def code(number: int, region: str = "420100", department: str = "9", category: str = "1") -> str:
    """Return a valid code that no registrar gave out."""
    return compose(department, category, region, f"T{number:07d}")


def run(source: Path, out: Path | None = None, **wishes: Any) -> dict[str, Any]:
    """Import a file with the invented vocabulary."""
    return import_register(open_register(Request(source=source, on=ON, out=out, **wishes), VOCABULARY))


def checks(report: dict[str, Any]) -> dict[str, int]:
    """Return how often each check struck."""
    return {one["check"]: one["rows"] for one in report["checks"]}
