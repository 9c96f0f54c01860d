"""Fixtures for every test: a database used as the application role, a browser, and an honest closing line."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import hypothesis
import psycopg
import pytest
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from django.test import Client
    from playwright.sync_api import Browser
    from pytest_django import DjangoDbBlocker
    from pytest_django.fixtures import SettingsWrapper

    from kerong.basics.acting import Actor
    from kerong.records.packs.queries import CurrentLaw
    from kerong.records.parties.models import User

# A test that fails only now and then teaches nothing: CI replays the same examples, developers explore.
hypothesis.settings.register_profile("developer", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "developer")

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
# No word to the outside: every one of these stops a request that Chromium makes by itself.
CHROMIUM_FLAGS = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--disable-dev-shm-usage",
]
TEST_DATABASE_PREFIX = "kerong_test_"
# One statement for all tables, and none of what migrations wrote once for all: far quicker than Django's own flush.
EMPTY_ALL_TABLES = """
DO $$
DECLARE guarded text[]; name text; emptied text;
BEGIN
    SELECT coalesce(array_agg(tgrelid::regclass::text), '{}') INTO guarded
        FROM pg_trigger WHERE tgname = 'refuse_truncate';
    SELECT string_agg(format('%I', tablename), ', ') INTO emptied FROM pg_tables WHERE schemaname = current_schema()
        AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission', 'django_site');
    FOREACH name IN ARRAY guarded LOOP EXECUTE format('ALTER TABLE %s DISABLE TRIGGER refuse_truncate', name); END LOOP;
    EXECUTE 'TRUNCATE ' || emptied || ' RESTART IDENTITY';
    FOREACH name IN ARRAY guarded LOOP EXECUTE format('ALTER TABLE %s ENABLE TRIGGER refuse_truncate', name); END LOOP;
END
$$;
"""


# ── the database ──────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Make a database, migrate it as the owner, and let every test run as the application role.

    Starts our private PostgreSQL in the home folder's `test` folder unless DATABASE_URL and
    DATABASE_OWNER_URL are given. Under xdist every worker has a database of its own; the last one to end
    stops the server.
    """
    from kerong.portal.home import home_folder
    from kerong.portal.postgres import APP_ROLE, OWNER_ROLE, PostgresServer

    name = f"{TEST_DATABASE_PREFIX}{os.getpid()}"
    with django_db_blocker.unblock():
        if os.environ.get("DATABASE_URL"):
            app, owner = os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"]
            yield from _with_test_database(owner, _with_name(app, name), _with_name(owner, name), name)
            return
        with PostgresServer(home_folder() / "test") as server:
            server.ensure_databases(name)
            admin = server.dsn("postgres", "postgres")
            yield from _with_test_database(
                admin, server.dsn(APP_ROLE, name), server.dsn(OWNER_ROLE, name), name
            )


def _with_test_database(admin: str, app: str, owner: str, name: str) -> Iterator[None]:
    from django.db import connection, connections
    from django.test import TransactionTestCase

    from kerong.portal.owner_connection import as_owner, migrate
    from kerong.portal.postgres.roles import ensure_database, grant_rows_only

    _drop_leftovers(admin)
    app_role, owner_role = urlsplit(app).username or "", urlsplit(owner).username or ""
    ensure_database(admin, name, owner=owner_role, app=app_role)
    grant_rows_only(_with_name(admin, name), owner=owner_role, app=app_role)
    _point_django_at(app, owner)
    migrate()

    # A test with real transactions is cleaned up by TRUNCATE, which the application role may not do. Tables that refuse
    # it from everybody let their owner empty them here, and only here.
    original = TransactionTestCase._fixture_teardown

    def tear_down_as_owner(_self: TransactionTestCase) -> None:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(EMPTY_ALL_TABLES)

    TransactionTestCase._fixture_teardown = tear_down_as_owner
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown = original
        connections.close_all()
        _drop(admin, name)


def _point_django_at(app: str, owner: str) -> None:
    from django.conf import settings
    from django.db import connections

    from kerong.portal.database_url import database_settings

    # One connection per test thread, so no pool.
    settings.DATABASES["default"] = database_settings(app, pool_size_max=None)
    settings.OWNER_DATABASE = database_settings(owner, pool_size_max=None)
    connections.__dict__.pop("settings", None)
    if hasattr(connections._connections, "default"):
        del connections["default"]


def _drop_leftovers(admin: str) -> None:
    """Drop the databases of test runs that were killed."""
    with psycopg.connect(admin, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [TEST_DATABASE_PREFIX]
        ).fetchall()
    for (name,) in rows:
        if not Path(f"/proc/{name.removeprefix(TEST_DATABASE_PREFIX)}").exists():
            _drop(admin, name)


def _drop(admin: str, name: str) -> None:
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _with_name(address: str, name: str) -> str:
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


# ── the browser ───────────────────────────────────────────────────────────────


