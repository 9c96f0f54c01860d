"""Demo cases: a loan in the middle of its way, a claim that waits for the second review, and one that is late."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kerong.basics.acting import current_actor, house_actor
from kerong.basics.clock import FixedClock, current_clock, using_clock
from kerong.demo import cast
from kerong.records.cases.actions import assign, move, note, open_case, watch_clocks
from kerong.records.cases.queries import CaseFilter, cases_of
from kerong.records.evidence.actions import acting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from kerong.portal.preparation import Preparation

LOAN, CLAIM = "hubei.workflows.loan_application", "hubei.workflows.compensation_claim"
FIRM, OTHER_FIRM = "enterprise:X9420100DEM000014E", "enterprise:X9420100DEM0000229"
BANK, OTHER_BANK = "institution:demo_bank_01", "institution:demo_bank_02"


def open_demo_cases(_preparation: Preparation) -> list[str]:
    """Open the three cases unless they are there, each step on its own past day; then look at the clocks once."""
    with transaction.atomic():
        _loan()
        _claim()
        _late()
    with transaction.atomic(), acting(house_actor("demo cases")):
        watch_clocks()
    return []


def _loan() -> None:
    case = _opened(
        "guanggu.agent",
        12,
        workflow=LOAN,
        subject=FIRM,
        title="光谷样例光电（虚构）流动资金贷款 300 万元",
        owner=FIRM,
        participants={"firm": FIRM, "creditor": BANK},
        reference="演示-贷款-1",
        external=[("汉融通（演示）", "HRT-DEMO-0001", False)],
    )
    if case is None:
        return
    with _as("bank01.manager", 11):
        move(case_id=case, transition="take")
    with _as("bank01.manager", 8):
        move(case_id=case, transition="accept", remark="材料齐全，已受理。")
    with _as("bank01.manager", 6):
        move(case_id=case, transition="begin_diligence", remark="已约定上门时间。")
        note(case_id=case, text="行内备忘（演示）：重点核对订单真实性。", internal=True)
    with _as("guanggu.agent", 5):
        note(case_id=case, text="已在材料库补传上年度审计报告。")
    # Their mandates begin on the day the demo was made.
    with _as("bank01.manager", 0):
        assign(case_id=case, user=current_actor().user)


def _claim() -> None:
    case = _opened(
        "bank01.manager",
        9,
        workflow=CLAIM,
        subject=BANK,
        title="知识价值信用贷款不良 1 笔，申报风险补偿（演示）",
        owner=BANK,
        participants={"creditor": BANK, "operator": "office:dept_science", "finance": "office:dept_finance"},
        reference="演示-补偿-1",
    )
    if case is None:
        return
    with _as("science.officer", 7):
        move(case_id=case, transition="accept")
    with _as("science.officer", 3):
        move(
            case_id=case,
            transition="pass_first",
            remark="贷款在备案清单内，逾期证明齐全。",
            evidence={"first_review_opinion": "演示初审意见第 1 号"},
        )


def _late() -> None:
    _opened(
        "jiangcheng.agent",
        30,
        workflow=LOAN,
        subject=OTHER_FIRM,
        title="设备更新贷款 120 万元（演示，银行超时未接单）",
        owner=OTHER_FIRM,
        participants={"firm": OTHER_FIRM, "creditor": OTHER_BANK},
        reference="演示-贷款-2",
    )


def _opened(username: str, days_ago: int, **what: object) -> UUID | None:
    """Open a case some days ago and return its id; None when it is there already."""
    with _as(username, days_ago):
        if cases_of(current_actor(), CaseFilter("all", text=str(what["reference"]))).exists():
            return None
        return open_case(**what, is_demo=True).id


@contextmanager
def _as(username: str, days_ago: int) -> Iterator[None]:
    actor = cast.actor(username)
    moment = FixedClock(current_clock().now() - timedelta(days=days_ago))
    with using_clock(moment), acting(actor):
        yield
