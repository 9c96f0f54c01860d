"""Entries and their legs: what must add up, what each kind of entry does to a balance, what the digest covers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, get_args

from kerong.engines.bookkeeping.accounts import Balance
from kerong.engines.bookkeeping.refusals import NotWholeError, OriginalError, UnbalancedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

EntryKind: TypeAlias = Literal["posted", "pending", "settlement", "void", "reversal"]
KINDS: tuple[EntryKind, ...] = get_args(EntryKind)
POSTING_KINDS = frozenset({"posted", "settlement", "reversal"})
"""Kinds that move money; the other two only reserve it or let it go."""
AMOUNT_MAX = 10**17
"""One thousand billion yuan in fen: far beyond any book, and sums of it still fit the database's integers."""
LEGS_MAX = 1_000


class Leg(NamedTuple):
    """One line of an entry: an account by its code, and an amount; debits are positive, credits negative."""

    account: str
    amount: int
    currency: str = "CNY"


def debit(account: str, amount: int, currency: str = "CNY") -> Leg:
    """Return a leg that debits an account by a positive amount."""
    return Leg(account, _positive(amount), currency)


def credit(account: str, amount: int, currency: str = "CNY") -> Leg:
    """Return a leg that credits an account by a positive amount."""
    return Leg(account, -_positive(amount), currency)


def check_legs(legs: Sequence[Leg]) -> None:
    """Raise UnbalancedError or NotWholeError unless the legs are whole and add up to zero in every currency."""
    sums: dict[str, int] = {}
    for leg in legs:
        amount = leg.amount
        # `type` and not isinstance: a bool is an int to Python, not to a book.
        if type(amount) is not int or not 0 < abs(amount) <= AMOUNT_MAX:
            raise NotWholeError(
                f"account {leg.account}: {amount!r} is not a whole number of minor units between 1 and {AMOUNT_MAX}"
            )
        sums[leg.currency] = sums.get(leg.currency, 0) + amount
    if not legs or len(legs) > LEGS_MAX:
        raise UnbalancedError(f"an entry has between 2 and {LEGS_MAX} legs, this one has {len(legs)}")
    if any(sums.values()):
        told = "; ".join(
            f"{currency}: {'debits' if total > 0 else 'credits'} are {abs(total)} too many"
            for currency, total in sorted(sums.items())
            if total
        )
        raise UnbalancedError(f"the entry does not balance. {told}")


def negated(legs: Sequence[Leg]) -> tuple[Leg, ...]:
    """Return the legs that undo these."""
    return tuple(Leg(leg.account, -leg.amount, leg.currency) for leg in legs)


def effect(kind: EntryKind, amount: int) -> Balance:
    """Return what one leg of such an entry does to its account."""
    debited, credited = (amount, 0) if amount > 0 else (0, -amount)
    match kind:
        case "posted" | "reversal":
            return Balance(debited, credited, 0, 0)
        case "pending":
            return Balance(0, 0, debited, credited)
        case "settlement":
            return Balance(debited, credited, -debited, -credited)
        case "void":
            # The legs of a void are those of the reservation, turned round.
            return Balance(0, 0, -credited, -debited)


def check_follows(kind: EntryKind, original: EntryKind) -> None:
    """Raise OriginalError unless an entry of one kind may follow one of another."""
    wanted = frozenset({"pending"}) if kind in {"settlement", "void"} else POSTING_KINDS - {"reversal"}
    if original not in wanted:
        raise OriginalError(
            f"a {kind} names an entry that is {' or '.join(sorted(wanted))}; this one is {original}"
        )


class Content(NamedTuple):
    """What makes an entry the same entry: everything that was asked for, nothing that the database adds."""

    book: str
    key: str
    kind: EntryKind
    legs: tuple[Leg, ...]
    happened_on: date
    what: str
    decision_ref: str = ""
    pack_hash: str = ""
    approval_ref: str = ""
    original_key: str = ""

    def for_digest(self) -> dict[str, Any]:
        """Return the content as plain values; their canonical digest is the entry's digest."""
        return {
            "book": self.book,
            "key": self.key,
            "kind": self.kind,
            "legs": [f"{leg.account} {leg.amount} {leg.currency}" for leg in self.legs],
            "happened_on": self.happened_on.isoformat(),
            "what": self.what,
            "decision_ref": self.decision_ref,
            "pack_hash": self.pack_hash,
            "approval_ref": self.approval_ref,
            "original_key": self.original_key,
        }


def _positive(amount: int) -> int:
    if type(amount) is not int or amount <= 0:
        raise NotWholeError(f"{amount!r} is not a positive whole number of minor units")
    return amount
