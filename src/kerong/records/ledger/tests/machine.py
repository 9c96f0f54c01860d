"""Random sequences of commands, given to the database and to the book in memory: both must say the same each time."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from kerong.basics.acting import house_actor
from kerong.engines.bookkeeping.accounts import Account
from kerong.engines.bookkeeping.entries import Leg
from kerong.engines.bookkeeping.model import Book
from kerong.engines.bookkeeping.refusals import BookkeepingError
from kerong.records.evidence.actions import acting
from kerong.records.ledger import actions, models, queries

BOOK, OWNER, FIRST = "machine", "office:dept_finance", date(2026, 1, 1)
CHART = (
    Account("bank", "asset", "CNY", 0),
    Account("fund", "liability", "CNY", 0),
    Account("quota", "expense", "CNY", None, 500),
    Account("other", "income", "CNY"),
    Account("dollars", "asset", "USD", 0),
    Account("abroad", "equity", "USD"),
)
CODES = {"CNY": ["bank", "fund", "quota", "other"], "USD": ["dollars", "abroad"]}
AMOUNTS = st.integers(1, 400)
DAYS = st.integers(0, 5).map(lambda days: FIRST + timedelta(days))


@st.composite
def balanced_legs(draw: Any) -> list[Leg]:
    """Legs that mostly balance: pairs in one currency, now and then in two, now and then off by one."""
    legs: list[Leg] = []
    for currency in draw(st.sampled_from([["CNY"], ["CNY"], ["CNY"], ["USD"], ["CNY", "USD"]])):
        amount = draw(AMOUNTS)
        one, two = draw(st.permutations(CODES[currency]))[:2]
        legs += [Leg(one, amount, currency), Leg(two, -amount, currency)]
    if draw(st.integers(0, 19)) == 0:
        legs[0] = legs[0]._replace(amount=legs[0].amount + 1)
    return legs


class LedgerMachine(RuleBasedStateMachine):
    """Post, reserve, settle, void, reverse, close, with keys that come again."""

    keys = Bundle("keys")
    database_seconds = 0.0

    def __init__(self) -> None:
        super().__init__()
        # Everything happens in one transaction that is rolled back, so that each sequence starts from nothing.
        self.open = ExitStack()
        self.open.enter_context(transaction.atomic())
        self.open.enter_context(acting(house_actor("test")))
        self.model = Book(BOOK)
        self.number = 0

    @initialize()
    def open_the_book(self) -> None:
        actions.open_book(key=BOOK, name="机器", owner=OWNER, is_demo=True)
        for account in CHART:
            self.model.open(account)
            actions.open_account(
                book=BOOK, code=account.code, name=account.code, owner=OWNER, kind=account.kind,
                currency=account.currency, floor=account.floor, ceiling=account.ceiling,
            )  # fmt: skip
        self.both(
            "post",
            key="k0",
            legs=[Leg("bank", 600), Leg("fund", -600)],
            happened_on=FIRST,
            what="初始",
            pending=False,
        )

    @rule(target=keys, legs=balanced_legs(), day=DAYS, pending=st.booleans())
    def post(self, legs: list[Leg], day: date, pending: bool) -> str:  # noqa: FBT001 - a rule
        self.number += 1
        key = f"k{self.number}"
        self.both("post", key=key, legs=legs, happened_on=day, what="记账", pending=pending)
        return key

    @rule(key=keys, legs=balanced_legs(), day=DAYS, pending=st.booleans())
    def post_with_a_used_key(self, key: str, legs: list[Leg], day: date, pending: bool) -> None:  # noqa: FBT001 - a rule
        self.both("post", key=key, legs=legs, happened_on=day, what="记账", pending=pending)

    @rule(key=keys)
    def post_the_same_again(self, key: str) -> None:
        if key in self.model.entries and not self.model.entries[key].content.original_key:
            content = self.model.entries[key].content
            self.both("post", key=key, legs=list(content.legs), happened_on=content.happened_on, what=content.what,
                      pending=content.kind == "pending")  # fmt: skip

    @rule(target=keys, original=keys, day=DAYS, how=st.sampled_from(["settle", "settle", "void", "reverse"]))
    def follow(self, original: str, day: date, how: str) -> str:
        self.number += 1
        key = f"f{self.number}"
        more = {"what": "冲销"} if how == "reverse" else {}
        self.both(how, original=original, key=key, happened_on=day, **more)
        return key

    @rule(day=st.integers(0, 3).map(lambda days: FIRST + timedelta(days)))
    def close(self, day: date) -> None:
        if self.model.closed_through == day:
            return
        self.both("close", through=day)

    def both(self, verb: str, **told: Any) -> None:
        """Tell the model and the database; they take it, or refuse it for the same reason."""
        ours, theirs = self._model(verb, told), self._database(verb, told)
        assert theirs == ours, (verb, told)

    def _model(self, verb: str, told: dict[str, Any]) -> str:
        try:
            made = getattr(self.model, verb)(**(told if verb != "close" else {"through": told["through"]}))
        except BookkeepingError as error:
            return type(error).__name__
        return made.digest if made else "closed"

    def _database(self, verb: str, told: dict[str, Any]) -> str:
        told = dict(told)
        if "original" in told:
            found = models.Entry.objects.filter(book_id=BOOK, key=told.pop("original")).first()
            told["entry_id"] = found.id if found else 0
        elif verb == "close":
            told["book"] = BOOK
        else:
            told["book"] = BOOK
        act = {"settle": "post_pending", "close": "close_period"}.get(verb, verb)
        try:
            with transaction.atomic():
                made = getattr(actions, act)(**told)
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        except BookkeepingError as error:
            return type(error).__name__
        return made.content_digest if verb != "close" else "closed"

    @invariant()
    def database_is_the_model(self) -> None:
        if not self.model.accounts:
            return
        kept = models.Balance.objects.filter(account__book_id=BOOK).values_list(
            "account__code", "debit", "credit", "debit_pending", "credit_pending"
        )
        assert {code: tuple(sums) for code, *sums in kept} == {
            code: tuple(balance) for code, balance in self.model.balances.items()
        }

    @invariant()
    def all_invariants_hold(self) -> None:
        assert queries.check_invariants() == []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.open.close()
