"""Manual vouchers 凭证, and reversals of entries: one person asks, two others review and approve, then it is posted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction
from django.urls import reverse

from kerong.basics.acting import current_actor
from kerong.basics.canonical import digest
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.engines.bookkeeping.accounts import Balance, check_limits, sign_of
from kerong.engines.bookkeeping.entries import EntryKind, Leg, check_follows, check_legs, effect, negated
from kerong.engines.bookkeeping.refusals import (
    BookkeepingError,
    NotYetError,
    OriginalError,
    PeriodClosedError,
    ReferenceMissingError,
    UnknownAccountError,
)
from kerong.records.approvals.actions import ask
from kerong.records.approvals.queries import approval, approved
from kerong.records.evidence.actions import house, seal
from kerong.records.ledger.actions import posting
from kerong.records.ledger.actions.closing import AskedAlreadyError, follow_closing
from kerong.records.ledger.models import Account, Book, Closing, Entry, Voucher
from kerong.records.ledger.models import Leg as StoredLeg
from kerong.records.ledger.queries.closings import SUBJECT as CLOSING
from kerong.records.ledger.queries.vouchers import open_undoings

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
    form: UUID | None = None,
) -> Voucher:
    """Ask for an entry: it goes to review and approval by two other people of the book's keeper.

    ``form`` is the number of the form that was sent: sent twice, it is one voucher. ``waits_for_bank``
    makes it a payment order: approved, it is reserved, and posted on the bank's receipt. Raises
    BookkeepingError for what could not be posted today.
    """
    check_legs(legs)
    with transaction.atomic(), house("books are written by this record alone"):
        kept = Book.objects.filter(key=book).first()
        if kept is None:
            raise UnknownAccountError(f"there is no book {book}")
        _one_at_a_time(f"form:{form}" if form else f"book:{book}")
        if form and (before := Voucher.objects.filter(id=form).first()):
            if (before.book_id, before.asked_by) != (book, current_actor().user):
                raise AskedAlreadyError("the form belongs to somebody else")
            return before
        said = {"decision_ref": decision_ref, "pack_hash": pack_hash}
        _check_day(kept, happened_on)
        # The approval is what is being asked for here.
        if missing := [name for name in kept.requires if name in said and not said[name]]:
            raise ReferenceMissingError(f"book {book} demands {', '.join(missing)} on every entry")
        _check_accounts(book, legs, "pending" if waits_for_bank else "posted")
        content = {
            "book": book, "legs": [list(leg) for leg in legs], "happened_on": happened_on, "what": what,
            **said, "waits_for_bank": waits_for_bank,
        }  # fmt: skip
        return _ask(kept, "ledger.entry", content, form)


def ask_undoing(*, entry_id: int, because: str, happened_on: date) -> Voucher:
    """Ask for an entry to be undone: a posted one is reversed, a reserved one let go; the new entry names it.

    The caller has checked that the actor's party keeps the book. Raises BookkeepingError, OriginalError above all.
    """
    with transaction.atomic(), house("books are written by this record alone"):
        _one_at_a_time(f"entry:{entry_id}")
        original = Entry.objects.select_related("book", "follower").filter(id=entry_id).first()
        if original is None or getattr(original, "follower", None) is not None:
            raise OriginalError(f"entry {entry_id} is followed by another one already, or not there")
        kind = _undoing_kind(original)
        check_follows(kind, original.kind)
        _check_day(original.book, happened_on)
        if happened_on < original.happened_on:
            raise OriginalError(f"entry {entry_id} is dated {original.happened_on}, after {happened_on}")
        if open_undoings(entry_id):
            raise AskedAlreadyError(f"the undoing of entry {entry_id} is being decided")
        rows = StoredLeg.objects.filter(entry=original).order_by("position")
        legs = negated([Leg(*row) for row in rows.values_list("account__code", "amount_minor", "currency")])
        _check_accounts(original.book_id, legs, kind)
        # Kept words are Chinese, whatever language the asker reads.
        verb = "撤销在途分录" if kind == "void" else "冲销分录"
        content = {
            "book": original.book_id, "legs": [list(leg) for leg in legs], "happened_on": happened_on,
            "what": f"{verb} {entry_id}：{because}"[:200], "undoes": entry_id,
            "decision_ref": original.decision_ref, "pack_hash": original.pack_hash, "waits_for_bank": False,
        }  # fmt: skip
        return _ask(original.book, "ledger.reversal", content)


def _undoing_kind(original: Entry) -> EntryKind:
    return "void" if original.kind == "pending" else "reversal"


def _one_at_a_time(what: str) -> None:
    """Let two who ask for the same thing wait for each other until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"ledger.voucher:{what}"])


