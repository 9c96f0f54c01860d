"""How any record makes background work: `@job`, `@every`, `.later()`; and the outbox's own jobs.

A job runs in one transaction with the house acting. Its arguments are plain JSON and hold ids, never content. It is
tried again with growing pauses; what it wrote and the note that it is done commit together, so that a worker killed
in between does not do it twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kerong.records.outbox.actions import defer, deliver_round, endpoints_due, tidy_old_rows
from kerong.records.outbox.actions.queueing import DELIVER_JOB, defer_delivery
from kerong.records.outbox.actions.running import Run, run_job

if TYPE_CHECKING:
    from collections.abc import Callable

RETRIES = 5
PAUSE_SECONDS, PAUSE_SECONDS_MAX = 10, 3600
TIME_LIMIT = timedelta(minutes=10)


class JobNameTakenError(ValueError):
    """Two jobs have the same name."""


@dataclass(frozen=True)
class Job:
    """One kind of background work. Call ``later`` to queue it; calling the job itself does the work here and now."""

    name: str
    work: Callable[..., Any]
    retries: int = RETRIES
    time_limit: timedelta = TIME_LIMIT
    # A job that talks to the outside keeps its own transactions, so that none stays open while it waits.
    own_transactions: bool = False
    # Jobs of one lock never run at the same time; parts such as "{endpoint}" are taken from the arguments.
    lock: str = ""
    crons: tuple[str, ...] = field(default=(), compare=False)

    def __call__(self, **arguments: Any) -> Any:
        """Do the work here and now, in the caller's transaction."""
        return self.work(**arguments)

    def later(self, **arguments: Any) -> int:
        """Queue the job in the caller's transaction: when that is rolled back, there is no job."""
        return self.after(None, **arguments)

    def after(self, pause: timedelta | None, **arguments: Any) -> int:
        """Queue the job for later than now."""
        return defer(self.name, arguments, after=pause, lock=self.lock.format(**arguments))


def perform(made: Job, *, number: int, attempts: int, arguments: dict[str, Any]) -> None:
    """Do a queued job's work now: what the worker calls. ``attempts`` counts earlier tries."""
    run_job(
        Run(
            job=number,
            name=made.name,
            work=made.work,
            arguments=arguments,
            attempt=attempts + 1,
            is_last=attempts >= made.retries,
            time_limit=made.time_limit,
            own_transactions=made.own_transactions,
        )
    )


JOBS: dict[str, Job] = {}
"""Every job by its name; filled as the modules with jobs are imported."""


def job(
    name: str,
    *,
    retries: int = RETRIES,
    time_limit: timedelta = TIME_LIMIT,
    own_transactions: bool = False,
    lock: str = "",
) -> Callable[[Callable[..., Any]], Job]:
    """Make a function a job. Put it in a module `jobs` of a record or capability, where the worker finds it."""

    def make(work: Callable[..., Any]) -> Job:
        return _register(Job(name, work, retries, time_limit, own_transactions, lock))

    return make


def every(cron: str, name: str, *, time_limit: timedelta = TIME_LIMIT) -> Callable[[Callable[[], Any]], Job]:
    """Make a function without arguments a job that runs by the clock: five fields of cron, in Shanghai time."""

    def make(work: Callable[[], Any]) -> Job:
        return _register(Job(name, work, time_limit=time_limit, lock=name, crons=(cron,)))

    return make


def _register(made: Job) -> Job:
    known = JOBS.get(made.name)
    if known is not None and (known.work.__module__, known.work.__qualname__) != (
        made.work.__module__,
        made.work.__qualname__,
    ):
        raise JobNameTakenError(f"two jobs are called {made.name}")
    JOBS[made.name] = made
    return made


@job(DELIVER_JOB, own_transactions=True, lock=f"{DELIVER_JOB}:{{endpoint}}", retries=2)
def deliver(endpoint: str) -> None:
    """Send what is due to one endpoint."""
    deliver_round(endpoint_id=endpoint)


@job("outbox.sweep")
def sweep() -> None:
    """Queue a round for every endpoint that has something due: the net under what was lost on the way."""
    for endpoint in endpoints_due():
        defer_delivery(endpoint)


@job("outbox.tidy")
def tidy() -> None:
    """Remove notes of jobs that went well and answers nobody may ask for any more."""
    tidy_old_rows()
