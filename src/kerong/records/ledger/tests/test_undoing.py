"""Entries are undone and periods closed by three people: asked, reviewed, approved; both entries name each other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from kerong.basics.acting import house_actor
from kerong.basics.clock import current_clock
from kerong.records.approvals.actions import DecisionRefusedError, decide
from kerong.records.approvals.queries import approval, seen_approvals
from kerong.records.evidence.actions import acting
from kerong.records.ledger import actions, queries
from kerong.records.ledger.models import Closing, Entry, Voucher
from kerong.records.ledger.tests.pool import BANK, DAY, KEEPER, fund, held, open_pool, pay, sound

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from kerong.basics.acting import Actor

pytestmark = pytest.mark.postgres
MONTH_END = date(2026, 1, 31)


@pytest.fixture
def pool(db: None) -> dict[str, int]:
    del db
    with acting(house_actor("test")):
        open_pool()
        fund(100_000)
        return {"paid": pay(5_050, key="pay").id, "waiting": pay(700, key="wait", pending=True).id}


@pytest.fixture
def agree(person_in: Callable[..., Actor]) -> Callable[[str], None]:
    """Return what lets reviewer and approver agree to an approval."""
    people = [
        ("review", person_in("finance_reviewer", KEEPER, stepped_up=True)),
        ("approve", person_in("finance_approver", KEEPER, stepped_up=True)),
    ]

    def run(approval_id: str) -> None:
        for step, person in people:
            with acting(person):
                decide(approval_id=approval_id, step=step, agreed=True, remark="")

    return run


def undo(client: Client, entry_id: int, **more: str) -> int:
    said = {"happened_on": str(current_clock().today()), "because": "重复拨付", **more}
    status: int = client.post(f"/ledger/entry/{entry_id}/undo/", said).status_code
    return status


@pytest.mark.parametrize(("which", "said"), [("paid", ("reversal", 100_000)), ("waiting", ("void", 94_950))])
def test_an_entry_is_undone_by_three_people_and_both_name_each_other(
    pool: dict[str, int],
    sign_in: Callable[..., Client],
    agree: Callable[[str], None],
    which: str,
    said: tuple[str, int],
) -> None:
    officer = sign_in("finance_officer", KEEPER)
    assert (
        f"/ledger/entry/{pool[which]}/undo/" in officer.get(f"/ledger/entry/{pool[which]}/").content.decode()
    )
    assert undo(officer, pool[which]) == 302
    with acting(house_actor("test")):
        voucher = Voucher.objects.get()
        assert Entry.objects.count() == 3
    agree(voucher.approval_ref)
    agreed_again = undo(officer, pool[which])

    assert agreed_again == 409
    with acting(house_actor("test")):
        entry = Entry.objects.get(original_id=pool[which])
        assert entry.approval_ref == voucher.approval_ref
        assert (entry.kind, held("1002").amount) == said
        sound()
    for number, other in ((pool[which], entry.id), (entry.id, pool[which])):
        assert f'href="/ledger/entry/{other}/"' in officer.get(f"/ledger/entry/{number}/").content.decode()
    assert "重复拨付" in officer.get(f"/ledger/entry/{entry.id}/").content.decode()


def test_mistakes_in_an_undoing_stand_at_the_field_and_nothing_is_asked(
    pool: dict[str, int], sign_in: Callable[..., Client]
) -> None:
    officer = sign_in("finance_officer", KEEPER)
    tomorrow = str(current_clock().today() + timedelta(days=1))

    assert undo(officer, pool["paid"], because=" ") == 422
    assert undo(officer, pool["paid"], happened_on="2026-13-01") == 422
    assert undo(officer, pool["paid"], happened_on=tomorrow) == 409
    assert undo(officer, pool["paid"], happened_on=str(DAY - timedelta(days=1))) == 409
    with acting(house_actor("test")):
        assert not Voucher.objects.exists()
    assert undo(officer, pool["paid"]) == 302
    assert undo(officer, pool["paid"]) == 409
    with acting(house_actor("test")):
        assert Voucher.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "party", "status"),
    [
        ("finance_approver", KEEPER, 403),
        ("finance_officer", "office:dept_science", 404),
        ("approver", BANK, 403),
    ],
)
def test_only_the_keepers_officer_asks_for_an_undoing(
    pool: dict[str, int], sign_in: Callable[..., Client], role: str, party: str, status: int
) -> None:
    assert undo(sign_in(role, party), pool["paid"]) == status


def test_a_form_sent_twice_is_one_voucher(pool: dict[str, int], sign_in: Callable[..., Client]) -> None:
    del pool
    officer = sign_in("finance_officer", KEEPER)
    said = {
        "form": str(uuid4()), "happened_on": "2026-03-01", "what": "手续费", "account_0": "5001",
        "debit_0": "12.30", "account_1": "1002", "credit_1": "12.30",
    }  # fmt: skip
    first, second = (officer.post("/ledger/pool/vouchers/new/", said) for _ in range(2))

    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    with acting(house_actor("test")):
        assert Voucher.objects.count() == 1
        assert seen_approvals().count() == 1


def test_a_voucher_in_a_closed_period_or_beyond_the_balance_is_refused_when_asked(
    pool: dict[str, int], sign_in: Callable[..., Client]
) -> None:
    del pool
    with acting(house_actor("test")):
        actions.close_period(book="pool", through=MONTH_END)
    officer = sign_in("finance_officer", KEEPER)

    def said(day: str, amount: str) -> str:
        answer = officer.post(
            "/ledger/pool/vouchers/new/",
            {
                "happened_on": day, "what": "手续费", "account_0": "5001", "debit_0": amount, "account_1": "1002",
                "credit_1": amount,
            },
        )  # fmt: skip
        assert answer.status_code == 422
        assert f'value="{amount}"' in answer.content.decode()
        return answer.content.decode()

    assert "已结账的期间" in said("2026-01-31", "12.30")
    assert "余额不足" in said("2026-02-01", "99999.00")
    with acting(house_actor("test")):
        assert not Voucher.objects.exists()


def test_a_period_is_closed_by_three_people_on_the_balances_they_saw(
    pool: dict[str, int], sign_in: Callable[..., Client], agree: Callable[[str], None]
) -> None:
    del pool
    officer = sign_in("finance_officer", KEEPER)
    asked = officer.post("/ledger/pool/close/", {"through": str(MONTH_END)})
    approval_id = asked.headers["Location"].strip("/").split("/")[-1]
    again = officer.post("/ledger/pool/close/", {"through": str(MONTH_END)})
    with acting(house_actor("test")):
        assert not Closing.objects.exists()
        digest = queries.digest_to_close("pool", MONTH_END)
    shown = officer.get(f"/ledger/pool/trial-balance/?on={MONTH_END}").content.decode()
    agree(approval_id)

    assert (asked.status_code, again.status_code) == (302, 422)
    assert digest in shown
    with acting(house_actor("test")):
        closing = Closing.objects.get()
        assert (closing.through, closing.approval_ref) == (MONTH_END, approval_id)
        sound()
    assert approval_id in officer.get("/ledger/pool/").content.decode()


def test_a_closing_ends_when_somebody_posted_in_the_period_meanwhile(
    pool: dict[str, int], sign_in: Callable[..., Client], agree: Callable[[str], None]
) -> None:
    del pool
    officer = sign_in("finance_officer", KEEPER)
    asked = officer.post("/ledger/pool/close/", {"through": str(MONTH_END)})
    approval_id = asked.headers["Location"].strip("/").split("/")[-1]
    with acting(house_actor("test")):
        fund(1, key="late")
    agree(approval_id)

    with acting(house_actor("test")):
        assert not Closing.objects.exists()
        found = approval(approval_id)
        assert found is not None
        assert found.state == "void"
        assert "余额表变了" in found.closed_because


def test_who_asked_for_a_closing_does_not_decide_it(
    pool: dict[str, int], person_in: Callable[..., Actor], sign_in: Callable[..., Client]
) -> None:
    del pool
    officer = sign_in("finance_officer", KEEPER, username="both")
    asked = officer.post("/ledger/pool/close/", {"through": str(MONTH_END)})
    approval_id = asked.headers["Location"].strip("/").split("/")[-1]
    with (
        acting(person_in("finance_reviewer", KEEPER, username="both", stepped_up=True)),
        pytest.raises(DecisionRefusedError, match="asker"),
    ):
        decide(approval_id=approval_id, step="review", agreed=True, remark="")
    approver = sign_in("finance_approver", KEEPER, stepped_up=True)

    assert approver.post("/ledger/pool/close/", {"through": str(MONTH_END)}).status_code == 403
