"""Looks after failed jobs, and removes what nobody needs any more."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from kerong.basics.clock import current_clock
from kerong.records.evidence.actions import record
from kerong.records.outbox.models import JobRun, StoredAnswer

DONE_KEPT = timedelta(days=3)
FAILED_KEPT = timedelta(days=90)


class DismissError(ValueError):
    """There is no failed job with this number."""


def retry_run(*, job: int) -> JobRun:
    """Put a failed job into the queue again. Raises DismissError."""
    run = _failed(job)
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", [job])
    run.outcome = JobRun.AGAIN
    run.save(update_fields=["outcome"])
    record(stream="outbox", kind="job_retried", content={"job": job, "name": run.name})
    return run


def dismiss_run(*, job: int) -> JobRun:
    """Note that a failed job needs nothing more; it is not run again. Raises DismissError."""
    run = _failed(job)
    run.outcome = JobRun.DISMISSED
    run.save(update_fields=["outcome"])
    record(stream="outbox", kind="job_dismissed", content={"job": job, "name": run.name})
    return run


def tidy_old_rows() -> None:
    """Remove old notes of jobs and answers past their time; part of a job's transaction."""
    now = current_clock().now()
    JobRun.objects.filter(outcome=JobRun.DONE, ended_at__lt=now - DONE_KEPT).delete()
    JobRun.objects.filter(ended_at__lt=now - FAILED_KEPT).delete()
    StoredAnswer.objects.filter(kept_until__lt=now).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE status = 'failed' AND NOT EXISTS"
            " (SELECT 1 FROM outbox_jobrun WHERE job = procrastinate_jobs.id)"
        )


def _failed(job: int) -> JobRun:
    run = JobRun.objects.select_for_update().filter(job=job, outcome=JobRun.FAILED).first()
    if run is None:
        raise DismissError("there is no failed job with this number")
    return run
