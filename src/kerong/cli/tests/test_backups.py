"""SEC-34 with the real tables: upgrade an empty installation, work, back up, destroy, restore, and work on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kerong.portal.postgres import PostgresServer
from kerong.portal.postgres.cluster import data_dir_of

pytestmark = pytest.mark.postgres

# Runs as the application role, in a process of its own, as the service does.
WORK = """
import os, json, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "kerong.portal.settings"
from kerong.portal.postgres import PostgresServer
server = PostgresServer(); server.start(); server.ensure_databases()
os.environ["DATABASE_URL"] = server.dsn()
import django; django.setup()
from django.db import connections, transaction
from kerong.basics.acting import house_actor
from kerong.records.evidence.actions import acting, record, sequence_events
from kerong.records.evidence import queries as evidence
from kerong.records.ledger.queries import check_invariants
from kerong.records.outbox.actions import register_endpoint
from kerong.records.outbox.models import Endpoint
if sys.argv[1] == "work":
    for number in range(5):
        with transaction.atomic(), acting(house_actor("test")):
            record(stream="test", kind="done", content={"n": number})
            register_endpoint(owner="institution:a", url="https://a.example.com/", kinds=["*"])
    with transaction.atomic(), acting(house_actor("test")):
        sequence_events()
with transaction.atomic():
    unseen = Endpoint.objects.count()
with transaction.atomic(), acting(house_actor("test")):
    size = evidence.tree_size()
    print(json.dumps({
        "endpoints": Endpoint.objects.count(), "unseen": unseen, "size": size, "root": evidence.root_at(size),
        "breaches": [list(each) for each in evidence.breaches()], "ledger": [str(e) for e in check_invariants()],
    }))
connections.close_all(); connections["default"].close_pool(); server.stop()
"""


def kerong(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _run(home, "-m", "kerong", *arguments)


def state(home: Path, what: str) -> dict[str, object]:
    made = _run(home, "-c", WORK, what)
    assert made.returncode == 0, made.stderr[-2000:]
    found: dict[str, object] = json.loads(made.stdout.splitlines()[-1])
    return found


def event(kind: str) -> dict[str, str]:
    at = "2026-11-23T12:00:00.000000Z"
    return {
        "stream": "consents",
        "kind": kind,
        "subject": "enterprise:A",
        "occurred_at": at,
        "row_table": "",
        "row_id": "",
    }


def _run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    left_out = ("DATABASE_URL", "DATABASE_OWNER_URL", "KERONG_BACKUP_URL", "KERONG_ENV")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment | {"KERONG_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_SEC_34_whole_installation_survives_its_destruction(tmp_path: Path) -> None:  # noqa: N802 - named after its id
    home, backups = tmp_path / "home", tmp_path / "backups"
    assert kerong(home, "init").returncode == 0
    upgraded = kerong(home, "upgrade", str(backups))
    assert upgraded.returncode == 0, upgraded.stderr
    assert "kerong restore --replace" in upgraded.stdout
    before = state(home, "work")
    backed_up = kerong(home, "backup", str(backups))
    made = Path(backed_up.stdout.splitlines()[0])
    PostgresServer(home).stop(even_if_shared=True)
    shutil.rmtree(data_dir_of(home))
    shutil.rmtree(home)

    # What an auditor took out after the backup: ten events that it has, and one that it does not.
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "events.jsonl").write_text(
        "".join(
            json.dumps(
                {"number": number, "event": json.dumps(event("done" if number < 10 else "consent_withdrawn"))}
            )
            + "\n"
            for number in range(11)
        ),
        encoding="utf-8",
    )

    restored = kerong(home, "restore", str(made), "--bundle", str(bundle))

    assert restored.returncode == 0, restored.stderr
    assert before == {**before, "endpoints": 5, "unseen": 0, "size": 10, "breaches": [], "ledger": []}
    assert "1 events after this backup" in restored.stdout
    assert "consents.consent_withdrawn  enterprise:A" in restored.stdout
    assert state(home, "look") == before
    # It goes on: the chain continues where it was.
    assert state(home, "work") == {**state(home, "look"), "endpoints": 10, "size": 20, "breaches": []}
    PostgresServer(home).stop(even_if_shared=True)
