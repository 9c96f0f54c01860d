"""What the books of a synthetic firm say beyond the main figures: profit, cash, growth, invoices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kerong.demo.assumptions import WAN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kerong.demo.drawing import Drawing

ONE = 10_000
"""Basis points of the whole."""
YEAR_MONTHS = 12


def draw_books(drawing: Drawing) -> None:
    """Draw profit, cash flow and growth so that they agree with revenue and assets."""
    profit = drawing.profit * drawing.rng("net of tax").uniform(0.75, 0.95, drawing.firms)
    before = profit / (1 + drawing.growth) * drawing.spread("profit before", 0.25) * drawing.existed[1]
    cash = profit * 1.1 + drawing.revenue * drawing.rng("cash").normal(0, 0.05, drawing.firms)
    drawing.keep("net_profit_fen", profit, 0.12)
    drawing.keep("previous_net_profit_fen", before, 0.15)
    drawing.keep("operating_cash_flow_fen", cash, 0.18)
    drawing.keep("operating_cash_flow_three_years_fen", cash * 2.6, 0.25)
    equity = drawing.true("net_assets_fen")
    for name, earned, missing in (("roe_bp", profit, 0.15), ("previous_roe_bp", before, 0.20)):
        drawing.keep(name, _share(earned, equity), missing, known=equity > 0)
    revenue, previous, earlier = (
        drawing.true(name)
        for name in ("annual_revenue_fen", "previous_revenue_fen", "revenue_two_years_ago_fen")
    )
    had = (previous > 0) & (earlier > 0)
    mean = (_share(revenue - previous, previous) + _share(previous - earlier, earlier)) / 2
    drawing.keep("hnte_sales_growth_bp", mean, 0.15, known=had)
    noise = drawing.rng("equity growth").normal(0, 400, drawing.firms)
    drawing.keep("hnte_net_asset_growth_bp", 0.8 * mean + noise, 0.18, known=had)
    yearly = (np.sqrt(np.clip(revenue / np.maximum(earlier, 1), 0, 100)) - 1) * ONE
    drawing.keep("revenue_cagr_3y_bp", yearly + noise, 0.20, known=had & (drawing.months > 4 * YEAR_MONTHS))
    research = drawing.true("rd_expense_fen")
    domestic = np.rint(research * drawing.rng("domestic").uniform(0.9, 1, drawing.firms))
    drawing.keep("domestic_rd_expense_fen", domestic, 0.15)
    ago = drawing.true("previous_rd_expense_fen") * drawing.spread("rd ago", 0.12) * drawing.existed[2]
    drawing.keep("rd_expense_two_years_ago_fen", np.rint(ago), 0.20)
    input_share = _share(research, revenue) * drawing.spread("input share", 0.15)
    drawing.keep("st_input_share_4y_bp", np.clip(input_share, 0, ONE), 0.25, known=revenue > 0)
    high = drawing.rng("high-tech income").beta(8, 2.5, drawing.firms) * (research > 0)
    drawing.keep("high_tech_income_fen", np.rint(revenue * high), 0.18)


def draw_invoices(drawing: Drawing) -> None:
    """Draw what twelve months of invoices show; the months that a firm did not exist have none."""
    firms, sales = drawing.firms, drawing.true("invoice_sales_12m_fen")
    possible = np.minimum(drawing.months.astype(int), YEAR_MONTHS)
    active = np.clip(np.rint(drawing.rng("active months").normal(11, 2, firms)), 0, possible)
    drawing.keep("invoice_months_active_count", active, 0.06)
    grown = drawing.growth + drawing.rng("invoice growth").normal(0, 0.08, firms)
    prior = np.rint(sales / np.clip(1 + grown, 0.2, 5)) * (drawing.months > 2 * YEAR_MONTHS)
    drawing.keep("invoice_sales_prior_12m_fen", prior, 0.10)
    drawing.keep("invoice_sales_growth_bp", _share(sales - prior, prior), 0.10, known=prior > 0)
    even = drawing.rng("even").uniform(0.75, 1, firms)
    median = sales / YEAR_MONTHS * even * (active > YEAR_MONTHS / 2)
    drawing.keep("invoice_sales_monthly_median_fen", np.rint(median), 0.08)
    varied = 0.45 * drawing.spread("variation", 0.5)
    drawing.keep("invoice_sales_variation_bp", varied * ONE, 0.08, known=sales > 0)
    best = np.clip(1 / np.maximum(active, 1) * (1 + varied), 0, 1)
    drawing.keep("invoice_sales_best_month_share_bp", best * ONE, 0.08, known=sales > 0)
    idle = np.rint((YEAR_MONTHS - active) * drawing.rng("idle").uniform(0.3, 1, firms))
    drawing.keep("invoice_longest_idle_months", idle, 0.08)
    gap = np.minimum(idle * 30 + drawing.rng("gap").integers(3, 31, firms), 366)
    drawing.keep("invoice_longest_gap_days", gap, 0.08)
    drawing.keep(
        "invoice_history_months", np.floor(drawing.months * drawing.rng("first").uniform(0.6, 1, firms)), 0.10
    )
    for name, odds in (("invoice_void_share_bp", 30), ("invoice_refund_share_bp", 25)):
        drawing.keep(name, drawing.rng(name).beta(1, odds, firms) * ONE, 0.10)
    _partners(drawing, "customer", ("invoice_customers_count", "invoice_top_customer_share_bp"),
              "invoice_customer_concentration_bp", 12)  # fmt: skip
    top = drawing.true("invoice_top_customer_share_bp")
    five = top + (ONE - top) * drawing.rng("top five").uniform(0.2, 0.8, firms)
    drawing.keep("invoice_top_five_customers_share_bp", five, 0.10)
    new = drawing.rng("new customers").beta(2, 5, firms)
    drawing.keep("invoice_new_customer_share_bp", new * ONE, 0.12)
    drawing.keep("invoice_repeat_customer_share_bp", (1 - new) * 0.9 * ONE, 0.12)
    bought = np.rint(sales * drawing.rng("purchases").uniform(0.35, 0.95, firms))
    drawing.keep("invoice_purchases_12m_fen", bought, 0.15)
    drawing.keep("invoice_gross_margin_bp", _share(sales - bought, sales), 0.15, known=sales > 0)
    _partners(drawing, "supplier", ("invoice_suppliers_count", "invoice_top_supplier_share_bp"),
              "invoice_supplier_concentration_bp", 16)  # fmt: skip


def _partners(drawing: Drawing, who: str, names: tuple[str, str], concentration: str, usual: int) -> None:
    """Draw how many customers or suppliers there are, the share of the first, and how concentrated they are."""
    firms = drawing.firms
    scale = np.clip(drawing.revenue / (500 * WAN), 0.05, 400) ** 0.4
    number = np.maximum(1, np.rint(usual * scale * drawing.spread(f"{who} number", 0.6)))
    top = np.maximum(drawing.rng(f"top {who}").beta(2, 4, firms), 1 / number)
    top = np.where(number == 1, 1.0, top)
    rest = (1 - top) ** 2 / np.maximum(number - 1, 1)
    drawing.keep(names[0], number, 0.10)
    drawing.keep(names[1], top * ONE, 0.10)
    drawing.keep(concentration, (top**2 + rest) * ONE, 0.10)


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a share in basis points; 0 where there is no whole, which the caller says is not known."""
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1), 0) * ONE
