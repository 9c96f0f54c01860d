"""Reads about background jobs: what waits, runs and failed, and when each ran last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count, Min, Q
from procrastinate.contrib.django.models import ProcrastinateJob

from kerong.records.outbox.models import JobRun

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

WAITING, RUNNING, FAILED = "todo", "doing", "failed"


@dataclass(frozen=True)
class JobCounts:
    """How many jobs wait (due and later), run and failed."""

    waiting: int
    later: int
    running: int
    failed: int


@dataclass(frozen=True)
class QueuedJob:
    """One job that waits or runs."""

    number: int
    name: str
    arguments: dict[str, Any]
    is_running: bool
    attempts: int
    due_at: datetime | None


def job_counts() -> JobCounts:
    """Count the jobs in the queue."""
    found = ProcrastinateJob.objects.aggregate(
        waiting=Count("id", filter=Q(status=WAITING, scheduled_at__isnull=True)),
        later=Count("id", filter=Q(status=WAITING, scheduled_at__isnull=False)),
        running=Count("id", filter=Q(status=RUNNING)),
    )
    return JobCounts(**found, failed=failed_runs().count())


def queued_jobs() -> list[QueuedJob]:
    """Return up to a hundred jobs that wait or run, running ones first."""
    found = ProcrastinateJob.objects.filter(status__in=(WAITING, RUNNING)).order_by(
        "status", "scheduled_at", "id"
    )
    return [
        QueuedJob(
            each.id, each.task_name, each.args, each.status == RUNNING, each.attempts, each.scheduled_at
        )
        for each in found[:100]
    ]


def failed_runs() -> QuerySet[JobRun]:
    """Return the jobs that failed for good and that nobody looked at, the latest first."""
    return JobRun.objects.filter(outcome=JobRun.FAILED).order_by("-ended_at")


def last_runs(names: list[str]) -> dict[str, JobRun]:
    """Return the last run of each of these jobs."""
    return {
        name: run
        for name in names
        if (run := JobRun.objects.filter(name=name).order_by("-ended_at").first()) is not None
    }


def oldest_waiting() -> datetime | None:
    """Return since when the longest waiting job that is due waits; None when nothing waits."""
    return ProcrastinateJob.objects.filter(status=WAITING, scheduled_at__isnull=True).aggregate(
        at=Min("procrastinateevent__at", filter=Q(procrastinateevent__type="deferred"))
    )["at"]


def workers_alive(*, seconds: int = 60) -> int:
    """Count the job runners that said within a minute that they live."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [seconds],
        )
        return int(cursor.fetchone()[0])
