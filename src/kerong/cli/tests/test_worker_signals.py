"""The worker's keeper ends on signals, however many come and whenever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from kerong.cli.worker import _Flag

if TYPE_CHECKING:
    from pathlib import Path


def test_flag_may_be_raised_again_inside_its_own_handler() -> None:
    flag = _Flag()
    before = signal.getsignal(signal.SIGUSR1)
    signal.signal(signal.SIGUSR1, lambda *_: flag.raise_())
    try:
        for _ in range(2_000):
            signal.raise_signal(signal.SIGUSR1)
            flag.raise_()
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert flag.wait(0.0)


@pytest.mark.parametrize("seconds", [0.0, 0.15])
def test_flag_that_is_not_raised_waits_and_says_no(seconds: float) -> None:
    assert not _Flag().wait(seconds)


@pytest.mark.adversity
def test_keeper_ends_under_a_storm_of_stop_signals(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DATABASE_")}
    keeper = subprocess.Popen(
        [sys.executable, "-m", "kerong", "worker"],
        env=environment | {"KERONG_HOME": str(tmp_path / "home"), "KERONG_FOLLOW_FILES": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 30
        while not (children := psutil.Process(keeper.pid).children()) and time.monotonic() < deadline:
            time.sleep(0.05)

        for _ in range(300):
            keeper.terminate()

        keeper.wait(timeout=25)
        assert psutil.wait_procs(children, timeout=10)[1] == []
    finally:
        keeper.kill()
        keeper.wait()
