"""Seeded synthetic catalogues: products whose rules repeat on grids, as model objects and as YAML."""

# ruff: noqa: E501, S311 - a table of conditions reads best a line each; chance here is seeded

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from kerong.engines.rules.model import (
    NOWHERE,
    UNITS,
    Clause,
    DatedValue,
    Fact,
    Library,
    Mark,
    Pack,
    Parameter,
)

if TYPE_CHECKING:
    from pathlib import Path

ON = date(2026, 11, 23)
_MARK = Mark("synthetic-rules#all", ON, "assumption")
_WAN = 1_000_000  # fen in 10,000 yuan
_GRID_WEIGHT = 1.3  # a good third of all conditions have a threshold
_CLAUSES = (5, 6, 6, 7, 7, 7, 8, 8, 9)  # clauses of a product; their mean is 7

GRADES = ("AAA", "AA", "A", "BBB", "BB", "B", "C")
FORMS = ("company", "partnership", "proprietor", "cooperative")
CITIES = tuple(f"99{city:02d}" for city in range(1, 18))
INDUSTRIES = tuple(
    f"{letter}{group:02d}{kind}" for letter in "CEFGI" for group in range(13, 45, 2) for kind in (1, 2, 5)
)


def _fact(  # noqa: PLR0913, PLR0917 - a line of a table
    name: str, kind: Any, unit: str, low: int = 0, high: int = 0, codes: tuple[str, ...] = ()
) -> Fact:
    """Return a fact that says by its label that it is made up."""
    return Fact(
        name, f"合成事实 {name}", f"synthetic {name}", kind, UNITS[unit], low, high,
        holder="synthetic", document="合成材料", act="up", codes={code: f"合成 {code}" for code in codes},
        code_system="" if codes or kind != "code" else "gbt4754",
    )  # fmt: skip


