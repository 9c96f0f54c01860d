"""Closes periods: after that nothing is dated in them any more, and nothing opens them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from kerong.basics.canonical import digest
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.engines.bookkeeping.refusals import NotYetError, PeriodClosedError, UnknownAccountError
from kerong.records.evidence.actions import house, seal
from kerong.records.ledger.models import Book, Closing
from kerong.records.ledger.queries.balances import trial_balance

if TYPE_CHECKING:
    from datetime import date


def close_period(*, book: str, through: date) -> Closing:
    """Close every day of a book up to and with ``through``; closing that very day again returns the same closing.

    What was wrong in a closed period is corrected in the open one. Raises PeriodClosedError when a later day is
    closed already, NotYetError when the day is not over.
    """
    with transaction.atomic(), house("books are written by this record alone"):
        with connection.cursor() as cursor:
            # Waits for postings that have begun; those that begin later see the closing.
            cursor.execute("SELECT 1 FROM ledger_book WHERE key = %s FOR UPDATE", [book])
        kept = Book.objects.filter(key=book).first()
        if kept is None:
            raise UnknownAccountError(f"there is no book {book}")
        if through >= current_clock().today():
            raise NotYetError(f"{through} is not over yet")
        latest = Closing.objects.filter(book=kept).order_by("-through").first()
        if latest is not None and latest.through == through:
            return latest
        if latest is not None and latest.through > through:
            raise PeriodClosedError(f"book {book} is closed through {latest.through} already")
        lines = [list(line) for line in trial_balance(book=book, on=through).lines]
        now = current_clock().now()
        closing = Closing.objects.create(
            id=new_identifier(now),
            book=kept,
            owner=kept.keeper,
            through=through,
            closed_at=now,
            balances_digest=digest(lines),
        )
        seal(
            closing,
            stream="ledger",
            kind="period_closed",
            subject=kept.keeper,
            detail={"through": through.isoformat()},
        )
    return closing
