"""The service is safe by default: roles, languages, headers, and what production refuses."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client

from kerong.portal.database_url import DatabaseAddressError, database_settings
from kerong.portal.environment import EnvironmentRefusedError, read_environment


@pytest.mark.django_db
def test_tests_run_as_the_application_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (settings.DATABASES["default"]["USER"], False, False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "forbidden",
    [
        "TRUNCATE parties_user CASCADE",
        "DROP TABLE parties_user",
        "CREATE TABLE mine (id int)",
        "ALTER TABLE parties_user DISABLE TRIGGER ALL",
        "DELETE FROM django_migrations",
    ],
)
def test_application_role_is_refused_what_only_the_owner_may_do(forbidden: str) -> None:
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
        connection.cursor().execute(forbidden)


@pytest.mark.django_db(transaction=True)
def test_tests_with_real_transactions_are_cleaned_up() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_content_type")
        assert cursor.fetchone()[0] > 0


def test_language_ignores_what_the_browser_prefers(client: Client) -> None:
    answer = client.get("/language/", headers={"accept-language": "en"})

    assert answer["Content-Language"] == "zh-hans"


def test_language_follows_the_readers_own_choice(client: Client) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    assert client.get("/language/")["Content-Language"] == "en"


def test_content_policy_allows_nothing_inline_and_nothing_from_elsewhere(client: Client) -> None:
    policy = client.get("/language/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_answers_carry_the_security_headers(client: Client) -> None:
    answer = client.get("/language/")

    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"


PRODUCTION = {
    "KERONG_ENV": "production",
    "KERONG_SECRET_KEY": "k" * 50,
    "KERONG_HOSTS": "kerong.example",
    "DATABASE_URL": "postgresql://kerong_app:a@db/kerong",
    "DATABASE_OWNER_URL": "postgresql://kerong_owner:b@db/kerong",
}


def test_production_starts_with_everything_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in PRODUCTION.items():
        monkeypatch.setenv(variable, value)

    assert read_environment().hosts == ["kerong.example"]


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("KERONG_SECRET_KEY", "short", "secret key"),
        ("KERONG_SECRET_KEY", "insecure-development-key-that-production-refuses", "secret key"),
        ("KERONG_DEBUG", "1", "KERONG_DEBUG"),
        ("KERONG_HOSTS", "", "KERONG_HOSTS"),
        ("DATABASE_URL", "", "DATABASE_URL"),
        ("DATABASE_URL", PRODUCTION["DATABASE_OWNER_URL"], "must not own"),
        ("KERONG_ENV", "prod", "KERONG_ENV"),
    ],
)
def test_production_refuses_what_is_unsafe(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, complaint: str
) -> None:
    for name, good in (PRODUCTION | {variable: value}).items():
        monkeypatch.setenv(name, good)

    with pytest.raises(EnvironmentRefusedError, match=complaint):
        read_environment()


def test_database_address_reads_socket_folder_password_and_pool() -> None:
    read = database_settings("postgresql://u:p%40ss@/kerong?host=%2Ftmp%2Fx&port=5433", pool_size_max=4)

    assert (read["USER"], read["PASSWORD"], read["NAME"]) == ("u", "p@ss", "kerong")
    assert (read["HOST"], read["PORT"]) == ("/tmp/x", "5433")  # noqa: S108 - only a text here
    assert read["OPTIONS"]["pool"]["max_size"] == 4


def test_database_address_of_another_kind_is_refused_without_showing_its_password() -> None:
    with pytest.raises(DatabaseAddressError) as refused:
        database_settings("mysql://u:secret-word@host/kerong", pool_size_max=None)

    assert "secret-word" not in str(refused.value)
