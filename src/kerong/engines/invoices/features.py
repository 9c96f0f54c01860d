"""The feature set: every fact that invoices give, worked out for all firms as of a day.

Formulas, units and edge cases stand in docs/invoice_facts.md; tests hold the two together.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kerong.engines.invoices.exact import MISSING, Ints, share_bp, sums, variation_bp
from kerong.engines.invoices.parties import NamedRows, Parties, spread_of
from kerong.engines.invoices.rhythm import Rhythm, rhythm_of
from kerong.engines.invoices.window import LOOKED_BACK, MONTHS, Window, day_number, month_positions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from kerong.engines.invoices.table import Invoices, Side

SALES_FACTS = (
    "invoice_months_active_count",
    "invoice_sales_12m_fen",
    "invoice_sales_prior_12m_fen",
    "invoice_sales_growth_bp",
    "invoice_sales_monthly_median_fen",
    "invoice_sales_variation_bp",
    "invoice_sales_best_month_share_bp",
    "invoice_longest_idle_months",
    "invoice_longest_gap_days",
    "invoice_history_months",
    "invoice_void_share_bp",
    "invoice_refund_share_bp",
    "invoice_customers_count",
    "invoice_top_customer_share_bp",
    "invoice_top_five_customers_share_bp",
    "invoice_customer_concentration_bp",
    "invoice_new_customer_share_bp",
    "invoice_repeat_customer_share_bp",
)
PURCHASE_FACTS = (
    "invoice_purchases_12m_fen",
    "invoice_suppliers_count",
    "invoice_top_supplier_share_bp",
    "invoice_supplier_concentration_bp",
)
FACT_NAMES = (*SALES_FACTS, *PURCHASE_FACTS, "invoice_gross_margin_bp")

_WINDOW = LOOKED_BACK - MONTHS
_TWO_YEARS = 2 * MONTHS


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """One column per fact and one row per firm; MISSING is the lowest 64-bit integer."""

    firms: Sequence[str]
    window: Window
    columns: Mapping[str, Ints]


def compute(invoices: Invoices, on: date) -> InvoiceFacts:
    """Work out every fact as of a day from the invoices of the whole months that ended before it.

    Raises TooLargeError where amounts are too large to be added exactly.
    """
    window, firms = Window(on), len(invoices.firms)
    nothing: Ints = np.full(firms, MISSING, np.int64)
    columns: dict[str, Ints] = dict.fromkeys(FACT_NAMES, nothing)
    # Each side has its own thread: sorting and counting leave the interpreter's lock.
    with ThreadPoolExecutor(2) as pool:
        both = pool.map(
            _of_side,
            (_of_sales, _of_purchases),
            (invoices.sales, invoices.purchases),
            [window] * 2,
            [firms] * 2,
        )
        for found in both:
            columns |= found
    sales, purchases = columns["invoice_sales_12m_fen"], columns["invoice_purchases_12m_fen"]
    known = (sales != MISSING) & (purchases != MISSING)
    left = np.where(known, np.where(known, sales, 0) - np.where(known, purchases, 0), MISSING)
    columns["invoice_gross_margin_bp"] = share_bp(left, sales)
    return InvoiceFacts(invoices.firms, window, columns)


def _of_side(
    facts_of: Callable[[_Rows, int], dict[str, Ints]], side: Side | None, window: Window, firms: int
) -> dict[str, Ints]:
    return {} if side is None else facts_of(_Rows.of(side, window), firms)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a side before the window's end, with the position of their month."""

    window: Window
    firm: NDArray[np.int32]
    counterparty: NDArray[np.int32]
    counterparties: int
    day: NDArray[np.int32]
    month: NDArray[np.int32]
    net_fen: Ints
    is_valid: NDArray[np.bool_]

    @classmethod
    def of(cls, side: Side, window: Window) -> _Rows:
        before = side.day < day_number(window.end)
        day = side.day[before]
        return cls(
            window=window,
            firm=side.firm[before],
            counterparty=side.counterparty[before],
            counterparties=side.counterparties,
            day=day,
            month=month_positions(day, window),
            net_fen=side.net_fen[before],
            is_valid=side.is_valid[before],
        )

    def monthly(self, firms: int) -> Ints:
        """Return the net amount of each of the last 24 months, by firm."""
        recent = self.is_valid & (self.month >= LOOKED_BACK - _TWO_YEARS)
        cells = self.firm[recent] * np.int64(_TWO_YEARS) + (self.month[recent] - (LOOKED_BACK - _TWO_YEARS))
        return sums(cells, self.net_fen[recent], firms * _TWO_YEARS).reshape(firms, _TWO_YEARS)

    def spread(self, firms: int) -> Parties:
        """Return how the window's amount is spread over named counterparties."""
        named = self.is_valid & (self.month >= 0) & (self.counterparty >= 0)
        rows = NamedRows(self.firm[named], self.counterparty[named], self.net_fen[named], self.month[named])
        return spread_of(rows, firms, self.counterparties)

    def rhythm(self, firms: int) -> Rhythm:
        """Return when the firms sold."""
        sold = self.is_valid & (self.net_fen > 0)
        return rhythm_of(self.firm[sold], self.day[sold], self.month[sold], self.window, firms)

    def known(self, firms: int) -> NDArray[np.bool_]:
        """Tell which firms have a row at all: without one nothing is known of this side, not even a zero."""
        return np.bincount(self.firm, minlength=firms) > 0


