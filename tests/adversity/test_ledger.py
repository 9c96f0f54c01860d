"""The books under attack: many random sequences, and kill -9 of clients, backends and the server while they post.

SEC-13 and SEC-15: whoever retries by the same key has exactly one effect, however often everything died in between.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from kerong.portal.postgres import APP_ROLE, OWNER_ROLE, PostgresServer
from kerong.records.ledger.tests.machine import LedgerMachine

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENTS, KEYS, FUNDED = 4, 150, 1_000_000
KILLS = int(os.environ.get("KERONG_ADVERSITY_KILLS", "6"))
SECONDS_MAX = 600
HERE = Path(__file__).parent
# `make adversity` asks for ten thousand; the two hundred of `make test` are with the record.
SEQUENCES = int(os.environ.get("KERONG_ADVERSITY_SEQUENCES", "10"))
SETUP = """
import django; django.setup()
from kerong.portal.owner_connection import migrate
migrate()
from django.db import transaction
from kerong.basics.acting import house_actor
from kerong.records.evidence.actions import acting
from kerong.records.ledger.tests.pool import open_pool, fund
with transaction.atomic(), acting(house_actor("adversity")):
    open_pool(); fund(%d)
"""
INSPECT = """
import django; django.setup()
from django.db import transaction
from kerong.basics.acting import house_actor
from kerong.records.evidence.actions import acting
from kerong.records.evidence.models import Event
from kerong.records.ledger.models import Entry
from kerong.records.ledger.queries import check_invariants
from kerong.records.ledger.tests.pool import held
with transaction.atomic(), acting(house_actor("adversity")):
    sealed = Event.objects.filter(row_table="ledger_entry").values("row_id").distinct().count()
    print(check_invariants(), Entry.objects.count(), sealed, held("1002").amount, held("1002").available)
"""


@pytest.mark.adversity
@pytest.mark.django_db(transaction=True)
def test_many_sequences_agree_with_the_book_in_memory() -> None:
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PostgresServer]:
    with PostgresServer(tmp_path / "home") as server:
        server.ensure_databases()
        yield server


@pytest.mark.adversity
@pytest.mark.postgres
def test_killed_at_any_moment_every_key_has_exactly_one_effect(server: PostgresServer) -> None:
    run(server, SETUP % FUNDED)
    dice = random.Random(20_261_123)  # noqa: S311 - which process dies next
    waiting = [f"c{number}" for number in range(CLIENTS)]
    running: dict[str, subprocess.Popen[bytes]] = {}
    kills = {"client": 0, "backend": 0, "server": 0}
    began = time.monotonic()
    while waiting or running or sum(kills.values()) < KILLS:
        assert time.monotonic() - began < SECONDS_MAX, (kills, waiting, list(running))
        for who in waiting:
            running[who] = start(server, who)
        waiting = []
        time.sleep(dice.uniform(0.2, 1.2))
        if sum(kills.values()) < KILLS:
            kills[attack(dice, server, running)] += 1
        for who, process in list(running.items()):
            if process.poll() is None:
                continue
            del running[who]
            # Until the killing is over a client that is through begins again: its whole life must change nothing.
            if process.returncode != 0 or sum(kills.values()) < KILLS:
                waiting.append(who)
    print(kills, f"{time.monotonic() - began:.0f} s")

    pending = len(range(0, KEYS, 3))
    settled = len(range(0, KEYS, 6))
    paid = CLIENTS * (KEYS - pending + settled) * 7
    entries = 1 + CLIENTS * (KEYS + pending)
    said = run(server, INSPECT)
    assert said == f"[] {entries} {entries} {FUNDED - paid} {FUNDED - paid}"


def attack(dice: random.Random, server: PostgresServer, running: dict[str, subprocess.Popen[bytes]]) -> str:
    """Kill -9 a client, one backend of the server (which then restarts itself), or the server."""
    what = dice.choice(["client", "client", "backend", "server"])
    if what == "client" and running:
        victim = dice.choice(list(running.values()))
        victim.kill()
        victim.wait()
        return what
    assert server.pid is not None
    if what == "backend":
        backends = [
            child
            for child in psutil.Process(server.pid).children()
            if "kerong_app" in " ".join(child.cmdline())
        ]
        if backends:
            dice.choice(backends).kill()
            wait_until_answering(server)
            return what
    os.kill(server.pid, signal.SIGKILL)
    server.start()
    return "server"


def wait_until_answering(server: PostgresServer) -> None:
    """Wait until the server has recovered from the death of a backend."""
    for _ in range(300):
        try:
            psycopg.connect(server.dsn(APP_ROLE), connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not recover")


def surroundings(server: PostgresServer) -> dict[str, str]:
    return os.environ | {
        "KERONG_HOME": str(server.home), "KERONG_ENV": "development",
        "DJANGO_SETTINGS_MODULE": "kerong.portal.settings",
        "DATABASE_URL": server.dsn(APP_ROLE), "DATABASE_OWNER_URL": server.dsn(OWNER_ROLE),
    }  # fmt: skip


def start(server: PostgresServer, who: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(HERE / "ledger_client.py"), who, str(KEYS)],
        env=surroundings(server),
        stderr=subprocess.DEVNULL,
    )


def run(server: PostgresServer, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], env=surroundings(server), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout.strip()
