"""`kerong run` as a person uses it: it answers, yields its port, ends cleanly, survives kills."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import psutil
import pytest
from click.testing import CliRunner

from kerong.cli import main
from kerong.portal.postgres import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.postgres, pytest.mark.adversity]

SECONDS_MAX = 120


class Running:
    """A `kerong run` of its own, with its own home folder."""

    started: ClassVar[list[subprocess.Popen[bytes]]] = []

    def __init__(self, home: Path, *arguments: str) -> None:
        # A server that the developer named for other work is not ours to use.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("DATABASE_")}
        self.log = (home.parent / "run.log").open("a+b")
        self.log.seek(0, os.SEEK_END)
        self.log_from = self.log.tell()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kerong", "run", *arguments],
            env=environment | {"KERONG_HOME": str(home), "KERONG_DEMO_FIRMS": "300", "PYTHONUNBUFFERED": "1"},
            stdout=self.log,
            stderr=self.log,
            # As in a terminal: a shell that starts us in the background lets its children ignore Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no threads yet
        )
        self.started.append(self.process)

    def said(self) -> str:
        self.log.seek(self.log_from)
        return self.log.read().decode()

    def address(self) -> str:
        deadline = time.monotonic() + SECONDS_MAX
        while not (found := re.search(r"is ready: (http://\S+)", self.said())):
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)
        return found.group(1)

    def health(self) -> dict[str, str]:
        with urllib.request.urlopen(f"{self.address()}health/", timeout=10) as answer:
            return json.load(answer)

    def health_status(self) -> int:
        try:
            with urllib.request.urlopen(f"{self.address()}health/", timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "home"
    yield folder
    # A test that failed half-way must not leave its service behind, which would bring its database back.
    while Running.started:
        process = Running.started.pop()
        process.kill()
        process.wait()
    if folder.exists():
        PostgresServer(folder).stop(even_if_shared=True)


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_answers_and_leaves_nothing_behind(home: Path, number: signal.Signals) -> None:
    running = Running(home, "--port", free_port())
    assert running.health()["status"] == "ok"
    family = running.family()

    running.process.send_signal(number)
    running.process.wait(timeout=30)

    assert psutil.wait_procs(family, timeout=10)[1] == []
    assert "Traceback" not in running.said()


def test_run_takes_the_next_port_when_its_own_is_taken(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        running = Running(home, "--port", str(port))

        assert running.health()["status"] == "ok"

        assert f"Port {port} is taken" in running.said()
        running.process.terminate()
        running.process.wait(timeout=30)


def test_run_after_kill_9_of_everything_but_the_database_starts_again(home: Path) -> None:
    killed = Running(home, "--port", free_port())
    assert killed.health()["status"] == "ok"
    web = [process for process in killed.family() if "kerong.portal.web" in " ".join(process.cmdline())]
    killed.process.kill()
    killed.process.wait()
    # The web server is told of its parent's death and goes; the database stays and is adopted.
    assert psutil.wait_procs(web, timeout=15)[1] == []
    assert PostgresServer(home).is_running()

    again = Running(home, "--port", free_port())
    assert again.health()["status"] == "ok"
    again.process.terminate()
    again.process.wait(timeout=30)

    assert not PostgresServer(home).is_running()


def test_run_brings_a_killed_database_back_by_itself(home: Path) -> None:
    running = Running(home, "--port", free_port())
    assert running.health()["status"] == "ok"
    postmaster = next(process for process in running.family() if process.name() == "postgres")
    postmaster.kill()

    deadline = time.monotonic() + SECONDS_MAX
    while "starting it again" not in running.said() or running.health_status() != HTTPStatus.OK:
        assert time.monotonic() < deadline, running.said()
        time.sleep(0.2)

    running.process.terminate()
    running.process.wait(timeout=30)
    assert not PostgresServer(home).is_running()


def test_database_is_started_left_running_shown_and_stopped(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERONG_HOME", str(home))

    not_yet = CliRunner().invoke(main, ["database"])
    started = CliRunner().invoke(main, ["database", "start"])
    shown = CliRunner().invoke(main, ["database", "show"])
    is_left_running = PostgresServer(home).is_running()
    stopped = CliRunner().invoke(main, ["database", "stop"])

    assert "is not running" in not_yet.output
    assert re.match(
        r"export DATABASE_URL='postgresql://kerong_app:.*'\nexport DATABASE_OWNER_URL=", started.output
    )
    assert shown.output == started.output
    assert is_left_running
    assert stopped.output == "The database was stopped.\n"
    assert not PostgresServer(home).is_running()


def test_errors_of_the_runner_are_told_plainly(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERONG_HOME", str(home))
    monkeypatch.setenv("KERONG_PG_BIN", str(home / "no such folder"))

    answer = CliRunner().invoke(main, ["database", "start"])

    assert answer.exit_code == 1
    assert answer.output.startswith("Error: KERONG_PG_BIN is")


def test_run_brings_a_killed_web_server_back_by_itself(home: Path) -> None:
    running = Running(home, "--port", free_port())
    assert running.health()["status"] == "ok"
    web = [process for process in running.family() if "kerong.portal.web" in " ".join(process.cmdline())]
    for process in web:
        process.kill()
    psutil.wait_procs(web, timeout=10)

    deadline = time.monotonic() + 30
    status = 0
    while status != 200 and time.monotonic() < deadline:
        time.sleep(0.2)
        try:
            status = running.health_status()
        except urllib.error.URLError:
            status = 0

    assert status == 200
    running.process.terminate()
    running.process.wait(timeout=30)
