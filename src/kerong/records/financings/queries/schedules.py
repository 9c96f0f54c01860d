"""What a financing's own terms come to: the agreed schedule, and the total cost with its guarantees."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kerong.engines.cashflow.costs import Cost, TotalCost, total_cost
from kerong.engines.cashflow.days import CashflowError, interest
from kerong.engines.cashflow.due_days import due_days
from kerong.engines.cashflow.schedules import Instalment, Terms, schedule
from kerong.records.financings.models import Financing
from kerong.records.financings.queries.kinds import KINDS
from kerong.records.financings.queries.reading import reference_key

if TYPE_CHECKING:
    from collections.abc import Sequence


def schedule_of(financing: Financing) -> tuple[Instalment, ...]:
    """Return the schedule as agreed: the whole principal from the first day. Empty where the terms give none."""
    terms = financing.terms
    if not KINDS[financing.kind].has_schedule or financing.matures_on is None:
        return ()
    first = terms.get("first_due_on")
    try:
        return schedule(
            Terms(
                principal=financing.principal,
                rate=terms["rate_millionths"],
                method=terms["method"],
                day_count=terms["day_count"],
                starts_on=financing.starts_on,
                dues=due_days(
                    starts_on=financing.starts_on,
                    matures_on=financing.matures_on,
                    months_between=terms.get("months_between", 1),
                    first_on=date.fromisoformat(first) if first else None,
                ),
            )
        )
    except CashflowError:
        return ()


def guarantees_of(financing: Financing) -> list[Financing]:
    """Return the guarantees that the session sees and that name this financing by its number."""
    return [
        each
        for each in Financing.objects.select_related("standing").filter(
            owner=financing.owner, kind="guarantee", terms__beneficiary=financing.creditor
        )
        if reference_key(each.terms["guaranteed_reference"]) == financing.reference_key
    ]


def cost_of(financing: Financing, made: Sequence[Instalment]) -> TotalCost | None:
    """Return the total cost as agreed: interest, and the fees of the guarantees, paid by the firm when they start.

    A fee is the yearly rate on the guaranteed sum for the guarantee's period, actual/365. None without a schedule.
    """
    if not made:
        return None
    fees = [
        Cost(
            "guarantee_fee",
            "borrower",
            each.starts_on,
            interest(
                each.principal,
                rate=each.terms["fee_millionths"],
                start=each.starts_on,
                end=each.matures_on,
                day_count="actual/365",
            ),
        )
        for each in guarantees_of(financing)
        if each.matures_on is not None
    ]
    return total_cost(
        received=financing.principal, received_on=financing.starts_on, instalments=made, costs=fees
    )
