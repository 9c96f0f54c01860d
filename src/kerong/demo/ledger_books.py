"""An invented compensation pool: funded, reserved, paid, recovered, one payment waiting, one bank line unexplained."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kerong.adapters.bank_statements import read_bank_statement
from kerong.basics.clock import current_clock
from kerong.demo.cast import actor
from kerong.records.evidence.actions import acting
from kerong.records.ledger import actions, queries
from kerong.records.ledger.actions import credit, debit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kerong.portal.preparation import Preparation

BOOK = "demo-pool"
KEEPER = "office:dept_finance"
BANK_ONE, BANK_TWO = "institution:demo_bank_01", "institution:demo_bank_02"
WAN = 1_000_000
# code, name, owner, kind, floor, is it a bank account
_ACCOUNTS = (
    ("1002", "银行存款—补偿资金专户（虚构）", KEEPER, "asset", 0, True),
    ("2401", "风险补偿资金", KEEPER, "liability", 0, False),
    ("500101", "补偿支出—样例江城银行（虚构）", BANK_ONE, "expense", 0, False),
    ("500102", "补偿支出—样例楚汉银行（虚构）", BANK_TWO, "expense", 0, False),
    ("400101", "追偿返还—样例江城银行（虚构）", BANK_ONE, "income", 0, False),
)


def store_demo_books(_preparation: Preparation | None = None) -> Iterable[str]:
    """Keep the book of the invented pool; nothing happens when it is there already."""
    with transaction.atomic(), acting(actor("finance.officer")):
        if queries.book_of(BOOK) is not None:
            return []
        today = current_clock().today()
        _open()
        _post(today)
        _bank_says(today)
    return []


def _open() -> None:
    actions.open_book(
        key=BOOK, name="知识价值信用贷款风险补偿资金池（演示，虚构）", owner=KEEPER, is_demo=True
    )
    for code, name, owner, kind, floor, is_bank in _ACCOUNTS:
        actions.open_account(
            book=BOOK, code=code, name=name, owner=owner, kind=kind, floor=floor, is_bank=is_bank
        )


def _post(today: date) -> None:
    def day(ago: int) -> date:
        return today - timedelta(days=ago)

    def post(  # noqa: PLR0913, PLR0917 - one line for each entry below
        key: str, ago: int, what: str, one: str, other: str, amount: int, *, pending: bool = False
    ) -> None:
        actions.post(
            book=BOOK, key=key, legs=[debit(one, amount), credit(other, amount)], happened_on=day(ago), what=what,
            pending=pending,
        )  # fmt: skip

    post("fund-1", 200, "省级财政注资（虚构）", "1002", "2401", 3_000 * WAN)
    post("fund-2", 120, "市级财政注资（虚构）", "1002", "2401", 2_000 * WAN)
    post("pay-1", 90, "拨付补偿：江城样例软件（虚构）", "500101", "1002", 80 * WAN, pending=True)
    post("pay-2", 60, "拨付补偿：汉水样例材料（虚构）", "500102", "1002", 120 * WAN, pending=True)
    post("back-1", 20, "追偿所得按比例返还（虚构）", "1002", "400101", 15 * WAN)
    post("pay-3", 6, "拨付补偿：光谷样例光电（虚构），等银行回单", "500101", "1002", 64 * WAN, pending=True)


def _bank_says(today: date) -> None:
    """Import a statement: it confirms all but the last payment, and has interest that the book does not know yet."""
    lines = (
        (200, "R0001", 3_000 * WAN, "省财政（虚构）", "注资"),
        (120, "R0002", 2_000 * WAN, "市财政（虚构）", "注资"),
        (89, "R0003", -80 * WAN, "样例江城银行（虚构）", "pay-1"),
        (59, "R0004", -120 * WAN, "样例楚汉银行（虚构）", "pay-2"),
        (20, "R0005", 15 * WAN, "样例江城银行（虚构）", "追偿返还"),
        (9, "R0006", 4_321_56, "开户行（虚构）", "结息"),
    )
    text, balance = ["日期,回单号,收入,支出,余额,对方户名,附言"], 0
    for ago, receipt, amount, counterpart, words in lines:
        balance += amount
        received, paid = (amount, 0) if amount > 0 else (0, -amount)
        cells = [f"{cell / 100:.2f}" if cell else "" for cell in (received, paid, balance)]
        text.append(",".join([f"{today - timedelta(days=ago)}", receipt, *cells, counterpart, words]))
    account = queries.account_of(BOOK, "1002")
    assert account is not None, "opened above"  # noqa: S101 - for the type checker
    name = "专户对账单（虚构）.csv"
    file = read_bank_statement(name, "\n".join(text).encode())
    actions.import_bank_statement(account_id=account.id, name=name, file=file)
