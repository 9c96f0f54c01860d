"""The commands that run the service: `init`, `run` and `database`."""

from __future__ import annotations

import os
import signal
import socket
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, NoReturn

import click

from kerong.cli.one_run import OneRun
from kerong.cli.processes import Supervisor
from kerong.portal.home import HomeError, home_folder
from kerong.portal.keys_file import ensure_keys, evidence_keys_path, keys_path
from kerong.portal.postgres import APP_ROLE, OWNER_ROLE, PostgresError, PostgresServer
from kerong.portal.secrets_file import ensure_secrets, secrets_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from kerong.portal.preparation import Preparation

LOOPBACK = ("127.0.0.1", "::1", "localhost")
PORTS_TRIED = 50
WEB_THREADS = 8


@click.command()
def init() -> None:
    """Write this installation's secrets with mode 0600; keeps those that are there."""
    with _told_plainly():
        ensure_secrets()
        ensure_keys()
    click.echo(
        f"Secrets and keys are in {secrets_path().parent}: {secrets_path().name}, {keys_path().name} and "
        f"{evidence_keys_path().name}. Only you can read them; keep a copy somewhere safe: without the keys, "
        "encrypted fields and files can never be read again."
    )


@click.command()
@click.option("--dev", is_flag=True, help="Follow edits to the code and show errors in full.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port; the next free one when it is taken.")
def run(*, dev: bool, host: str, port: int) -> None:
    """Start everything here: database, tables, preparation, pages. Ctrl-C ends it all."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        # Under nohup a hang-up is ignored on purpose, and stays so.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _leave)
    environment = "development" if dev else os.environ.get("KERONG_ENV", "demo")
    if environment != "production" and host not in LOOPBACK:
        raise click.UsageError(
            f"Only KERONG_ENV=production may listen on {host}; {environment} stays on loopback."
        )
    os.environ["KERONG_ENV"] = environment
    if dev:
        os.environ["KERONG_DEBUG"] = "1"
    with _told_plainly(), ExitStack() as afterwards:
        only_run = afterwards.enter_context(OneRun())
        ensure_secrets()
        ensure_keys()
        keep_database = _use_database(afterwards)
        free_port = _free_port(host, port)
        if free_port != port:
            click.echo(f"Port {port} is taken, using {free_port}.")
        address = f"http://{host}:{free_port}/"
        only_run.answers_at(address)
        lines = _prepare_everything(environment, address)
        supervisor = afterwards.enter_context(Supervisor())
        _start_processes(supervisor, environment, host=host, port=free_port, dev=dev)
        supervisor.wait_for_answer(host, free_port)
        click.echo("\n".join(["", f"科融 Kerong is ready: {address}", *lines, "Ctrl-C ends it.", ""]))
        sys.exit(supervisor.wait(meanwhile=keep_database))


@click.command()
@click.argument("what", type=click.Choice(["show", "start", "stop"]), default="show")
def database(what: str) -> None:
    """Show how to reach the private PostgreSQL (the default), start it and leave it running, or stop it.

    `eval "$(kerong database)"` sets DATABASE_URL and DATABASE_OWNER_URL for Django's own commands.
    """
    with _told_plainly():
        server = PostgresServer()
        if what == "stop":
            ended = server.stop(even_if_shared=True)
            click.echo("The database was stopped." if ended else "The database was not running.")
            return
        if what == "show" and not server.is_running():
            raise click.ClickException("The database is not running. `kerong database start` starts it.")
        server.start()
        server.ensure_databases()
        server.leave_running()
        click.echo(f"export DATABASE_URL='{server.dsn(APP_ROLE)}'")
        click.echo(f"export DATABASE_OWNER_URL='{server.dsn(OWNER_ROLE)}'")


def _use_database(afterwards: ExitStack) -> Callable[[], None]:
    """Start the private server unless the environment names another one; it ends with us.

    Return what to call now and then: it brings the server back when it was killed.
    """
    if os.environ.get("DATABASE_URL"):
        return lambda: None
    server = afterwards.enter_context(PostgresServer())
    server.ensure_databases()
    os.environ["DATABASE_URL"] = server.dsn(APP_ROLE)
    os.environ["DATABASE_OWNER_URL"] = server.dsn(OWNER_ROLE)

    def bring_back() -> None:
        if not server.is_running():
            click.echo("The database is gone; starting it again.", err=True)
            server.start()

    return bring_back


def _prepare_everything(environment: str, address: str) -> list[str]:
    """Migrate as the owner, run the preparation steps as the application, forget the owner."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerong.portal.settings")
    import django

    django.setup()
    from django.db import connections

    from kerong.portal.owner_connection import migrate
    from kerong.portal.preparation import Preparation, prepare

    if os.environ.get("DATABASE_OWNER_URL"):
        click.echo("Preparing: tables")
        migrate()
    preparation: Preparation = Preparation(environment=environment, address=address)
    lines = list(prepare(preparation, say=click.echo))
    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()
    # From here on nothing can change tables: the processes below never learn the owner's password.
    os.environ.pop("DATABASE_OWNER_URL", None)
    return lines


def _start_processes(supervisor: Supervisor, environment: str, *, host: str, port: int, dev: bool) -> None:
    from kerong.portal.preparation import residents_of

    if dev:
        web = [sys.executable, "-m", "django", "runserver", f"{host}:{port}"]
    else:
        web = [
            *(
                sys.executable,
                "-m",
                "kerong.portal.web",
                "--interface",
                "wsgi",
                "--host",
                host,
                "--port",
                str(port),
            ),
            *("--workers", "1", "--blocking-threads", str(WEB_THREADS), "--no-ws", "--log-level", "error"),
            *("--workers-kill-timeout", "10s", "kerong.portal.wsgi:application"),
        ]
    supervisor.start("web", web, bring_back=True)
    for resident in residents_of(environment):
        supervisor.start(resident.name, resident.command(), bring_back=True)


def _free_port(host: str, wanted: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(wanted, min(wanted + PORTS_TRIED, 65_536)):
        with socket.socket(family) as probe:
            # As the web server does, so that a connection that is still closing does not count as taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                probe.listen()
            except OSError:
                continue
            return port
    raise click.ClickException(f"No free port from {wanted} on. Name another one with --port.")


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    """Turn a signal into an ordinary exit, so that everything opened is closed."""
    sys.exit(128 + number)


class _told_plainly:  # noqa: N801 - reads as a phrase where it is used
    """Show the runner's errors as plain messages: they are written for the person, not for the developer."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, PostgresError | HomeError):
            raise click.ClickException(f"{error} (home folder: {home_folder()})") from error