_MONEY = (
    "revenue",
    "rd_expense",
    "assets",
    "debt",
    "tax",
    "loan",
    "wages",
    "export",
    "profit",
    "capital",
    "cost",
    "subsidy",
)
_COUNTS = (
    "staff",
    "rd_staff",
    "patent",
    "invention",
    "software",
    "standard",
    "lender",
    "award",
    "penalty",
    "insured",
)
FLAGS = tuple(f"is_syn_{letter}" for letter in "abcdefghij")
FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        *(_fact(f"syn_{name}_fen", "money", "fen", -10_000_000 * _WAN, 10_000_000 * _WAN) for name in _MONEY),
        *(_fact(f"syn_{name}_count", "count", "persons", 0, 1_000_000) for name in _COUNTS),
        _fact("syn_age_months", "months", "months", 0, 2_400),
        _fact("syn_overdue_days", "days", "days", 0, 10_000),
        _fact("syn_credit_points", "points", "points", 0, 1_000),
        _fact("syn_growth_bp", "ratio", "bp", -1_000_000, 1_000_000),
        _fact("syn_region_code", "code", "code"),
        _fact("syn_industry_code", "code", "code"),
        _fact("syn_grade_code", "code", "code", codes=GRADES),
        _fact("syn_form_code", "code", "code", codes=FORMS),
        *(_fact(name, "flag", "flag", 0, 1) for name in FLAGS),
    )
}


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of condition: its text with ``{p}`` for the threshold, and the grid of thresholds in ``unit``."""

    name: str
    weight: float
    text: str
    unit: str = ""
    grid: tuple[int, ...] = ()


def _shapes() -> tuple[Shape, ...]:
    money = tuple(n * _WAN for n in (100, 300, 500, 1_000, 2_000, 5_000, 10_000))
    ratios = (300, 400, 500, 600, 1_000, 2_000)
    rng = random.Random(20261123)
    lists = [tuple(sorted(rng.sample(INDUSTRIES, rng.randint(40, 120)))) for _ in range(20)]
    return (
        Shape("revenue_min", 3, "syn_revenue_fen >= {p}", "fen", money),
        Shape("revenue_max", 3, "syn_revenue_fen < {p}", "fen", tuple(n * _WAN for n in (5_000, 10_000, 20_000, 40_000, 80_000))),
        Shape("assets_max", 2, "syn_assets_fen < {p}", "fen", tuple(n * _WAN for n in (20_000, 50_000, 100_000, 200_000))),
        Shape("staff_max", 2, "syn_staff_count <= {p}", "persons", (100, 200, 300, 500, 1_000)),
        Shape("staff_min", 1, "syn_staff_count >= {p}", "persons", (5, 10, 20, 50)),
        Shape("patent_min", 1, "syn_patent_count >= {p}", "persons", (1, 2, 3, 5, 10)),
        Shape("age_min", 3, "syn_age_months >= {p}", "months", (6, 12, 18, 24, 36)),
        Shape("age_max", 2, "syn_age_months <= {p}", "months", (36, 60, 96, 120, 180)),
        Shape("credit_min", 2, "syn_credit_points >= {p}", "points", (500, 550, 600, 650, 700)),
        Shape("overdue_max", 2, "syn_overdue_days <= {p}", "days", (0, 7, 30, 60)),
        Shape("growth_min", 2, "syn_growth_bp >= {p}", "bp", (0, 500, 1_000, 1_500, 2_000)),
        Shape("tax_min", 2, "syn_tax_fen >= {p}", "fen", tuple(n * _WAN for n in (5, 10, 20, 50, 100))),
        Shape("wages_min", 1, "syn_wages_fen >= {p}", "fen", tuple(n * _WAN for n in (20, 50, 100, 200))),
        Shape("capital_min", 1, "syn_capital_fen >= {p}", "fen", tuple(n * _WAN for n in (50, 100, 200, 500))),
        Shape("insured_min", 1, "syn_insured_count >= {p}", "persons", (3, 5, 10, 20)),
        Shape("software_min", 1, "syn_software_count >= {p}", "persons", (1, 2, 5, 8)),
        Shape("age_window", 1, "syn_age_months BETWEEN 6 AND {p}", "months", (60, 84, 120, 144, 240)),
        Shape("rd_ratio", 2.5, "syn_rd_expense_fen * 10000 >= syn_revenue_fen * {p}", "bp", ratios),
        Shape("debt_ratio", 2, "syn_debt_fen * 10000 <= syn_assets_fen * {p}", "bp", (5_000, 6_000, 6_500, 7_000, 8_000)),
        Shape("loan_ratio", 1.5, "syn_loan_fen * 10000 <= syn_revenue_fen * {p}", "bp", (2_000, 3_500, 5_000, 8_000)),
        Shape("staff_ratio", 1, "syn_rd_staff_count * 10000 >= syn_staff_count * {p}", "bp", (500, 1_000, 1_500, 3_000)),
        Shape("title_or_patents", 2, "is_syn_a OR syn_invention_count >= {p}", "persons", (1, 2, 5)),
        Shape("title_or_rd", 2, "is_syn_b OR is_syn_c OR syn_rd_expense_fen >= {p}", "fen", tuple(n * _WAN for n in (50, 100, 500))),
        Shape("region_or_export", 1.5, "syn_region_code LIKE '9901%' OR syn_export_fen >= {p}", "fen", (_WAN, 10 * _WAN, 100 * _WAN)),
        Shape("active", 9, "is_syn_j"),
        Shape("no_record", 8, "NOT is_syn_i"),
        *(Shape(f"flag_{name[-1]}", 1.2, name) for name in FLAGS[:8]),
        *(Shape(f"not_{name[-1]}", 1.1, f"NOT {name}") for name in FLAGS[3:8]),
        *(Shape(f"city_{city}", 0.55, f"syn_region_code LIKE '{city}%'") for city in CITIES),
        *(Shape(f"outside_{city}", 0.4, f"syn_region_code NOT LIKE '{city}%'") for city in CITIES[:9]),
        Shape("province", 6, "syn_region_code LIKE '99%'"),
        *(
            Shape(f"industries_{i}", 0.5, "syn_industry_code IN (" + ", ".join(f"'{c}'" for c in codes) + ")")
            for i, codes in enumerate(lists)
        ),
        *(Shape(f"not_industry_{i}", 0.4, f"syn_industry_code NOT LIKE '{c}%'") for i, c in enumerate(f"{a}{b}" for a in "CEFG" for b in (1, 2, 3, 4))),
        *(Shape(f"industry_{letter.lower()}", 0.8, f"syn_industry_code LIKE '{letter}%'") for letter in "CEFGI"),
        *(
            Shape(f"grade_{n}", 1.2, "syn_grade_code IN (" + ", ".join(f"'{g}'" for g in GRADES[:n]) + ")")
            for n in range(1, 7)
        ),
        Shape("grade_not_worst", 2, "syn_grade_code <> 'C'"),
        *(Shape(f"form_{form}", 0.5, f"syn_form_code = '{form}'") for form in FORMS[1:]),
        Shape("form_company", 4, "syn_form_code = 'company'"),
        *(
            Shape(f"cluster_{i}", 0.6, f"syn_region_code IN ('{CITIES[i]}01', '{CITIES[i]}02') OR is_syn_{letter}")
            for i, letter in enumerate("defghdefghdefghd")
        ),
    )  # fmt: skip


SHAPES = _shapes()


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of one product: its shape and, for a grid, the threshold."""

    shape: Shape
    value: int | None


def products(count: int, *, jitter: bool = False, seed: int = 7) -> list[list[Condition]]:
    """Draw products; with ``jitter`` every threshold is moved a little, so that few are shared."""
    rng = random.Random(seed)
    weights = [shape.weight * (_GRID_WEIGHT if shape.grid else 1) for shape in SHAPES]
    drawn: list[list[Condition]] = []
    for _ in range(count):
        chosen: dict[str, Condition] = {}
        wanted = rng.choice(_CLAUSES)
        while len(chosen) < wanted:
            shape = rng.choices(SHAPES, weights)[0]
            value = rng.choice(shape.grid) if shape.grid else None
            if value is not None and jitter:
                value += round(rng.uniform(-0.2, 0.2) * max(abs(value), 50))
            # One condition a fact and direction: nobody asks for two cities at once.
            kind = shape.name.rpartition("_")[0] if not shape.grid else shape.name
            chosen.setdefault(kind or shape.name, Condition(shape, value))
        drawn.append(list(chosen.values()))
    return drawn


