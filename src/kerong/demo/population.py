"""A seeded synthetic population: correlated facts with gaps, as Parquet and as a snapshot (演示数据)."""

from __future__ import annotations

import json
import math
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from kerong.basics.identity_codes import compose
from kerong.demo.assumptions import CODES, FLAGS, INDUSTRIES, REGIONS, WAN
from kerong.engines.rules.snapshot import Snapshot, SnapshotError, build_snapshot, open_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from kerong.engines.rules.model import Fact, Library

DEPARTMENT, CATEGORY = "X", "9"
"""GB 32100 assigns the department X to nobody; see README.md."""
LABEL = "演示数据：全部虚构，未经校准"
GENERATOR = 1
"""Raised whenever the same seed would give other firms."""
FIRMS_DEFAULT, SEED_DEFAULT = 20_000, 20_261_123
FIRMS_MAX = 2_000_000
FACTS_FILE, SNAPSHOT_FOLDER, MADE_FILE = "facts.parquet", "snapshot", "made.json"
_MEAN_MONTH_DAYS = 30.44

Floats = NDArray[np.float64]


def build_population(  # noqa: PLR0913 - what is built, where, and of which law and day
    folder: Path,
    library: Library,
    on: date,
    *,
    firms: int = FIRMS_DEFAULT,
    seed: int = SEED_DEFAULT,
    say: Callable[[str], None] = lambda _line: None,
) -> Snapshot:
    """Return the population's snapshot in a folder, built anew only when size, seed, law or day differ.

    Raises ValueError for an impossible number of firms.
    """
    if not 1 <= firms <= FIRMS_MAX:
        raise ValueError(f"{firms} firms: 1 to {FIRMS_MAX:,} were expected")
    made = {
        "label": LABEL, "generator": GENERATOR, "firms": firms, "seed": seed,
        "law_sha256": library.sha256, "on": on.isoformat(),
    }  # fmt: skip
    if (found := _reusable(folder, made)) is not None:
        return found
    say(f"生成 {firms:,} 家虚构企业（演示数据）")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / MADE_FILE).unlink(missing_ok=True)
    for leftover in folder.glob(f".{SNAPSHOT_FOLDER}-*"):
        shutil.rmtree(leftover, ignore_errors=True)  # An earlier attempt was killed.
    write_parquet(folder / FACTS_FILE, library.facts, on, firms=firms, seed=seed)
    snapshot = build_snapshot(folder / FACTS_FILE, library.facts, folder / SNAPSHOT_FOLDER, on)
    text = json.dumps({**made, "snapshot_sha256": snapshot.sha256}, ensure_ascii=False, indent=1)
    (folder / MADE_FILE).write_text(text + "\n", encoding="utf-8")
    return snapshot


def write_parquet(path: Path, facts: Mapping[str, Fact], on: date, *, firms: int, seed: int) -> None:
    """Write the facts of a population to Parquet; only facts that the law knows, inside their ranges."""
    drawn = draw(on, firms=firms, seed=seed)
    columns: dict[str, Any] = {"uscc": drawn.pop("uscc")}
    for name, (values, missing) in drawn.items():
        fact = facts.get(name)
        if fact is None or fact.derived or fact.published_by:
            continue
        if fact.type == "code":
            columns[name] = pa.array(values, pa.string(), mask=missing)
        elif fact.type == "flag":
            columns[name] = pa.array(values.astype(bool), mask=missing)
        else:
            whole = np.clip(np.rint(values), fact.low, fact.high).astype(np.int64)
            columns[name] = pa.array(whole, mask=missing)
    table = pa.table(columns).replace_schema_metadata({"kerong": LABEL})
    pq.write_table(table, path, compression="zstd")


