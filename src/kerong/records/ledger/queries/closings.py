"""Closings that were asked for, and the digest of the balances that everybody agrees to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.basics.canonical import digest
from kerong.records.approvals.queries import seen_approvals
from kerong.records.ledger.queries.balances import trial_balance

if TYPE_CHECKING:
    from datetime import date

    from kerong.records.approvals.models import Approval

SUBJECT = "ledger.closing:"


def subject_of(book: str, through: date) -> str:
    """Return what an approval of a closing is about, as text."""
    return f"{SUBJECT}{book}:{through.isoformat()}"


def open_closings(book: str) -> list[Approval]:
    """Return the closings of a book that are being decided and that the actor sees."""
    return list(
        seen_approvals().filter(kind="ledger.close", state="open", subject__startswith=f"{SUBJECT}{book}:")
    )


def digest_to_close(book: str, through: date) -> str:
    """Return the digest of the balances of a book at the end of a day: what a closing of that day is bound to."""
    lines = [list(line) for line in trial_balance(book=book, on=through).lines]
    return digest({"book": book, "through": through, "lines": lines})
