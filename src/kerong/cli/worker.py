"""The command `kerong worker`: keeps the resident worker alive, or is it (`--alone`)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from types import FrameType

ALREADY_RUNNING = 3
STEADY_SECONDS = 30.0
LOOK_SECONDS = 0.1
PAUSE_SECONDS, PAUSE_SECONDS_MAX = 0.5, 30.0
PATIENCE_SECONDS = 8.0


@click.command()
@click.option("--alone", is_flag=True, help="Serve in this process; nobody starts it again.")
def worker(*, alone: bool) -> None:
    """Hold law and population in memory and answer the pages; started again when it dies."""
    if alone:
        _serve()
    else:
        sys.exit(_keep_alive())


class _Flag:
    """A flag that a signal handler may raise: it takes no lock.

    The lock inside a threading.Event is not reentrant, so a second signal that comes while a handler sets the
    event would wait for ever, and a keeper stuck like that outlives its service.
    """

    def __init__(self) -> None:
        self.is_up = False

    def raise_(self) -> None:
        """Raise the flag."""
        self.is_up = True

    def wait(self, seconds: float) -> bool:
        """Wait until the flag is up, for some seconds at the most, and tell whether it is."""
        deadline = time.monotonic() + seconds
        while not self.is_up and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_SECONDS))
        return self.is_up


def _serve() -> None:
    """Serve until SIGTERM, SIGINT, or the death of whoever started us."""
    use_running_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerong.portal.settings")
    import django

    django.setup()
    from kerong.portal.home import HomeError, home_folder
    from kerong.portal.worker.holding import Holding
    from kerong.portal.worker.places import snapshot_folder
    from kerong.portal.worker.server import AlreadyRunningError, WorkerServer, WorkerStartError

    ended = _Flag()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: ended.raise_())
    holding = Holding(snapshot_folder(home_folder()))
    try:
        server = WorkerServer(home_folder(), holding)
    except AlreadyRunningError as error:
        click.echo(str(error), err=True)
        sys.exit(ALREADY_RUNNING)
    except (WorkerStartError, HomeError) as error:
        raise click.ClickException(str(error)) from error
    holding.start()
    threading.Thread(target=server.serve, daemon=True).start()
    parent = os.getppid()
    while not ended.wait(1.0):
        if os.getppid() != parent:
            break  # Whoever started us was killed: nobody would end us otherwise.
    holding.stop()
    server.close()
    # Compiled code may be running in a thread that cannot be stopped; nothing is left to save.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _keep_alive() -> int:
    """Run the worker as a child and start it again whenever it dies; end it when we are ended."""
    leaving = _Flag()
    child: subprocess.Popen[bytes] | None = None

    def leave(_number: int, _frame: FrameType | None) -> None:
        leaving.raise_()
        if child is not None and child.poll() is None:
            child.terminate()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, leave)
    pause = PAUSE_SECONDS
    while not leaving.is_up:
        began = time.monotonic()
        child = subprocess.Popen([sys.executable, "-m", "kerong", "worker", "--alone"])
        code = _wait(child, leaving)
        if leaving.is_up or code == ALREADY_RUNNING:
            return 0 if leaving.is_up else code
        pause = PAUSE_SECONDS if time.monotonic() - began > STEADY_SECONDS else pause
        click.echo(f"The worker ended with {code}; starting it again in {pause:g} seconds.", err=True)
        leaving.wait(pause)
        pause = min(pause * 2, PAUSE_SECONDS_MAX)
    return 0


def _wait(child: subprocess.Popen[bytes], leaving: _Flag) -> int:
    """Wait for the child's end; once we are leaving, not for ever."""
    while True:
        try:
            return child.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            if leaving.is_up:
                child.terminate()
                try:
                    return child.wait(timeout=PATIENCE_SECONDS)
                except subprocess.TimeoutExpired:
                    child.kill()
                    return child.wait()


def use_running_database() -> None:
    """Find the private database when nobody told us where it is; files that are followed need none."""
    if os.environ.get("DATABASE_URL"):
        return
    from kerong.portal.postgres import PostgresServer

    server = PostgresServer()
    if server.is_running():
        server.start()
        server.leave_running()
        os.environ["DATABASE_URL"] = server.dsn()
