"""Vouchers: those of a book, one, and those that shall undo an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.records.approvals.queries import seen_approvals
from kerong.records.ledger.models import Voucher

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet


def vouchers_of(book: str) -> QuerySet[Voucher]:
    """Return the vouchers of a book that the actor sees, the latest first."""
    return Voucher.objects.filter(book_id=book).order_by("-asked_at", "-id")


def voucher_of(voucher_id: UUID) -> Voucher | None:
    """Return one voucher that the actor sees, with its book, or None."""
    return Voucher.objects.filter(id=voucher_id).select_related("book").first()


def undoings_of(entry_id: int) -> list[Voucher]:
    """Return the vouchers that ask for an entry to be undone, the latest first, whatever became of them."""
    return list(Voucher.objects.filter(undoes=entry_id).order_by("-asked_at", "-id"))


def open_undoings(entry_id: int) -> list[Voucher]:
    """Return those of them that are still being decided."""
    found = {each.approval_ref: each for each in undoings_of(entry_id) if not each.entry_ref}
    live = seen_approvals().filter(id__in=list(found), state="open")
    return [found[str(each.id)] for each in live]
