"""A small compensation pool for tests: its book, its four accounts, and its invariants."""

from __future__ import annotations

from datetime import date
from typing import Any

from kerong.records.ledger import actions, queries
from kerong.records.ledger.actions import Leg

KEEPER = "office:dept_finance"
BANK = "institution:demo_bank_01"
DAY = date(2026, 1, 5)


def open_pool(key: str = "pool", *, requires: tuple[str, ...] = ()) -> str:
    """Open the book: bank money that is never overdrawn, the fund, what was paid to a bank, what came back."""
    actions.open_book(key=key, name="测试补偿资金池", owner=KEEPER, requires=requires, is_demo=True)
    for code, name, owner, kind, floor, is_bank in (
        ("1002", "专户存款", KEEPER, "asset", 0, True),
        ("2401", "风险补偿资金", KEEPER, "liability", 0, False),
        ("5001", "补偿支出", BANK, "expense", None, False),
        ("4001", "追偿收入", BANK, "income", None, False),
    ):
        actions.open_account(
            book=key, code=code, name=name, owner=owner, kind=kind, floor=floor, is_bank=is_bank
        )
    return key


def fund(amount: int, *, key: str = "funding", book: str = "pool", day: date = DAY) -> Any:
    """Money comes into the pool."""
    return actions.post(
        book=book, key=key, legs=[Leg("1002", amount), Leg("2401", -amount)], happened_on=day, what="财政注资"
    )


def pay(amount: int, *, key: str, book: str = "pool", day: date = DAY, pending: bool = False) -> Any:
    """Money goes out of the pool to a bank."""
    return actions.post(
        book=book,
        key=key,
        legs=[Leg("5001", amount), Leg("1002", -amount)],
        happened_on=day,
        what="拨付补偿",
        pending=pending,
    )


def account(code: str, book: str = "pool") -> Any:
    """Return an account of the book."""
    found = queries.account_of(book, code)
    assert found is not None
    return found


def held(code: str, book: str = "pool", at: Any = None) -> Any:
    """Return what an account holds."""
    return queries.balance(account_id=account(code, book).id, at=at)


def sound() -> None:
    """Fail unless every invariant holds."""
    assert queries.check_invariants() == []
