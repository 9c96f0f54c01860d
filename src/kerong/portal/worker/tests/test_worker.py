"""The worker as pages meet it: a real process, good and bad requests, kills, edits and time-outs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from kerong.adapters.worker_client import (
    WorkerCold,
    WorkerGone,
    WorkerLate,
    WorkerRefused,
    ask,
    socket_path,
)
from kerong.basics.clock import SystemClock
from kerong.basics.policies_folder import policies_folder
from kerong.engines.rules.compiler import compile_library
from kerong.engines.rules.loading import load_library
from kerong.portal.worker.places import population_folder, snapshot_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS_MAX = 90
CHANGE = {"national.recognition.tech_sme:score_min": "70分"}


class Running:
    """A worker process of its own home folder and policies."""

    def __init__(self, home: Path, policies: Path, *arguments: str) -> None:
        self.home = home
        self.log = (home.parent / "worker.log").open("a+b")
        kept = {key: value for key, value in os.environ.items() if not key.startswith("DATABASE_")}
        told = {"KERONG_HOME": str(home), "KERONG_POLICIES": str(policies), "KERONG_ENV": "development"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kerong", "worker", *arguments],
            env=kept | told, stdout=self.log, stderr=self.log,
        )  # fmt: skip

    def ask(self, name: str, seconds: float = 20.0, **arguments: Any) -> dict[str, Any]:
        return ask({"request": name, **arguments}, timeout_seconds=seconds, home=self.home)

    def wait(
        self, holds: Callable[[dict[str, Any]], bool] = lambda found: found["state"] == "ready"
    ) -> dict[str, Any]:
        deadline = time.monotonic() + SECONDS_MAX
        while time.monotonic() < deadline:
            try:
                if holds(found := self.ask("status")):
                    return found
            except WorkerGone:
                pass
            time.sleep(0.1)
        self.log.seek(0)
        raise AssertionError(self.log.read().decode())

    def send(self, data: bytes) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(str(socket_path(self.home)))
            connection.sendall(data)
            return json.loads(connection.makefile("rb").readline())

    def end(self) -> None:
        for process in (self.process,):
            if process.poll() is None:
                process.terminate()
                process.wait(timeout=30)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home folder with a small population, and a copy of the policies beside it."""
    top = tmp_path_factory.mktemp("worker")
    shutil.copytree(policies_folder(), top / "policies")
    # By the command, because the demo stands a storey above this one.
    out = ["--out", str(population_folder(top / "home"))]
    command = [sys.executable, "-m", "kerong", "demo", "population", "--firms", "3000", "--seed", "5", *out]
    subprocess.run(command, check=True, capture_output=True)
    return top


@pytest.fixture(scope="module")
def worker(made: Path) -> Iterator[Running]:
    running = Running(made / "home", made / "policies", "--alone")
    running.wait()
    yield running
    running.end()


def test_status_says_what_is_held(worker: Running) -> None:
    found = worker.ask("status")

    assert (found["state"], found["rows"], found["on"]) == (
        "ready",
        3_000,
        SystemClock().today().isoformat(),
    )
    assert len(found["snapshot_sha256"]) == len(found["law_sha256"]) == 64
    assert found["following_files"]


def test_the_socket_is_private(worker: Running) -> None:
    path = socket_path(worker.home)

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_counts_hide_small_cells_and_add_up_otherwise(worker: Running) -> None:
    found = worker.ask("counts")

    law = compile_library(load_library(policies_folder()), SystemClock().today(), subject="enterprise")
    assert [rule["rule"] for rule in found["rules"]] == [rule.key for rule in law.rules]
    for rule in found["rules"]:
        parts = [rule[name] for name in ("eligible", "not_met", "unknown")]
        assert sum(part["suppressed"] for part in parts) != 1
        for name in ("eligible", "near", "document", "not_met", "unknown"):
            shown = rule[name]
            assert (shown["value"] is None) == shown["suppressed"]
            assert shown["value"] is None or shown["value"] == 0 or shown["value"] >= 5
        if not any(part["suppressed"] for part in parts):
            assert sum(part["value"] for part in parts) == 3_000


