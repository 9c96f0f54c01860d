"""Makes the data directory and decides where it stands: whole or not at all, never over an existing one."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kerong.portal.home import make_private_folder
from kerong.portal.postgres import postmaster as postmasters
from kerong.portal.postgres.binaries import Binaries, choose_binaries, find_binaries
from kerong.portal.postgres.errors import PostgresError
from kerong.portal.postgres.launcher import Launcher, choose_launcher

SUPERUSER = "postgres"
DRAFT_PREFIX = ".pg-draft-"
SHARED_PLACE = Path("/var/lib/kerong")


@dataclass(frozen=True)
class Cluster:
    """A data directory together with the programs and the way of running them that fit it."""

    data_dir: Path
    binaries: Binaries
    launcher: Launcher


def settle(home: Path) -> Cluster:
    """Find or choose the data directory of a home folder, with programs and a launcher that fit it.

    Raises PostgresError when the directory was made by a version that is not here, or root cannot step down.
    """
    make_private_folder(home)
    data_dir = data_dir_of(home)
    if is_made(data_dir):
        binaries = choose_binaries(major_of(data_dir), data_dir)
        owner = data_dir.stat().st_uid
        if os.geteuid() not in (0, owner):
            raise PostgresError(
                f"The data directory {data_dir} belongs to user id {owner}, you are {os.geteuid()}. "
                "Run as that user, or set KERONG_HOME to a folder of your own."
            )
        launcher = choose_launcher(
            binaries.program("postgres"), data_parent=data_dir.parent, data_owner=owner
        )
        return Cluster(data_dir, binaries, launcher)
    return _settle_new(home, data_dir)


def data_dir_of(home: Path) -> Path:
    """Return where the database of a home folder stands or would stand."""
    note = home / "pg_location"
    return Path(note.read_text(encoding="utf-8").strip()) if note.exists() else home / "pg"


def make(cluster: Cluster, superuser_password: str) -> None:
    """Run initdb in a draft folder and rename it into place; the caller holds the home folder's lock.

    A draft of an earlier, killed attempt is removed first: it was never a database.
    """
    parent = cluster.data_dir.parent
    for leftover in parent.glob(f"{DRAFT_PREFIX}*"):
        # Our parent may have been killed and not its initdb, which would go on writing while we delete.
        for number in {*postmasters.processes_naming(leftover), *postmasters.processes_in(leftover)}:
            postmasters.kill(number)
        shutil.rmtree(leftover, ignore_errors=True)
    if cluster.data_dir.exists():
        # An empty directory is harmless; anything else is somebody's data.
        if any(cluster.data_dir.iterdir()):
            raise PostgresError(
                f"{cluster.data_dir} is not empty and holds no PG_VERSION, so it is not a database of ours. "
                "Move it away, or set KERONG_HOME to another folder. Nothing was changed or deleted."
            )
        cluster.data_dir.rmdir()
    draft = Path(tempfile.mkdtemp(prefix=DRAFT_PREFIX, dir=parent))
    cluster.launcher.hand_over(draft)
    # Beside the draft and named like it, so that what a kill leaves behind is removed the next time.
    password_file = Path(tempfile.mkdtemp(prefix=DRAFT_PREFIX, dir=parent)) / "password"
    try:
        password_file.write_text(superuser_password, encoding="utf-8")
        password_file.chmod(0o600)
        for path in (password_file.parent, password_file):
            cluster.launcher.hand_over(path)
        _run_initdb(cluster, draft, password_file)
    finally:
        shutil.rmtree(password_file.parent)
    draft.rename(cluster.data_dir)


def is_made(data_dir: Path) -> bool:
    """Tell whether a complete database stands here."""
    return (data_dir / "PG_VERSION").exists()


def major_of(data_dir: Path) -> int:
    """Return the major version that made a data directory."""
    written = (data_dir / "PG_VERSION").read_text(encoding="ascii").strip()
    if not written.isdigit():
        raise PostgresError(f"{data_dir}/PG_VERSION says {written!r}, which is no version. Restore a backup.")
    return int(written)


def _settle_new(home: Path, data_dir: Path) -> Cluster:
    choose_binaries(None, data_dir)  # Complains properly when there is none at all.
    problems: list[PostgresError] = []
    for binaries in find_binaries():
        try:
            launcher = choose_launcher(binaries.program("postgres"), data_parent=home, data_owner=None)
            return Cluster(data_dir, binaries, launcher)
        except PostgresError as problem:
            problems.append(problem)
    # Root without user namespaces, and a home that no other account may enter: use a place that one may.
    place = SHARED_PLACE / hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
    for binaries in find_binaries():
        try:
            place.mkdir(mode=0o711, parents=True, exist_ok=True)
            launcher = choose_launcher(binaries.program("postgres"), data_parent=place, data_owner=None)
        except (OSError, PostgresError):
            continue
        (home / "pg_location").write_text(f"{place / 'pg'}\n", encoding="utf-8")
        return Cluster(place / "pg", binaries, launcher)
    raise problems[0]


def _run_initdb(cluster: Cluster, draft: Path, password_file: Path) -> None:
    command = [
        cluster.binaries.program("initdb"),
        f"--pgdata={draft}",
        f"--username={SUPERUSER}",
        f"--pwfile={password_file}",
        "--auth-local=scram-sha-256",
        "--auth-host=scram-sha-256",
        "--encoding=UTF8",
        # With the C locale Chinese characters are not letters and trigram search dies silently.
        "--locale=C.UTF-8",
        "--data-checksums",
        "--no-instructions",
    ]
    if cluster.binaries.major >= 17:  # noqa: PLR2004 - the version that brought the builtin provider
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    try:
        answer = cluster.launcher.run(command, timeout=180)
    except subprocess.TimeoutExpired as error:
        raise PostgresError(f"initdb did not finish in 180 seconds in {draft.parent}.") from error
    if answer.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise PostgresError(
            f"initdb failed ({cluster.binaries.folder}): {answer.stderr.strip() or answer.stdout}"
        )
