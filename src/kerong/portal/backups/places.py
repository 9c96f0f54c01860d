"""Where the database to back up or to restore is, and which of PostgreSQL's own programs to use."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict

from kerong.portal.backups.manifest import BackupError
from kerong.portal.postgres import DATABASE, PostgresServer
from kerong.portal.postgres.binaries import find_binaries
from kerong.portal.postgres.cluster import SUPERUSER

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

BACKUP_URL = "KERONG_BACKUP_URL"
_KEYWORDS = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
}


@contextmanager
def database_address() -> Iterator[tuple[str, PostgresServer | None]]:
    """Give the address of a role that sees every row, and the private server when it is that one's.

    The application's role never does: row security would leave rows out. Raises BackupError.
    """
    if address := os.environ.get(BACKUP_URL):
        yield address, None
        return
    with PostgresServer() as server:
        if (configured := os.environ.get("DATABASE_URL")) and str(server.socket_dir) not in _plain(
            configured
        ):
            raise BackupError(
                f"DATABASE_URL names a server of your own: set {BACKUP_URL} to a role there that sees every row "
                "(a superuser, or one with BYPASSRLS and pg_read_all_data)."
            )
        server.ensure_databases()
        yield server.dsn(SUPERUSER, DATABASE), server


def _plain(address: str) -> str:
    return str(conninfo_to_dict(address).get("host", ""))


def environment_for(address: str) -> dict[str, str]:
    """Return the environment for PostgreSQL's programs: a password in arguments could be read by anybody here."""
    given = conninfo_to_dict(address)
    known = {variable: str(given[keyword]) for keyword, variable in _KEYWORDS.items() if given.get(keyword)}
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PG")},
        **known,
        **({"PGSSLMODE": str(given["sslmode"])} if given.get("sslmode") else {}),
        **({"PGSSLROOTCERT": str(given["sslrootcert"])} if given.get("sslrootcert") else {}),
        # Row security switched on would silently leave rows out: off means an error instead.
        "PGOPTIONS": "-c row_security=off",
    }


def program(name: str, connection: psycopg.Connection) -> str:
    """Return a program of PostgreSQL that is not older than the server. Raises BackupError."""
    wanted = connection.info.server_version // 10_000
    folders = [str(binaries.folder / name) for binaries in find_binaries()]
    for path in [*folders, *([found] if (found := shutil.which(name)) else [])]:
        if os.access(path, os.X_OK) and (_major(path) or 0) >= wanted:
            return path
    raise BackupError(
        f"{name} of PostgreSQL {wanted} or newer was not found beside the server's programs, in KERONG_PG_BIN or on "
        f"PATH. Install postgresql-client-{wanted}."
    )


def _major(path: str) -> int | None:
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)(?:\.\d+)?", answer.stdout)
    return int(found.group(1)) if found else None


def call(command: list[str], address: str) -> None:
    """Run one of PostgreSQL's programs. Raises BackupError with what it said."""
    made = subprocess.run(command, env=environment_for(address), capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise BackupError(f"{command[0]} failed: {made.stderr.strip()[-1500:]}")
