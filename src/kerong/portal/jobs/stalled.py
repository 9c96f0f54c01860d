"""Starts jobs again whose worker died in the middle: their transaction was rolled back, so they are due."""

from __future__ import annotations

from django.db import connection

HEARTBEAT_SECONDS_MAX = 60
"""A worker says every ten seconds that it lives."""

_STALLED = """
SELECT procrastinate_retry_job_v2(job.id, now(), NULL, NULL, NULL)
FROM procrastinate_jobs AS job
LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
WHERE job.status = 'doing'
  AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s))
"""


def start_stalled_jobs_again() -> None:
    """Put jobs back into the queue whose worker has not been heard of for a minute; part of a job's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_STALLED, [HEARTBEAT_SECONDS_MAX])
