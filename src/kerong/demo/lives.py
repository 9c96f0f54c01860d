"""The lives of synthetic firms: what they did year by year, and what happened on which day.

``history.parquet`` has a row per firm and whole year, the last five at most and none before the founding;
``events.parquet`` a row per event in the order of firm and day. Both agree with the facts: a figure that the
facts do not know is null here too. docs/how_to/draw_a_population.md names the kinds of events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kerong.demo.assumptions import WAN
from kerong.demo.names import FORMER, former_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from kerong.demo.drawing import Drawing

HISTORY_FILE, EVENTS_FILE = "history.parquet", "events.parquet"
KINDS = (
    "registered", "name_changed", "capital_increased", "patent_granted", "funding_round", "loan_granted",
    "loan_overdue", "loan_repaid", "tech_sme_entered", "hnte_recognised", "hnte_expired", "listed",
    "deregistered",
)  # fmt: skip
"""In the order in which events of one day follow each other."""
YEAR = 365


def write_lives(
    folder: Path, uscc: Sequence[str], name: Sequence[str], drawing: Drawing, entered: NDArray[np.bool_]
) -> None:
    """Write both tables of a population."""
    events = _Events(drawing, name, entered)
    pq.write_table(_history(uscc, drawing, events), folder / HISTORY_FILE, compression="zstd")
    pq.write_table(events.table(uscc), folder / EVENTS_FILE, compression="zstd")


def _history(uscc: Sequence[str], drawing: Drawing, events: _Events) -> pa.Table:
    """Walk back from the last whole year; facts give the years they speak of, chance the ones before."""
    firms, last = drawing.firms, drawing.on.year - 1
    kept = int(drawing.guesses.lives["years_kept"])
    revenue = _known(drawing, "annual_revenue_fen", "previous_revenue_fen", "revenue_two_years_ago_fen")
    research = _known(drawing, "rd_expense_fen", "previous_rd_expense_fen")
    staff = _known(drawing, "staff_count")
    chance = drawing.rng("years before")
    parts: dict[str, list[Any]] = {name: [] for name in ("firm", "year", "revenue", "staff", "rd", "patents")}
    for back in range(kept):
        year = last - back
        slower = np.clip(chance.normal(0.93, 0.10, firms), 0.4, 1.3)
        if back >= len(revenue):
            revenue.append(_scaled(revenue[-1], slower))
        if back >= len(research):
            research.append(_scaled(research[-1], slower))
        if back >= len(staff):
            staff.append(_scaled(staff[-1], np.sqrt(slower), least=1))
        there = np.flatnonzero(drawing.founded <= year)
        parts["firm"].append(there)
        parts["year"].append(np.full(len(there), year))
        for column, values in (("revenue", revenue), ("staff", staff), ("rd", research)):
            parts[column].append(values[back][there])
        parts["patents"].append(events.patents_until(np.datetime64(f"{year}-12-31"))[there])
    joined = {name: np.concatenate(found) for name, found in parts.items()}
    order = np.lexsort((joined["year"], joined["firm"]))
    named = {
        "year": "year", "revenue": "revenue_fen", "staff": "staff_count", "rd": "rd_expense_fen",
        "patents": "ip_class1_count",
    }  # fmt: skip
    columns: dict[str, Any] = {"uscc": pa.array(uscc).take(pa.array(joined["firm"][order]))}
    for part, column in named.items():
        values = joined[part][order]
        columns[column] = pa.array(np.nan_to_num(values).astype(np.int64), mask=np.isnan(values))
    return pa.table(columns)


def _known(drawing: Drawing, *names: str) -> list[NDArray[np.float64]]:
    found: list[NDArray[np.float64]] = []
    for name in names:
        values, missing = drawing.made[name]
        found.append(np.where(missing, np.nan, np.rint(values)))
    return found


def _scaled(values: NDArray[np.float64], by: NDArray[np.float64], least: float = 0) -> NDArray[np.float64]:
    return np.maximum(np.rint(values * by), least)


class _Events:
    """Everything that happened, collected kind by kind; never before the registration nor after the end."""

    def __init__(self, drawing: Drawing, name: Sequence[str], entered: NDArray[np.bool_]) -> None:
        self.drawing, self.name = drawing, name
        self.begin, self.today = drawing.registered, np.datetime64(drawing.on, "D")
        self.parts: list[tuple[int, Any, Any, Any, Any]] = []
        self.rng = drawing.rng("lives")
        self._gone()
        everybody = np.arange(drawing.firms)
        self._add("registered", everybody, self.begin)
        self._names()
        self._capital()
        self._patents()
        self._rounds()
        self._loans()
        self._titles(entered)
        on_board = np.flatnonzero(drawing.board != "")
        self._add("listed", on_board, self._between(on_board, 0.5, 0.95), None, drawing.board[on_board])
        self._add("deregistered", self.gone, self.end[self.gone])

    def table(self, uscc: Sequence[str]) -> pa.Table:
        """Return all events in the order of firm, day and kind."""
        kind = np.concatenate([np.full(len(part[1]), part[0]) for part in self.parts])
        firm, day = (np.concatenate([part[i] for part in self.parts]) for i in (1, 2))
        amount, detail = (np.concatenate([part[i] for part in self.parts]) for i in (3, 4))
        order = np.lexsort((kind, day, firm))
        amount = amount[order]
        return pa.table(
            {
                "uscc": pa.array(uscc).take(pa.array(firm[order])),
                "day": pa.array(day[order].astype("datetime64[D]"), pa.date32()),
                "kind": pa.array(np.array(KINDS, dtype=object)[kind[order]], pa.string()),
                "amount_fen": pa.array(np.nan_to_num(amount).astype(np.int64), mask=np.isnan(amount)),
                "detail": pa.array(detail[order], pa.string()),
            }
        )

    def patents_until(self, day: np.datetime64) -> NDArray[np.float64]:
        """Return the patents of class 1 that each firm had at the end of a day; unknown as the fact is."""
        counted = np.bincount(self.patent_firm[self.patent_day <= day], minlength=self.drawing.firms)
        return np.where(self.drawing.made["ip_class1_count"][1], np.nan, counted)

    def _add(self, kind: str, firm: Any, day: Any, amount: Any = None, detail: Any = None) -> None:
        firm, day = np.asarray(firm), np.asarray(day, "datetime64[D]")
        held = np.minimum(np.maximum(day, self.begin[firm]), self.end[firm])
        self.parts.append(
            (
                KINDS.index(kind),
                firm,
                held,
                np.full(len(firm), np.nan) if amount is None else np.asarray(amount, float),
                np.full(len(firm), None, dtype=object)
                if detail is None
                else np.asarray(detail, dtype=object),
            )
        )

    def _between(self, firm: Any, low: float, high: float) -> Any:
        """Return a day of each firm's life, between two fractions of it."""
        life = (self.end[firm] - self.begin[firm]).astype(int)
        return self.begin[firm] + (life * self.rng.uniform(low, high, len(firm))).astype("timedelta64[D]")

    def _within(self, firm: Any, days: int) -> Any:
        """Return a day among the last ones up to today, not before the registration."""
        back = self.rng.integers(1, days, len(firm)).astype("timedelta64[D]")
        return np.maximum(self.today - back, self.begin[firm])

    def _some(self, share: float) -> Any:
        return np.flatnonzero(self.rng.random(self.drawing.firms) < share)

    def _known_flag(self, name: str) -> Any:
        values, missing = self.drawing.made[name]
        return np.asarray(values, bool) & ~missing

    def _known_figure(self, name: str) -> Any:
        values, missing = self.drawing.made[name]
        return np.where(missing, 0, np.rint(values))

    def _gone(self) -> None:
        values, missing = self.drawing.made["is_active"]
        self.gone = np.flatnonzero(~np.asarray(values, bool) & ~missing)
        self.end = np.full(self.drawing.firms, self.today)
        self.end[self.gone] = self._within(self.gone, 2 * YEAR)

    def _names(self) -> None:
        firm = self._some(self.drawing.guesses.lives["name_changed"])
        trade = self.rng.integers(0, len(FORMER), len(firm))
        former = [former_name(self.name[i], FORMER[t]) for i, t in zip(firm, trade, strict=True)]
        self._add("name_changed", firm, self._between(firm, 0.1, 0.9), None, former)

    def _capital(self) -> None:
        if "registered_capital_fen" in self.drawing.made:
            capital = self._known_figure("registered_capital_fen")
            firm = self._some(self.drawing.guesses.lives["capital_increased"])
            firm = firm[capital[firm] > 0]
            # The amount is the capital that the fact gives: what it was raised to.
            self._add("capital_increased", firm, self._between(firm, 0.1, 0.95), capital[firm])

    def _patents(self) -> None:
        firm = np.repeat(np.arange(self.drawing.firms), self._known_figure("ip_class1_count").astype(int))
        self._add("patent_granted", firm, self._between(firm, 0.15, 1.0))
        self.patent_firm, self.patent_day = firm, self.parts[-1][2]

    def _rounds(self) -> None:
        """Rounds of the last two years add up to the one fact, those of the last three to the other."""
        values, missing = self.drawing.made["new_equity_three_years_fen"]
        two, unknown = self.drawing.made["new_equity_two_years_fen"]
        known = ~missing & ~unknown & (values > 0)
        lately = np.flatnonzero(known & (two > 0))
        self._add("funding_round", lately, self._within(lately, 2 * YEAR), values[lately])
        # Only firms old enough can have had one before the last two years.
        before = np.flatnonzero(known & (two == 0))
        day = self.today - self.rng.integers(2 * YEAR + 2, 3 * YEAR, len(before)).astype("timedelta64[D]")
        old = (day >= self.begin[before]) & (day <= self.end[before])
        self._add("funding_round", before[old], day[old], values[before][old])

    def _loans(self) -> None:
        drawing = self.drawing
        open_loan = np.flatnonzero(drawing.has_loan)
        self._add("loan_granted", open_loan, self._within(open_loan, 2 * YEAR), drawing.owed[open_loan])
        bad = self._known_flag("has_bad_credit_record")
        former = np.flatnonzero(drawing.had_loan)
        amount = (
            np.maximum(np.rint(drawing.wanted[former] / WAN * self.rng.uniform(0.2, 0.8, len(former))), 1)
            * WAN
        )
        life = (self.end[former] - self.begin[former]).astype(int)
        granted, overdue, repaid = (
            self.begin[former] + (life * self.rng.uniform(low, high, len(former))).astype("timedelta64[D]")
            for low, high in ((0.1, 0.5), (0.5, 0.7), (0.7, 0.95))
        )
        late = bad[former]
        self._add("loan_granted", former, granted, amount)
        self._add("loan_overdue", former[late], overdue[late], amount[late])
        self._add("loan_repaid", former, repaid, amount)

    def _titles(self, entered: NDArray[np.bool_]) -> None:
        lives = self.drawing.guesses.lives
        valid = int(lives["hnte_years"] * YEAR)
        now = np.flatnonzero(self._known_flag("is_hnte"))
        self._add("hnte_recognised", now, self._within(now, valid))
        before = self._some(lives["hnte_before"])
        old = (self.end[before] - self.begin[before]).astype(int) > 2 * valid
        before = np.setdiff1d(before[old], now)
        life = (self.end[before] - self.begin[before]).astype(int) - valid
        first = self.begin[before] + (life * self.rng.uniform(0.3, 0.95, len(before))).astype(
            "timedelta64[D]"
        )
        self._add("hnte_recognised", before, first)
        self._add("hnte_expired", before, first + np.timedelta64(valid, "D"))
        list_day = np.datetime64(f"{self.drawing.on.year}-01-01")
        chosen = np.flatnonzero(entered & (self.end > list_day))
        span = np.maximum((self.end[chosen] - list_day).astype(int), 1)
        day = list_day + (span * self.rng.random(len(chosen))).astype("timedelta64[D]")
        self._add("tech_sme_entered", chosen, np.maximum(day, self.begin[chosen]))
