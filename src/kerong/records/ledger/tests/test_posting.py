"""Entries balance, are written once, keep the limits, and are never changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from kerong.basics.clock import SHANGHAI, FixedClock, using_clock
from kerong.records.evidence.models import Event
from kerong.records.ledger import actions, queries
from kerong.records.ledger.actions import Leg
from kerong.records.ledger.models import Entry
from kerong.records.ledger.tests.pool import DAY, fund, held, open_pool, pay, sound

pytestmark = pytest.mark.usefixtures("house")


def constraints_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def test_posted_entry_moves_both_balances_and_ties() -> None:
    open_pool()
    entry = fund(1_000_00)
    constraints_now()

    assert (held("1002").amount, held("2401").amount) == (1_000_00, 1_000_00)
    assert entry == Entry.objects.get(id=entry.id)
    assert [line[2:] for line in queries.trial_balance(book="pool").lines] == [
        (1_000_00, 0), (0, 1_000_00), (0, 0), (0, 0)
    ]  # fmt: skip
    sound()


def test_unbalanced_entry_names_the_difference() -> None:
    open_pool()

    with pytest.raises(actions.UnbalancedError, match="CNY: debits are 1 too many"):
        actions.post(
            book="pool", key="k", legs=[Leg("1002", 100), Leg("2401", -99)], happened_on=DAY, what="错"
        )
    assert not Entry.objects.exists()


@pytest.mark.parametrize("amount", [0, 1.0, True, 10**18, "5"])
def test_only_whole_minor_units_reach_a_posting(amount: object) -> None:
    open_pool()

    with pytest.raises(actions.NotWholeError):
        actions.post(
            book="pool",
            key="k",
            legs=[Leg("1002", amount), Leg("2401", -1)],
            happened_on=DAY,
            what="错",  # type: ignore[arg-type] - a test
        )


def test_same_key_same_content_is_the_same_entry_and_other_content_is_refused() -> None:
    open_pool()
    first = fund(500)

    assert fund(500).id == first.id
    with pytest.raises(actions.KeyReusedError):
        fund(501)
    assert Entry.objects.count() == 1
    assert held("1002").amount == 500
    sound()


def test_reserved_money_is_spoken_for_until_it_is_settled_or_let_go() -> None:
    open_pool()
    fund(1_000)
    one = pay(600, key="one", pending=True)

    assert (held("1002").amount, held("1002").available) == (1_000, 400)
    with pytest.raises(actions.LimitError, match="1 less than its floor"):
        pay(401, key="two")
    actions.post_pending(entry_id=one.id, key="one paid")
    assert (held("1002").amount, held("1002").available) == (400, 400)
    two = pay(400, key="two", pending=True)
    actions.void(entry_id=two.id, key="two off")
    assert (held("1002").amount, held("1002").available) == (400, 400)
    with pytest.raises(actions.OriginalError):
        actions.post_pending(entry_id=two.id, key="too late")
    constraints_now()
    sound()


def test_a_settlement_asked_for_again_on_a_later_day_is_the_same_entry() -> None:
    clock = FixedClock(datetime(2026, 3, 1, 12, tzinfo=SHANGHAI))
    with using_clock(clock):
        open_pool()
        fund(1_000)
        waiting = pay(100, key="p", pending=True)
        settled = actions.post_pending(entry_id=waiting.id, key="receipt")
        clock.move(timedelta(days=3))

        assert actions.post_pending(entry_id=waiting.id, key="receipt").id == settled.id


def test_reversal_names_the_original_once() -> None:
    open_pool()
    fund(1_000)
    paid = pay(300, key="p")
    back = actions.reverse(entry_id=paid.id, key="back", what="付错账户")

    assert back.original_id == paid.id
    assert held("1002").amount == 1_000
    for entry_id, message in ((paid.id, "followed"), (back.id, "reversal")):
        with pytest.raises(actions.OriginalError, match=message):
            actions.reverse(entry_id=entry_id, key="again")
    constraints_now()
    sound()


def test_closed_period_takes_nothing_and_is_never_opened_again() -> None:
    open_pool()
    fund(1_000)
    closing = actions.close_period(book="pool", through=date(2026, 1, 31))

    assert actions.close_period(book="pool", through=date(2026, 1, 31)) == closing
    with pytest.raises(actions.PeriodClosedError):
        pay(1, key="late", day=date(2026, 1, 31))
    with pytest.raises(actions.PeriodClosedError):
        actions.close_period(book="pool", through=date(2026, 1, 30))
    pay(1, key="open", day=date(2026, 2, 1))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_closing")
    sound()


def test_book_that_demands_references_refuses_entries_without_them() -> None:
    open_pool(requires=("decision_ref", "approval_ref"))

    with pytest.raises(actions.ReferenceMissingError, match="approval_ref, decision_ref"):
        fund(5)
    actions.post(
        book="pool", key="k", legs=[Leg("1002", 5), Leg("2401", -5)], happened_on=DAY, what="注资",
        decision_ref="d", approval_ref="a",
    )  # fmt: skip
    sound()


def test_a_batch_is_written_whole_or_not_at_all_and_by_either_way_the_same() -> None:
    open_pool()
    many = [actions.Posting(f"k{i}", [Leg("1002", 10), Leg("2401", -10)], DAY, "注资") for i in range(100)]

    entries = actions.post_many(book="pool", postings=many)
    constraints_now()

    assert [entry.key for entry in entries] == [each.key for each in many]
    assert held("1002").amount == 1_000
    assert [entry.id for entry in actions.post_many(book="pool", postings=many[5:7])] == [
        entries[5].id,
        entries[6].id,
    ]
    paid = actions.Posting("p", [Leg("5001", 1_001), Leg("1002", -1_001)], DAY, "付")
    with pytest.raises(actions.LimitError):
        actions.post_many(book="pool", postings=[many[0]._replace(key="new"), paid._replace(key="q"), paid])
    assert Entry.objects.count() == 100
    sound()


def test_each_entry_is_sealed_with_its_columns() -> None:
    open_pool()
    entry = fund(5)

    event = Event.objects.get(row_table="ledger_entry", row_id=str(entry.id))
    assert (event.stream, event.kind, tuple(event.row_fields)) == ("ledger", "entry_posted", Entry.SEALED)


def test_balance_at_a_day_and_at_a_moment() -> None:
    clock = FixedClock(datetime(2026, 3, 1, 12, tzinfo=SHANGHAI))
    with using_clock(clock):
        open_pool()
        fund(100, key="a", day=date(2026, 2, 1))
        before = clock.now()
        clock.move(timedelta(hours=1))
        fund(50, key="b", day=date(2026, 1, 1))
        pay(30, key="c", day=date(2026, 2, 1), pending=True)

        assert held("1002", at=date(2025, 12, 31)).amount == 0
        assert held("1002", at=date(2026, 1, 31)).amount == 50
        assert held("1002", at=date(2026, 2, 1)).amount == 150
        assert (held("1002", at=before).amount, held("1002", at=before).available) == (100, 100)
        assert (held("1002", at=clock.now()).amount, held("1002", at=clock.now()).available) == (150, 120)
        assert held("1002", at=before - timedelta(seconds=1)).amount == 0


def test_a_clock_that_jumps_back_does_not_disturb_the_order() -> None:
    clock = FixedClock(datetime(2026, 3, 1, 12, tzinfo=SHANGHAI))
    with using_clock(clock):
        open_pool()
        first = fund(100, key="a")
        clock.move(-timedelta(hours=1))
        second = fund(50, key="b")

    assert second.recorded_at == first.recorded_at
    sound()


@pytest.mark.parametrize("statement", [
    "UPDATE ledger_leg SET amount_minor = amount_minor + 1", "DELETE FROM ledger_leg", "DELETE FROM ledger_entry",
    "UPDATE ledger_entry SET what = 'x'", "TRUNCATE ledger_leg", "UPDATE ledger_balance SET floor = NULL",
    "DELETE FROM ledger_balance", "UPDATE ledger_book SET keeper = 'x'",
])  # fmt: skip
def test_what_is_written_is_never_changed(statement: str) -> None:
    open_pool()
    fund(5)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_database_itself_refuses_an_entry_without_legs() -> None:
    open_pool()
    entry = fund(5)
    entry.id, entry.key = 10**12, "empty"

    def write() -> None:
        with transaction.atomic():
            entry.save(force_insert=True)
            constraints_now()

    with pytest.raises(IntegrityError, match="announces 2 legs and has 0"):
        write()


def test_database_itself_refuses_a_leg_that_joins_later() -> None:
    open_pool()
    entry = fund(5)
    leg = entry.legs.get(position=0)
    leg.position = 2

    with pytest.raises(IntegrityError, match="does not fit"), transaction.atomic():
        leg.save(force_insert=True)


def test_database_itself_refuses_what_does_not_balance() -> None:
    open_pool()
    entry = fund(5)
    legs = list(entry.legs.order_by("position"))
    entry.id, entry.key = 10**12, "wrong"
    legs[0].amount_minor = 6

    def write() -> None:
        with transaction.atomic():
            entry.save(force_insert=True)
            for leg in legs:
                leg.entry_id = entry.id
                leg.save(force_insert=True)
            constraints_now()

    with pytest.raises(IntegrityError, match="does not balance: CNY 1"):
        write()


def test_database_itself_refuses_a_balance_beyond_its_limit() -> None:
    open_pool()
    fund(5)

    with (
        pytest.raises(IntegrityError, match="ledger_above_floor"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE ledger_balance SET credit = credit + 6 WHERE floor = 0 AND sign = 1")
