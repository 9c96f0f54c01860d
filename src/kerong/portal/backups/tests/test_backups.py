"""SEC-34: back up, destroy, restore; rows, evidence root and files are the same afterwards, or it says what is not."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from kerong.portal.backups import BackupError, listed, make_backup, restore_backup
from kerong.portal.postgres import APP_ROLE, OWNER_ROLE, PostgresServer
from kerong.portal.postgres.cluster import SUPERUSER, data_dir_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.postgres
LEAVES = [f"{number:064x}" for number in range(7)]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small installation of its own: two tables under row security, evidence, files, secrets and keys."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "KERONG_BACKUP_URL"):
        monkeypatch.delenv(name, raising=False)
    place = tmp_path / "home"
    monkeypatch.setenv("KERONG_HOME", str(place))
    with PostgresServer() as server:
        server.ensure_databases()
        with psycopg.connect(server.dsn(OWNER_ROLE)) as connection:
            connection.execute(
                "CREATE TABLE ledger_entry (id int PRIMARY KEY, owner text, amount_fen bigint)"
            )
            connection.execute("ALTER TABLE ledger_entry ENABLE ROW LEVEL SECURITY")
            connection.execute("ALTER TABLE ledger_entry FORCE ROW LEVEL SECURITY")
            connection.execute("CREATE POLICY nobody ON ledger_entry USING (false) WITH CHECK (true)")
            connection.execute(
                "INSERT INTO ledger_entry SELECT n, 'a', n * 100 FROM generate_series(1, 500) AS n"
            )
            connection.execute("CREATE TABLE evidence_link (number bigint PRIMARY KEY, leaf text)")
            for number, leaf in enumerate(LEAVES):
                connection.execute("INSERT INTO evidence_link VALUES (%s, %s)", [number, leaf])
        (place / "files" / "ab").mkdir(parents=True)
        (place / "files" / "ab" / "abcd").write_bytes(b"\0material")
        (place / "keys.json").write_text('{"keys": []}', encoding="utf-8")
        yield place


def rows(place: Path) -> tuple[int, int]:
    with PostgresServer(place) as server, psycopg.connect(server.dsn(SUPERUSER)) as connection:
        return connection.execute("SELECT count(*), sum(amount_fen) FROM ledger_entry").fetchone()  # type: ignore[return-value] - two columns


def destroyed(place: Path) -> None:
    """Take away everything, as a broken disk does."""
    PostgresServer(place).stop(even_if_shared=True)
    shutil.rmtree(data_dir_of(place), ignore_errors=True)
    for name in ("files", "keys.json", "secrets.json"):
        path = place / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.mark.parametrize("passphrase", ["", "一句长口令 with spaces"])
def test_SEC_34_destroyed_installation_comes_back_as_it_was(  # noqa: N802 - named after its id
    home: Path, tmp_path: Path, passphrase: str
) -> None:
    secret = json.loads((home / "secrets.json").read_text(encoding="utf-8"))["django.secret_key"]
    made = make_backup(tmp_path / "backups", passphrase=passphrase)
    destroyed(home)

    manifest, _seconds = restore_backup(made, passphrase=passphrase)

    assert rows(home) == (500, 12_525_000)
    assert manifest.tables["ledger_entry"][0] == 500
    assert (manifest.evidence_size, len(manifest.evidence_root)) == (7, 64)
    assert (home / "files" / "ab" / "abcd").read_bytes() == b"\0material"
    assert json.loads((home / "secrets.json").read_text(encoding="utf-8"))["django.secret_key"] == secret
    with PostgresServer(home) as server, psycopg.connect(server.dsn(APP_ROLE)) as connection:
        # Row security came back as well: the application sees nothing of what nobody may see.
        assert connection.execute("SELECT count(*) FROM ledger_entry").fetchone() == (0,)


def test_later_rows_are_gone_after_a_restore_with_replace(home: Path, tmp_path: Path) -> None:
    made = make_backup(tmp_path / "backups")
    with PostgresServer(home) as server, psycopg.connect(server.dsn(SUPERUSER)) as connection:
        connection.execute("INSERT INTO ledger_entry VALUES (501, 'a', 1)")
        connection.execute("CREATE TABLE later (id int)")

    with pytest.raises(BackupError, match="not empty"):
        restore_backup(made)
    untouched = rows(home)
    restore_backup(made, replace=True)

    assert (untouched[0], rows(home)[0]) == (501, 500)
    with PostgresServer(home) as server, psycopg.connect(server.dsn(APP_ROLE)) as connection:
        assert connection.execute("SELECT count(*) FROM evidence_link").fetchone() == (7,)
    assert [path.name for path in home.glob("before-restore-*/files/ab/*")] == ["abcd"]


def test_a_backup_is_for_its_owner_only_and_the_encrypted_one_tells_nothing(
    home: Path, tmp_path: Path
) -> None:
    made = make_backup(tmp_path / "backups", passphrase="secret phrase")

    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in made.iterdir()
        if path.name != "manifest.json"
    }
    assert set(modes.values()) == {0o600}
    assert sorted(modes) == ["database.dump.sealed", "files.tar.sealed", "secrets.tar.sealed"]
    content = b"".join(path.read_bytes() for path in made.iterdir())
    secret = json.loads((home / "secrets.json").read_text(encoding="utf-8"))["django.secret_key"]
    assert secret.encode() not in content
    destroyed(home)
    for wrong in ("", "another"):
        with pytest.raises(BackupError):
            restore_backup(made, passphrase=wrong)


def test_a_changed_backup_is_refused_before_anything_is_touched(home: Path, tmp_path: Path) -> None:
    made = make_backup(tmp_path / "backups")
    dump = made / "database.dump"
    content = dump.read_bytes()

    for changed in (content[:-1], content[:-1] + bytes([content[-1] ^ 1]), None):
        dump.unlink() if changed is None else dump.write_bytes(changed)
        with pytest.raises(BackupError, match=r"database\.dump"):
            restore_backup(made, replace=True)
    assert rows(home)[0] == 500


def test_a_restore_that_is_not_the_same_says_which_table(home: Path, tmp_path: Path) -> None:
    made = make_backup(tmp_path / "backups")
    path = made / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["tables"]["ledger_entry"][1] = "1"
    manifest["evidence_root"] = "0" * 64
    path.write_text(json.dumps(manifest), encoding="utf-8")
    destroyed(home)

    with pytest.raises(BackupError, match="ledger_entry: 500 rows before, 500 now; evidence: 7 events"):
        restore_backup(made)


@pytest.mark.usefixtures("home")
def test_the_oldest_backups_beyond_what_is_kept_go(tmp_path: Path, clock_ticks: Callable[[], None]) -> None:
    made = []
    for _ in range(3):
        made.append(make_backup(tmp_path / "backups", keep=2))
        clock_ticks()

    assert [path for path, _manifest in listed(tmp_path / "backups")] == [made[2], made[1]]


@pytest.fixture
def clock_ticks() -> Iterator[Callable[[], None]]:
    from datetime import timedelta

    from kerong.basics.clock import FixedClock, current_clock, using_clock

    with using_clock(FixedClock(current_clock().now())) as clock:
        yield lambda: clock.move(timedelta(seconds=1))


def test_an_unfinished_backup_is_none(tmp_path: Path) -> None:
    (tmp_path / "kerong-20260101-000000").mkdir()

    assert listed(tmp_path) == []
    with pytest.raises(BackupError, match="was not finished"):
        restore_backup(tmp_path / "kerong-20260101-000000")


def test_only_a_role_that_sees_every_row_makes_a_backup(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row security leaves rows out silently; a backup must fail instead."""
    with monkeypatch.context() as patch:
        patch.setenv("DATABASE_URL", "postgresql://kerong_app:x@db.internal:5432/kerong")
        with pytest.raises(BackupError, match="KERONG_BACKUP_URL"):
            make_backup(tmp_path / "backups")
    monkeypatch.setenv("KERONG_BACKUP_URL", address_of_the_application(home))
    with pytest.raises((BackupError, psycopg.Error)):
        make_backup(tmp_path / "backups")

    assert list((tmp_path / "backups").glob("*")) == []


