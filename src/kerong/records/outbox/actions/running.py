"""Runs one background job: one transaction, the house acting, a time limit, and a note of how it went."""

from __future__ import annotations

import secrets
import threading
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from django.db import connection, transaction

from kerong.basics.acting import PLATFORM, house_actor, told
from kerong.basics.clock import current_clock
from kerong.records.evidence.actions import acting
from kerong.records.outbox.actions.alarms import raise_alarm
from kerong.records.outbox.models import Alarm, JobRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime, timedelta

ERROR_LENGTH_MAX = 2000
_log = structlog.get_logger("kerong.jobs")


class JobTooLongError(RuntimeError):
    """The job took longer than it may; what it wrote was rolled back."""


@dataclass(frozen=True)
class Run:
    """One try of a job: its number in the queue, its name, arguments and work."""

    job: int
    name: str
    work: Callable[..., Any]
    arguments: Mapping[str, Any]
    attempt: int
    is_last: bool
    time_limit: timedelta
    own_transactions: bool = False


def run_job(run: Run) -> None:
    """Do the work of a job unless it is done already; whatever it raises is noted and raised again.

    The note that it is done commits with what the job wrote. A job with its own transactions is noted afterwards: it
    may be done twice when the worker is killed in between, and must bear that.
    """
    started, began = current_clock().now(), time.monotonic()
    reference = secrets.token_hex(4)
    with structlog.contextvars.bound_contextvars(request_id=reference, job=run.job, job_name=run.name):
        try:
            if run.own_transactions:
                if _is_done(run):
                    return
                with told(house_actor(run.name)):
                    run.work(**run.arguments)
                with transaction.atomic(), acting(house_actor(run.name)):
                    _note(run, started, JobRun.DONE)
            else:
                _run_in_one_transaction(run, started, began)
        except Exception as error:
            _log.exception("job failed", attempt=run.attempt, is_last=run.is_last)
            _note_failure(run, started, reference, error)
            raise


def _run_in_one_transaction(run: Run, started: datetime, began: float) -> None:
    with transaction.atomic(), acting(house_actor(run.name)):
        if JobRun.objects.filter(job=run.job, outcome=JobRun.DONE).exists():
            return
        with _limited(run.time_limit):
            run.work(**run.arguments)
        if time.monotonic() - began > run.time_limit.total_seconds():
            raise JobTooLongError(f"took longer than {run.time_limit}")
        _note(run, started, JobRun.DONE)


@contextmanager
def _limited(limit: timedelta) -> Iterator[None]:
    """Cancel the statement that is running when the time is up, and let no later one run longer than that."""
    seconds = limit.total_seconds()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(round(seconds * 1000))])
    raw = connection.connection
    watch = threading.Timer(seconds, raw.cancel_safe)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _is_done(run: Run) -> bool:
    with transaction.atomic(), acting(house_actor(run.name)):
        return JobRun.objects.filter(job=run.job, outcome=JobRun.DONE).exists()


def _note(run: Run, started: datetime, outcome: str, *, reference: str = "", error: str = "") -> None:
    JobRun.objects.update_or_create(
        job=run.job,
        defaults={
            "owner": PLATFORM,
            "name": run.name,
            "arguments": dict(run.arguments),
            "attempt": run.attempt,
            "started_at": started,
            "ended_at": current_clock().now(),
            "outcome": outcome,
            "reference": reference,
            "error": error[:ERROR_LENGTH_MAX],
        },
    )


def _note_failure(run: Run, started: datetime, reference: str, error: Exception) -> None:
    """Keep what went wrong; a job that will not be tried again raises an alarm. Without a database there is the log."""
    try:
        with transaction.atomic(), acting(house_actor(run.name)):
            text = "".join(traceback.format_exception_only(error)).strip()
            _note(
                run, started, JobRun.FAILED if run.is_last else JobRun.AGAIN, reference=reference, error=text
            )
            if run.is_last:
                raise_alarm(
                    kind="job_failed",
                    what=f"后台作业 {run.name} 失败，参考号 {reference}。",
                    severity=Alarm.WARNING,
                    key=f"job:{run.name}",
                )
    except Exception:  # noqa: BLE001 - whatever it was, the job's own error is the one to raise
        _log.exception("the failure could not be stored")
