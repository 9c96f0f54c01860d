"""Reads about the outbox: jobs, alarms, endpoints and what was delivered to them."""

from kerong.records.outbox.queries.alarms import alarm, alarms, open_alarms, untold_alarms
from kerong.records.outbox.queries.endpoints import deliveries, delivery, endpoint, endpoints
from kerong.records.outbox.queries.jobs import (
    JobCounts,
    QueuedJob,
    failed_runs,
    job_counts,
    last_runs,
    oldest_waiting,
    queued_jobs,
    workers_alive,
)

__all__ = [
    "JobCounts",
    "QueuedJob",
    "alarm",
    "alarms",
    "deliveries",
    "delivery",
    "endpoint",
    "endpoints",
    "failed_runs",
    "job_counts",
    "last_runs",
    "oldest_waiting",
    "open_alarms",
    "queued_jobs",
    "untold_alarms",
    "workers_alive",
]
