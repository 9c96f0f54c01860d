"""The facts of invoices as one DuckDB query, written from docs/invoice_facts.md: a peer, and a check on our answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.engines.invoices.features import FACT_NAMES

if TYPE_CHECKING:
    from datetime import date

    import duckdb

_MACROS = (
    "CREATE OR REPLACE MACRO floor_div(a, b) AS CASE WHEN a >= 0 THEN a // b ELSE -((b - 1 - a) // b) END",
    """CREATE OR REPLACE MACRO bp(a, b) AS CASE WHEN b > 0 THEN
    greatest(-10000000, least(10000000, floor_div(a::HUGEINT * 10000, b::HUGEINT))) END""",
)
# {side} is the table; month 35 is the last of the window, 24 its first.
_SPREAD = """
    {side}_rows AS (
        SELECT *, (year(day) * 12 + month(day) - 1 - {last} + 35)::INT AS m FROM {side} WHERE day < DATE '{end}'
    ),
    {side}_pairs AS (
        SELECT firm, counterparty, coalesce(sum(net_fen) FILTER (m >= 24), 0) AS w,
            coalesce(bool_or(net_fen > 0 AND m < 24), false) AS before,
            count(DISTINCT CASE WHEN net_fen > 0 AND m >= 24 THEN m END) AS months
        FROM {side}_rows WHERE is_valid AND m >= 0 AND counterparty IS NOT NULL GROUP BY ALL HAVING w > 0
    ),
    {side}_ranked AS (
        SELECT *, row_number() OVER (PARTITION BY firm ORDER BY w DESC) AS place FROM {side}_pairs
    ),
    {side}_spread AS (
        SELECT firm, count(*) AS parties, bp(max(w), sum(w)) AS top,
            bp(sum(w) FILTER (place <= 5), sum(w)) AS top_five,
            (10000 * sum(w::HUGEINT * w::HUGEINT)) // (sum(w)::HUGEINT * sum(w)::HUGEINT) AS concentration,
            bp(coalesce(sum(w) FILTER (NOT before), 0), sum(w)) AS fresh,
            bp(coalesce(sum(w) FILTER (months >= 2), 0), sum(w)) AS again
        FROM {side}_ranked GROUP BY firm
    ),
