"""Keeps the processes of one `kerong run` together: they start together and never outlive it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_SECONDS = 12.0
ANSWER_SECONDS_MAX = 60.0
GONE_SECONDS_MAX = 2.0
COUNTED_SECONDS, ENDS_MAX = 60.0, 5


class Supervisor:
    """Starts processes, brings back those that may be, and ends them all when one that may not be has ended."""

    def __init__(self) -> None:
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._brought_back: dict[str, tuple[list[str], list[float]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.end_all()

    def start(self, name: str, command: list[str], *, bring_back: bool = False) -> None:
        """Start a process in a session of its own: Ctrl-C reaches us first and we end it in order.

        Where the system can, it is told when we are killed. With `bring_back` it is started again when it ends,
        unless it does so too often.
        """
        if bring_back:
            self._brought_back.setdefault(name, (command, []))
        tied = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
        self._children[name] = subprocess.Popen(
            [*tied, *command], stdin=subprocess.DEVNULL, start_new_session=True
        )

    def wait_for_answer(self, host: str, port: int) -> None:
        """Wait until something listens at the address; raise when a process ends before that."""
        deadline = time.monotonic() + ANSWER_SECONDS_MAX
        while time.monotonic() < deadline:
            if (ended := self._ended()) is not None:
                raise click.ClickException(
                    f"The process {ended!r} ended while starting; see its messages above."
                )
            with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
                probe.settimeout(1)
                if probe.connect_ex((host, port)) == 0:
                    return
            time.sleep(0.05)
        raise click.ClickException(f"Nothing answered on port {port} in {ANSWER_SECONDS_MAX:.0f} seconds.")

    def wait(self, *, meanwhile: Callable[[], None]) -> int:
        """Wait until a process ends or we are interrupted, calling `meanwhile` about once a second.

        Return the exit code to leave with.
        """
        try:
            while (ended := self._ended()) is None or self._may_come_back(ended):
                meanwhile()
                time.sleep(1)
        except KeyboardInterrupt:
            return 0
        click.echo(f"The process {ended!r} ended, so everything ends.", err=True)
        return self._children[ended].returncode or 1

    def _may_come_back(self, name: str) -> bool:
        """Start an ended process again when it is one of those, and has not ended too often of late."""
        if name not in self._brought_back:
            return False
        command, ends = self._brought_back[name]
        now = time.monotonic()
        ends[:] = [*(end for end in ends if now - end < COUNTED_SECONDS), now]
        if len(ends) > ENDS_MAX:
            return False
        click.echo(f"The process {name!r} ended; starting it again.", err=True)
        # A server that was killed leaves its own children: they would keep its port and answer with errors.
        _end_session(self._children[name].pid)
        self.start(name, command)
        return True

    def end_all(self) -> None:
        """End every process: politely first, then not."""
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        for child in self._children.values():
            try:
                child.wait(timeout=PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                # A server that is stuck: it goes with everything it started.
                _end_session(child.pid)
                child.wait()
            _end_session(child.pid)

    def _ended(self) -> str | None:
        return next((name for name, child in self._children.items() if child.poll() is not None), None)


def _end_session(leader: int) -> None:
    """Kill whatever is left of the session of a process, and wait a moment until it is gone."""
    deadline = time.monotonic() + GONE_SECONDS_MAX
    try:
        os.killpg(leader, signal.SIGKILL)
        while time.monotonic() < deadline:
            os.killpg(leader, 0)
            time.sleep(0.02)
    except ProcessLookupError:
        return
