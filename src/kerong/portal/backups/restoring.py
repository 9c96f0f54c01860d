"""Restores a backup into an empty installation and holds the result against its manifest."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from kerong.basics.clock import current_clock
from kerong.basics.crypto import CryptoError
from kerong.basics.crypto.passphrase import decrypt_file
from kerong.portal.backups import manifest as manifests
from kerong.portal.backups.contents import differences, evidence_of, tables_of
from kerong.portal.backups.making import DATA_FOLDERS, DUMP, FILES, SEALED, SECRET_FILES, SECRETS
from kerong.portal.backups.manifest import BackupError, Manifest
from kerong.portal.backups.places import call, database_address, program
from kerong.portal.home import home_folder, make_private_folder
from kerong.portal.postgres.cluster import data_dir_of, is_made

if TYPE_CHECKING:
    from collections.abc import Callable

# The database of this installation keeps its own passwords: its server knows no others.
OWN_SECRETS = "database."
_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def restore_backup(
    folder: Path,
    *,
    passphrase: str = "",
    replace: bool = False,
    say: Callable[[str], None] = lambda _line: None,
) -> tuple[Manifest, float]:
    """Restore database, files, secrets and keys; return the manifest and how long it took.

    Everything is checked before anything is touched, and the result is compared table by table. What was there is
    refused, or with ``replace`` kept in a folder `before-restore-…` of the home: files, keys, and a dump of the
    database, which is put back when the backup's own cannot be filled in. Raises BackupError.
    """
    began = time.perf_counter()
    manifest = manifests.read(folder)
    say("checking the files of the backup")
    manifests.check_files(folder, manifest)
    if manifest.is_encrypted and not passphrase:
        raise BackupError("the backup is encrypted: give its passphrase with --passphrase-file")
    home = make_private_folder(home_folder())
    with tempfile.TemporaryDirectory(dir=home, prefix=".restoring-") as place:
        parts = _opened(folder, manifest, passphrase, Path(place))
        there = _standing_in_the_way(home, replace=replace)
        aside = home / f"before-restore-{current_clock().now():%Y%m%d-%H%M%S}"
        # The database first: it is what may fail, and until it is filled nothing else has changed.
        say("database")
        _fill(parts[DUMP], aside, replace=replace)
        say("secrets, keys and files")
        _move_aside(home, there, aside)
        _unpack_secrets(parts[SECRETS], home)
        _unpack(parts[FILES], home)
    say("comparing with the manifest")
    _compare(manifest)
    return manifest, round(time.perf_counter() - began, 2)


def _opened(folder: Path, manifest: Manifest, passphrase: str, place: Path) -> dict[str, Path]:
    if not manifest.is_encrypted:
        return {name: folder / name for name in (DUMP, FILES, SECRETS)}
    try:
        for name in (DUMP, FILES, SECRETS):
            decrypt_file(folder / f"{name}{SEALED}", place / name, passphrase)
    except CryptoError as error:
        raise BackupError(str(error)) from None
    return {name: place / name for name in (DUMP, FILES, SECRETS)}


def _standing_in_the_way(home: Path, *, replace: bool) -> list[str]:
    """Return what is there already; refuse it unless told to replace."""
    there = [name for name in (*DATA_FOLDERS, *SECRET_FILES[1:]) if (home / name).exists()]
    if there and not replace:
        raise BackupError(
            f"{home} is not empty ({', '.join(there)}). Restore into an empty home, or use --replace: what is there is "
            "moved aside, and the database's rows are replaced."
        )
    return there


def _move_aside(home: Path, there: list[str], aside: Path) -> None:
    if there:
        aside.mkdir(mode=0o700, exist_ok=True)
    for name in there:
        shutil.move(home / name, aside / name)


def _unpack_secrets(part: Path, home: Path) -> None:
    present = home / SECRET_FILES[0]
    own = json.loads(present.read_text(encoding="utf-8")) if present.exists() else {}
    _unpack(part, home)
    if is_made(data_dir_of(home)):
        restored = json.loads(present.read_text(encoding="utf-8"))
        kept = {name: value for name, value in own.items() if name.startswith(OWN_SECRETS)}
        present.write_text(json.dumps(restored | kept, indent=2, sort_keys=True), encoding="utf-8")
    for name in SECRET_FILES:
        if (home / name).exists():
            (home / name).chmod(0o600)


def _unpack(part: Path, home: Path) -> None:
    """Unpack into the home, and nowhere else: Python before 3.11.4 has no filter that would see to it."""
    inside = home.resolve()
    with tarfile.open(part) as tar:
        tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, _place: member)
        for member in tar:
            place = (inside / member.name).resolve()
            if not (member.isfile() or member.isdir()) or not place.is_relative_to(inside):
                raise BackupError(f"{part.name} holds {member.name!r}, which does not belong into a backup")
            tar.extract(member, inside)


def _fill(dump: Path, aside: Path, *, replace: bool) -> None:
    with database_address() as (address, _server):
        with psycopg.connect(address, autocommit=True) as connection:
            rows = connection.execute(
                "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            ).fetchone()
            if rows != (0,) and not replace:
                raise BackupError("the database is not empty. Restore into an empty one, or use --replace.")
            if connection.execute(_OTHERS).fetchone() != (0,):
                raise BackupError("somebody is connected to the database: end the service and restore again.")
            restore = program("pg_restore", connection)
            kept = _dumped_aside(program("pg_dump", connection), address, aside) if rows != (0,) else None
            if kept:
                _empty(connection)
        try:
            _fill_in(restore, dump, address)
        except BackupError as error:
            if kept is None:
                raise
            with psycopg.connect(address, autocommit=True) as connection:
                _empty(connection)
            _fill_in(restore, kept, address)
            raise BackupError(f"nothing was changed, the database is as it was: {error}") from error


def _dumped_aside(pg_dump: str, address: str, aside: Path) -> Path:
    """Dump what is about to be replaced, so that a backup that cannot be filled in costs nothing."""
    aside.mkdir(mode=0o700, exist_ok=True)
    kept = aside / DUMP
    call([pg_dump, "--format=custom", "--no-password", f"--file={kept}"], address)
    kept.chmod(0o600)
    return kept


def _fill_in(restore: str, dump: Path, address: str) -> None:
    call(
        [
            *(restore, "--no-password", "--exit-on-error", "--single-transaction"),
            *(f"--dbname={_name(address)}", str(dump)),
        ],
        address,
    )


def _empty(connection: psycopg.Connection) -> None:
    """Take everything out of the schema; whoever owns it, and what may be done in it, stays."""
    row = connection.execute(
        "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'public'"
    ).fetchone()
    owner = str((row or ("pg_database_owner",))[0])
    connection.execute("DROP SCHEMA public CASCADE")
    connection.execute(f"CREATE SCHEMA public AUTHORIZATION {owner}")  # type: ignore[arg-type] - quoted by regrole


def _name(address: str) -> str:
    from psycopg.conninfo import conninfo_to_dict

    return str(conninfo_to_dict(address).get("dbname") or os.environ.get("PGDATABASE", ""))


def _compare(manifest: Manifest) -> None:
    with database_address() as (address, _server), psycopg.connect(address) as connection:
        connection.execute("SET LOCAL row_security = off")
        wrong = differences(manifest.tables, tables_of(connection))
        size, root = evidence_of(connection)
    if (size, root) != (manifest.evidence_size, manifest.evidence_root):
        wrong.append(
            f"evidence: {manifest.evidence_size} events with root {manifest.evidence_root[:12]} before"
        )
    if wrong:
        raise BackupError("the restored database is not the one of the backup: " + "; ".join(wrong))
