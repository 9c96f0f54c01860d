"""How long a backup and a restore take, in an installation of its own: `make bench NAME=backup`."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path

import psycopg


def main() -> None:
    """Make rows, back up, destroy, restore, compare; print seconds and sizes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="kerong-bench-") as place:
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "KERONG_BACKUP_URL"):
            os.environ.pop(name, None)
        os.environ["KERONG_HOME"] = f"{place}/home"
        from kerong.portal.backups import make_backup, manifest, restore_backup
        from kerong.portal.postgres import OWNER_ROLE, PostgresServer
        from kerong.portal.postgres.cluster import data_dir_of

        server = PostgresServer()
        server.start()
        server.ensure_databases()
        with psycopg.connect(server.dsn(OWNER_ROLE)) as connection:
            connection.execute(
                "CREATE TABLE ledger_leg"
                " (id bigint PRIMARY KEY, account uuid, amount_fen bigint, what text, at timestamptz)"
            )
            connection.execute(
                "INSERT INTO ledger_leg SELECT n, gen_random_uuid(), n * 7, 'leg ' || n, now()"
                " FROM generate_series(1, %s) AS n",
                [rows],
            )
            connection.execute("CREATE INDEX ON ledger_leg (account, at)")
        began = time.perf_counter()
        made = make_backup(Path(place) / "backups", say=print)
        backup = time.perf_counter() - began
        server.stop(even_if_shared=True)
        shutil.rmtree(data_dir_of(Path(place) / "home"))
        began = time.perf_counter()
        read, _seconds = restore_backup(made, replace=True, say=print)
        restore = time.perf_counter() - began
        assert manifest.read(made) == read
        PostgresServer().stop(even_if_shared=True)
        print(
            f"rows {rows:,} · backup {backup:.1f} s · {read.size / 1e6:.1f} MB · destroyed → compared {restore:.1f} s"
        )


if __name__ == "__main__":
    main()
