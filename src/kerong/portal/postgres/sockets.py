"""The private folder for the server's socket: short, ours alone, and different for every data directory."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from kerong.portal.postgres.errors import PostgresError

# A socket's path has room for 107 bytes, and PostgreSQL appends its own name.
PATH_BYTES_MAX = 107
SOCKET_NAME = "/.s.PGSQL.5432.lock"


def make_socket_folder(data_dir: Path, *, owner: int, group: int) -> Path:
    """Create or check the socket folder of a data directory; only `owner` may enter it.

    Raises PostgresError when somebody else has put something in its place.
    """
    digest = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]
    folder = _base_folder() / f"kerong-{owner}-{digest}"
    if len(os.fsencode(folder)) + len(SOCKET_NAME) > PATH_BYTES_MAX:
        folder = Path("/tmp") / folder.name  # noqa: S108 - private 0700 folder, ownership checked below
    try:
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(folder, owner, group)
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
        raise PostgresError(
            f"{folder} should be a folder of user id {owner}, but it belongs to {found.st_uid} or is no "
            f"folder. "
            "Somebody else put it there: remove it, or set XDG_RUNTIME_DIR to a private folder."
        )
    folder.chmod(0o700)
    return folder


def remove_socket_folder(folder: Path) -> None:
    """Remove the folder of a server that has ended, if nothing else is in it."""
    with suppress(OSError):
        folder.rmdir()


def _base_folder() -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if (
        runtime
        and os.geteuid() != 0
        and os.access(runtime, os.W_OK)
        and Path(runtime).stat().st_uid == os.geteuid()
    ):
        return Path(runtime)
    return Path(tempfile.gettempdir())
