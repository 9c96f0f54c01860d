"""A whole book in memory, one thread, nothing clever: what the database is compared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from kerong.basics.canonical import digest
from kerong.engines.bookkeeping.accounts import EMPTY, Account, Balance, check_limits
from kerong.engines.bookkeeping.entries import Content, Leg, check_follows, check_legs, effect, negated
from kerong.engines.bookkeeping.refusals import (
    KeyReusedError,
    OriginalError,
    PeriodClosedError,
    UnknownAccountError,
)
from kerong.engines.bookkeeping.statements import TrialLine, trial_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


class Written(NamedTuple):
    """An entry that was taken, and its digest."""

    content: Content
    digest: str


@dataclass(slots=True)
class Book:
    """Accounts, entries in order, balances. Every method does the whole thing, or raises and does nothing."""

    key: str
    accounts: dict[str, Account] = field(default_factory=dict[str, Account])
    entries: dict[str, Written] = field(default_factory=dict[str, Written])
    balances: dict[str, Balance] = field(default_factory=dict[str, Balance])
    followed: dict[str, str] = field(default_factory=dict[str, str])
    closed_through: date | None = None

    def open(self, account: Account) -> None:
        """Open an account. Its limits must allow an empty balance."""
        check_limits(account.code, EMPTY, account.sign, account.floor, account.ceiling)
        self.accounts[account.code] = account
        self.balances[account.code] = EMPTY

    def post(
        self, *, key: str, legs: Sequence[Leg], happened_on: date, what: str, pending: bool = False
    ) -> Written:
        """Post an entry, or reserve it. Raises BookkeepingError."""
        check_legs(legs)
        kind = "pending" if pending else "posted"
        return self.write(Content(self.key, key, kind, tuple(legs), happened_on, what))

    def settle(self, *, original: str, key: str, happened_on: date) -> Written:
        """Let a reserved entry happen. Raises BookkeepingError."""
        before = self._original(original)
        return self.write(
            before._replace(key=key, kind="settlement", happened_on=happened_on, original_key=original)
        )

    def void(self, *, original: str, key: str, happened_on: date) -> Written:
        """Let a reserved entry go. Raises BookkeepingError."""
        before = self._original(original)
        legs = negated(before.legs)
        return self.write(
            before._replace(key=key, kind="void", legs=legs, happened_on=happened_on, original_key=original)
        )

    def reverse(self, *, original: str, key: str, happened_on: date, what: str) -> Written:
        """Undo a posted entry by its contrary. Raises BookkeepingError."""
        before = self._original(original)
        return self.write(
            before._replace(
                key=key, kind="reversal", legs=negated(before.legs), happened_on=happened_on, what=what,
                original_key=original,
            )
        )  # fmt: skip

    def close(self, through: date) -> None:
        """Close every day up to one. Raises PeriodClosedError unless it goes forward."""
        if self.closed_through is not None and through <= self.closed_through:
            raise PeriodClosedError(f"the book is closed through {self.closed_through} already")
        self.closed_through = through

    def write(self, content: Content) -> Written:
        """Take any entry, checked in the order in which the database checks. Raises BookkeepingError."""
        check_legs(content.legs)
        written = Written(content, digest(content.for_digest()))
        before = self.entries.get(content.key)
        if before is not None:
            if before.digest != written.digest:
                raise KeyReusedError(f"key {content.key} stands for another entry of book {self.key}")
            return before
        if self.closed_through is not None and content.happened_on <= self.closed_through:
            raise PeriodClosedError(
                f"{content.happened_on} is closed: the book is closed through {self.closed_through}"
            )
        if content.original_key:
            check_follows(content.kind, self._original(content.original_key).kind)
            if content.original_key in self.followed:
                raise OriginalError(f"entry {content.original_key} is followed by another one already")
        after = dict(self.balances)
        for leg in content.legs:
            account = self.accounts.get(leg.account)
            if account is None or account.currency != leg.currency:
                raise UnknownAccountError(f"book {self.key} has no account {leg.account} in {leg.currency}")
            after[leg.account] = after[leg.account].plus(effect(content.kind, leg.amount))
        for code in {leg.account for leg in content.legs}:
            account = self.accounts[code]
            check_limits(code, after[code], account.sign, account.floor, account.ceiling)
        self.balances = after
        self.entries[content.key] = written
        if content.original_key:
            self.followed[content.original_key] = content.key
        return written

    def trial_lines(self) -> list[TrialLine]:
        """Return the trial balance's lines in order of their codes."""
        return [
            trial_line(code, self.accounts[code].currency, self.balances[code])
            for code in sorted(self.accounts)
        ]

    def _original(self, key: str) -> Content:
        found = self.entries.get(key)
        if found is None:
            raise OriginalError(f"book {self.key} has no entry with the key {key}")
        return found.content
