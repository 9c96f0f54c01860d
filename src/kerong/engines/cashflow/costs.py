"""The total cost of a financing, line by line with who pays, and the annual rate that it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import pyxirr

from kerong.engines.cashflow.days import MILLION, CashflowError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from kerong.engines.cashflow.schedules import Instalment

CostKind: TypeAlias = Literal["interest", "guarantee_fee", "appraisal", "premium", "registration", "other"]
Payer: TypeAlias = Literal["borrower", "lender", "government", "other"]
COST_KINDS: tuple[CostKind, ...] = get_args(CostKind)
PAYERS: tuple[Payer, ...] = get_args(Payer)


@dataclass(frozen=True, slots=True)
class Cost:
    """One cost: what for, who pays, when, how much in minor units."""

    kind: CostKind
    payer: Payer
    paid_on: date
    amount: int


@dataclass(frozen=True, slots=True)
class CostLine:
    """The sum of one kind of cost paid by one payer."""

    kind: CostKind
    payer: Payer
    amount: int


@dataclass(frozen=True, slots=True)
class TotalCost:
    """The list of costs, what the borrower pays of it, and that as an annual rate in millionths, if there is one."""

    lines: tuple[CostLine, ...]
    total: int
    borrower_total: int
    borrower_rate: int | None


def total_cost(
    *, received: int, received_on: date, instalments: Sequence[Instalment], costs: Iterable[Cost] = ()
) -> TotalCost:
    """Return the list of costs of a financing: interest of the schedule, and what else is paid. Raises CashflowError.

    The annual rate is the effective one (XIRR, actual/365) of the borrower's own payments.
    """
    listed = [
        *(Cost("interest", "borrower", each.pays_on, each.interest) for each in instalments if each.interest),
        *costs,
    ]
    if any(cost.amount < 0 or cost.kind not in COST_KINDS or cost.payer not in PAYERS for cost in listed):
        raise CashflowError("a cost has a known kind, a known payer and an amount that is not negative")
    sums: dict[tuple[CostKind, Payer], int] = {}
    for cost in listed:
        sums[cost.kind, cost.payer] = sums.get((cost.kind, cost.payer), 0) + cost.amount
    lines = tuple(
        CostLine(kind, payer, sums[kind, payer])
        for kind in COST_KINDS
        for payer in PAYERS
        if (kind, payer) in sums
    )
    borne = [cost for cost in listed if cost.payer == "borrower"]
    flows = [
        (received_on, received),
        *((each.pays_on, -each.principal) for each in instalments if each.principal),
        *((cost.paid_on, -cost.amount) for cost in borne),
    ]
    return TotalCost(
        lines,
        total=sum(cost.amount for cost in listed),
        borrower_total=sum(cost.amount for cost in borne),
        borrower_rate=annual_rate(flows),
    )


def annual_rate(flows: Iterable[tuple[date, int]]) -> int | None:
    """Return the effective annual rate of dated flows in millionths (XIRR, actual/365); None where there is none."""
    days, amounts = zip(*flows, strict=True)
    return _in_millionths(_xirr(days, amounts))


def periodic_rate(amounts: Sequence[int], *, periods_per_year: int) -> int | None:
    """Return the simple annual rate of evenly spaced flows: the rate of a period (IRR) times their number in a year."""
    try:
        found = pyxirr.irr([float(amount) for amount in amounts])
    except pyxirr.InvalidPaymentsError:
        return None
    return _in_millionths(None if found is None else found * periods_per_year)


def _xirr(days: Sequence[date], amounts: Sequence[int]) -> float | None:
    try:
        return pyxirr.xirr(days, [float(amount) for amount in amounts])
    except pyxirr.InvalidPaymentsError:
        return None


def _in_millionths(rate: float | None) -> int | None:
    return None if rate is None else round(Decimal(rate) * MILLION)
