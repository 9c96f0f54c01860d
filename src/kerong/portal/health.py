"""Tells machines whether this service can work: the database answers and its tables are up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kerong import __version__
from kerong.adapters import worker_client

if TYPE_CHECKING:
    from django.http import HttpRequest


WORKER_SECONDS_MAX = 0.5


def _worker() -> str:
    """Return the resident worker's state: ready, warming or gone."""
    try:
        return str(worker_client.ask({"request": "status"}, timeout_seconds=WORKER_SECONDS_MAX)["state"])
    except worker_client.WorkerCold:
        return "warming"
    except (worker_client.WorkerGone, worker_client.WorkerRefused):
        return "gone"


# Outside a transaction: opening one needs the database, whose absence is what we want to report.
@transaction.non_atomic_requests
@never_cache
@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when the service can work, 503 when it cannot, with the reason by name."""
    database = migrations = False
    try:
        executor = MigrationExecutor(connection)
        database = True
        migrations = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        connection.close()
    is_well = database and migrations
    # The worker answers what-if only: without it everything else works, so it is told and does not fail the check.
    return JsonResponse(
        {
            "status": "ok" if is_well else "unavailable",
            "database": "reachable" if database else "unreachable",
            "migrations": "applied" if migrations else "pending" if database else "unknown",
            "worker": _worker(),
            "version": __version__,
        },
        status=200 if is_well else 503,
    )
