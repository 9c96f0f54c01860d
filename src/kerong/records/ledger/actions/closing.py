"""Closes periods: after that nothing is dated in them any more, and nothing opens them again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.urls import reverse

from kerong.basics.canonical import digest
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.engines.bookkeeping.refusals import (
    BookkeepingError,
    NotYetError,
    PeriodClosedError,
    UnknownAccountError,
)
from kerong.records.approvals.actions import ask
from kerong.records.approvals.actions import void as void_approval
from kerong.records.evidence.actions import house, seal
from kerong.records.ledger.models import Book, Closing
from kerong.records.ledger.queries.balances import trial_balance
from kerong.records.ledger.queries.closings import SUBJECT, digest_to_close, open_closings, subject_of

if TYPE_CHECKING:
    from kerong.records.approvals.models import Approval


class AskedAlreadyError(BookkeepingError):
    """The same thing was asked for a moment ago and is still open."""


def ask_closing(*, book: str, through: date) -> Approval:
    """Ask for a period to be closed: two other people of the keeper look at the balances of its last day.

    Raises NotYetError, PeriodClosedError and AskedAlreadyError.
    """
    with transaction.atomic(), house("books are written by this record alone"):
        kept = _held(book)
        _may_close(kept, through)
        if open_closings(book):
            raise AskedAlreadyError(f"a closing of book {book} is being decided")
        # Kept words are Chinese, whatever language the asker reads.
        sums = "、".join(
            f"{total.debit_balance / 100:,.2f} {_unit(total.currency)}"
            for total in trial_balance(book=book, on=through).totals
        )
        return ask(
            kind="ledger.close",
            subject=subject_of(book, through),
            what=f"结账至 {through.isoformat()}：{kept.name}，借贷余额各 {sums or '0.00 元'}",
            content_digest=digest_to_close(book, through),
            link=f"{reverse('ledger:trial_balance', args=[book])}?on={through.isoformat()}",
            readers=[kept.keeper],
        )


def follow_closing(approval: Approval) -> None:
    """Close what everybody agreed to; where the balances are others by now, the approval ends and says so."""
    book, _colon, day = approval.subject.removeprefix(SUBJECT).rpartition(":")
    through = date.fromisoformat(day)
    try:
        with transaction.atomic(), house("books are written by this record alone"):
            _held(book)
            if digest_to_close(book, through) != approval.content_digest:
                raise PeriodClosedError("提交以后这一期间又有记账，余额表变了，请重新提交结账。")
            close_period(book=book, through=through, approval_ref=str(approval.id))
    except BookkeepingError as error:
        void_approval(approval_id=approval.id, because=str(error)[:500])


def close_period(*, book: str, through: date, approval_ref: str = "") -> Closing:
    """Close every day of a book up to and with ``through``; closing that very day again returns the same closing.

    What was wrong in a closed period is corrected in the open one. Raises PeriodClosedError when a later day is
    closed already, NotYetError when the day is not over.
    """
    with transaction.atomic(), house("books are written by this record alone"):
        kept = _held(book)
        latest = Closing.objects.filter(book=kept).order_by("-through").first()
        if latest is not None and latest.through == through:
            return latest
        _may_close(kept, through)
        lines = [list(line) for line in trial_balance(book=book, on=through).lines]
        now = current_clock().now()
        closing = Closing.objects.create(
            id=new_identifier(now),
            book=kept,
            owner=kept.keeper,
            through=through,
            closed_at=now,
            balances_digest=digest(lines),
            approval_ref=approval_ref,
        )
        seal(
            closing,
            stream="ledger",
            kind="period_closed",
            subject=kept.keeper,
            detail={"through": through.isoformat()},
        )
    return closing


def _held(book: str) -> Book:
    """Return the book, locked: postings that have begun are waited for, those that begin later see the closing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM ledger_book WHERE key = %s FOR UPDATE", [book])
    kept = Book.objects.filter(key=book).first()
    if kept is None:
        raise UnknownAccountError(f"there is no book {book}")
    return kept


def _unit(currency: str) -> str:
    return "元" if currency == "CNY" else currency


def _may_close(kept: Book, through: date) -> None:
    if through >= current_clock().today():
        raise NotYetError(f"{through} is not over yet")
    latest = Closing.objects.filter(book=kept).order_by("-through").first()
    if latest is not None and latest.through >= through:
        raise PeriodClosedError(f"book {kept.key} is closed through {latest.through} already")
