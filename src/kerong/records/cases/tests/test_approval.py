"""A move that needs an approval is made only with an agreed approval of exactly this move."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from kerong.basics.policies_folder import policies_folder
from kerong.records.approvals import actions as approvals
from kerong.records.cases.actions import ApprovalNeededError, move, note, open_case
from kerong.records.cases.queries import case as find
from kerong.records.cases.queries import digest_to_approve
from kerong.records.cases.tests.conftest import BANK, FIRM
from kerong.records.evidence.actions import acting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kerong.basics.acting import Actor
    from kerong.basics.clock import FixedClock

KEY = "hubei.workflows.loan_application"


@pytest.fixture
def approving_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Follow a folder in which taking a need must be approved first."""
    shipped, folder = policies_folder(), tmp_path / "policies"
    file = "hubei/workflows/loan_application.yaml"
    (folder / file).parent.mkdir(parents=True)
    shutil.copytree(shipped / "sources", folder / "sources")
    text = (shipped / file).read_text(encoding="utf-8")
    (folder / file).write_text(
        text.replace("    to: matched\n", "    to: matched\n    approval: cases.step\n", 1), encoding="utf-8"
    )
    monkeypatch.setenv("KERONG_POLICIES", str(folder))


def test_approval_of_another_moment_does_not_open_the_door(
    clock: FixedClock, approving_folder: None, person_in: Callable[..., Actor]
) -> None:
    del clock, approving_folder
    agent, manager = person_in("agent", FIRM), person_in("relationship_manager", BANK)
    approver = person_in("approver", BANK, stepped_up=True)
    with acting(agent):
        case = open_case(
            workflow=KEY,
            subject=FIRM,
            title="须审批",
            owner=FIRM,
            participants={"firm": FIRM, "creditor": BANK},
        )

    def approved_now() -> str:
        with acting(manager):
            asked = approvals.ask(
                kind="cases.step",
                subject=FIRM,
                what="接单",
                content_digest=digest_to_approve(find(case.id), "take"),
                steps=("approve",),
            )
        with acting(approver):
            approvals.decide(approval_id=asked.id, step="approve", agreed=True, remark="同意")
        return str(asked.id)

    earlier = approved_now()
    with acting(agent):
        note(case_id=case.id, text="之后又有变动")
    with acting(manager):
        for number in ("", "nonsense", earlier):
            with pytest.raises(ApprovalNeededError):
                move(case_id=case.id, transition="take", approval_id=number)
    now = approved_now()
    with acting(manager):
        assert move(case_id=case.id, transition="take", approval_id=now).state == "matched"
