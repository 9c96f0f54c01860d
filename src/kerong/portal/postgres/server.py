"""One private PostgreSQL server: starts, is adopted after a crash, is shared by several programs, stops."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from kerong.portal.home import home_folder, make_private_folder
from kerong.portal.postgres import cluster as clusters
from kerong.portal.postgres import postmaster as postmasters
from kerong.portal.postgres.errors import PostgresError
from kerong.portal.postgres.roles import (
    APP_ROLE,
    DATABASE,
    OWNER_ROLE,
    ensure_database,
    ensure_roles,
    grant_rows_only,
)
from kerong.portal.postgres.sockets import make_socket_folder, remove_socket_folder
from kerong.portal.secrets_file import ensure_secrets

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

PORT = 5432  # Only a part of the socket's name: nothing listens on the network.
START_SECONDS_MAX = 60.0


class PostgresServer:
    """The private server of one home folder.

    Several programs may use it at once: the first starts it, the last one to stop() ends it. A program
    that was killed counts as gone, because its share in the lock goes with it; the server it left behind
    is adopted.
    """

    def __init__(self, home: Path | None = None) -> None:
        self.home = (home or home_folder()).absolute()
        self.socket_dir: Path | None = None
        self.pid: int | None = None
        self.binaries_folder: Path | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._share: int | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Make sure the server runs and accepts connections; makes the data directory the first time.

        Raises PostgresError with a message for the person at the keyboard.
        """
        make_private_folder(self.home)
        with self._one_at_a_time():
            cluster = clusters.settle(self.home)
            self.binaries_folder = cluster.binaries.folder
            if not clusters.is_made(cluster.data_dir):
                clusters.make(cluster, ensure_secrets(self.home)[f"database.{clusters.SUPERUSER}"])
            if not self._adopt(cluster):
                self._launch(cluster)
            self._take_share()

    def stop(self, *, even_if_shared: bool = False) -> bool:
        """End the server unless another program still uses it; tell whether it was ended."""
        if not self.home.exists():
            return False
        with self._one_at_a_time():
            self._drop_share()
            if not even_if_shared and self._is_shared():
                return False
            data_dir = clusters.data_dir_of(self.home)
            running = postmasters.read_postmaster(data_dir)
            if running is None or not postmasters.is_ours(running, data_dir):
                return False
            postmasters.end(running.pid)
            if self._child is not None:
                self._child.wait()
            if running.socket_dir is not None:
                remove_socket_folder(running.socket_dir)
            self._child = self.pid = None
            return True

    def leave_running(self) -> None:
        """Give up our share without ending the server."""
        self._drop_share()

    def is_running(self) -> bool:
        """Tell whether the server of this home folder accepts connections now."""
        data_dir = clusters.data_dir_of(self.home)
        running = postmasters.read_postmaster(data_dir)
        return (
            running is not None
            and postmasters.is_ours(running, data_dir)
            and postmasters.is_answering(running)
        )

    def dsn(self, role: str = APP_ROLE, database: str = DATABASE) -> str:
        """Return the address of a database for a role, password included; start the server first."""
        if self.socket_dir is None:
            raise PostgresError("The server was not started by this object, so its address is not known.")
        password = ensure_secrets(self.home)[f"database.{role}"]
        folder = quote(str(self.socket_dir), safe="")
        return f"postgresql://{role}:{quote(password, safe='')}@/{database}?host={folder}&port={PORT}"

    def ensure_databases(self, database: str = DATABASE) -> None:
        """Create both roles and a database if they are missing, and set what each role may do."""
        known = ensure_secrets(self.home)
        with self._one_at_a_time():
            admin = self.dsn(clusters.SUPERUSER, "postgres")
            ensure_roles(
                admin,
                owner_password=known[f"database.{OWNER_ROLE}"],
                app_password=known[f"database.{APP_ROLE}"],
            )
            ensure_database(admin, database)
            grant_rows_only(self.dsn(clusters.SUPERUSER, database))

    def _adopt(self, cluster: clusters.Cluster) -> bool:
        """Take over a server that already runs on this data directory; clear what a dead one left."""
        found = postmasters.read_postmaster(cluster.data_dir)
        if found is not None and postmasters.is_ours(found, cluster.data_dir):
            deadline = time.monotonic() + START_SECONDS_MAX
            # It may be starting or recovering; without its socket it is of no use and is replaced.
            while time.monotonic() < deadline and not postmasters.is_answering(found):
                time.sleep(0.05)
                found = postmasters.read_postmaster(cluster.data_dir) or found
                if not postmasters.is_ours(found, cluster.data_dir) or _has_lost_its_socket(found):
                    break
            if postmasters.is_answering(found):
                self.pid, self.socket_dir = found.pid, found.socket_dir
                return True
            postmasters.end(found.pid)
        if self._child is not None:
            self._child.poll()  # Takes the exit status of our own killed child, so that no zombie stays.
        return False

    def _launch(self, cluster: clusters.Cluster) -> None:
        launcher = cluster.launcher
        group = os.getegid() if launcher.account_gid is None else launcher.account_gid
        socket_dir = make_socket_folder(cluster.data_dir, owner=launcher.file_owner, group=group)
        postmasters.clear_stale_files(cluster.data_dir, socket_dir)
        command = [cluster.binaries.program("postgres"), "-D", str(cluster.data_dir)]
        for name, value in _settings(cluster, socket_dir).items():
            command += ["-c", f"{name}={value}"]
        with (self.home / "postgres.log").open("ab") as log:
            beginning = log.tell()
            child = launcher.start(command, log=log)
        self._wait_until_ready(child, socket_dir, beginning)
        self._child, self.pid, self.socket_dir = child, child.pid, socket_dir

    def _wait_until_ready(self, child: subprocess.Popen[bytes], socket_dir: Path, log_from: int) -> None:
        started = postmasters.Postmaster(child.pid, self.home, socket_dir, PORT)
        deadline = time.monotonic() + START_SECONDS_MAX
        while not postmasters.is_answering(started):
            ended = child.poll() is not None
            if ended or time.monotonic() > deadline:
                if not ended:
                    postmasters.end(child.pid)
                said = (self.home / "postgres.log").read_bytes()[log_from:].decode("utf-8", "replace").strip()
                raise PostgresError(f"PostgreSQL did not start. It said:\n{said[-2000:] or '(nothing)'}")
            time.sleep(0.01)

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """Hold the home folder's lock, so that two programs starting at once do not race."""
        lock = os.open(self.home / "postgres.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _take_share(self) -> None:
        if self._share is None:
            self._share = os.open(self.home / "postgres.users", os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._share, fcntl.LOCK_SH)

    def _drop_share(self) -> None:
        if self._share is not None:
            # Unlocking, not only closing: a forked child would keep the lock through its copy.
            fcntl.flock(self._share, fcntl.LOCK_UN)
            os.close(self._share)
            self._share = None

    def _is_shared(self) -> bool:
        probe = os.open(self.home / "postgres.users", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(probe)
        return False


def _has_lost_its_socket(found: postmasters.Postmaster) -> bool:
    """A cleaner of temporary files may have taken it; a starting server has none to lose yet."""
    return found.socket_dir is not None and not (found.socket_dir / f".s.PGSQL.{found.port}").exists()


def _settings(cluster: clusters.Cluster, socket_dir: Path) -> dict[str, str]:
    settings = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(socket_dir),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        # Durability is said out loud: a ledger must not lose what it confirmed.
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "max_connections": "100",
        "log_min_messages": "warning",
    }
    if cluster.binaries.has_library("pg_stat_statements"):
        settings["shared_preload_libraries"] = "pg_stat_statements"
    return settings