def key_of(position: int) -> str:
    """Return a product's pack key."""
    return f"synthetic.p{position:05d}"


def library(drawn: list[list[Condition]]) -> Library:
    """Return the products as a library in memory."""
    packs = {key_of(i): pack_of(key_of(i), conditions) for i, conditions in enumerate(drawn)}
    return Library(FACTS, {}, packs, {}, "synthetic")


def pack_of(key: str, conditions: list[Condition]) -> Pack:
    """Return one product as a pack."""
    parameters = {
        c.shape.name: Parameter(
            c.shape.name, f"合成{c.shape.name}", c.shape.name, UNITS[c.shape.unit],
            (DatedValue(date(2026, 1, 1), None, c.value, (), _MARK),),
        )
        for c in conditions
        if c.value is not None
    }  # fmt: skip
    clauses = tuple(
        Clause(
            f"c_{c.shape.name}",
            f"合成条件 {c.shape.name}",
            c.shape.name,
            c.shape.text.format(p=c.shape.name),
            (),
            _MARK,
        )
        for c in conditions
    )
    return Pack(
        key, "product", f"合成产品 {key}", f"synthetic {key}", "enterprise", "合成", "synthetic-rules", None, None,
        parameters, {}, {}, clauses, {}, (), "synthetic", NOWHERE,
    )  # fmt: skip


def write_yaml(folder: Path, drawn: list[list[Condition]]) -> int:
    """Write the products as a policies folder and return how many bytes of YAML that is."""
    (folder / "sources").mkdir(parents=True)
    (folder / "synthetic").mkdir()
    written = [(folder / "facts.yaml", _facts_yaml()), (folder / "sources" / "synthetic-rules.yaml", _SOURCE)]
    written += [(folder / "synthetic" / f"p{i:05d}.yaml", pack_yaml(i, c)) for i, c in enumerate(drawn)]
    for path, text in written:
        path.write_text(text, encoding="utf-8")
    return sum(len(text.encode()) for _, text in written)


_SOURCE = """\
schema: 1
source: synthetic-rules
title: 合成条款（性能测试）
number: 合成〔2026〕1号
issuer: 合成
dated: 2026-01-01
address: https://example.org/synthetic
anchors:
  all: {label: 全部, summary: 随机生成，不是任何真实政策}
"""


def _facts_yaml() -> str:
    lines = ["holders:", "  synthetic: {label: 合成, label_en: synthetic}", "facts:"]
    for fact in FACTS.values():
        lines += [
            f"  {fact.name}:",
            f"    label: {fact.label}",
            f"    label_en: {fact.label_en}",
            f"    type: {fact.type}",
        ]
        if fact.type == "code":
            listed = ", ".join(f"{code}: {label}" for code, label in fact.codes.items())
            lines.append(f"    codes: {{{listed}}}" if listed else f"    code_system: {fact.code_system}")
        else:
            lines.append(f"    unit: {fact.unit.key}")
        if fact.type not in {"code", "flag"}:
            lines.append(f"    range: {{min: {fact.low}, max: {fact.high}}}")
        lines += [
            "    subject: enterprise",
            "    holder: synthetic",
            "    document: 合成材料",
            "    document_en: synthetic",
        ]
        lines += ["    sensitivity: L1", '    act: "up"', "    effort: 5"]
    return "\n".join(lines) + "\n"


def pack_yaml(position: int, conditions: list[Condition]) -> str:
    """Return one product as the text of a pack."""
    lines = [
        "schema: 1",
        "kind: product",
        f"label: 合成产品 {key_of(position)}",
        f"label_en: synthetic {key_of(position)}",
    ]
    lines += ["subject: enterprise", "summary: 合成", "document: synthetic-rules"]
    cited = "cites: synthetic-rules#all, checked_on: 2026-11-23, verified: derived"
    if any(c.value is not None for c in conditions):
        lines.append("parameters:")
    for c in conditions:
        if c.value is not None:
            lines += [f"  {c.shape.name}:", f"    label: 合成{c.shape.name}", f"    label_en: {c.shape.name}"]
            lines += [
                f"    unit: {c.shape.unit}",
                f"    values: [{{from: 2026-01-01, value: {c.value}, {cited}}}]",
            ]
    lines.append("clauses:")
    for c in conditions:
        text = c.shape.text.format(p=c.shape.name).replace('"', '\\"')
        lines += [
            f"  - id: c_{c.shape.name}",
            f"    label: 合成条件 {c.shape.name}",
            f"    label_en: {c.shape.name}",
        ]
        lines += [f'    holds_when: "{text}"', "    cites: synthetic-rules#all", "    checked_on: 2026-11-23"]
        lines += ["    verified: derived"]
    return "\n".join(lines) + "\n"