def test_what_if_tells_gainers_and_losers_by_group(worker: Running) -> None:
    found = worker.ask("what_if", changes=CHANGE, group_by=["region", "industry", "stage"])

    tech_sme = next(rule for rule in found["rules"] if rule["rule"] == "national.recognition.tech_sme")
    assert found["draft"] == "测算稿"
    assert tech_sme["gained"]["value"] == 0
    assert tech_sme["before"]["value"] - tech_sme["lost"]["value"] == tech_sme["after"]["value"]
    assert set(tech_sme["groups"]) == {"region", "industry", "stage"}
    assert {"成长期"} <= {row["label"] for row in tech_sme["groups"]["stage"]}
    assert {"武汉市"} <= {row["label"] for row in tech_sme["groups"]["region"]}
    for rule in found["rules"]:
        rows = [row for table in rule["groups"].values() for row in table]
        for row in [rule, *rows]:
            assert all(
                row[m]["value"] is None or row[m]["value"] == 0 or row[m]["value"] >= 5
                for m in ("before", "after", "gained", "lost")
            )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "changes"),
        ({"changes": {}}, "changes"),
        ({"changes": {"no.pack:x": "1"}}, "no pack"),
        ({"changes": {"national.recognition.tech_sme:nothing": "1分"}}, "no parameter"),
        ({"changes": {"national.recognition.tech_sme:score_min": "70万元"}}, "not a unit"),
        ({"changes": {"national.recognition.tech_sme:score_min": None}}, "text with its unit"),
        ({"changes": {"national.recognition.tech_sme:score_min": 1e400}}, "JSON"),
        ({"changes": {"a" * 300: "1"}}, "too long"),
        ({"changes": {"national.recognition.tech_sme:score_min": "9" * 60}}, "score_min"),
        ({"changes": CHANGE, "group_by": ["name"]}, "group_by"),
        ({"changes": CHANGE, "group_by": [["region"]]}, "group_by"),
        ({"changes": CHANGE, "names": True}, "does not know names"),
    ],
)
def test_what_if_refuses_what_it_cannot_do(worker: Running, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(WorkerRefused, match=said):
        worker.ask("what_if", **arguments)

    assert worker.ask("status")["state"] == "ready"


@pytest.mark.parametrize(
    "line",
    [
        b"\n", b"hello\n", b"[]\n", b"null\n", b"{}\n", b"\xff\xfe\x00\n", b'{"request": 7}\n',
        b'{"request": "status", "timeout_seconds": "x"}\n', b'{"request": "status", "timeout_seconds": -1}\n',
        b"[" * 100_000 + b"\n", b'{"a":' * 20_000 + b"\n", b"{" + b"x" * 300_000,
    ],
)  # fmt: skip
def test_garbage_gets_a_clear_error_and_harms_nobody(worker: Running, line: bytes) -> None:
    found = worker.send(line)

    assert (found["ok"], found["error"]["kind"]) == (False, "malformed")
    assert worker.ask("status")["state"] == "ready"


def test_unknown_request_names_the_known_ones(worker: Running) -> None:
    with pytest.raises(WorkerRefused, match="status, counts, what_if, progress"):
        worker.ask("shutdown")


def test_an_error_carries_the_id_of_its_request(worker: Running) -> None:
    assert worker.send(b'{"id": "mine", "request": "nothing"}\n')["id"] == "mine"
    assert worker.send(b'{"id": "mine"}\n')["id"] == "mine"
    assert worker.send(b'{"id": {"a": 1}, "request": "status"}\n')["id"] is None


def test_several_requests_in_one_connection_are_answered_in_order(worker: Running) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(socket_path(worker.home)))
        connection.sendall(b"".join(b'{"id":%d,"request":"status"}\n' % i for i in range(20)))
        lines = connection.makefile("rb")

        assert [json.loads(lines.readline())["id"] for _ in range(20)] == list(range(20))


def test_clients_that_leave_in_the_middle_harm_nobody(worker: Running) -> None:
    for data in (b"", b'{"request": "sta', b'{"request": "counts"}\n' * 50):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(socket_path(worker.home)))
            connection.sendall(data)

    assert worker.ask("status")["state"] == "ready"


def test_several_clients_are_served_at_once(worker: Running) -> None:
    changes = [{"national.recognition.tech_sme:score_min": f"{points}分"} for points in range(40, 80, 5)]
    idle = [socket.socket(socket.AF_UNIX) for _ in range(10)]
    for connection in idle:
        connection.connect(str(socket_path(worker.home)))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda change: worker.ask("what_if", 60, changes=change), changes))

    for connection in idle:
        connection.close()
    assert [answer["changes"] for answer in found] == changes


def test_a_request_that_takes_too_long_is_late_and_kept_for_the_next_time(worker: Running) -> None:
    change = {"national.recognition.enterprise_size:size_bounds.revenue_sme[industry]": "39000万元"}

    with pytest.raises(WorkerLate):
        worker.ask("what_if", 0.001, changes=change)

    assert worker.ask("what_if", changes=change)["changes"] == change


