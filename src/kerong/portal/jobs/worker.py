"""The process that runs background jobs: takes them from the database one after the other, a few at a time.

It comes back to a database that went away, ends with whoever started it, and finishes what it is doing when told to
end.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import random
import signal
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from croniter import croniter
from django.db import connections, transaction
from django.utils.module_loading import autodiscover_modules
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException

from kerong.basics.acting import house_actor
from kerong.basics.clock import SHANGHAI
from kerong.portal.jobs.schedule import schedule_of
from kerong.records.evidence.actions import acting
from kerong.records.facts.queries import NoBasisError, keep_refusal
from kerong.records.outbox.jobs import JOBS, PAUSE_SECONDS, PAUSE_SECONDS_MAX, Job, perform

if TYPE_CHECKING:
    from procrastinate import JobContext
    from procrastinate.jobs import Job as QueuedJob

AT_ONCE = 2
"""Jobs at a time; each holds a database connection."""
LEAVE_SECONDS = 9.0
"""What is still running after this is abandoned: its transaction rolls back and it is started again later."""
LOOK_SECONDS = 1.0
RECONNECT_SECONDS_MAX = 15.0
_log = structlog.get_logger("kerong.jobs")


class Backoff(BaseRetryStrategy):
    """Ever longer pauses with a little chance in them, so that many failed jobs do not come back at once."""

    def __init__(self, retries: int) -> None:
        self.retries = retries

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        """Return when to try again, or None when it was tried often enough."""
        del exception
        if job.attempts >= self.retries:
            return None
        pause = min(PAUSE_SECONDS * 3**job.attempts, PAUSE_SECONDS_MAX)
        return RetryDecision(retry_in={"seconds": round(pause * random.uniform(0.8, 1.2))})  # noqa: S311 - spreads load, guards nothing


def all_jobs(environment: str) -> dict[str, Job]:
    """Return every job by name: those made with the decorators, and those of the schedule."""
    autodiscover_modules("jobs")
    found = dict(JOBS)
    for line in schedule_of(environment):
        module, _, name = line.place.partition(":")
        work = getattr(importlib.import_module(module), name)
        made = work if isinstance(work, Job) else Job(line.name, work, lock=line.name)
        found[line.name] = replace(made, name=line.name, crons=(*made.crons, line.cron))
    return found


def serve(environment: str) -> None:
    """Run jobs until SIGTERM, SIGINT, or the death of whoever started us."""
    asyncio.run(_serve(environment, parent=os.getppid()))


async def _serve(environment: str, *, parent: int) -> None:
    loop, leaving = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, leaving.set)
    watch = asyncio.create_task(_leave_with(parent, leaving))
    pause = 1.0
    while not leaving.is_set():
        began = loop.time()
        worker = asyncio.create_task(_work(environment))
        await asyncio.wait([worker, asyncio.create_task(leaving.wait())], return_when=asyncio.FIRST_COMPLETED)
        if leaving.is_set():
            await _end(worker)
            break
        error = worker.exception()
        _log.warning("the job runner lost the database; it comes back", error=repr(error), seconds=pause)
        pause = 1.0 if loop.time() - began > RECONNECT_SECONDS_MAX else min(pause * 2, RECONNECT_SECONDS_MAX)
        try:
            await asyncio.wait_for(leaving.wait(), timeout=pause)
        except TimeoutError:
            continue
    watch.cancel()


async def _end(worker: asyncio.Task[None]) -> None:
    """Cancelling lets the worker finish what it is doing, for as long as it was given."""
    worker.cancel()
    try:
        await worker
    except (asyncio.CancelledError, ConnectorException):
        return


async def _leave_with(parent: int, leaving: asyncio.Event) -> None:
    while os.getppid() == parent:  # noqa: ASYNC110 - nothing tells a process that its parent died
        await asyncio.sleep(LOOK_SECONDS)
    leaving.set()


async def _work(environment: str) -> None:
    app = make_app(environment)
    async with app.open_async():
        await app.run_worker_async(
            concurrency=AT_ONCE,
            install_signal_handlers=False,
            delete_jobs="successful",
            shutdown_graceful_timeout=LEAVE_SECONDS,
            fetch_job_polling_interval=5.0,
        )


def make_app(environment: str) -> App:
    """Return the queue with every job as a task, each on its schedule."""
    app = App(
        connector=PsycopgConnector(
            kwargs=connector_params(), min_size=1, max_size=AT_ONCE + 2, timeout=5, reconnect_timeout=5
        )
    )
    for made in all_jobs(environment).values():
        task = app.task(name=made.name, pass_context=True, retry=Backoff(made.retries))(_task(made))
        for cron in made.crons:
            periodic = app.periodic_registry.register_task(
                task=task, cron=cron, periodic_id=cron, configure_kwargs={"lock": made.lock or made.name}
            )
            # Hours are Shanghai's, wherever the machine stands.
            periodic.__dict__["croniter"] = croniter(cron, datetime.now(SHANGHAI))
    return app


def attempt(made: Job, *, number: int, attempts: int, arguments: dict[str, Any]) -> None:
    """Do a queued job's work; a look that it was refused keeps its log line, which fell with the job's transaction."""
    try:
        perform(made, number=number, attempts=attempts, arguments=arguments)
    except NoBasisError as refused:
        with transaction.atomic(), acting(house_actor(made.name)):
            keep_refusal(refused)
        raise


def _task(made: Job) -> Any:
    def run(context: JobContext, timestamp: int | None = None, **arguments: Any) -> None:
        del timestamp  # When it was due; our jobs ask the clock.
        try:
            attempt(made, number=context.job.id or 0, attempts=context.job.attempts, arguments=arguments)
        finally:
            # A connection that broke is not kept for the next job; a good one goes back to the pool.
            connections.close_all()

    return run