def _ask(kept: Book, kind: str, content: dict[str, Any], key: UUID | None = None) -> Voucher:
    now = current_clock().now()
    key = key or new_identifier(now)
    asked = ask(
        kind=kind,
        subject=f"{_SUBJECT}{key}",
        what=content["what"],
        content_digest=digest(content),
        link=reverse("ledger:voucher", args=[key]),
        readers=[kept.keeper],
    )
    said = {name: value for name, value in content.items() if name != "book"}
    voucher = Voucher.objects.create(
        id=key, book=kept, owner=kept.keeper, asked_at=now, asked_by=current_actor().user,
        content_digest=digest(content), approval_ref=str(asked.id), **said,
    )  # fmt: skip
    seal(voucher, stream="ledger", kind="voucher_asked", subject=kept.keeper)
    return voucher


def _check_day(kept: Book, happened_on: date) -> None:
    if happened_on > current_clock().today():
        raise NotYetError(f"{happened_on} has not come yet")
    if Closing.objects.filter(book=kept, through__gte=happened_on).exists():
        raise PeriodClosedError(f"{happened_on} is closed in book {kept.key}")


def _check_accounts(book: str, legs: Sequence[Leg], kind: EntryKind) -> None:
    """Refuse today what could not be posted today; it is checked again, under locks, when it is posted."""
    found = {each.code: each for each in Account.objects.filter(book_id=book).select_related("balance")}
    held: dict[str, Balance] = {}
    for leg in legs:
        account = found.get(leg.account)
        if account is None or account.currency != leg.currency:
            raise UnknownAccountError(f"book {book} has no account {leg.account} in {leg.currency}")
        kept = account.balance
        before = held.get(leg.account) or Balance(
            kept.debit, kept.credit, kept.debit_pending, kept.credit_pending
        )
        held[leg.account] = before.plus(effect(kind, leg.amount))
    for code, balance in held.items():
        check_limits(code, balance, sign_of(found[code].kind), found[code].floor, found[code].ceiling)


def post_voucher(*, voucher_id: UUID | str) -> Entry:
    """Post an approved voucher, once; asked again, return the same entry. Raises NotApprovedError and others."""
    with transaction.atomic(), house("whoever approved last posts what was asked for"):
        voucher = Voucher.objects.select_for_update().get(id=voucher_id)
        if not approved(approval_id=voucher.approval_ref, content_digest=voucher.content_digest):
            raise NotApprovedError("the voucher is not approved")
        entry = _undo(voucher) if voucher.undoes else _post(voucher)
        if voucher.entry_ref != str(entry.id):
            voucher.entry_ref = str(entry.id)
            voucher.save(update_fields=["entry_ref"])
            seal(voucher, stream="ledger", kind="voucher_posted", subject=voucher.owner)
    return entry


def _post(voucher: Voucher) -> Entry:
    return posting.post(
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


def _undo(voucher: Voucher) -> Entry:
    undo = posting.void if _undoing_kind(Entry.objects.get(id=voucher.undoes)) == "void" else posting.reverse
    return undo(
        entry_id=int(voucher.undoes or 0),
        key=f"voucher:{voucher.id}",
        happened_on=voucher.happened_on,
        what=voucher.what,
        approval_ref=voucher.approval_ref,
    )


def follow_approval(*, approval_id: str) -> None:
    """Close a period or post a voucher as soon as everybody agreed; what cannot be posted then waits and says so."""
    with house("an approval may be about a voucher"):
        found = approval(approval_id)
    if found is None or found.state != "agreed":
        return
    if found.subject.startswith(CLOSING):
        follow_closing(found)
        return
    if not found.subject.startswith(_SUBJECT):
        return
    try:
        post_voucher(voucher_id=UUID(found.subject.removeprefix(_SUBJECT)))
    except BookkeepingError:
        # The agreement stands. The voucher's page shows that it is not posted, and offers to try again.
        return