def draw(on: date, *, firms: int, seed: int) -> dict[str, Any]:
    """Draw facts of firms: per fact its values and which are missing; ``uscc`` is a list of codes.

    Two hidden traits make the facts agree with one another: ``size`` and ``innovation``.
    """
    drawing = _Drawing(np.random.default_rng(seed), firms)
    drawing.identity(on)
    drawing.business()
    drawing.research()
    drawing.market()
    drawing.flags()
    drawing.application()
    return {"uscc": drawing.codes(), **drawing.made}


class _Drawing:
    """One population being drawn, part after part; the order of the draws is what a seed means."""

    def __init__(self, rng: np.random.Generator, firms: int) -> None:
        self.rng, self.firms = rng, firms
        self.made: dict[str, tuple[Any, NDArray[np.bool_]]] = {}
        self.size = rng.normal(0, 1, firms)
        self.innovation = rng.normal(0, 1, firms)
        weights = np.array([industry.weight for industry in INDUSTRIES])
        self.industry = rng.choice(len(INDUSTRIES), firms, p=weights / weights.sum())

    def keep(self, name: str, values: Any, missing: float = 0.0) -> None:
        """Keep a fact; a share of its values is not known, a smaller one of innovative firms."""
        unknown = missing * np.clip(1 - 0.4 * self.innovation, 0.1, 2)
        self.made[name] = (np.asarray(values), self.rng.random(self.firms) < unknown)

    def of_industry(self, values: Sequence[float]) -> Floats:
        """Return one figure per firm from one per industry."""
        return np.array(values)[self.industry]

    def spread(self, sigma: float) -> Floats:
        """Return factors around 1."""
        return self.rng.lognormal(0, sigma, self.firms)

    def codes(self) -> list[str]:
        """Return valid codes that nobody can have."""
        regions = self.made["region_code"][0]
        return [compose(DEPARTMENT, CATEGORY, str(regions[i]), f"P{i:07d}") for i in range(self.firms)]

    def identity(self, on: date) -> None:
        """Region, industry, age, capital, form."""
        names, weights = list(REGIONS), np.array(list(REGIONS.values()))
        self.keep(
            "region_code", np.array(names)[self.rng.choice(len(names), self.firms, p=weights / weights.sum())]
        )
        self.keep("industry_code", np.array([i.code for i in INDUSTRIES])[self.industry], 0.01)
        self.keep("size_industry", np.array([i.size_industry for i in INDUSTRIES])[self.industry], 0.02)
        self.months = np.clip(
            np.exp(math.log(66) + 0.35 * self.size + self.rng.normal(0, 0.75, self.firms)), 1, 480
        )
        days = (self.months * _MEAN_MONTH_DAYS).astype("timedelta64[D]")
        registered = np.datetime64(on, "D") - days
        parts = registered.astype("datetime64[M]").astype(int)
        of_month = (registered - registered.astype("datetime64[M]")).astype(int) + 1
        self.keep("registered_on", (parts // 12 + 1970) * 10_000 + (parts % 12 + 1) * 100 + of_month, 0.002)
        self.keep(
            "registered_capital_fen", np.rint(300 * np.exp(0.8 * self.size) * self.spread(0.9)) * WAN, 0.01
        )
        for name, (shares, missing) in CODES.items():
            codes, likely = list(shares), np.array(list(shares.values()), float)
            self.keep(
                name,
                np.array(codes)[self.rng.choice(len(codes), self.firms, p=likely / likely.sum())],
                missing,
            )
        self.keep("is_legal_person", self.made["enterprise_form_code"][0] == "company")

    def business(self) -> None:
        """Revenue of three years, staff, balance sheet, invoices."""
        young = np.clip(self.months / 48, 0.08, 1)
        median = self.of_industry([i.revenue for i in INDUSTRIES])
        self.revenue = (
            median * young * np.exp(1.15 * self.size + 0.15 * self.innovation) * self.spread(0.35) * WAN
        )
        growth = np.clip(0.09 + 0.06 * self.innovation + self.rng.normal(0, 0.18, self.firms), -0.6, 2)
        earlier = np.clip(0.08 + 0.5 * (growth - 0.09) + self.rng.normal(0, 0.15, self.firms), -0.6, 2)
        existed = [self.months > months for months in (12, 24, 36)]
        previous = self.revenue / (1 + growth)
        before = previous / (1 + earlier)
        main = np.clip(self.rng.beta(9, 1.4, self.firms), 0.3, 1)
        for name, values, there, missing in (
            ("annual_revenue_fen", self.revenue, existed[0], 0.06),
            ("previous_revenue_fen", previous, existed[1], 0.10),
            ("revenue_two_years_ago_fen", before, existed[2], 0.14),
            ("main_business_revenue_fen", self.revenue * main, existed[0], 0.12),
            ("previous_main_business_revenue_fen", previous * main * self.spread(0.02), existed[1], 0.15),
            ("main_business_revenue_two_years_ago_fen", before * main * self.spread(0.03), existed[2], 0.18),
        ):
            self.keep(name, np.where(there, values, 0), missing)
        heads = self.revenue / WAN / self.of_industry([i.revenue_a_head for i in INDUSTRIES])
        self.staff = np.maximum(1, np.rint(heads * self.spread(0.4) + 1))
        self.keep("staff_count", self.staff, 0.04)
        assets = self.revenue * 1.3 * self.spread(0.5) + 20 * WAN
        liabilities = assets * np.clip(self.rng.beta(3.2, 3.4, self.firms) * 1.1, 0, 1.3)
        self.keep("total_assets_fen", assets, 0.10)
        self.keep("total_liabilities_fen", liabilities, 0.12)
        self.keep("net_assets_fen", assets - liabilities, 0.12)
        self.keep(
            "total_cost_fen", self.revenue * np.clip(self.rng.normal(0.93, 0.1, self.firms), 0.4, 1.8), 0.12
        )
        raised = (
            (self.rng.random(self.firms) < 0.10 * np.exp(0.6 * self.innovation))
            * 600
            * self.spread(1.1)
            * WAN
        )
        self.keep("new_equity_three_years_fen", raised, 0.10)
        self.keep("new_equity_two_years_fen", raised * self.rng.binomial(1, 0.7, self.firms), 0.10)
        self.keep("invoice_months_active_count", np.clip(self.rng.normal(11, 2, self.firms), 0, 12), 0.06)
        self.keep("invoice_sales_12m_fen", self.revenue * self.spread(0.12), 0.06)
        self.keep("invoice_top_customer_share_bp", self.rng.beta(2, 4, self.firms) * 10_000, 0.10)

    def research(self) -> None:
        """R&D expense and staff, intellectual property."""
        share = (
            self.of_industry([i.rd_share for i in INDUSTRIES])
            * np.exp(0.55 * self.innovation)
            * self.spread(0.3)
        )
        share = np.clip(share, 0, 0.9)
        does = self.rng.random(self.firms) < np.clip(0.75 + 0.15 * self.innovation, 0.05, 0.99)
        expense = np.where(does, np.rint(self.revenue * share / WAN * 10) / 10 * WAN, 0)
        self.keep("rd_expense_fen", expense, 0.12)
        previous = expense * np.clip(self.rng.normal(0.93, 0.12, self.firms), 0.2, 2) * (self.months > 24)  # noqa: PLR2004 - two years
        self.keep("previous_rd_expense_fen", previous, 0.16)
        staff_share = np.clip(1.6 * share + 0.08 + 0.04 * self.innovation, 0, 0.9)
        researchers = np.minimum(self.staff, np.rint(self.staff * staff_share))
        self.keep("rd_staff_count", researchers, 0.10)
        self.keep("tech_staff_count", np.minimum(self.staff, np.rint(researchers * 1.25)), 0.08)
        class1 = self.rng.poisson(np.clip(0.55 * np.exp(0.75 * self.innovation + 0.45 * self.size), 0, 200))
        own = self.rng.binomial(class1, 0.8)
        self.keep("ip_class1_count", class1, 0.05)
        self.keep("ip_class1_self_developed_count", own, 0.06)
        self.keep("ip_class1_in_use_count", self.rng.binomial(class1, 0.6), 0.08)
        self.keep("ip_class1_high_value_count", self.rng.binomial(own, 0.12), 0.08)
        self.keep(
            "ip_class2_count", self.rng.poisson(np.clip(2.5 * np.exp(0.6 * self.innovation), 0, 300)), 0.05
        )

    def market(self) -> None:
        """The main product and its niche."""
        strategic = self.rng.random(self.firms) < self.of_industry([i.strategic for i in INDUSTRIES])
        self.keep("product_field_code", np.where(strategic, "strategic", "other"), 0.06)
        self.keep("niche_months", self.months * self.rng.uniform(0.5, 1, self.firms), 0.10)
        self.keep(
            "niche_share_bp", np.clip(500 * np.exp(0.7 * self.size + 0.4 * self.innovation), 0, 10_000), 0.30
        )
        self.keep("niche_domestic_rank", np.exp(np.clip(3 - self.size, 0, 8)) * self.spread(0.5), 0.45)
        points = np.clip(
            52 + 10 * self.innovation + 5 * self.size + self.rng.normal(0, 7, self.firms), 0, 100
        )
        self.keep("development_score_points", points, 0.20)
        self.keep("previous_development_score_points", np.clip(points - 2, 0, 100), 0.25)

    def flags(self) -> None:
        """Honours and records, more or less likely for an innovative firm."""
        for name, (likely, pull, missing) in FLAGS.items():
            chance = likely * np.exp(pull * self.innovation - pull**2 / 2)
            self.keep(name, self.rng.random(self.firms) < np.clip(chance, 0, 1), missing)

    def application(self) -> None:
        """What the firm asks for now, and what it already has."""
        wanted = np.clip(np.rint(self.revenue / WAN * 0.18 * self.spread(0.5) / 10) * 10, 10, 6_000) * WAN
        self.keep("requested_amount_fen", wanted, 0.05)
        self.keep("requested_term_months", self.rng.choice([6, 12, 24, 36, 48, 60], self.firms), 0.05)
        has_talent_loan = self.rng.random(self.firms) < 0.05  # noqa: PLR2004 - one firm in twenty
        self.keep("talent_loan_balance_fen", has_talent_loan * np.minimum(wanted, 500 * WAN), 0.05)
        self.keep("partner_number", self.rng.integers(1, 6, self.firms), 0.20)
        self.keep("consumer_loan_balance_fen", np.rint(8 * self.spread(1.0)) * WAN, 0.25)
        self.keep("subsidised_loan_count", self.rng.poisson(0.4, self.firms), 0.10)
        self.keep("guarantee_amount_fen", np.rint(wanted / WAN * 0.8) * WAN, 0.20)
        self.keep(
            "guaranteed_balance_fen", np.rint(wanted / WAN * self.rng.uniform(0, 1, self.firms)) * WAN, 0.20
        )
        # Few firms buy another one: for most these facts are simply not there.
        price = np.rint(self.revenue / WAN * 0.8 * self.spread(0.8)) * WAN
        self.keep("acquisition_price_fen", price, 0.96)
        self.keep("is_control_deal", self.rng.random(self.firms) < 0.7, 0.96)  # noqa: PLR2004 - a guess, as all here
        self.keep("is_acquisition_pilot_bank", self.rng.random(self.firms) < 0.5, 0.90)  # noqa: PLR2004 - as above


def _reusable(folder: Path, made: Mapping[str, Any]) -> Snapshot | None:
    try:
        found = json.loads((folder / MADE_FILE).read_text(encoding="utf-8"))
        snapshot = open_snapshot(folder / SNAPSHOT_FOLDER)
    except (OSError, ValueError, SnapshotError):
        return None
    wanted = {**made, "snapshot_sha256": snapshot.sha256}
    return snapshot if found == wanted else None
