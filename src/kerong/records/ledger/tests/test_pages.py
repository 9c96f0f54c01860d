"""Pages: who sees which account, statements that tie on page and in files, vouchers that three people make."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING

import openpyxl
import pytest

from kerong.basics.acting import Actor, house_actor
from kerong.records.approvals.actions import decide
from kerong.records.evidence.actions import acting
from kerong.records.ledger import queries
from kerong.records.ledger.models import Account, Entry, Leg, Voucher
from kerong.records.ledger.tests.pool import BANK, KEEPER, fund, open_pool, pay

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

PERIOD = "from=2026-01-01&to=2026-12-31"

pytestmark = pytest.mark.usefixtures("pool")


@pytest.fixture
def pool(db: None) -> None:
    del db
    with acting(house_actor("test")):
        open_pool()
        fund(1_000_00)
        pay(300_00, key="p1")
        pay(50_50, key="p2", day=date(2026, 2, 1))


def test_keeper_sees_the_book_and_owner_only_its_account(person_in: Callable[..., Actor]) -> None:
    def seen() -> tuple[list[str], int, int]:
        return (
            sorted(Account.objects.values_list("code", flat=True)),
            Leg.objects.count(),
            Entry.objects.count(),
        )

    with acting(person_in("finance_officer", KEEPER)):
        assert seen() == (["1002", "2401", "4001", "5001"], 6, 3)
    with acting(person_in("relationship_manager", BANK)):
        assert seen() == (["4001", "5001"], 2, 2)
    with acting(person_in("auditor", "office:audit_office")):
        assert seen() == (["1002", "2401", "4001", "5001"], 6, 3)
    for role, party in (
        ("agent", "enterprise:X9420100DEM000014E"),
        ("finance_officer", "office:finance_420100"),
    ):
        with acting(person_in(role, party)):
            assert seen() == ([], 0, 0)


def test_statement_ties_on_the_page_and_in_every_file(sign_in: Callable[..., Client]) -> None:
    client = sign_in("relationship_manager", BANK)

    page = client.get(f"/ledger/pool/5001/?{PERIOD}")
    assert page.status_code == 200
    text = page.content.decode()
    assert all(printed in text for printed in ("300.00", "50.50", "350.50"))
    csv = client.get(f"/ledger/pool/5001/statement.csv?{PERIOD}").content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[6] for line in csv[1:]] == ["0", "30000", "35050", "35050"]
    sheet = openpyxl.load_workbook(
        io.BytesIO(client.get(f"/ledger/pool/5001/statement.xlsx?{PERIOD}").content)
    ).worksheets[0]
    assert [row[6] for row in sheet.iter_rows(min_row=2, values_only=True)] == [0, 30000, 35050, 35050]
    pdf = client.get(f"/ledger/pool/5001/statement.pdf?{PERIOD}")
    assert pdf.content.startswith(b"%PDF")
    from pypdf import PdfReader

    printed = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    assert "350.50" in printed


def test_other_accounts_and_books_are_not_there(sign_in: Callable[..., Client]) -> None:
    client = sign_in("relationship_manager", BANK)

    assert client.get("/ledger/pool/1002/").status_code == 404
    assert client.get("/ledger/pool/trial-balance/").status_code == 403
    assert sign_in("agent", "enterprise:X9420100DEM000014E").get("/ledger/pool/").status_code == 404
    with acting(house_actor("test")):
        entry = Entry.objects.get(key="funding")
    assert client.get(f"/ledger/entry/{entry.id}/").status_code == 404


@pytest.mark.parametrize("path", [
    "", "pool/", "pool/?q=专户", "pool/1002/?at=2026-11-23T10:00", "pool/1002/?q=拨付&page=9", "pool/trial-balance/",
    "pool/trial-balance.xlsx", "pool/trial-balance.pdf", "pool/trial-balance.csv?on=2026-01-31", "pool/vouchers/",
    "pool/vouchers/new/", "pool/1002/bank/", "pool/1002/?from=nonsense&to=2026-99-99",
])  # fmt: skip
def test_pages_of_the_keeper_open(sign_in: Callable[..., Client], path: str) -> None:
    assert sign_in("finance_officer", KEEPER).get(f"/ledger/{path}").status_code == 200


def test_trial_balance_of_a_day_ties(sign_in: Callable[..., Client]) -> None:
    text = (
        sign_in("finance_officer", KEEPER).get("/ledger/pool/trial-balance/?on=2026-01-31").content.decode()
    )

    assert "1,000.00" in text
    assert "50.50" not in text


def voucher_of(**more: str) -> dict[str, str]:
    return {
        "happened_on": "2026-03-01", "what": "手续费", "account_0": "5001", "debit_0": "12.30",
        "account_1": "1002", "credit_1": "12.30", **more,
    }  # fmt: skip


def test_voucher_needs_three_people_and_is_posted_once_all_agreed(
    sign_in: Callable[..., Client], person_in: Callable[..., Actor]
) -> None:
    officer = sign_in("finance_officer", KEEPER)
    asked = officer.post("/ledger/pool/vouchers/new/", voucher_of())
    assert asked.status_code == 302
    with acting(house_actor("test")):
        voucher = Voucher.objects.get()
    digest = {"content_digest": voucher.content_digest}
    reviewer = person_in("finance_reviewer", KEEPER, stepped_up=True)
    approver = person_in("finance_approver", KEEPER, stepped_up=True)
    with acting(reviewer):
        decide(approval_id=voucher.approval_ref, step="review", agreed=True, remark="", **digest)
        assert not Entry.objects.filter(key=f"voucher:{voucher.id}").exists()
    with acting(approver):
        decide(approval_id=voucher.approval_ref, step="approve", agreed=True, remark="", **digest)
        entry = Entry.objects.get(key=f"voucher:{voucher.id}")
    assert (entry.kind, entry.approval_ref) == ("posted", voucher.approval_ref)
    text = officer.get(f"/ledger/entry/{entry.id}/").content.decode()
    assert "手续费" in text
    assert voucher.approval_ref in text
    with acting(house_actor("test")):
        assert queries.check_invariants() == []


@pytest.mark.parametrize(("wrong", "words"), [
    ({"credit_1": "12.31"}, "贷方多 0.01 元"), ({"debit_0": "1.005"}, "最多两位小数"),
    ({"account_0": "9999"}, "请选科目"),
    ({"happened_on": "2999-01-01"}, "还没到"), ({"credit_0": "1"}, "填且只填一个"), ({"what": ""}, "请写明摘要"),
])  # fmt: skip
def test_mistakes_stand_at_their_fields_and_nothing_typed_is_lost(
    sign_in: Callable[..., Client], wrong: dict[str, str], words: str
) -> None:
    client = sign_in("finance_officer", KEEPER)
    answer = client.post("/ledger/pool/vouchers/new/", voucher_of(**wrong))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="12.30"' in answer.content.decode()
    with acting(house_actor("test")):
        assert not Voucher.objects.exists()
