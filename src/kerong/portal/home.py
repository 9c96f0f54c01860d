"""Where this installation keeps its own files: database, secrets, logs; never anything of the law."""

from __future__ import annotations

import os
from pathlib import Path


class HomeError(RuntimeError):
    """The home folder cannot be used; the message says why and what to do."""


def checkout_folder() -> Path | None:
    """Return the source checkout this package runs from, or None when it was installed from a wheel."""
    candidate = Path(__file__).resolve().parents[3]
    is_checkout = (candidate / "pyproject.toml").is_file() and (candidate / "src" / "kerong").is_dir()
    return candidate if is_checkout else None


def home_folder() -> Path:
    """Return the home folder: KERONG_HOME, else `.kerong` in the checkout, else the user's data folder."""
    if configured := os.environ.get("KERONG_HOME"):
        return Path(configured).expanduser().absolute()
    if checkout := checkout_folder():
        return checkout / ".kerong"
    data_home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data_home) / "kerong"


def make_private_folder(folder: Path) -> Path:
    """Create a folder that only its owner can enter, and refuse one that belongs to somebody else."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = folder.stat().st_uid
        if owner != os.geteuid() and os.geteuid() != 0:
            raise HomeError(
                f"{folder} belongs to user id {owner}, you are {os.geteuid()}. "
                "Run as that user, or set KERONG_HOME to a folder of your own."
            )
        if owner == os.geteuid():
            folder.chmod(0o700)
    except PermissionError as error:
        raise HomeError(
            f"{folder} cannot be used: {error.strerror}. Run as its owner, or set KERONG_HOME to a "
            f"folder of your own."
        ) from error
    return folder
