"""Draws the facts of synthetic firms, part after part: two hidden traits make them agree with one another."""

# ruff: noqa: PLR2004 - every number without a name is a guess

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kerong.demo.assumptions import WAN, Chance, assumptions, calibration

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from kerong.demo.assumptions import Figure
    from kerong.engines.rules.model import Fact

MEAN_MONTH_DAYS = 30.44
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Drawing:
    """One population being drawn.

    Every fact has a stream of chance of its own, by its name: a fact added later changes no other. ``made``
    holds per fact its values in stored units and which are missing; ``board`` says where a firm is listed.
    """

    def __init__(self, on: date, *, firms: int, seed: int) -> None:
        self.on, self.firms, self.seed = on, firms, seed
        self.guesses, self.published = assumptions(), calibration()
        self.made: dict[str, tuple[Any, Flags]] = {}
        self.size, self.innovation = (self.rng(name).normal(0, 1, firms) for name in ("size", "innovation"))
        weights = np.array([industry.weight for industry in self.guesses.industries])
        self.industry = self.rng("industry").choice(len(weights), firms, p=weights / weights.sum())
        self.board = np.full(firms, "", dtype=object)

    def rng(self, name: str) -> np.random.Generator:
        """Return the stream of chance of a name."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    def keep(
        self, name: str, values: Any, missing: float = 0.0, known: Flags | None = None, together: str = ""
    ) -> None:
        """Keep a fact; a share of its values is not known, a smaller one of innovative firms.

        ``known`` says where there is a value at all; facts of one group ``together`` are missing together.
        """
        unknown = missing * np.clip(1 - 0.4 * self.innovation, 0.1, 2)
        gone = self.rng(f"missing {together or name}").random(self.firms) < unknown
        self.made[name] = (np.asarray(values), gone if known is None else gone | ~known)

    def true(self, name: str) -> Any:
        """Return the values of a fact, missing ones included."""
        return self.made[name][0]

    def of_industry(self, part: str) -> Floats:
        """Return one figure per firm from one per industry."""
        return np.array([getattr(industry, part) for industry in self.guesses.industries])[self.industry]

    def spread(self, name: str, sigma: float) -> Floats:
        """Return factors around 1."""
        return self.rng(name).lognormal(0, sigma, self.firms)

    def main_facts(self) -> None:
        """Draw what a firm is and does; everything else follows from it."""
        self._identity()
        self._business()
        self._research()
        self._market()
        for name, chance in self.guesses.flags.items():
            self.keep(name, self._flag(name, chance), chance.missing)
        for name, choice in self.guesses.codes.items():
            codes, likely = list(choice.shares), np.array(list(choice.shares.values()), float)
            chosen = self.rng(name).choice(len(codes), self.firms, p=likely / likely.sum())
            self.keep(name, np.array(codes)[chosen], choice.missing)
        self._forms()
        self._listing()

    def titles(self, fitting: Mapping[str, Flags]) -> None:
        """Give titles to firms: ``fitting`` says per rule who meets it; they come first."""
        for name, chance in self.guesses.titles.items():
            share = self.published.share("hnte") if chance.share is None else chance.share
            wish = chance.pull * self.innovation + self.rng(name).gumbel(0, 1, self.firms)
            wish += 50 * (self.true("rd_expense_fen") > 0)
            wish += 200 * fitting.get(chance.rule, np.zeros(self.firms, bool))
            chosen = self._top(wish, round(share * self.firms))
            self.keep(name, chosen, chance.missing)

    def loans(self, entered: Flags) -> None:
        """Draw loans and what a firm asks for now; ``entered`` are the 科技型中小企业 of this year."""
        self._loans(entered)
        self._application()

    def figures(self, facts: Mapping[str, Fact]) -> None:
        """Draw the figures of assumptions.yaml that the law knows and whose own figure is drawn already."""
        for name, figure in self.guesses.figures.items():
            if name in facts and name not in self.made and (not figure.of or figure.of in self.made):
                values = self._figure(name, figure, facts[name])
                self.keep(name, values, figure.missing, together=figure.together)

    def _top(self, wish: Floats, number: int) -> Flags:
        """Choose exactly so many firms, the highest wishes."""
        chosen = np.zeros(self.firms, bool)
        if number:
            chosen[np.argpartition(-wish, number - 1)[:number]] = True
        return chosen

    def _flag(self, name: str, chance: Chance) -> Flags:
        likely = (chance.share or 0.0) * np.exp(chance.pull * self.innovation - chance.pull**2 / 2)
        return self.rng(name).random(self.firms) < np.clip(likely, 0, 1)

    def _identity(self) -> None:
        shares = self.published.regions["shares"]
        exact = np.array(list(shares.values())) / sum(shares.values()) * self.firms
        number = np.floor(exact).astype(int)
        number[np.argsort(number - exact)[: self.firms - number.sum()]] += 1
        regions = np.repeat(np.array(list(shares)), number)
        self.keep("region_code", self.rng("region").permutation(regions))
        industries = self.guesses.industries
        self.keep("industry_code", np.array([i.code for i in industries])[self.industry], 0.01)
        self.keep("size_industry", np.array([i.size_industry for i in industries])[self.industry], 0.02)
        quantiles = self.published.ages["quantiles"]
        # Ranks keep the published distribution exactly, and older firms are larger.
        rank = np.argsort(np.argsort(0.35 * self.size + self.rng("age").normal(0, 0.9, self.firms)))
        percent = (rank + 0.5) / self.firms * 100
        self.months = np.interp(percent, list(quantiles), list(quantiles.values()))
        self.registered = np.datetime64(self.on, "D") - (self.months * MEAN_MONTH_DAYS).astype(
            "timedelta64[D]"
        )
        self.keep("registered_on", as_numbers(self.registered))
        self.founded = self.registered.astype("datetime64[Y]").astype(int) + 1970

    def _business(self) -> None:
        """Revenue of three years, staff, balance sheet, invoices."""
        young = np.clip(self.months / 48, 0.08, 1)
        revenue = self.of_industry("revenue") * young * self.spread("revenue", 0.35) * WAN
        self.revenue = revenue * np.exp(1.15 * self.size + 0.15 * self.innovation)
        chance = self.rng("growth")
        growth = np.clip(0.09 + 0.06 * self.innovation + chance.normal(0, 0.18, self.firms), -0.6, 2)
        self.growth = growth
        earlier = np.clip(0.08 + 0.5 * (growth - 0.09) + chance.normal(0, 0.15, self.firms), -0.6, 2)
        # The year of the day is not over: the last whole year is the one before.
        self.existed = [self.founded <= self.on.year - back for back in (1, 2, 3)]
        previous = self.revenue / (1 + growth)
        before = previous / (1 + earlier)
        main = np.clip(self.rng("main").beta(9, 1.4, self.firms), 0.3, 1)
        for name, values, there, missing in (
            ("annual_revenue_fen", self.revenue, self.existed[0], 0.06),
            ("previous_revenue_fen", previous, self.existed[1], 0.10),
            ("revenue_two_years_ago_fen", before, self.existed[2], 0.14),
            ("main_business_revenue_fen", self.revenue * main, self.existed[0], 0.12),
            ("previous_main_business_revenue_fen", previous * main, self.existed[1], 0.15),
            ("main_business_revenue_two_years_ago_fen", before * main, self.existed[2], 0.18),
        ):
            self.keep(name, np.where(there, np.rint(values), 0), missing)
        heads = self.revenue / WAN / self.of_industry("revenue_a_head")
        self.staff = np.maximum(1, np.rint(heads * self.spread("staff", 0.4) + 1))
        self.keep("staff_count", self.staff, 0.04)
        assets = self.revenue * 1.3 * self.spread("assets", 0.5) + 20 * WAN
        liabilities = assets * np.clip(self.rng("debt").beta(3.2, 3.4, self.firms) * 1.1, 0, 1.3)
        self.keep("total_assets_fen", assets, 0.10)
        self.keep("total_liabilities_fen", liabilities, 0.12)
        self.keep("net_assets_fen", assets - liabilities, 0.12)
        cost_share = np.clip(self.rng("cost").normal(0.93, 0.1, self.firms), 0.4, 1.8)
        self.keep("total_cost_fen", self.revenue * self.existed[0] * cost_share, 0.12)
        self.profit = self.revenue * (1 - cost_share)
        invests = self.rng("raises").random(self.firms) < 0.03 * np.exp(0.8 * self.innovation)
        raised = np.rint(invests * 600 * self.spread("raised", 1.1)) * WAN
        # A firm younger than three years raised all of it lately.
        lately = (self.rng("raised lately").random(self.firms) < 0.7) | (self.months < 37)
        recent = np.where(lately, raised, 0)
        self.keep("new_equity_three_years_fen", raised, 0.10)
        self.keep("new_equity_two_years_fen", recent, 0.10)
        self.keep("invoice_sales_12m_fen", self.revenue * self.spread("invoices", 0.12), 0.06)

    def _research(self) -> None:
        """R&D expense and staff, intellectual property."""
        share = self.of_industry("rd_share") * np.exp(0.55 * self.innovation) * self.spread("rd share", 0.3)
        share = np.clip(share, 0, 0.9)
        likely = self.of_industry("does_rd") * np.exp(0.5 * self.innovation)
        does = self.rng("does research").random(self.firms) < np.clip(likely, 0.01, 0.99)
        does &= self.founded < self.on.year
        expense = np.where(does, np.rint(self.revenue * share / WAN * 10) / 10 * WAN, 0)
        self.keep("rd_expense_fen", expense, 0.12)
        change = np.clip(self.rng("rd before").normal(0.93, 0.12, self.firms), 0.2, 2)
        self.keep(
            "previous_rd_expense_fen", np.rint(expense * change * (self.founded < self.on.year - 1)), 0.16
        )
        staff_share = np.where(does, np.clip(1.3 * share + 0.06 + 0.04 * self.innovation, 0, 0.9), 0.01)
        researchers = np.minimum(self.staff, np.rint(self.staff * staff_share))
        self.keep("rd_staff_count", researchers, 0.10)
        self.keep("tech_staff_count", np.minimum(self.staff, np.rint(researchers * 1.25)), 0.08)
        rate = np.where(does, 0.8, 0.05) * np.exp(0.75 * self.innovation + 0.45 * self.size - 0.38)
        class1 = self.rng("class 1").poisson(np.clip(rate, 0, 200))
        own = self.rng("own class 1").binomial(class1, 0.8)
        self.keep("ip_class1_count", class1, 0.05)
        self.keep("ip_class1_self_developed_count", own, 0.06)
        self.keep("ip_class1_in_use_count", self.rng("class 1 in use").binomial(class1, 0.6), 0.08)
        self.keep("ip_class1_high_value_count", self.rng("class 1 of value").binomial(own, 0.12), 0.08)
        rate = np.clip(np.where(does, 3.0, 0.3) * np.exp(0.6 * self.innovation - 0.18), 0, 300)
        self.keep("ip_class2_count", self.rng("class 2").poisson(rate), 0.05)

    def _forms(self) -> None:
        """Put the cooperatives among the firms of agriculture, as many as the guess says of all firms."""
        forms = np.asarray(self.true("enterprise_form_code"))
        farms = self.of_industry("is_farm") > 0
        number = min(int((forms == "cooperative").sum()), int(farms.sum()))
        luck = np.where(farms, self.rng("cooperative").random(self.firms), -1.0)
        others = np.where(forms == "cooperative", "company", forms)
        self.made["enterprise_form_code"] = (
            np.where(self._top(luck, number), "cooperative", others),
            self.made["enterprise_form_code"][1],
        )

    def _market(self) -> None:
        """The main product and its niche, and how industry offices score the firm."""
        strategic = self.rng("strategic").random(self.firms) < self.of_industry("strategic")
        self.keep("product_field_code", np.where(strategic, "strategic", "other"), 0.06)
        self.keep("niche_months", self.months * self.rng("niche").uniform(0.5, 1, self.firms), 0.10)
        noise = self.rng("points").normal(0, 7, self.firms)
        points = np.clip(52 + 10 * self.innovation + 5 * self.size + noise, 0, 100)
        self.keep("development_score_points", points, 0.20)
        self.keep("previous_development_score_points", np.clip(points - 2, 0, 100), 0.25)

    def _listing(self) -> None:
        """Put the largest firms on boards, as many as are published."""
        is_company = self.true("enterprise_form_code") != "cooperative"
        free = np.array(self.true("is_active") & (self.months > 60) & is_company)
        for board, target in (
            ("domestic", "listed_domestic"),
            ("overseas", "listed_overseas"),
            ("neeq", "neeq"),
        ):
            wish = 2 * self.size + self.innovation + self.rng(target).gumbel(0, 0.5, self.firms)
            number = min(round(self.published.share(target) * self.firms), int(free.sum()))
            chosen = self._top(np.where(free, wish, -np.inf), number)
            self.board[chosen] = board
            free &= ~chosen

    def _loans(self, entered: Flags) -> None:
        """Say who has an open bank loan, as often as published, and what is guaranteed of it."""
        hnte = self.true("is_hnte")
        rate_hnte, rate_sme = (self.published.share(f"loan_rate_{group}") for group in ("hnte", "tech_sme"))
        # Among the 科技型中小企业 those that are 高企 too have the loans of 高企; the rest make up the difference.
        both = float((hnte & entered).sum() / max(1, entered.sum()))
        rest = float(np.clip((rate_sme - both * rate_hnte) / max(1 - both, 1e-9), 0, 1))
        luck = self.rng("loan").random(self.firms) * (self.months >= 2)
        self.has_loan = np.zeros(self.firms, bool)
        others = self.guesses.lives["loan_rate_others"]
        groups = ((hnte & entered, rate_hnte), (hnte & ~entered, rate_hnte), (entered & ~hnte, rest))
        for group, rate in (*groups, (~hnte & ~entered, others)):
            self.has_loan |= self._top(np.where(group, luck, -1.0), round(rate * group.sum()))
        asked = self.revenue / WAN * 0.18 * self.spread("wanted", 0.5) / 10
        self.wanted = np.clip(np.rint(asked) * 10, 10, 6_000) * WAN
        owed = (
            np.clip(np.rint(self.wanted / WAN * self.rng("owed").uniform(0.2, 1, self.firms)), 1, None) * WAN
        )
        self.owed = np.where(self.has_loan, owed, 0)
        guaranteed = self.has_loan & (self.rng("guaranteed").random(self.firms) < 0.4)
        bad, unknown = self.made["has_bad_credit_record"]
        had = self.rng("had loan").random(self.firms) < self.guesses.lives["has_repaid_loan"]
        # Nobody gets a bad record without a loan.
        self.had_loan = had | (bad & ~unknown)
        self.keep("is_first_time_borrower", ~(self.has_loan | self.had_loan), 0.08)
        self.keep("guaranteed_balance_fen", np.where(guaranteed, self.owed, 0), 0.20)
        talent = self.has_loan & (self.rng("talent loan").random(self.firms) < 0.08)
        self.keep("talent_loan_balance_fen", np.where(talent, np.minimum(self.owed, 500 * WAN), 0), 0.05)

    def _application(self) -> None:
        """What the firm asks for now."""
        self.keep("requested_amount_fen", self.wanted, 0.05)
        self.keep("guarantee_amount_fen", np.rint(self.wanted / WAN * 0.8) * WAN, 0.20)

    def _figure(self, name: str, figure: Figure, fact: Fact) -> Any:
        chance, unit = self.rng(name), fact.unit.factor
        pulled = figure.pull * self.innovation + figure.size * self.size
        if figure.of:
            values = self.true(figure.of) * figure.times * np.exp(pulled)
            values = np.rint(values / unit) * unit if fact.type == "money" else values
        elif figure.choice:
            values = chance.choice(np.array(figure.choice), self.firms) * unit
        elif figure.normal:
            values = (chance.normal(*figure.normal, self.firms) + pulled) * unit
        elif figure.beta:
            values = chance.beta(*figure.beta[:2], self.firms) * figure.beta[2] * unit
        elif figure.poisson is not None:
            values = chance.poisson(np.clip(figure.poisson * np.exp(pulled), 0, 1e6)) * unit
        elif figure.days_ago:
            low, high = figure.days_ago
            days = np.datetime64(self.on, "D") - chance.integers(low, high + 1, self.firms).astype(
                "timedelta64[D]"
            )
            values = as_numbers(np.maximum(days, self.registered))
        else:
            values = (figure.median or 0) * np.exp(pulled) * unit
        if figure.spread:
            values = values * chance.lognormal(0, figure.spread, self.firms)
        if figure.whole:
            values = np.maximum(np.rint(values / unit / figure.whole), 1) * figure.whole * unit
        if figure.some < 1:
            likely = np.clip(figure.some * np.exp(figure.pull * self.innovation), 0, 1)
            values = np.where(chance.random(self.firms) < likely, values, 0)
        return values


def as_numbers(days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Return days as yyyymmdd."""
    months = days.astype("datetime64[M]")
    of_month = (days - months).astype(int) + 1
    parts = months.astype(int)
    return (parts // 12 + 1970) * 10_000 + (parts % 12 + 1) * 100 + of_month
