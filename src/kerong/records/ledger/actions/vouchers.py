"""Manual vouchers 凭证: one person asks, two others review and approve, then the entry is posted."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from kerong.basics.acting import current_actor
from kerong.basics.canonical import digest
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.engines.bookkeeping.entries import Leg, check_legs
from kerong.engines.bookkeeping.refusals import BookkeepingError, NotYetError, UnknownAccountError
from kerong.records.approvals.actions import ask
from kerong.records.approvals.queries import approval, approved
from kerong.records.evidence.actions import house, seal
from kerong.records.ledger.actions.posting import post
from kerong.records.ledger.models import Account, Book, Entry, Voucher

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

_SUBJECT = "ledger.voucher:"


class NotApprovedError(BookkeepingError):
    """The voucher is not approved, or not any more."""


def ask_voucher(  # noqa: PLR0913 - what a voucher is
    *,
    book: str,
    legs: Sequence[Leg],
    happened_on: date,
    what: str,
    decision_ref: str = "",
    pack_hash: str = "",
    waits_for_bank: bool = False,
) -> Voucher:
    """Ask for an entry: it goes to review and approval by two other people of the book's keeper.

    ``waits_for_bank`` makes it a payment order: approved, it is reserved, and posted on the bank's receipt. Raises
    BookkeepingError for what could not be posted today.
    """
    check_legs(legs)
    now = current_clock().now()
    if happened_on > current_clock().today():
        raise NotYetError(f"{happened_on} has not come yet")
    with transaction.atomic(), house("books are written by this record alone"):
        kept = Book.objects.filter(key=book).first()
        known = dict(Account.objects.filter(book_id=book).values_list("code", "currency"))
        for leg in legs:
            if known.get(leg.account) != leg.currency:
                raise UnknownAccountError(f"book {book} has no account {leg.account} in {leg.currency}")
        if kept is None:
            raise UnknownAccountError(f"there is no book {book}")
        content = {
            "book": book, "legs": [list(leg) for leg in legs], "happened_on": happened_on, "what": what,
            "decision_ref": decision_ref, "pack_hash": pack_hash, "waits_for_bank": waits_for_bank,
        }  # fmt: skip
        key = new_identifier(now)
        asked = ask(
            kind="ledger.entry",
            subject=f"{_SUBJECT}{key}",
            what=what,
            content_digest=digest(content),
            link=reverse("ledger:voucher", args=[key]),
            readers=[kept.keeper],
        )
        voucher = Voucher.objects.create(
            id=key, book=kept, owner=kept.keeper, legs=content["legs"], happened_on=happened_on, what=what,
            decision_ref=decision_ref, pack_hash=pack_hash, waits_for_bank=waits_for_bank, asked_at=now,
            asked_by=current_actor().user, content_digest=digest(content), approval_ref=str(asked.id),
        )  # fmt: skip
        seal(voucher, stream="ledger", kind="voucher_asked", subject=kept.keeper)
    return voucher


def post_voucher(*, voucher_id: UUID | str) -> Entry:
    """Post an approved voucher, once; asked again, return the same entry. Raises NotApprovedError and others."""
    with transaction.atomic(), house("whoever approved last posts what was asked for"):
        voucher = Voucher.objects.select_for_update().get(id=voucher_id)
        if not approved(approval_id=voucher.approval_ref, content_digest=voucher.content_digest):
            raise NotApprovedError("the voucher is not approved")
        entry = post(
            book=voucher.book_id,
            key=f"voucher:{voucher.id}",
            legs=[Leg(*leg) for leg in voucher.legs],
            happened_on=voucher.happened_on,
            what=voucher.what,
            decision_ref=voucher.decision_ref,
            pack_hash=voucher.pack_hash,
            approval_ref=voucher.approval_ref,
            pending=voucher.waits_for_bank,
        )
        if voucher.entry_ref != str(entry.id):
            voucher.entry_ref = str(entry.id)
            voucher.save(update_fields=["entry_ref"])
            seal(voucher, stream="ledger", kind="voucher_posted", subject=voucher.owner)
    return entry


def follow_approval(*, approval_id: str) -> None:
    """Post a voucher as soon as everybody agreed; what cannot be posted then waits, and its page says why."""
    with house("an approval may be about a voucher"):
        found = approval(approval_id)
    if found is None or not found.subject.startswith(_SUBJECT) or found.state != "agreed":
        return
    try:
        post_voucher(voucher_id=UUID(found.subject.removeprefix(_SUBJECT)))
    except BookkeepingError:
        # The agreement stands. The voucher's page shows that it is not posted, and offers to try again.
        return