def _of_sales(rows: _Rows, firms: int) -> dict[str, Ints]:
    monthly, spread, rhythm = rows.monthly(firms), rows.spread(firms), rows.rhythm(firms)
    prior, year = monthly[:, :MONTHS].sum(axis=1), monthly[:, MONTHS:]
    sales = year.sum(axis=1)
    void, refund = _corrections(rows, firms)
    ordered = np.sort(year, axis=1)
    median = (ordered[:, MONTHS // 2 - 1] + ordered[:, MONTHS // 2]) // 2
    # A year's rhythm says nothing of a firm that began within the year, nor growth of one within two years.
    a_year = rhythm.history_months >= MONTHS
    two_years = rhythm.history_months >= _TWO_YEARS
    best = share_bp(year.max(axis=1), np.maximum(year, 0).sum(axis=1))
    found = {
        "invoice_months_active_count": rhythm.active_months,
        "invoice_sales_12m_fen": sales,
        "invoice_sales_prior_12m_fen": prior,
        "invoice_sales_growth_bp": _where(two_years, share_bp(sales - prior, prior)),
        "invoice_sales_monthly_median_fen": _where(a_year, median),
        "invoice_sales_variation_bp": _where(a_year, variation_bp(year)),
        "invoice_sales_best_month_share_bp": _where(a_year, best),
        "invoice_longest_idle_months": rhythm.idle_months,
        "invoice_longest_gap_days": rhythm.gap_days,
        "invoice_history_months": rhythm.history_months,
        "invoice_void_share_bp": void,
        "invoice_refund_share_bp": refund,
        "invoice_customers_count": spread.count,
        "invoice_top_customer_share_bp": spread.top_share_bp,
        "invoice_top_five_customers_share_bp": spread.top_five_share_bp,
        "invoice_customer_concentration_bp": spread.concentration_bp,
        "invoice_new_customer_share_bp": _where(rhythm.sold_before, spread.new_share_bp),
        "invoice_repeat_customer_share_bp": spread.repeat_share_bp,
    }
    known = rows.known(firms)
    return {name: _where(known, column) for name, column in found.items()}


def _of_purchases(rows: _Rows, firms: int) -> dict[str, Ints]:
    spread, known = rows.spread(firms), rows.known(firms)
    found = {
        "invoice_purchases_12m_fen": rows.monthly(firms)[:, MONTHS:].sum(axis=1),
        "invoice_suppliers_count": spread.count,
        "invoice_top_supplier_share_bp": spread.top_share_bp,
        "invoice_supplier_concentration_bp": spread.concentration_bp,
    }
    return {name: _where(known, column) for name, column in found.items()}


def _corrections(rows: _Rows, firms: int) -> tuple[Ints, Ints]:
    """Return the share of voided invoices by number, and of refunds by amount."""
    inside = rows.month >= _WINDOW
    firm, net, valid = rows.firm[inside], rows.net_fen[inside], rows.is_valid[inside]
    void = share_bp(np.bincount(firm[~valid], minlength=firms), np.bincount(firm, minlength=firms))
    gained, refunded = valid & (net > 0), valid & (net < 0)
    positive = sums(firm[gained], net[gained], firms)
    return void, share_bp(-sums(firm[refunded], net[refunded], firms), positive)


def _where(known: NDArray[np.bool_], column: Ints) -> Ints:
    return np.where(known, column, MISSING)
