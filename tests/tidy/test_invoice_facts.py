"""The page on invoice facts, the engine and facts.yaml say the same; the page's example comes out as worked by hand."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from kerong.adapters.invoices.columns import HEADINGS
from kerong.adapters.invoices.reading import read_invoices
from kerong.engines.invoices.exact import RATIO_HELD_BP
from kerong.engines.invoices.features import FACT_NAMES, compute
from kerong.engines.invoices.table import make_invoices
from kerong.engines.rules.loading import read_library

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "invoice_facts.md").read_text(encoding="utf-8")
ON = date(2024, 3, 15)


def _section(title: str) -> str:
    return PAGE.split(f"## {title}", 1)[1].split("\n## ", 1)[0]


def _rows(title: str) -> list[list[str]]:
    lines = re.findall(r"^\| `(invoice_\w+)` \| (.*) \|$", _section(title), re.MULTILINE)
    return [[name, *rest.split(" | ")] for name, rest in lines]


def test_example_comes_out_as_worked_by_hand(tmp_path: Path) -> None:
    for name in ("sales", "purchases"):
        (text,) = re.findall(rf"```csv {name}\n(.*?)```", PAGE, re.DOTALL)
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    worked = {name: int(value) for name, value, *_ in _rows("An example, worked by hand")}

    sales = read_invoices(tmp_path / "sales.csv", "sale")
    purchases = read_invoices(tmp_path / "purchases.csv", "purchase")
    computed = compute(make_invoices(sales.table, purchases.table), ON)

    assert {name: int(column[0]) for name, column in computed.columns.items()} == worked
    assert dict(sales.checks) == {"duplicate": 1, "zero_valid": 1}


def test_page_lists_every_fact_in_order_with_the_unit_of_its_name() -> None:
    rows = _rows("The facts")

    assert tuple(name for name, *_ in rows) == FACT_NAMES
    units = {"fen": "fen", "bp": "bp", "days": "days", "months": "months"}
    wrong = [
        name
        for name, _, unit, *_ in rows
        if name.rsplit("_", 1)[1] in units and not unit.startswith(units[name.rsplit("_", 1)[1]])
    ]
    assert wrong == []


def test_page_lists_every_heading() -> None:
    section = _section("Files")

    assert [word for headings in HEADINGS.values() for word in headings if word not in section] == []


def test_facts_file_describes_every_fact() -> None:
    facts = read_library(ROOT / "policies")[0].facts
    mine = {name: facts[name] for name in FACT_NAMES if name in facts}

    assert set(FACT_NAMES) <= set(facts)
    assert {(fact.holder, fact.sensitivity, fact.freshness_months) for fact in mine.values()} == {
        ("tax", "L3", 2)
    }
    signed = {"invoice_sales_growth_bp", "invoice_gross_margin_bp"}
    assert {name for name in mine if name.endswith("_bp") and mine[name].low < 0} == signed
    assert {mine[name].low for name in signed} == {-RATIO_HELD_BP}
    held = {"invoice_sales_variation_bp", "invoice_refund_share_bp", *signed}
    assert {mine[name].high for name in held} == {RATIO_HELD_BP}
