"""Sixty-four at once on one limited account: never beyond it, at read committed and at serializable; no deadlock."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from kerong.basics.acting import house_actor
from kerong.records.evidence.actions import acting
from kerong.records.ledger import actions
from kerong.records.ledger.actions import Leg
from kerong.records.ledger.models import Entry
from kerong.records.ledger.tests.pool import DAY, fund, held, open_pool, pay, sound

AT_ONCE = 64
SERIALIZATION_FAILURE = "40001"


def one_by_one(work: object, *arguments: object) -> str:
    """Do something in a transaction of this thread's own connection and close it; say what came of it."""
    try:
        with transaction.atomic(), acting(house_actor("test")):
            work(*arguments)  # type: ignore[operator] - a test
    except actions.BookkeepingError as error:
        return type(error).__name__
    else:
        return "done"
    finally:
        connection.close()


def serializable(work: object, *arguments: object) -> str:
    """Do something at serializable, again and again as long as the database asks for it."""
    while True:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
                with acting(house_actor("test")):
                    work(*arguments)  # type: ignore[operator] - a test
        except actions.BookkeepingError as error:
            return type(error).__name__
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != SERIALIZATION_FAILURE:
                raise
        else:
            return "done"
        finally:
            connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", [one_by_one, serializable])
@pytest.mark.parametrize("pending", [False, True])
def test_parallel_postings_never_exceed_the_limit(how: object, pending: bool) -> None:  # noqa: FBT001 - parametrized
    with transaction.atomic(), acting(house_actor("test")):
        open_pool()
        fund(1_000)

    def claim(number: int) -> None:
        pay(80, key=f"claim {number}", pending=pending)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        said = Counter(threads.map(lambda number: how(claim, number), range(AT_ONCE)))  # type: ignore[operator] - a test

    assert said == {"done": 12, "LimitError": AT_ONCE - 12}
    with transaction.atomic(), acting(house_actor("test")):
        assert held("1002").available == 1_000 - 12 * 80
        sound()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", [one_by_one, serializable])
def test_the_same_key_at_once_is_one_entry(how: object) -> None:
    with transaction.atomic(), acting(house_actor("test")):
        open_pool()
        fund(1_000)
        waiting = pay(80, key="waiting", pending=True).id

    def same(number: int) -> None:
        if number % 2:
            pay(50, key="the one")
        else:
            actions.post_pending(entry_id=waiting, key="receipt")

    with ThreadPoolExecutor(AT_ONCE) as threads:
        said = Counter(threads.map(lambda number: how(same, number), range(AT_ONCE)))  # type: ignore[operator] - a test

    assert said == {"done": AT_ONCE}
    with transaction.atomic(), acting(house_actor("test")):
        assert Entry.objects.count() == 4
        assert held("1002").amount == 1_000 - 130
        sound()


@pytest.mark.django_db(transaction=True)
def test_entries_over_many_accounts_in_any_order_do_not_wait_for_each_other() -> None:
    codes = ["1002", "2401", "4001", "5001"]
    with transaction.atomic(), acting(house_actor("test")):
        open_pool()
        fund(1_000_000)

    def shuffled(number: int) -> None:
        mixed = random.Random(number).sample(codes, 4)  # noqa: S311 - a test
        legs = [Leg(code, amount) for code, amount in zip(mixed, (1, -1, 2, -2), strict=True)]
        actions.post(book="pool", key=f"n{number}", legs=legs, happened_on=DAY, what="乱序")

    with ThreadPoolExecutor(16) as threads:
        said = Counter(threads.map(lambda number: one_by_one(shuffled, number), range(200)))

    assert said == {"done": 200}
    with transaction.atomic(), acting(house_actor("test")):
        sound()


@pytest.mark.django_db(transaction=True)
def test_a_posting_that_waits_for_a_closing_sees_it() -> None:
    with transaction.atomic(), acting(house_actor("test")):
        open_pool()
        fund(1_000)

    def mixed(number: int) -> None:
        if number == 20:
            actions.close_period(book="pool", through=DAY)
        else:
            pay(1, key=f"n{number}")

    with ThreadPoolExecutor(16) as threads:
        said = Counter(threads.map(lambda number: one_by_one(mixed, number), range(40)))

    assert set(said) <= {"done", "PeriodClosedError"}
    with transaction.atomic(), acting(house_actor("test")):
        closing = actions.close_period(book="pool", through=DAY)
        from kerong.basics.canonical import digest
        from kerong.records.ledger.queries import trial_balance

        # What was closed is what stands there: no entry slipped in behind it.
        assert closing.balances_digest == digest(
            [list(line) for line in trial_balance(book="pool", on=DAY).lines]
        )
        assert Entry.objects.count() == 1 + said["done"] - 1
