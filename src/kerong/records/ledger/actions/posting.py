"""Posts entries: once each, balanced, within the limits; reserves them first where money has not moved yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kerong.basics.clock import current_clock
from kerong.engines.bookkeeping.entries import Content, EntryKind, Leg, negated
from kerong.engines.bookkeeping.refusals import OriginalError
from kerong.records.evidence.actions import house
from kerong.records.ledger.actions.writing import Draft, write
from kerong.records.ledger.models import Entry
from kerong.records.ledger.models import Leg as StoredLeg

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date


class Posting(NamedTuple):
    """One entry of a batch; see `post`."""

    key: str
    legs: Sequence[Leg]
    happened_on: date
    what: str
    decision_ref: str = ""
    pack_hash: str = ""
    approval_ref: str = ""
    pending: bool = False


def post(  # noqa: PLR0913 - what an entry is
    *,
    book: str,
    key: str,
    legs: Sequence[Leg],
    happened_on: date,
    what: str,
    decision_ref: str = "",
    pack_hash: str = "",
    approval_ref: str = "",
    pending: bool = False,
) -> Entry:
    """Post an entry in the caller's transaction and return it; ``pending`` only reserves it.

    ``key`` says what this is once and for all: asked again with the same content, the same entry is returned. The
    caller has checked that the actor may do this. Raises BookkeepingError: UnbalancedError, NotWholeError,
    KeyReusedError, LimitError, PeriodClosedError, UnknownAccountError, ReferenceMissingError, NotYetError. Under
    serializable isolation the database may ask to repeat the whole transaction (OperationalError, 40001).
    """
    asked = Posting(key, legs, happened_on, what, decision_ref, pack_hash, approval_ref, pending)
    return post_many(book=book, postings=[asked])[0]


def post_many(*, book: str, postings: Iterable[Posting]) -> list[Entry]:
    """Post several entries of one book, all or none, in order; see `post`. Thousands at a time are cheapest."""
    return write(
        book,
        [
            Draft(
                Content(
                    book, each.key, "pending" if each.pending else "posted", tuple(Leg(*leg) for leg in each.legs),
                    each.happened_on, each.what, each.decision_ref, each.pack_hash, each.approval_ref,
                )
            )
            for each in postings
        ],
    )  # fmt: skip


def post_pending(*, entry_id: int | str, key: str, happened_on: date | None = None, what: str = "") -> Entry:
    """Let a reserved entry happen, by a new entry that names it. Raises BookkeepingError, OriginalError above all."""
    return _follow("settlement", entry_id, key, happened_on, what)


def void(
    *, entry_id: int | str, key: str, happened_on: date | None = None, what: str = "", approval_ref: str = ""
) -> Entry:
    """Let a reserved entry go, by a new entry that names it. Raises BookkeepingError, OriginalError above all."""
    return _follow("void", entry_id, key, happened_on, what, approval_ref)


def reverse(
    *, entry_id: int | str, key: str, happened_on: date | None = None, what: str = "", approval_ref: str = ""
) -> Entry:
    """Undo a posted entry by its contrary, which names it, once. Raises BookkeepingError, OriginalError above all."""
    return _follow("reversal", entry_id, key, happened_on, what, approval_ref)


def _follow(  # noqa: PLR0913, PLR0917 - what a following entry says
    kind: EntryKind,
    entry_id: int | str,
    key: str,
    happened_on: date | None,
    what: str,
    approval_ref: str = "",
) -> Entry:
    with house("an entry is followed whoever owns its accounts"):
        original = Entry.objects.filter(id=int(entry_id)).first() if str(entry_id).isdecimal() else None
        if original is None:
            raise OriginalError(f"there is no entry {entry_id}")
        legs = tuple(
            Leg(*row)
            for row in StoredLeg.objects.filter(entry=original)
            .order_by("position")
            .values_list("account__code", "amount_minor", "currency")
        )
        if happened_on is None:
            # Asked again on a later day it is still the same entry.
            before = Entry.objects.filter(book_id=original.book_id, key=key).first()
            happened_on = before.happened_on if before else current_clock().today()
    content = Content(
        original.book_id, key, kind, legs if kind == "settlement" else negated(legs), happened_on,
        what or original.what, original.decision_ref, original.pack_hash,
        approval_ref or original.approval_ref, original.key,
    )  # fmt: skip
    return write(original.book_id, [Draft(content, original.id, original.kind)])[0]
