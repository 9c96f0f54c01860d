"""A service of its own for the browser: `kerong run --dev` with policies that tests may edit."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kerong.basics.policies_folder import policies_folder
from kerong.portal.postgres import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Iterator

# Tests of this folder import its page reader as `journeys.page_reader`.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

SECONDS_MAX = 180


@dataclass(frozen=True)
class Service:
    """Where the service answers and which policies it follows."""

    address: str
    policies: Path

    @property
    def home(self) -> Path:
        """The folder of the service's own database and secrets."""
        return self.policies.parent / "home"

    @property
    def password(self) -> str:
        """The password of the invented people, which the service prints as it starts."""
        log = (self.policies.parent / "run.log").read_text(encoding="utf-8")
        found = re.search(r"演示账号共用口令：(\S+)", log)
        assert found, log
        return found.group(1)

    def code(self, user: str) -> str:
        """Return the present code of somebody's authenticator app, as `kerong demo code` prints it."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("DATABASE_")}
        printed = subprocess.run(
            [sys.executable, "-m", "kerong", "demo", "code", user],
            env=environment | {"KERONG_HOME": str(self.home)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        found = re.search(r"\b\d{6}\b", printed)
        assert found, printed
        return found.group()

    def edit(self, file: str, old: str, new: str) -> None:
        """Change one text of one policy file, as an official would in an editor."""
        path = self.policies / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1, f"{file} does not hold {old}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Start everything as a person would, wait until pages and worker answer, and end it."""
    folder = tmp_path_factory.mktemp("journey")
    policies = Path(shutil.copytree(policies_folder(), folder / "policies"))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DATABASE_")}
    environment |= {
        "KERONG_HOME": str(folder / "home"),
        "KERONG_POLICIES": str(policies),
        "KERONG_DEMO_FIRMS": "20000",
        "PYTHONUNBUFFERED": "1",
    }
    log = (folder / "run.log").open("w+b")
    process = subprocess.Popen(
        [sys.executable, "-m", "kerong", "run", "--dev", "--port", "8790"],
        env=environment,
        stdout=log,
        stderr=log,
    )
    try:
        address = _address(folder / "run.log", process)
        _wait_for_worker(address)
        yield Service(address.rstrip("/"), policies)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
        PostgresServer(folder / "home").stop(even_if_shared=True)


def _address(log: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + SECONDS_MAX
    while not (found := re.search(r"is ready: (http://\S+)", log.read_text(encoding="utf-8"))):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
        time.sleep(0.2)
    return found.group(1)


def _wait_for_worker(address: str) -> None:
    deadline = time.monotonic() + SECONDS_MAX
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}what-if/", timeout=10) as answer:
                if "家模拟企业" in answer.read().decode():
                    return
        except urllib.error.URLError:
            pass
        time.sleep(0.5)
    raise AssertionError("the worker did not warm up")
