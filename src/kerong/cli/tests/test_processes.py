"""Processes of one run: residents come back when they are killed, the others end everything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from kerong.cli import processes
from kerong.cli.one_run import OneRun
from kerong.cli.processes import Supervisor
from kerong.portal.home import HomeError

if TYPE_CHECKING:
    from pathlib import Path

# Starts a child of its own in the same session, says which, and sleeps.
_PARENT_PROGRAM = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open(sys.argv[1], "a").write(f"{child.pid}\\n")
time.sleep(60)
"""
PARENT = [sys.executable, "-c", _PARENT_PROGRAM]
SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
ENDING = [sys.executable, "-c", "raise SystemExit(7)"]


def test_resident_that_is_killed_comes_back_and_the_rest_goes_on() -> None:
    seen: list[int] = []

    def meanwhile() -> None:
        seen.append(supervisor._children["resident"].pid)
        if len(seen) == 1:
            os.kill(seen[0], signal.SIGKILL)
        if len(seen) == 4:
            supervisor._children["web"].kill()

    with Supervisor() as supervisor:
        supervisor.start("web", SLEEPER)
        supervisor.start("resident", SLEEPER, bring_back=True)
        code = supervisor.wait(meanwhile=meanwhile)

    assert len(set(seen)) == 2
    assert code == -signal.SIGKILL


def test_resident_that_ends_again_and_again_ends_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "ENDS_MAX", 1)
    begun = time.monotonic()

    with Supervisor() as supervisor:
        supervisor.start("web", SLEEPER)
        supervisor.start("resident", ENDING, bring_back=True)
        code = supervisor.wait(meanwhile=lambda: None)

    assert code == 7
    assert time.monotonic() - begun < 20


def is_alive(process: int) -> bool:
    """Tell whether a process runs; one that only waits to be reaped does not."""
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_children_of_a_killed_resident_are_gone_before_it_comes_back_and_at_the_end(tmp_path: Path) -> None:
    told = tmp_path / "children"

    def children() -> list[int]:
        return [int(line) for line in told.read_text().split()] if told.exists() else []

    alive: list[bool] = []

    def meanwhile() -> None:
        deadline = time.monotonic() + 10
        while len(children()) < len(alive) + 1 and time.monotonic() < deadline:
            time.sleep(0.05)
        alive.append(is_alive(children()[0]))
        (supervisor._children["resident"] if len(alive) == 1 else supervisor._children["web"]).kill()

    with Supervisor() as supervisor:
        supervisor.start("web", SLEEPER)
        supervisor.start("resident", [*PARENT, str(told)], bring_back=True)
        supervisor.wait(meanwhile=meanwhile)

    assert alive == [True, False]
    assert len(children()) == 2
    assert not any(is_alive(child) for child in children())


def test_second_run_on_one_home_is_refused_with_the_address_of_the_first(tmp_path: Path) -> None:
    with OneRun(tmp_path) as first:
        with pytest.raises(HomeError, match=f"just starting .process {os.getpid()}."):
            OneRun(tmp_path)
        first.answers_at("http://127.0.0.1:8123/")
        with pytest.raises(
            HomeError, match=f"already running here: http://127.0.0.1:8123/ .process {os.getpid()}."
        ):
            OneRun(tmp_path)

    with OneRun(tmp_path):
        pass


def test_run_that_was_killed_does_not_hold_its_home(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys, time; from kerong.cli.one_run import OneRun; "
        "only = OneRun(pathlib.Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"held\n"
        with pytest.raises(HomeError, match=f"process {killed.pid}"):
            OneRun(tmp_path)
        killed.kill()

    with OneRun(tmp_path) as again:
        assert again.home == tmp_path


def test_command_says_plainly_that_another_run_has_the_home(tmp_path: Path) -> None:
    with OneRun(tmp_path) as first:
        first.answers_at("http://127.0.0.1:8123/")

        answer = subprocess.run(
            [sys.executable, "-m", "kerong", "run"],
            env={**os.environ, "KERONG_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert answer.returncode == 1
    assert "already running here: http://127.0.0.1:8123/" in answer.stderr
    assert not answer.stdout
    assert not (tmp_path / "secrets.json").exists()
