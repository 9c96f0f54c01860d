"""The pages of the approvals over HTTP: lists, the step-up, refusals, a remark for returning, taking back."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from kerong.records.approvals import actions, queries
from kerong.records.evidence.actions import acting

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from kerong.records.approvals.models import Approval

pytestmark = pytest.mark.postgres
OFFICE = "office:dept_finance"
DIGEST = "ab" * 32


@pytest.fixture
def officer(sign_in: Callable[..., Client]) -> Client:
    return sign_in("finance_officer", OFFICE)


@pytest.fixture
def reviewer(sign_in: Callable[..., Client]) -> Client:
    return sign_in("finance_reviewer", OFFICE, stepped_up=True)


@pytest.fixture
def asked(officer: Client) -> Approval:
    with acting(officer.actor):
        return actions.ask(kind="ledger.entry", subject="x:1", what="拨付补偿", content_digest=DIGEST)


def decide(client: Client, found: Approval, answer: str, **more: str) -> tuple[int, str]:
    said = {"answer": answer, "step": "review", "content_digest": DIGEST, "remark": "", **more}
    given = client.post(f"/approvals/{found.id}/decide/", said, follow=True)
    return given.status_code, given.content.decode()


def state(client: Client, found: Approval) -> tuple[str, int]:
    with acting(client.actor):
        now = queries.approval(found.id)
    assert now is not None
    return now.state, now.position


def test_each_list_shows_whom_it_waits_for(officer: Client, reviewer: Client, asked: Approval) -> None:
    def shown(client: Client, chosen: str) -> bool:
        return f"/approvals/{asked.id}/" in client.get(f"/approvals/?list={chosen}").content.decode()

    assert [shown(reviewer, each) for each in ("waiting", "mine", "all")] == [True, False, True]
    assert [shown(officer, each) for each in ("waiting", "mine", "all")] == [False, True, True]
    text = officer.get("/approvals/export.csv?list=mine").content.decode("utf-8-sig")
    assert [row[1] for row in csv.reader(io.StringIO(text))][1:] == ["拨付补偿"]


def test_who_is_not_stepped_up_is_asked_to_and_keeps_the_remark(
    sign_in: Callable[..., Client], asked: Approval
) -> None:
    client = sign_in("finance_reviewer", OFFICE)
    status, text = decide(client, asked, "agree", remark="已核对回单")

    assert status == 403
    assert "再次确认身份" in text
    assert "已核对回单" in text
    assert state(client, asked) == ("open", 0)


def test_agreeing_says_the_next_step_and_a_second_click_changes_nothing(
    reviewer: Client, asked: Approval
) -> None:
    status, text = decide(reviewer, asked, "agree")
    again, said = decide(reviewer, asked, "agree")

    assert (status, again) == (200, 409)
    assert "转到下一步：审批" in text
    assert "已由他人办理" in said
    assert state(reviewer, asked) == ("open", 1)


def test_returning_needs_a_remark(reviewer: Client, asked: Approval) -> None:
    status, text = decide(reviewer, asked, "return")
    assert (status, state(reviewer, asked)) == (422, ("open", 0))
    assert "退回时请写明理由" in text

    assert decide(reviewer, asked, "return", remark="科目不对")[0] == 200
    assert state(reviewer, asked) == ("returned", 0)


@pytest.mark.parametrize("role", ["finance_reviewer", "finance_approver"])
def test_a_second_role_of_the_asker_is_told_why_not(sign_in: Callable[..., Client], role: str) -> None:
    officer = sign_in("finance_officer", OFFICE, username="one")
    with acting(officer.actor):
        found = actions.ask(kind="ledger.entry", subject="x:2", what="自批", content_digest=DIGEST)
    status, text = decide(sign_in(role, OFFICE, username="one", stepped_up=True), found, "agree")

    assert status == 409
    assert ("换一个账号也不行" in text) == (role == "finance_reviewer")
    assert state(officer, found) == ("open", 0)


def test_other_parties_find_nothing(sign_in: Callable[..., Client], asked: Approval) -> None:
    other = sign_in("finance_reviewer", "office:dept_science", stepped_up=True)

    assert other.get(f"/approvals/{asked.id}/").status_code == 404
    assert decide(other, asked, "agree")[0] == 404


def test_content_that_changed_meanwhile_is_not_agreed_to(reviewer: Client, asked: Approval) -> None:
    status, text = decide(reviewer, asked, "agree", content_digest="cd" * 32)

    assert status == 409
    assert "有改动" in text
    assert state(reviewer, asked) == ("open", 0)


def test_the_asker_takes_back_with_a_reason(officer: Client, reviewer: Client, asked: Approval) -> None:
    address = f"/approvals/{asked.id}/withdraw/"

    assert officer.post(address, {"because": ""}).status_code == 422
    assert reviewer.post(address, {"because": "不是我的"}).status_code == 422
    assert state(officer, asked) == ("open", 0)
    assert officer.post(address, {"because": "金额写错"}).status_code == 302
    assert state(officer, asked) == ("withdrawn", 0)
