"""The health page tells the truth: well, database gone, tables behind."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection
from django.test import Client

from kerong import __version__


@pytest.mark.django_db
def test_health_is_well_when_database_answers_and_tables_are_up_to_date(client: Client) -> None:
    answer = client.get("/health/")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": "reachable",
        "migrations": "applied",
        # No worker runs in tests: that is told, and the rest of the service is well.
        "worker": "gone",
        "version": __version__,
    }


@pytest.mark.django_db(transaction=True)
def test_health_is_503_when_a_migration_is_missing(client: Client) -> None:
    from kerong.portal.owner_connection import as_owner

    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'parties' RETURNING app, name, applied")
        removed = cursor.fetchall()
    try:
        answer = client.get("/health/")
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", removed
            )

    assert answer.status_code == 503
    assert answer.json()["migrations"] == "pending"


@pytest.mark.django_db
def test_health_is_503_when_the_database_is_gone(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", refuse)

    answer = client.get("/health/")

    assert answer.status_code == 503
    assert answer.json()["database"] == "unreachable"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_health_opens_in_a_browser(chromium, live_server) -> None:  # noqa: ANN001 - types of optional packages
    page = chromium.new_page()

    answer = page.goto(f"{live_server.url}/health/")

    assert answer.status == 200
    assert '"status": "ok"' in page.inner_text("body")
    page.close()
