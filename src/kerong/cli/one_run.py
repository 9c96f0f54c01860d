"""One `kerong run` per home folder: a second one is refused before it prepares anything."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING, Self

from kerong.portal.home import HomeError, home_folder, make_private_folder

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 400


class OneRun:
    """Holds the home folder for one run. The system lets go of the lock when the holder dies, however it dies."""

    def __init__(self, home: Path | None = None) -> None:
        """Take the home folder. Raises HomeError naming the run that has it."""
        self.home = home or home_folder()
        self._lock = os.open(make_private_folder(self.home) / "run.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            process, _, address = os.read(self._lock, LONGEST).decode("utf-8", "replace").partition(" ")
            os.close(self._lock)
            raise HomeError(
                f"Kerong is already running here: {address or 'it is just starting'}"
                f"{f' (process {process})' if process else ''}. Open that address, or end that run first; for a "
                "second one beside it set KERONG_HOME to another folder"
            ) from None
        self._write(str(os.getpid()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        os.ftruncate(self._lock, 0)
        os.close(self._lock)

    def answers_at(self, address: str) -> None:
        """Say where this run is reached, for the next one that is refused."""
        self._write(f"{os.getpid()} {address}")

    def _write(self, text: str) -> None:
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, text.encode(), 0)
