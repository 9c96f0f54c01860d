"""Kinds of accounts, on which side they grow, and what the two limits of an account mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias, get_args

from kerong.engines.bookkeeping.refusals import LimitError

AccountKind: TypeAlias = Literal["asset", "liability", "equity", "income", "expense"]
KINDS: tuple[AccountKind, ...] = get_args(AccountKind)
_GROWS_BY_DEBIT = frozenset({"asset", "expense"})


def sign_of(kind: AccountKind) -> int:
    """Return 1 for a kind that grows by debits, -1 for one that grows by credits."""
    return 1 if kind in _GROWS_BY_DEBIT else -1


class Balance(NamedTuple):
    """What an account holds, in minor units: turnover on both sides, and what is reserved on both sides."""

    debit: int = 0
    credit: int = 0
    debit_pending: int = 0
    credit_pending: int = 0

    @property
    def net(self) -> int:
        """Debits less credits, reservations left out."""
        return self.debit - self.credit

    def plus(self, change: Balance) -> Balance:
        """Return the balance after a change."""
        return Balance(
            self.debit + change.debit,
            self.credit + change.credit,
            self.debit_pending + change.debit_pending,
            self.credit_pending + change.credit_pending,
        )

    def amount(self, sign: int) -> int:
        """Return the balance on the side on which the account grows."""
        return sign * self.net

    def outgoing(self, sign: int) -> int:
        """Return what is reserved and would lessen the balance."""
        return self.credit_pending if sign > 0 else self.debit_pending

    def incoming(self, sign: int) -> int:
        """Return what is reserved and would add to the balance."""
        return self.debit_pending if sign > 0 else self.credit_pending

    def available(self, sign: int) -> int:
        """Return what may still go out: reserved money is spoken for, announced money has not come."""
        return self.amount(sign) - self.outgoing(sign)


EMPTY = Balance()


@dataclass(frozen=True, slots=True)
class Account:
    """One account. ``floor`` binds balance less outgoing reservations, ``ceiling`` balance plus incoming ones."""

    code: str
    kind: AccountKind
    currency: str = "CNY"
    floor: int | None = None
    ceiling: int | None = None

    @property
    def sign(self) -> int:
        """1 where debits add, -1 where credits add."""
        return sign_of(self.kind)


def check_limits(code: str, balance: Balance, sign: int, floor: int | None, ceiling: int | None) -> None:
    """Raise LimitError when a balance breaks the account's floor or ceiling."""
    if floor is not None and balance.available(sign) < floor:
        raise LimitError(
            f"account {code} would have {balance.available(sign)} available, {floor - balance.available(sign)}"
            f" less than its floor of {floor} (balance {balance.amount(sign)}, reserved {balance.outgoing(sign)})"
        )
    reached = balance.amount(sign) + balance.incoming(sign)
    if ceiling is not None and reached > ceiling:
        raise LimitError(
            f"account {code} would reach {reached}, {reached - ceiling} more than its ceiling of {ceiling}"
        )
