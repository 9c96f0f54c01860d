"""The demo's financings: of most kinds, with drawdowns, repayments, an extension and an overdue one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kerong.basics.acting import house_actor
from kerong.basics.clock import current_clock
from kerong.basics.party_reference import enterprise, institution
from kerong.demo.cast import actor
from kerong.engines.cashflow.due_days import months_after
from kerong.records.evidence.actions import acting
from kerong.records.financings.actions import agree, change, record_drawdown, record_repayment, remind_due
from kerong.records.financings.queries import by_reference, schedule_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kerong.portal.preparation import Preparation

FIRM, OTHER_FIRM = enterprise("X9420100DEM000014E"), enterprise("X9420100DEM0000229")
BANK, GUARANTOR, INSURER, FUND = (
    institution(key) for key in ("demo_bank_01", "demo_guarantor_01", "demo_insurer_01", "demo_fund_01")
)
YUAN, WAN = 100, 1_000_000
LOAN = {
    "rate_millionths": 34_500,
    "method": "interest_first",
    "day_count": "actual/360",
    "months_between": 3,
    "security": "guarantee",
    "purpose": "研发投入（演示）",
    "guarantor": GUARANTOR,
}


def store_demo_financings(_preparation: Preparation | None = None) -> Iterable[str]:
    """Record agreements and what happened to them, once, and remind of what is due."""
    with transaction.atomic():
        with acting(actor("bank01.manager")):
            if by_reference(creditor=BANK, reference="YS-2026-0001") is not None:
                return ()
            _loans()
            _other_bank_kinds()
        with acting(house_actor("demo financings")):
            _others()
            remind_due()
    return ()


def _loans() -> None:
    today = current_clock().today()
    start = today - timedelta(days=320)
    _with_life(_agree("loan", FIRM, BANK, 300 * WAN, LOAN, "YS-2026-0001", start, 12), 3)
    monthly = LOAN | {
        "method": "equal_instalments",
        "day_count": "30/360",
        "months_between": 1,
        "security": "ip_pledge",
    }
    del monthly["guarantor"]
    _with_life(
        _agree("loan", FIRM, BANK, 120 * WAN, monthly, "YS-2026-0002", today - timedelta(days=100), 24), 3
    )
    late = _agree("loan", OTHER_FIRM, BANK, 200 * WAN, LOAN, "YS-2025-0009", today - timedelta(days=400), 13)
    _with_life(late, 4)
    change(
        financing_id=late.pk,
        kind="extension",
        happened_on=today - timedelta(days=20),
        key="演示-展期",
        said={"matures_on": today + timedelta(days=160)},
        remark="订单回款推迟，展期六个月（演示）",
    )
    change(
        financing_id=late.pk,
        kind="five_class",
        happened_on=today - timedelta(days=19),
        key="演示-分类",
        said={"five_class": "special_mention"},
    )
    change(
        financing_id=late.pk,
        kind="overdue",
        happened_on=today - timedelta(days=5),
        key="演示-逾期",
        remark="利息逾期（演示）",
    )


def _other_bank_kinds() -> None:
    today = current_clock().today()
    bill = {
        "bill_number": "演示票号0001",
        "drawer": "样例整机厂（虚构）",
        "acceptor": "样例楚汉银行（虚构）",
        "discount_millionths": 16_000,
        "day_count": "actual/360",
    }
    _agree("bill", FIRM, BANK, 50 * WAN, bill, "YS-PJ-0001", today - timedelta(days=30), 6)
    factoring = {
        "rate_millionths": 42_000,
        "day_count": "actual/360",
        "buyer": "样例整机厂（虚构）",
        "receivable": 180 * WAN,
        "has_recourse": True,
    }
    made = _agree(
        "factoring", OTHER_FIRM, BANK, 144 * WAN, factoring, "YS-BL-0001", today - timedelta(days=60), 4
    )
    record_drawdown(
        financing_id=made.pk, amount=144 * WAN, happened_on=today - timedelta(days=59), key="演示-放款"
    )


def _others() -> None:
    today = current_clock().today()
    start = today - timedelta(days=320)
    guarantee = {
        "fee_millionths": 10_000,
        "share_bp": 8_000,
        "beneficiary": BANK,
        "guaranteed_reference": "YS-2026-0001",
    }
    _agree("guarantee", FIRM, GUARANTOR, 240 * WAN, guarantee, "YS-DB-0001", start, 12)
    insurance = {"premium": 18_000 * YUAN, "product": "研发费用损失保险（演示）", "deductible_bp": 1_000}
    _agree("insurance", FIRM, INSURER, 150 * WAN, insurance, "YS-BX-0001", today - timedelta(days=200), 12)
    equity = {"share_bp": 600, "round": "angel", "valuation": 8_000 * WAN}
    invested = _agree(
        "equity", FIRM, FUND, 480 * WAN, equity, "YS-GQ-0001", today - timedelta(days=500), None
    )
    record_drawdown(
        financing_id=invested.pk, amount=480 * WAN, happened_on=today - timedelta(days=490), key="演示-出资"
    )


def _agree(  # noqa: PLR0913, PLR0917 - a line of the demo's table
    kind: str,
    debtor: str,
    creditor: str,
    principal: int,
    terms: dict[str, Any],
    reference: str,
    start: date,
    months: int | None,
) -> Any:
    return agree(
        kind=kind,
        debtor=debtor,
        creditor=creditor,
        principal=principal,
        terms=terms,
        reference=reference,
        agreed_on=start,
        matures_on=months_after(start, months) if months else None,
    )


def _with_life(loan: Any, paid: int) -> None:
    """Draw the whole loan on its first day and pay the first instalments that are due by now."""
    record_drawdown(financing_id=loan.pk, amount=loan.principal, happened_on=loan.starts_on, key="演示-放款")
    for each in schedule_of(loan)[:paid]:
        if each.pays_on < current_clock().today():
            record_repayment(
                financing_id=loan.pk,
                principal=each.principal,
                interest=each.interest,
                happened_on=each.pays_on,
                key=f"演示-第{each.number}期",
            )
