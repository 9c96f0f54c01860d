"""Jobs run once, in one transaction with the house acting; what fails is kept with a reference and raises an alarm."""

from __future__ import annotations

import time
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from kerong.basics.acting import Actor, current_actor, house_actor
from kerong.records.evidence.actions import acting, record
from kerong.records.evidence.models import Event
from kerong.records.outbox.actions import dismiss_run, retry_run
from kerong.records.outbox.actions.queueing import NotPlainError
from kerong.records.outbox.actions.running import JobTooLongError
from kerong.records.outbox.jobs import JOBS, Job, JobNameTakenError, job, perform
from kerong.records.outbox.models import Alarm, JobRun

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _forget_jobs() -> Iterator[None]:
    known = dict(JOBS)
    yield
    JOBS.clear()
    JOBS.update(known)


def run(made: Job, *, number: int = 1, attempts: int = 0, **arguments: Any) -> None:
    perform(made, number=number, attempts=attempts, arguments=arguments)


def noted() -> list[tuple[int, str]]:
    with transaction.atomic(), acting(house_actor("test")):
        return list(JobRun.objects.values_list("job", "outcome"))


def test_a_job_acts_as_the_house_and_is_noted() -> None:
    seen: list[Actor] = []
    run(Job("test.seen", lambda: seen.append(current_actor())))

    assert (seen, noted()) == ([house_actor("test.seen")], [(1, "done")])


def test_a_job_that_was_done_is_not_done_again() -> None:
    """The worker died between the commit and telling the queue."""
    times: list[int] = []
    made = Job("test.once", lambda: times.append(1))
    run(made)
    run(made, attempts=1)

    assert times == [1]


def test_a_failed_job_leaves_nothing_but_its_reference() -> None:
    def fails() -> None:
        record(stream="test", kind="half_done", content={})
        raise ValueError("坏了")

    made = Job("test.fails", fails, retries=1)
    for attempts in (0, 1):
        with pytest.raises(ValueError, match="坏了"):
            run(made, attempts=attempts)
        outcome = noted()

    with transaction.atomic(), acting(house_actor("test")):
        kept = JobRun.objects.get()
        assert outcome == [(1, "failed")]
        assert (kept.attempt, len(kept.reference), kept.error) == (2, 8, "ValueError: 坏了")
        assert not Event.objects.filter(kind="half_done").exists()
        assert list(Alarm.objects.values_list("key", "times")) == [("job:test.fails", 1)]


def test_a_job_that_waits_too_long_in_the_database_is_cut() -> None:
    def slow() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(30)")

    began = time.monotonic()
    with pytest.raises(OperationalError):
        run(Job("test.slow", slow, time_limit=timedelta(milliseconds=300)))

    assert time.monotonic() - began < 10


def test_a_job_that_computes_too_long_is_rolled_back() -> None:
    def slow() -> None:
        record(stream="test", kind="computed", content={})
        time.sleep(0.3)

    with pytest.raises(JobTooLongError):
        run(Job("test.slow", slow, time_limit=timedelta(milliseconds=100)))

    with transaction.atomic(), acting(house_actor("test")):
        assert not Event.objects.filter(kind="computed").exists()


def test_later_belongs_to_the_transaction() -> None:
    made = job("test.later")(lambda number: number)
    with transaction.atomic():
        kept = made.later(number=1)
    with transaction.atomic():
        dropped = made.later(number=2)
        transaction.set_rollback(True)

    found = list(
        ProcrastinateJob.objects.filter(id__in=[kept, dropped]).values_list("id", "task_name", "args")
    )
    assert found == [(kept, "test.later", {"number": 1})]


@pytest.mark.parametrize("argument", [uuid.uuid4(), object(), (1, 2), float("nan"), {1: 2}])
def test_arguments_are_plain_json(argument: object) -> None:
    with pytest.raises(NotPlainError):
        job("test.plain")(lambda value: value).later(value=argument)


def test_two_jobs_of_one_name_are_refused() -> None:
    def one() -> None: ...
    def other() -> None: ...

    job("test.name")(one)
    with pytest.raises(JobNameTakenError):
        job("test.name")(other)


def test_a_failed_job_is_retried_or_dismissed_by_hand() -> None:
    made = job("test.failing", retries=0)(lambda: 1 / 0)
    with transaction.atomic():
        number = made.later()
    # As the worker does it.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [number])
    with pytest.raises(ZeroDivisionError):
        run(made, number=number)

    with transaction.atomic(), acting(house_actor("test")):
        retry_run(job=number)
        status = ProcrastinateJob.objects.get(id=number).status
        JobRun.objects.update(outcome=JobRun.FAILED)
        dismiss_run(job=number)
        outcome = JobRun.objects.get().outcome

    assert (status, outcome) == ("todo", "dismissed")
