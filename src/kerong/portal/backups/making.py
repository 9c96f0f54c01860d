"""Makes a backup: one moment of the database by pg_dump, the files, the secrets and keys, and the manifest."""

from __future__ import annotations

import os
import shutil
import tarfile
import time
from typing import TYPE_CHECKING

import psycopg

from kerong import __version__
from kerong.basics.clock import current_clock
from kerong.basics.crypto.passphrase import encrypt_file
from kerong.portal.backups import manifest as manifests
from kerong.portal.backups.contents import evidence_of, tables_of
from kerong.portal.backups.manifest import PREFIX, BackupError, Manifest
from kerong.portal.backups.places import call, database_address, program
from kerong.portal.home import home_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DUMP, FILES, SECRETS = "database.dump", "files.tar", "secrets.tar"
SEALED = ".sealed"
SECRET_FILES = ("secrets.json", "keys.json", "evidence_keys.json")
# What people gave us. Everything else in the home is made again, or is the witness, which must never go back.
DATA_FOLDERS = ("files",)
KEPT = 14


def make_backup(
    folder: Path, *, passphrase: str = "", keep: int = KEPT, say: Callable[[str], None] = lambda _line: None
) -> Path:
    """Make a backup in a new folder inside ``folder`` and return it; older ones beyond ``keep`` are removed.

    The folder appears under its name only when everything is in it. Raises BackupError.
    """
    now, began = current_clock().now(), time.perf_counter()
    name = f"{PREFIX}{now:%Y%m%d-%H%M%S}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".making-{name}-{os.getpid()}"
        draft.mkdir(mode=0o700)
    except OSError as error:
        raise BackupError(f"{folder} cannot be written: {error.strerror}") from error
    try:
        say("database")
        made = _dump(draft / DUMP)
        say("files and keys")
        _pack(draft / FILES, DATA_FOLDERS)
        _pack(draft / SECRETS, SECRET_FILES)
        parts = [draft / part for part in (DUMP, FILES, SECRETS)]
        if passphrase:
            say("encrypting")
            parts = [_sealed(part, passphrase) for part in parts]
        for part in parts:
            part.chmod(0o600)
        manifests.write(
            draft,
            Manifest(
                made_at=now.isoformat(),
                version=__version__,
                files={part.name: [part.stat().st_size, manifests.sha256(part)] for part in parts},
                snapshots=_snapshots(),
                is_encrypted=bool(passphrase),
                seconds=round(time.perf_counter() - began, 2),
                **made,
            ),
        )
        final = draft.rename(folder / name)
    except OSError as error:
        raise BackupError(f"the backup could not be written: {error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    for old, _manifest in manifests.listed(folder)[max(1, keep) :]:
        shutil.rmtree(old)
    return final


def _dump(target: Path) -> dict[str, object]:
    """Dump and count the same moment: the dump reads the snapshot in which the rows are counted."""
    with database_address() as (address, _server), psycopg.connect(address) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.execute("SET LOCAL row_security = off")
        row = connection.execute("SELECT pg_export_snapshot(), current_setting('server_version')").fetchone()
        snapshot, server = row or ("", "")
        call(
            [
                *(program("pg_dump", connection), "--format=custom", "--compress=6", "--no-password"),
                *(f"--snapshot={snapshot}", f"--file={target}"),
            ],
            address,
        )
        size, root = evidence_of(connection)
        return {
            "tables": tables_of(connection),
            "evidence_size": size,
            "evidence_root": root,
            "server": str(server),
        }


def _pack(target: Path, names: tuple[str, ...]) -> None:
    home = home_folder()
    with tarfile.open(target, "w") as tar:
        target.chmod(0o600)
        for name in names:
            if (home / name).exists():
                tar.add(home / name, arcname=name)


def _sealed(part: Path, passphrase: str) -> Path:
    target = part.with_name(part.name + SEALED)
    encrypt_file(part, target, passphrase)
    part.unlink()
    return target


def _snapshots() -> dict[str, str]:
    """Name the population snapshots that are there: they are made again from the facts and not copied."""
    return {
        path.relative_to(home_folder()).as_posix(): manifests.sha256(path)
        for path in sorted(home_folder().glob("*/**/manifest.json"))
        if "postgres" not in path.parts
    }
