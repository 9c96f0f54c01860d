"""Opens books and accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kerong.basics import party_reference
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.engines.bookkeeping.accounts import EMPTY, KINDS, AccountKind, check_limits, sign_of
from kerong.engines.bookkeeping.refusals import BookkeepingError, UnknownAccountError
from kerong.records.evidence.actions import house, seal
from kerong.records.ledger.models import Account, Balance, Book

if TYPE_CHECKING:
    from collections.abc import Sequence

REFERENCES = ("decision_ref", "pack_hash", "approval_ref")


class AlreadyOpenError(BookkeepingError):
    """The book or account exists and is another one than was asked for."""


def open_book(
    *, key: str, name: str, owner: str, requires: Sequence[str] = (), is_demo: bool = False
) -> Book:
    """Open a book that ``owner`` keeps; the same book asked for again is returned.

    ``requires`` names the references that every entry must carry. Raises AlreadyOpenError, PartyReferenceError.
    """
    party_reference.parse(owner)
    if unknown := set(requires) - set(REFERENCES):
        raise BookkeepingError(
            f"no such reference: {', '.join(sorted(unknown))}; there are {', '.join(REFERENCES)}"
        )
    wanted = {"keeper": owner, "requires": sorted(set(requires)), "is_demo": is_demo}
    with transaction.atomic():
        book, is_new = Book.objects.get_or_create(
            key=key, defaults=wanted | {"name": name, "opened_at": current_clock().now()}
        )
        if any(getattr(book, field) != value for field, value in wanted.items()):
            raise AlreadyOpenError(f"book {key} is open already, and is another one")
        if is_new:
            seal(book, stream="ledger", kind="book_opened", subject=owner)
    return book


def open_account(  # noqa: PLR0913 - what an account is
    *,
    book: str,
    code: str,
    name: str,
    owner: str,
    kind: AccountKind,
    currency: str = "CNY",
    floor: int | None = None,
    ceiling: int | None = None,
    is_bank: bool = False,
) -> Account:
    """Open an account; the same account asked for again is returned.

    ``floor`` is the least that may be available (0: never overdrawn, reservations counted), ``ceiling`` the most
    that it may reach, both in minor units on the side on which the account grows. Raises AlreadyOpenError,
    UnknownAccountError where there is no such book, LimitError for limits that an empty account breaks.
    """
    party_reference.parse(owner)
    if kind not in KINDS:
        raise BookkeepingError(f"{kind!r} is no kind of account; there are {', '.join(KINDS)}")
    sign = sign_of(kind)
    check_limits(code, EMPTY, sign, floor, ceiling)
    kept = {
        "owner": owner,
        "kind": kind,
        "currency": currency,
        "floor": floor,
        "ceiling": ceiling,
        "is_bank": is_bank,
    }
    with transaction.atomic(), house("books are written by this record alone"):
        keeper = Book.objects.filter(key=book).values_list("keeper", flat=True).first()
        if keeper is None:
            raise UnknownAccountError(f"there is no book {book}")
        now = current_clock().now()
        account, is_new = Account.objects.get_or_create(
            book_id=book,
            code=code,
            defaults=kept | {"id": new_identifier(now), "name": name, "keeper": keeper, "opened_at": now},
        )
        if any(getattr(account, field) != value for field, value in kept.items()):
            raise AlreadyOpenError(f"account {code} of book {book} is open already, and is another one")
        if is_new:
            Balance.objects.create(
                account=account, owner=owner, keeper=keeper, sign=sign, floor=floor, ceiling=ceiling
            )
            seal(account, stream="ledger", kind="account_opened", subject=owner)
    return account