def address_of_the_application(place: Path) -> str:
    with PostgresServer(place) as server:
        return server.dsn(APP_ROLE)


def test_upgrade_stops_when_the_backup_fails(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("", encoding="utf-8")
    made = subprocess.run(
        [sys.executable, "-m", "kerong", "upgrade", str(occupied / "inside")],
        env=os.environ | {"KERONG_HOME": str(tmp_path / "home"), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert made.returncode == 1
    assert "cannot be written" in made.stderr
    assert "tables" not in made.stderr


def test_a_backup_that_cannot_be_filled_in_costs_nothing(home: Path, tmp_path: Path) -> None:
    made = make_backup(tmp_path / "backups")
    path, dump = made / "manifest.json", made / "database.dump"
    with PostgresServer(home) as server, psycopg.connect(server.dsn(SUPERUSER)) as connection:
        connection.execute("INSERT INTO ledger_entry VALUES (501, 'a', 1)")
    dump.write_bytes(dump.read_bytes()[:-400])
    manifest = json.loads(path.read_text(encoding="utf-8"))
    content = dump.read_bytes()
    manifest["files"]["database.dump"] = [len(content), hashlib.sha256(content).hexdigest()]
    path.write_text(json.dumps(manifest), encoding="utf-8")

    with pytest.raises(BackupError, match="the database is as it was"):
        restore_backup(made, replace=True)

    assert rows(home)[0] == 501
    assert (home / "files" / "ab" / "abcd").read_bytes() == b"\0material"
