"""Finds books, accounts and entries; row security shows each actor its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from kerong.records.ledger.models import Account, Book, Entry, Inspection

if TYPE_CHECKING:
    from django.db.models import QuerySet


def books() -> QuerySet[Book]:
    """Return the books in which the actor sees at least one account."""
    return Book.objects.filter(Exists(Account.objects.filter(book=OuterRef("key")))).order_by("name")


def book_of(key: str) -> Book | None:
    """Return a book in which the actor sees an account, or None."""
    return books().filter(key=key).first()


def accounts_of(book: str, *, search: str = "") -> QuerySet[Account]:
    """Return the accounts of a book that the actor sees, with their balances, by code."""
    found = Account.objects.filter(book_id=book).select_related("balance").order_by("code")
    if search:
        found = found.filter(Q(code__startswith=search) | Q(name__icontains=search) | Q(owner=search))
    return found


def account_of(book: str, code: str) -> Account | None:
    """Return one account that the actor sees, or None."""
    return accounts_of(book).filter(code=code).select_related("book", "balance").first()


def entry_of(entry_id: int) -> Entry | None:
    """Return one entry that the actor sees, with its book, or None."""
    return Entry.objects.filter(id=entry_id).select_related("book", "original", "follower").first()


def last_inspection() -> Inspection | None:
    """Return the last run of the invariants, or None."""
    return Inspection.objects.order_by("-made_at", "-id").first()
