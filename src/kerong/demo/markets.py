"""What a synthetic firm is to investors and boards: rounds, valuation, listing, patents in use."""

# ruff: noqa: PLR2004 - every number without a name is a guess

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from kerong.demo.drawing import Drawing

BOARDS = (("star", 0.2), ("chinext", 0.3), ("bse", 0.1), ("main", 0.4))
"""How the domestic boards share the listed firms: a guess."""


def draw_markets(drawing: Drawing) -> None:
    """Draw listing, rounds and valuation so that they agree with one another."""
    _boards(drawing)
    _rounds(drawing)
    _patents(drawing)
    firms, industry = drawing.firms, np.array([i.code for i in drawing.guesses.industries])[drawing.industry]
    drug = (industry == "C27") & (drawing.rng("drug").random(firms) < 0.6)
    drawing.keep("is_drug_developer", drug, 0.03)
    drawing.keep("has_phase2_clearance", drug & (drawing.rng("phase 2").random(firms) < 0.05), 0.05)
    needs = drug | (drawing.rng("approval").random(firms) < 0.02)
    drawing.keep("is_approval_required", needs, 0.05)
    farm = industry == "A01"
    form = drawing.true("enterprise_form_code") == "cooperative"
    kind = np.where(form, "cooperative", np.where(farm, "agri_firm", "none"))
    drawing.keep("rural_entity_code", kind, 0.02)
    stage = np.where(drawing.months < 60, "startup", np.where(drawing.months < 120, "growth", "stable"))
    drawing.keep("innovation_points_stage", stage, 0.10)


def _boards(drawing: Drawing) -> None:
    """Say on which board a firm is listed, or on which layer of the NEEQ it is traded."""
    names, shares = [name for name, _share in BOARDS], np.array([share for _name, share in BOARDS])
    domestic = np.array(names)[drawing.rng("board").choice(len(names), drawing.firms, p=shares)]
    board = np.where(
        drawing.board == "overseas", "overseas", np.where(drawing.board == "domestic", domestic, "none")
    )
    drawing.keep("listing_board_code", board)
    is_neeq = drawing.board == "neeq"
    upper = drawing.rng("layer").random(drawing.firms) < 0.3
    drawing.keep("neeq_layer_code", np.where(is_neeq, np.where(upper, "innovation", "base"), "none"))
    waited = np.floor(np.minimum(drawing.months, 120) * drawing.rng("neeq").uniform(0.1, 0.9, drawing.firms))
    drawing.keep("neeq_months", np.where(is_neeq, waited, 0), 0.01)
    regional = (drawing.board == "") & (drawing.rng("regional").random(drawing.firms) < 0.02)
    drawing.keep("is_on_regional_market", regional, 0.02)


def _rounds(drawing: Drawing) -> None:
    """Say which round a firm has had, what it was worth then, and whether the state took part."""
    raised = drawing.true("new_equity_three_years_fen")
    longer_ago = (
        (raised == 0) & (drawing.months > 36) & (drawing.rng("long ago").random(drawing.firms) < 0.015)
    )
    had = (raised > 0) | longer_ago
    late = drawing.rng("round").random(drawing.firms) < 0.25
    drawing.keep("equity_round_code", np.where(had, np.where(late, "b_or_later", "early"), "none"), 0.08)
    worth = np.where(raised > 0, raised, 2e9) * drawing.rng("worth").uniform(4, 10, drawing.firms)
    worth *= drawing.spread("worth of stars", 1.2)
    # Nobody values a firm that never raised anything.
    drawing.keep("valuation_fen", np.rint(worth), 0.10, known=had)
    rate = drawing.guesses.lives["yuan_per_usd"]
    drawing.keep("valuation_usd_cents", np.rint(worth / rate), 0.10, known=had)
    drawing.keep(
        "has_government_fund_investment", had & (drawing.rng("state fund").random(drawing.firms) < 0.3), 0.05
    )
    young = drawing.months < 84
    drawing.keep(
        "is_seed_fund_selected", young & had & (drawing.rng("seed fund").random(drawing.firms) < 0.1), 0.05
    )


def _patents(drawing: Drawing) -> None:
    """Of the patents some serve the main business, and of these some are its core; staff with degrees."""
    class1 = drawing.true("ip_class1_count")
    serving = drawing.rng("serving").binomial(class1, 0.6)
    drawing.keep("main_business_patent_count", serving, 0.08)
    drawing.keep("core_patent_count", drawing.rng("core").binomial(serving, 0.7), 0.10)
    own = drawing.true("ip_class1_self_developed_count") + drawing.true("ip_class2_count")
    drawing.keep("has_self_developed_ip", own > 0, 0.06)
    doers = drawing.true("rd_expense_fen") > 0
    turned = drawing.rng("conversions").poisson(np.where(doers, 4.5, 0.2) * np.exp(0.3 * drawing.innovation))
    drawing.keep("conversions_per_year_count", turned, 0.10)
    share = drawing.rng("degrees").beta(2, 5, drawing.firms)
    graduates = np.maximum(drawing.true("rd_staff_count"), np.rint(drawing.staff * share))
    drawing.keep("bachelor_staff_count", np.minimum(graduates, drawing.staff), 0.10)