def test_progress_of_what_is_not_running(worker: Running) -> None:
    assert worker.ask("progress", of="nothing") == {"running": False}


def test_a_second_worker_for_the_same_home_refuses_to_start(worker: Running, made: Path) -> None:
    second = Running(made / "home", made / "policies", "--alone")

    assert second.process.wait(timeout=SECONDS_MAX) == 3
    second.log.seek(0)
    assert f"process {worker.process.pid}" in second.log.read().decode()
    assert worker.ask("status")["state"] == "ready"


def test_an_edited_law_is_picked_up_and_a_broken_one_is_told(worker: Running, made: Path) -> None:
    before = worker.ask("status")["law_sha256"]
    path = made / "policies/national/recognition/tech_sme.yaml"
    text = path.read_text(encoding="utf-8")

    path.write_text(text.replace("value: 60,", "value: 61,"), encoding="utf-8")
    edited = worker.wait(lambda found: found["law_sha256"] != before)
    path.write_text(text.replace("kind: recognition", "kind: recognitio"), encoding="utf-8")
    broken = worker.wait(lambda found: bool(found["mistakes"]))
    path.write_text(text, encoding="utf-8")
    mended = worker.wait(lambda found: found["law_sha256"] == before)

    assert edited["mistakes"] == mended["mistakes"] == []
    assert broken["law_sha256"] == edited["law_sha256"]
    assert "tech_sme.yaml" in broken["mistakes"][0]


def test_without_a_snapshot_the_worker_is_cold_until_there_is_one(made: Path, tmp_path: Path) -> None:
    running = Running(tmp_path / "home", made / "policies", "--alone")
    found = running.wait(lambda status: "数据快照" in status["problem"])

    assert found["state"] == "warming"
    with pytest.raises(WorkerCold, match="预热中"):
        running.ask("counts")

    shutil.copytree(snapshot_folder(made / "home"), snapshot_folder(tmp_path / "home"))
    assert running.wait()["rows"] == 3_000
    running.end()


def test_sigterm_ends_cleanly_and_leaves_no_socket(made: Path, tmp_path: Path) -> None:
    running = Running(tmp_path / "home", made / "policies", "--alone")
    running.wait(lambda _found: True)

    running.process.send_signal(signal.SIGTERM)

    assert running.process.wait(timeout=15) == 0
    assert not socket_path(running.home).exists()
    with pytest.raises(WorkerGone):
        running.ask("status")


def test_a_home_with_a_long_path_has_its_socket_elsewhere(made: Path, tmp_path: Path) -> None:
    home = tmp_path / ("long" * 20) / ("path" * 20)
    home.parent.mkdir()
    running = Running(home, made / "policies", "--alone")
    running.wait(lambda _found: True)

    assert not socket_path(home).is_relative_to(home)
    assert socket_path(home).parent.stat().st_mode & 0o777 == 0o700
    running.end()
    shutil.rmtree(socket_path(home).parent)


def test_ask_refuses_a_folder_that_others_may_enter(tmp_path: Path) -> None:
    folder = socket_path(tmp_path).parent
    folder.mkdir()
    folder.chmod(0o755)

    with pytest.raises(WorkerGone, match="entered by others"):
        ask({"request": "status"}, home=tmp_path)


@pytest.mark.adversity
def test_a_killed_worker_is_started_again_and_its_stale_socket_replaced(made: Path, tmp_path: Path) -> None:
    home = Path(
        shutil.copytree(made / "home", tmp_path / "home", ignore=shutil.ignore_patterns("run", "*.sock"))
    )
    running = Running(home, made / "policies")
    running.wait()
    (child,) = psutil.Process(running.process.pid).children()

    child.kill()

    running.wait(lambda _found: child.pid not in _children(running) and bool(_children(running)))
    assert running.wait()["rows"] == 3_000
    running.end()
    assert not socket_path(home).exists()


@pytest.mark.adversity
def test_the_worker_goes_when_its_keeper_is_killed(made: Path, tmp_path: Path) -> None:
    running = Running(tmp_path / "home", made / "policies")
    running.wait(lambda _found: True)
    children = psutil.Process(running.process.pid).children()

    running.process.kill()
    running.process.wait()

    assert psutil.wait_procs(children, timeout=15)[1] == []


def _children(running: Running) -> list[int]:
    return [child.pid for child in psutil.Process(running.process.pid).children()]
