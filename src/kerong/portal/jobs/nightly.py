"""Backs everything up at night, where a folder for it is named."""

from __future__ import annotations

import os
import subprocess
import sys

from kerong.records.outbox.jobs import job

LAST_LINES = 5


class NightlyBackupError(RuntimeError):
    """The backup of the night failed; the message ends with what it said."""


@job("system.backup", retries=2, own_transactions=True)
def back_up() -> None:
    """Run `kerong backup` into KERONG_BACKUP_FOLDER; does nothing where that is not set. Raises NightlyBackupError.

    A process of its own: it reads every row, which this one must never be able to.
    """
    folder = os.environ.get("KERONG_BACKUP_FOLDER")
    if not folder:
        return
    made = subprocess.run(
        [sys.executable, "-m", "kerong", "backup", folder], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        raise NightlyBackupError("\n".join((made.stderr or made.stdout).splitlines()[-LAST_LINES:]))
