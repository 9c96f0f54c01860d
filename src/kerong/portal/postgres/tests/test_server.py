"""The private server survives what really happens to it: kills, crashes, neighbours, upgrades, impatience."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from kerong.portal.postgres import APP_ROLE, OWNER_ROLE, PostgresError, PostgresServer
from kerong.portal.postgres.binaries import Binaries, find_binaries
from kerong.portal.postgres.cluster import DRAFT_PREFIX
from kerong.portal.postgres.postmaster import processes_in, read_postmaster

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.postgres

ROWS = 500


@pytest.fixture(params=find_binaries(), ids=lambda binaries: f"{binaries.origin}-{binaries.major}")
def binaries(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Binaries:
    monkeypatch.setenv("KERONG_PG_BIN", str(request.param.folder))
    return request.param


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "home"
    yield folder
    if (folder / "pg").exists() or (folder / "pg_location").exists():
        try:
            PostgresServer(folder).stop(even_if_shared=True)
        except PostgresError:
            assert processes_in(folder / "pg") == []
    note = folder / "pg_location"
    if note.exists():
        shutil.rmtree(Path(note.read_text().strip()).parent)


@pytest.fixture
def server(binaries: Binaries, home: Path) -> Iterator[PostgresServer]:
    del binaries
    with PostgresServer(home) as running:
        running.ensure_databases()
        yield running


def fill(server: PostgresServer) -> None:
    with psycopg.connect(server.dsn(OWNER_ROLE)) as connection:
        connection.execute("CREATE TABLE rows (n int PRIMARY KEY)")
        connection.execute("INSERT INTO rows SELECT generate_series(1, %s)", [ROWS])


def count(server: PostgresServer) -> int:
    with psycopg.connect(server.dsn(APP_ROLE)) as connection:
        return connection.execute("SELECT count(*) FROM rows").fetchone()[0]


def start_in_another_process(home: Path, then: str) -> subprocess.Popen[str]:
    """Start the server in a process of its own, which says so and then waits to be killed."""
    program = (
        "import sys, time; from pathlib import Path; from kerong.portal.postgres import PostgresServer\n"
        f"server = PostgresServer(Path(sys.argv[1])); server.start(); server.ensure_databases(); {then}\n"
        "print(server.pid, flush=True); time.sleep(600)"
    )
    return subprocess.Popen([sys.executable, "-c", program, str(home)], stdout=subprocess.PIPE, text=True)


def test_server_stops_and_keeps_its_rows(server: PostgresServer) -> None:
    fill(server)

    assert server.stop()
    assert not server.is_running()
    assert not server.socket_dir.exists()
    server.start()

    assert count(server) == ROWS


def test_server_is_durable_checked_and_reads_chinese(server: PostgresServer) -> None:
    with psycopg.connect(server.dsn()) as connection:
        names = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums", "listen_addresses")
        settings = {
            name: connection.execute("SELECT current_setting(%s)", [name]).fetchone()[0] for name in names
        }
        is_letter = connection.execute(r"SELECT '芯片' ~ '\w'").fetchone()[0]
        encoding = connection.execute("SHOW server_encoding").fetchone()[0]

    assert settings == {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "listen_addresses": "",
    }
    assert is_letter
    assert encoding == "UTF8"


def test_server_files_are_private(server: PostgresServer) -> None:
    modes = {
        path: path.stat().st_mode & 0o777
        for path in (server.home, server.home / "secrets.json", server.socket_dir, server.home / "pg")
    }

    assert list(modes.values()) == [0o700, 0o600, 0o700, 0o700]


def test_server_refuses_a_wrong_password(server: PostgresServer) -> None:
    wrong = server.dsn(APP_ROLE).replace(":", ":wrong", 2).replace("postgresql:wrong", "postgresql:")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_application_role_may_use_rows_and_nothing_else(server: PostgresServer) -> None:
    fill(server)
    with psycopg.connect(server.dsn(APP_ROLE), autocommit=True) as connection:
        rights = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        owned = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"
        ).fetchone()[0]
        connection.execute("INSERT INTO rows VALUES (0)")
        connection.execute("UPDATE rows SET n = -1 WHERE n = 0")
        connection.execute("DELETE FROM rows WHERE n = -1")
        for forbidden in (
            "TRUNCATE rows",
            "DROP TABLE rows",
            "CREATE TABLE mine (n int)",
            "CREATE ROLE friend",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(forbidden)

    assert rights == (False, False, False, False, False)
    assert owned == 0


def test_server_recovers_after_kill_9_of_the_postmaster(server: PostgresServer) -> None:
    fill(server)
    killed = server.pid
    os.kill(killed, signal.SIGKILL)

    server.start()

    assert server.pid != killed
    assert count(server) == ROWS


def test_server_recovers_when_its_old_number_belongs_to_a_stranger(server: PostgresServer) -> None:
    fill(server)
    os.kill(server.pid, signal.SIGKILL)
    server._child.wait()
    note = server.home / "pg" / "postmaster.pid"
    lines = note.read_text().splitlines()
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    server.start()

    assert server.pid != os.getpid()
    assert count(server) == ROWS


def test_server_recovers_when_its_old_number_belongs_to_a_zombie(server: PostgresServer) -> None:
    fill(server)
    os.kill(server.pid, signal.SIGKILL)
    # Nobody takes our child's exit status here: it stays a zombie while another object starts the server.
    successor = PostgresServer(server.home)

    successor.start()

    assert count(successor) == ROWS
    successor.stop()


def test_orphan_of_a_killed_parent_is_adopted_and_then_stopped(binaries: Binaries, home: Path) -> None:
    del binaries
    parent = start_in_another_process(home, then="pass")
    orphan = int(parent.stdout.readline())
    parent.kill()
    parent.wait()

    with PostgresServer(home) as successor:
        assert successor.pid == orphan
        fill(successor)
        assert count(successor) == ROWS

    assert processes_in(home / "pg") == []


def test_orphan_without_its_socket_is_replaced(binaries: Binaries, home: Path) -> None:
    del binaries
    parent = start_in_another_process(home, then="pass")
    orphan = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    (read_postmaster(home / "pg").socket_dir / ".s.PGSQL.5432").unlink()

    with PostgresServer(home) as successor:
        assert successor.pid != orphan
        assert successor.is_running()


def test_server_outlives_the_first_of_two_users_and_ends_with_the_last(
    binaries: Binaries, home: Path
) -> None:
    del binaries
    first, second = PostgresServer(home), PostgresServer(home)
    first.start()
    second.start()

    assert first.pid == second.pid
    assert not first.stop()
    assert second.is_running()
    assert second.stop()
    assert not second.is_running()


def test_two_processes_starting_at_once_share_one_server(binaries: Binaries, home: Path) -> None:
    del binaries
    starters = [start_in_another_process(home, then="pass") for _ in range(2)]
    numbers = {starter.stdout.readline().strip() for starter in starters}
    for starter in starters:
        starter.kill()
        starter.wait()

    assert len(numbers) == 1
    assert numbers != {""}


def test_two_homes_side_by_side_never_meet(binaries: Binaries, tmp_path: Path) -> None:
    del binaries
    with PostgresServer(tmp_path / "one") as one, PostgresServer(tmp_path / "two") as two:
        one.ensure_databases()
        two.ensure_databases()
        fill(one)

        assert one.socket_dir != two.socket_dir
        with psycopg.connect(two.dsn()) as connection:
            assert connection.execute("SELECT to_regclass('rows')").fetchone() == (None,)


def test_long_home_with_spaces_and_chinese_works(binaries: Binaries, tmp_path: Path) -> None:
    del binaries
    home = tmp_path / ("长 " * 30) / "home's"

    with PostgresServer(home) as server:
        assert len(os.fsencode(server.socket_dir)) < 90
        server.ensure_databases()
        fill(server)
        assert count(server) == ROWS


def test_half_done_initdb_is_thrown_away(binaries: Binaries, home: Path) -> None:
    del binaries
    draft = home / f"{DRAFT_PREFIX}killed"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("15\n")

    with PostgresServer(home) as server:
        assert server.is_running()

    assert not draft.exists()


def test_kill_9_in_the_middle_of_initdb_leaves_nothing_that_hinders(binaries: Binaries, home: Path) -> None:
    del binaries
    parent = start_in_another_process(home, then="pass")
    while not list(home.glob(f"{DRAFT_PREFIX}*/base")):
        time.sleep(0.002)
        assert parent.poll() is None
    parent.kill()
    parent.wait()
    assert not (home / "pg").exists()

    with PostgresServer(home) as server:
        server.ensure_databases()
        assert server.is_running()


def test_foreign_files_in_the_data_folder_are_never_touched(binaries: Binaries, home: Path) -> None:
    del binaries
    (home / "pg").mkdir(parents=True)
    (home / "pg" / "diary.txt").write_text("mine")

    with pytest.raises(PostgresError, match="not empty"):
        PostgresServer(home).start()

    assert (home / "pg" / "diary.txt").read_text() == "mine"


def test_data_of_another_major_version_is_named_and_kept(server: PostgresServer, binaries: Binaries) -> None:
    server.stop()
    version = server.home / "pg" / "PG_VERSION"
    version.write_text("13\n")

    with pytest.raises(PostgresError) as refused:
        server.start()

    message = str(refused.value)
    assert "made by PostgreSQL 13" in message
    assert f"{binaries.major} ({binaries.folder})" in message
    assert "Nothing was changed or deleted" in message
    version.write_text(f"{binaries.major}\n")
    server.start()
    assert server.is_running()


def test_data_of_a_version_that_is_also_here_chooses_that_version(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    available = find_binaries()
    if len({found.major for found in available}) == 1:
        pytest.skip("only one version of PostgreSQL on this machine")
    least_preferred = available[-1]
    monkeypatch.setenv("KERONG_PG_BIN", str(least_preferred.folder))
    with PostgresServer(home):
        pass
    monkeypatch.delenv("KERONG_PG_BIN")

    with PostgresServer(home) as server:
        assert server.binaries_folder == least_preferred.folder


def test_wrong_bin_folder_is_named(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERONG_PG_BIN", str(tmp_path))

    with pytest.raises(PostgresError, match="KERONG_PG_BIN"):
        PostgresServer(home).start()


def test_socket_folder_of_somebody_else_is_refused(binaries: Binaries, home: Path, tmp_path: Path) -> None:
    del binaries
    with PostgresServer(home) as server:
        folder = server.socket_dir
    folder.symlink_to(tmp_path)
    try:
        with pytest.raises(PostgresError, match="Somebody else"):
            PostgresServer(home).start()
    finally:
        folder.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")
def test_root_without_user_namespaces_steps_down_to_an_account(
    binaries: Binaries, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not all(parent.stat().st_mode & 0o001 for parent in binaries.folder.parents):
        pytest.skip("these programs lie where no other account can reach them")
    monkeypatch.setenv("KERONG_PG_NO_NAMESPACE", "1")

    with PostgresServer(home) as server:
        server.ensure_databases()
        fill(server)
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0
        os.kill(server.pid, signal.SIGKILL)
        server.start()
        assert count(server) == ROWS
