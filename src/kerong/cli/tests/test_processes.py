"""Processes of one run: residents come back when they are killed, the others end everything."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING

from kerong.cli import processes
from kerong.cli.processes import Supervisor

if TYPE_CHECKING:
    import pytest

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
