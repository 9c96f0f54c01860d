"""Who runs a synthetic firm: the legal representative's age, office and shares, and what the credit bureau says."""

# ruff: noqa: PLR2004 - every number without a name is a guess

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kerong.demo.drawing import MEAN_MONTH_DAYS, as_numbers

if TYPE_CHECKING:
    from kerong.demo.drawing import Drawing

ONE = 10_000
"""Basis points of the whole."""
YEAR_MONTHS = 12


def draw_people(drawing: Drawing) -> None:
    """Draw the legal representative so that office, firm and person agree: nobody takes office under age."""
    firms, day = drawing.firms, np.datetime64(drawing.on, "D")
    stayed = drawing.rng("in office").random(firms) < 0.7
    served = np.where(stayed, 1, drawing.rng("served").uniform(0.02, 1, firms)) * drawing.months
    since = np.maximum(day - (served * MEAN_MONTH_DAYS).astype("timedelta64[D]"), drawing.registered)
    drawing.keep("legal_representative_since_on", as_numbers(since), 0.05)
    years = np.clip(drawing.rng("born").normal(46, 9, firms), 20 + served / YEAR_MONTHS, 85)
    born = day - (years * YEAR_MONTHS * MEAN_MONTH_DAYS).astype("timedelta64[D]")
    drawing.keep("legal_representative_born_on", as_numbers(born), 0.10)
    share = np.where(
        drawing.rng("owns").random(firms) < 0.12, 0, drawing.rng("shares").beta(2.2, 1.3, firms) * ONE
    )
    drawing.keep("legal_representative_share_bp", share, 0.08)
    controls = drawing.rng("controls").random(firms) < np.clip(share / ONE + 0.3, 0, 0.98) * (share > 0)
    drawing.keep("is_controlled_by_legal_representative", controls, 0.10)
    _credit(drawing)


def _credit(drawing: Drawing) -> None:
    """Draw queries and cards; all of one person's credit report is missing together."""
    firms, lately = drawing.firms, drawing.rng("queries 3m").poisson(1.4, drawing.firms)
    for name, values in (
        ("credit_queries_3m_count", lately),
        ("credit_queries_6m_count", lately + drawing.rng("queries 6m").poisson(1.4, firms)),
        ("credit_card_usage_bp", drawing.rng("cards").beta(1.3, 2, firms) * ONE),
        ("has_personal_credit_history", drawing.rng("known").random(firms) < 0.95),
    ):
        drawing.keep(name, values, 0.25, together="personal credit report")