"""
_QUERY = """
WITH {spread}
    sold AS (SELECT * FROM sales_rows WHERE is_valid AND net_fen > 0),
    first AS (SELECT firm, min(m) AS first_month, min(day) AS first_day FROM sold GROUP BY firm),
    per_month AS (
        SELECT firm, m, sum(net_fen) AS x, bool_or(net_fen > 0) AS active
        FROM sales_rows WHERE is_valid AND m >= 12 GROUP BY ALL
    ),
    grid AS (
        SELECT f.firm, g.m, coalesce(p.x, 0)::HUGEINT AS x, coalesce(p.active, false) AS active
        FROM (SELECT DISTINCT firm FROM sales_rows) f CROSS JOIN (SELECT unnest(range(12, 36)) AS m) g
        LEFT JOIN per_month p ON p.firm = f.firm AND p.m = g.m
    ),
    year AS (
        SELECT firm, sum(x) FILTER (m >= 24) AS sales, sum(x) FILTER (m < 24) AS prior,
            sum(x * x) FILTER (m >= 24) AS squares, list(x ORDER BY x) FILTER (m >= 24) AS xs,
            max(x) FILTER (m >= 24) AS best, coalesce(sum(x) FILTER (m >= 24 AND x > 0), 0) AS positive,
            count(*) FILTER (m >= 24 AND active) AS active_months
        FROM grid GROUP BY firm
    ),
    quiet AS (
        SELECT g.firm, g.m - row_number() OVER (PARTITION BY g.firm ORDER BY g.m) AS island
        FROM grid g JOIN first USING (firm) WHERE g.m >= 24 AND NOT g.active AND g.m >= first_month
    ),
    idle AS (
        SELECT firm, max(n) AS idle FROM (SELECT firm, island, count(*) AS n FROM quiet GROUP BY ALL) GROUP BY firm
    ),
    days AS (
        SELECT DISTINCT firm, day FROM sold WHERE m >= 24
        UNION ALL SELECT firm, DATE '{start}' - 1 FROM first WHERE first_month < 24
        UNION ALL SELECT firm, DATE '{end}' FROM first
    ),
    gaps AS (
        SELECT firm, max(coalesce(pause, 0)) AS gap FROM (
            SELECT firm, day - lag(day) OVER (PARTITION BY firm ORDER BY day) - 1 AS pause FROM days
        ) GROUP BY firm
    ),
    corrections AS (
        SELECT firm, bp(count(*) FILTER (NOT is_valid), count(*)) AS void,
            bp(-coalesce(sum(net_fen) FILTER (is_valid AND net_fen < 0), 0),
               coalesce(sum(net_fen) FILTER (is_valid AND net_fen > 0), 0)) AS refund
        FROM sales_rows WHERE m >= 24 GROUP BY firm
    ),
    seller AS (
        SELECT y.firm, active_months AS invoice_months_active_count, sales AS invoice_sales_12m_fen,
            prior AS invoice_sales_prior_12m_fen,
            CASE WHEN first_month <= 12 THEN bp(sales - prior, prior) END AS invoice_sales_growth_bp,
            CASE WHEN first_month <= 24 THEN floor_div(xs[6] + xs[7], 2) END AS invoice_sales_monthly_median_fen,
            CASE WHEN first_month <= 24 AND sales > 0 THEN floor(sqrt(least(
                100000000 * (12 * squares - sales * sales) // (sales * sales), 100000000000000
            )::DOUBLE)) END AS invoice_sales_variation_bp,
            CASE WHEN first_month <= 24 THEN bp(best, positive) END AS invoice_sales_best_month_share_bp,
            CASE WHEN first_month IS NOT NULL THEN coalesce(idle, 0) END AS invoice_longest_idle_months,
            gap AS invoice_longest_gap_days, 36 - first_month AS invoice_history_months,
            void AS invoice_void_share_bp, refund AS invoice_refund_share_bp,
            coalesce(parties, 0) AS invoice_customers_count, top AS invoice_top_customer_share_bp,
            top_five AS invoice_top_five_customers_share_bp, concentration AS invoice_customer_concentration_bp,
            CASE WHEN first_month < 24 THEN fresh END AS invoice_new_customer_share_bp,
            again AS invoice_repeat_customer_share_bp
        FROM year y LEFT JOIN first USING (firm) LEFT JOIN idle USING (firm) LEFT JOIN gaps USING (firm)
        LEFT JOIN corrections USING (firm) LEFT JOIN sales_spread USING (firm)
    ),
    buyer AS (
        SELECT firm, coalesce(sum(net_fen) FILTER (is_valid AND m >= 24), 0) AS invoice_purchases_12m_fen,
            coalesce(any_value(parties), 0) AS invoice_suppliers_count,
            any_value(top) AS invoice_top_supplier_share_bp,
            any_value(concentration) AS invoice_supplier_concentration_bp
        FROM purchases_rows LEFT JOIN purchases_spread USING (firm) GROUP BY firm
    ),
    everyone AS (SELECT firm FROM sales UNION SELECT firm FROM purchases),
    joined AS (
        SELECT *, bp(invoice_sales_12m_fen - invoice_purchases_12m_fen, invoice_sales_12m_fen)
            AS invoice_gross_margin_bp
        FROM everyone LEFT JOIN seller USING (firm) LEFT JOIN buyer USING (firm)
    )
SELECT firm, {columns} FROM joined ORDER BY firm
"""


def query(end: date, start: date) -> str:
    """Return the query over tables ``sales`` and ``purchases`` for the twelve months before ``end``."""
    last = end.year * 12 + end.month - 2
    spread = "".join(
        _SPREAD.format(side=side, last=last, end=end.isoformat()) for side in ("sales", "purchases")
    )
    columns = ", ".join(f"{name}::BIGINT AS {name}" for name in FACT_NAMES)
    return _QUERY.format(spread=spread, start=start.isoformat(), end=end.isoformat(), columns=columns)


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Define what the query uses."""
    for macro in _MACROS:
        connection.execute(macro)
