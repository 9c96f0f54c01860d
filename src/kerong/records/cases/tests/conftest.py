"""Fixtures of the tests about cases: the shipped workflows, a clock that is moved, and a loan case with its people."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import pytest

from kerong.basics.clock import SHANGHAI, FixedClock, using_clock
from kerong.records.cases.actions import open_case
from kerong.records.evidence.actions import acting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django.fixtures import SettingsWrapper

    from kerong.basics.acting import Actor
    from kerong.records.cases.models import Case

LOAN = "hubei.workflows.loan_application"
CLAIM = "hubei.workflows.compensation_claim"
FIRM, BANK, OTHER_BANK = (
    "enterprise:X9420100DEM000014E",
    "institution:demo_bank_01",
    "institution:demo_bank_02",
)
FINANCE, SCIENCE = "office:dept_finance", "office:dept_science"


class Loan(NamedTuple):
    """A loan case and whoever works on it."""

    case: Case
    agent: Actor
    boss: Actor
    manager: Actor
    approver: Actor


@pytest.fixture
def clock(settings: SettingsWrapper) -> Iterator[FixedClock]:
    """Stand on Monday 2026-03-02, a plain working day, with the shipped folder followed."""
    settings.KERONG_FOLLOW_FILES = True
    with using_clock(FixedClock(datetime(2026, 3, 2, 10, tzinfo=SHANGHAI))) as fixed:
        yield fixed


@pytest.fixture
def loan(clock: FixedClock, person_in: Callable[..., Actor]) -> Loan:
    """Open a loan case of a firm with one bank."""
    del clock
    agent, boss = person_in("agent", FIRM), person_in("legal_representative", FIRM)
    manager, approver = person_in("relationship_manager", BANK), person_in("approver", BANK, stepped_up=True)
    with acting(agent):
        case = open_case(
            workflow=LOAN,
            subject=FIRM,
            title="流动资金贷款300万元",
            owner=FIRM,
            participants={"firm": FIRM, "creditor": BANK},
        )
    return Loan(case, agent, boss, manager, approver)
