"""Tells the database who acts, so that row security shows each session its own rows only."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.db import connection
from psycopg.pq import TransactionStatus

from kerong.basics.acting import HOUSE_ROLE, VISITOR, Actor, current_actor, told

if TYPE_CHECKING:
    from collections.abc import Iterator

# The settings end with the transaction, so that a pooled connection never carries somebody's name to the next one.
_TELL = "SELECT " + ", ".join(
    f"set_config('kerong.{name}', %s, true)"
    for name in ("user", "person", "party", "role", "duties", "house")
)
_as_house: ContextVar[bool] = ContextVar("kerong_as_house", default=False)


class NotInTransactionError(RuntimeError):
    """Somebody was to act outside a transaction, where the database would forget at once who it is."""


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Let somebody act inside the block: Python and the database both know. Needs an open transaction.

    The house sees every row. Raises NotInTransactionError.
    """
    with told(actor), _database_told(actor, as_house=actor.role == HOUSE_ROLE):
        yield actor


@contextmanager
def house(why: str) -> Iterator[None]:
    """Let the database show and take every row inside the block; who acts stays who it was.

    For what an action must do beyond the actor's own rows, such as delivering a notice to somebody else. ``why`` is
    for the reader of the code and must not be empty. Raises NotInTransactionError.
    """
    if not why:
        raise ValueError("say why the house acts")
    with _database_told(current_actor(), as_house=True):
        yield


@contextmanager
def _database_told(actor: Actor, *, as_house: bool) -> Iterator[None]:
    if not connection.in_atomic_block:
        raise NotInTransactionError(
            "open a transaction first: row security knows the actor for one transaction only"
        )
    before, was_house = _told_last.get(), _as_house.get()
    _tell(actor, as_house=as_house)
    token, house_token = _told_last.set(actor), _as_house.set(as_house)
    try:
        yield
    finally:
        _told_last.reset(token)
        _as_house.reset(house_token)
        # A failed transaction takes no more statements; rolling it back takes the settings back as well.
        if not _has_failed():
            _tell(before, as_house=was_house)


_told_last: ContextVar[Actor] = ContextVar("kerong_told_last", default=VISITOR)


def _tell(actor: Actor, *, as_house: bool) -> None:
    duties = f",{','.join(sorted(actor.duties))}," if actor.duties else ""
    with connection.cursor() as cursor:
        cursor.execute(
            _TELL, [actor.user, actor.person, actor.party, actor.role, duties, "on" if as_house else ""]
        )


def _has_failed() -> bool:
    raw = connection.connection
    # Django refuses statements in a transaction that it was told to roll back.
    return (
        connection.needs_rollback
        or raw is None
        or raw.closed
        or raw.info.transaction_status != TransactionStatus.INTRANS
    )
