"""The same facts in plain Python, one firm and one invoice at a time: written from the document, not from the code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import floor, isqrt
from typing import TYPE_CHECKING

from kerong.engines.invoices.features import PURCHASE_FACTS, SALES_FACTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Found = dict[str, int | None]


@dataclass(frozen=True)
class Invoice:
    firm: str
    direction: str
    counterparty: str | None
    day: date
    net_fen: int
    is_valid: bool


def month_of(day: date) -> int:
    return day.year * 12 + day.month - 1


def ratio(part: int, whole: int) -> int | None:
    if whole <= 0:
        return None
    return max(-10_000_000, min(10_000_000, floor(Fraction(10_000 * part, whole))))


def facts_of(
    firm: str, invoices: Iterable[Invoice], on: date, directions: Sequence[str] = ("sale", "purchase")
) -> Found:
    """Work out every fact of one firm."""
    last = month_of(on) - 1
    mine = [one for one in invoices if one.firm == firm and month_of(one.day) <= last]
    sales = _sales([one for one in mine if one.direction == "sale" and "sale" in directions], last)
    bought = [one for one in mine if one.direction == "purchase" and "purchase" in directions]
    purchases = _purchases(bought, last)
    gained, spent = sales["invoice_sales_12m_fen"], purchases["invoice_purchases_12m_fen"]
    margin = None if gained is None or spent is None else ratio(gained - spent, gained)
    return {**sales, **purchases, "invoice_gross_margin_bp": margin}


def _sales(rows: list[Invoice], last: int) -> Found:
    found: Found = dict.fromkeys(SALES_FACTS)
    if not rows:
        return found
    valid = [one for one in rows if one.is_valid]
    window = [one for one in valid if month_of(one.day) > last - 12]
    monthly = [_sum(one for one in valid if month_of(one.day) == last - back) for back in range(24)]
    year, prior = monthly[:12], sum(monthly[12:])
    sold = [one for one in valid if one.net_fen > 0]
    found["invoice_sales_12m_fen"] = sum(year)
    found["invoice_sales_prior_12m_fen"] = prior
    found["invoice_months_active_count"] = len({month_of(x.day) for x in sold if month_of(x.day) > last - 12})
    issued = [one for one in rows if month_of(one.day) > last - 12]
    found["invoice_void_share_bp"] = ratio(sum(not one.is_valid for one in issued), len(issued))
    positive = _sum(one for one in window if one.net_fen > 0)
    found["invoice_refund_share_bp"] = ratio(-_sum(one for one in window if one.net_fen < 0), positive)
    if sold:
        history = last - min(month_of(one.day) for one in sold) + 1
        found["invoice_history_months"] = history
        found["invoice_longest_idle_months"], found["invoice_longest_gap_days"] = _pauses(sold, last)
        if history >= 12:
            found["invoice_sales_monthly_median_fen"] = (sorted(year)[5] + sorted(year)[6]) // 2
            found["invoice_sales_variation_bp"] = _variation(year)
            best = ratio(max(year), sum(one for one in year if one > 0))
            found["invoice_sales_best_month_share_bp"] = best
        if history >= 24:
            found["invoice_sales_growth_bp"] = ratio(sum(year) - prior, prior)
    traded = _traded(window)
    total = sum(traded.values())
    found["invoice_customers_count"] = len(traded)
    found["invoice_top_customer_share_bp"] = ratio(max(traded.values(), default=0), total)
    five = sum(sorted(traded.values(), reverse=True)[:5])
    found["invoice_top_five_customers_share_bp"] = ratio(five, total)
    found["invoice_customer_concentration_bp"] = _concentration(traded)
    if any(month_of(one.day) <= last - 12 for one in sold):
        known = {x.counterparty for x in sold if last - 36 < month_of(x.day) <= last - 12}
        new = sum(amount for who, amount in traded.items() if who not in known)
        found["invoice_new_customer_share_bp"] = ratio(new, total)
    months: dict[str | None, set[int]] = {}
    for one in sold:
        if month_of(one.day) > last - 12:
            months.setdefault(one.counterparty, set()).add(month_of(one.day))
    again = sum(amount for who, amount in traded.items() if len(months.get(who, ())) >= 2)
    found["invoice_repeat_customer_share_bp"] = ratio(again, total)
    return found


def _purchases(rows: list[Invoice], last: int) -> Found:
    found: Found = dict.fromkeys(PURCHASE_FACTS)
    if not rows:
        return found
    window = [one for one in rows if one.is_valid and month_of(one.day) > last - 12]
    traded = _traded(window)
    found["invoice_purchases_12m_fen"] = _sum(window)
    found["invoice_suppliers_count"] = len(traded)
    found["invoice_top_supplier_share_bp"] = ratio(max(traded.values(), default=0), sum(traded.values()))
    found["invoice_supplier_concentration_bp"] = _concentration(traded)
    return found


def _pauses(sold: list[Invoice], last: int) -> tuple[int, int]:
    first = min(one.day for one in sold)
    days = {one.day for one in sold}
    months = {month_of(day) for day in days}
    day = start = date((last - 11) // 12, (last - 11) % 12 + 1, 1)
    end = date((last + 1) // 12, (last + 1) % 12 + 1, 1)
    longest = run = 0
    while day < end:
        run = 0 if day in days or day < first else run + 1
        longest = max(longest, run)
        day += timedelta(days=1)
    idle = run = 0
    for month in range(month_of(start), last + 1):
        run = 0 if month in months or month < month_of(first) else run + 1
        idle = max(idle, run)
    return idle, longest


def _variation(year: list[int]) -> int | None:
    total = sum(year)
    if total <= 0:
        return None
    spread = 12 * sum(one * one for one in year) - total * total
    return min(10_000_000, isqrt(10**8 * spread // total**2))


def _traded(window: list[Invoice]) -> dict[str | None, int]:
    net: dict[str | None, int] = {}
    for one in window:
        if one.counterparty is not None:
            net[one.counterparty] = net.get(one.counterparty, 0) + one.net_fen
    return {who: amount for who, amount in net.items() if amount > 0}


def _concentration(traded: dict[str | None, int]) -> int | None:
    total = sum(traded.values())
    return None if total <= 0 else 10_000 * sum(one * one for one in traded.values()) // total**2


def _sum(rows: Iterable[Invoice]) -> int:
    return sum(one.net_fen for one in rows)
