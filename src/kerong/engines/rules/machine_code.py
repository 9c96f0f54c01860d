"""Find a folder that can keep the machine code of the kernel; numba would refuse to start without one."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from numba.core import config

_SETTING = "NUMBA_CACHE_DIR"


def choose_cache_folder() -> None:
    """Name a folder of our own for machine code where numba would find none; to be called before it compiles.

    numba writes beside the package, else below the user's cache folder. A read-only package of a user without
    a home has neither, and numba would refuse to start.
    """
    if (
        os.environ.get(_SETTING)
        or getattr(config, "CACHE_DIR", "")
        or _writable(Path(__file__).parent)
        or _writable(_users_folder())
    ):
        return
    folder = Path(tempfile.gettempdir()) / f"kerong-machine-code-{os.getuid()}"
    with suppress(OSError):
        folder.mkdir(mode=0o700)
    try:
        about = folder.lstat()
        ours = (
            folder.is_dir()
            and not folder.is_symlink()
            and about.st_uid == os.getuid()
            and not about.st_mode & 0o077
        )
    except OSError:
        ours = False
    # Machine code is run as it is found: a folder that somebody else made is not used, however it is named.
    chosen = str(folder) if ours else tempfile.mkdtemp(prefix="kerong-machine-code-")
    os.environ[_SETTING] = chosen
    # numba read its settings when it was imported, which is before.
    setattr(config, "CACHE_DIR", chosen)  # noqa: B010 - numba makes its settings while it runs


def _users_folder() -> Path:
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    except RuntimeError:  # nobody's home is known
        return Path(os.devnull)


def _writable(folder: Path) -> bool:
    """Tell whether files can be made in a folder, or in the nearest one above it that exists."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