@pytest.fixture
def law(
    db: None, tmp_path: Path, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> Iterator[CurrentLaw]:
    """Release the shipped policies and load them; nothing looks for another release during the test."""
    from kerong.basics.policies_folder import policies_folder
    from kerong.records.packs import queries as packs
    from kerong.records.packs.actions import release_folder
    from kerong.records.packs.queries import in_force

    del db
    settings.KERONG_HOME = tmp_path / "home"
    settings.KERONG_FOLLOW_FILES = False
    monkeypatch.setattr(in_force, "SECONDS_BETWEEN_LOOKS", float("inf"))
    packs.forget()
    release_folder(
        folder=policies_folder(), by="测试", document_number="测试〔2026〕1号", in_force_from=date(2026, 1, 1)
    )
    yield packs.current()
    packs.forget()


@pytest.fixture
def assert_reads(db: None) -> Callable[[int], AbstractContextManager[None]]:
    """Return a block that expects so many statements, besides those that open a transaction and say who acts."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    del db

    @contextmanager
    def expect(number: int) -> Iterator[None]:
        with CaptureQueriesContext(connection) as captured:
            yield
        around = ("SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config(")
        reads = [query["sql"] for query in captured if not query["sql"].startswith(around)]
        if len(reads) != number:
            pytest.fail(f"{number} statements were expected, {len(reads)} came:\n" + "\n".join(reads))

    return expect


@pytest.fixture
def house(db: None) -> Iterator[None]:
    """Let the service itself act for the whole test: row security shows everything."""
    from kerong.basics.acting import house_actor
    from kerong.records.evidence.actions import acting

    del db
    with acting(house_actor("test")):
        yield


@pytest.fixture
def person_in(db: None) -> Callable[..., Actor]:
    """Return a maker of actors: `person_in("agent", "enterprise:X94…")` makes person, account and mandate.

    Use the actor with `evidence.actions.acting`; `username=` names the account, and the same name given twice is the
    same account in a further role.
    """
    from kerong.basics.clock import current_clock
    from kerong.basics.identifiers import new_identifier
    from kerong.records.parties.models import Membership, Person, User
    from kerong.records.parties.queries import actor_for

    del db

    def make(role: str, party: str, *, username: str = "", stepped_up: bool = False) -> Actor:
        now = current_clock().now()
        name = username or f"{role}-{new_identifier(now).hex[-8:]}"
        user = User.objects.filter(username=name).first()
        if user is None:
            someone = Person.objects.create(id=new_identifier(now), name=f"测试人员 {name}")
            user = User.objects.create(username=name, display_name=someone.name, person=someone)
        mandate = Membership.objects.create(
            id=new_identifier(now), user=user, party=party, role=role, since=now
        )
        return actor_for(user, mandate, request="test", stepped_up_at=now if stepped_up else None)

    return make


@pytest.fixture
def sign_in(person_in: Callable[..., Actor]) -> Callable[..., Client]:
    """Return a maker of signed-in clients: `sign_in("agent", "enterprise:X94…")`; the actor is `client.actor`."""
    from django.test import Client

    from kerong.records.parties.models import Membership, User

    def make(role: str, party: str, *, username: str = "", stepped_up: bool = False) -> Client:
        from kerong.basics.clock import current_clock
        from kerong.portal.acting import MEMBERSHIP_KEY, STEPPED_UP_KEY

        actor = person_in(role, party, username=username, stepped_up=stepped_up)
        client = Client()
        user = User.objects.get(id=actor.user)
        client.force_login(user)
        _give_second_factor(user)
        session = client.session
        session[MEMBERSHIP_KEY] = str(Membership.objects.get(user=user, party=party, role=role).id)
        if stepped_up:
            session[STEPPED_UP_KEY] = current_clock().now().isoformat()
        session.save()
        client.actor = actor
        return client

    return make


def _give_second_factor(user: User) -> None:
    """Give an account an authenticator app, as most roles demand: nobody is let in without."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    if not Authenticator.objects.filter(user=user).exists():
        TOTP.activate(user, generate_totp_secret())


def chromium_path() -> str | None:
    """Return where Chromium is installed, or None."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium(monkeypatch_session: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Start a headless Chromium that talks to nobody but us; `chromium.new_page()` opens a page."""
    from playwright.sync_api import sync_playwright

    # Playwright runs an event loop in this thread, which Django would take for asynchronous code.
    monkeypatch_session.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(),
            args=[*CHROMIUM_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def monkeypatch_session() -> Iterator[pytest.MonkeyPatch]:
    """Change the environment for the whole run and put it back at the end."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests where there is no browser; refuse to when a browser was promised."""
    if chromium_path() is not None or not any(item.get_closest_marker("browser") for item in items):
        return
    if os.environ.get("KERONG_REQUIRE_BROWSER"):
        raise pytest.UsageError(
            f"KERONG_REQUIRE_BROWSER is set, but none of {', '.join(CHROMIUM_NAMES)} was found on PATH."
        )
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many browser tests did not run, so that a green line is not taken for more than it is."""
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if "browser" in getattr(report, "keywords", {})
    ]
    if skipped:
        terminalreporter.write_line(
            f"Browser tests that did not run: {len(skipped)}, because no Chromium was found. "
            "On Debian and Ubuntu: apt-get install chromium fonts-noto-cjk"
        )
