"""The secrets of one installation: generated once, kept in one file that only its owner can read."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from typing import TYPE_CHECKING

from kerong.portal.home import home_folder, make_private_folder

if TYPE_CHECKING:
    from pathlib import Path

# Where each generated secret lives in the file: dotted key → number of random bytes.
GENERATED = {
    "django.secret_key": 48,
    "database.postgres": 24,
    "database.kerong_owner": 24,
    "database.kerong_app": 24,
    # What the invented people of the demo share, and what their codes are worked out from.
    "demo.password": 9,
    "demo.codes": 24,
}


def read_secrets(home: Path | None = None) -> dict[str, str]:
    """Return what the secrets file holds; an empty table when there is no file yet."""
    path = secrets_path(home)
    if not path.exists():
        return {}
    content: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return content


def ensure_secrets(home: Path | None = None) -> dict[str, str]:
    """Generate the secrets that are missing, keep those that are there, and return all of them.

    Writes the file with mode 0600 by renaming a finished copy over it, so no half-written file can be left
    behind.
    """
    path = secrets_path(home)
    make_private_folder(path.parent)
    lock = os.open(path.parent / "secrets.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = read_secrets(home)
        missing = {key: secrets.token_urlsafe(size) for key, size in GENERATED.items() if key not in known}
        if missing:
            _write_privately(path, known | missing)
        return known | missing
    finally:
        os.close(lock)


def secrets_path(home: Path | None = None) -> Path:
    """Return where the secrets of this installation are kept."""
    return (home or home_folder()) / "secrets.json"


def _write_privately(path: Path, content: dict[str, str]) -> None:
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
