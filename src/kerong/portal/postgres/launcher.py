"""Starts PostgreSQL's programs as somebody other than root, because PostgreSQL refuses root."""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kerong.portal.postgres.errors import PostgresError

# Seen from inside the user namespace root is this ordinary number; files still belong to root outside.
MAPPED_ID = "1000"
UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class Launcher:
    """How to run a program: as ourselves, in a user namespace, or as an existing unprivileged account."""

    kind: str
    prefix: tuple[str, ...] = ()
    account_uid: int | None = None
    account_gid: int | None = None

    @property
    def file_owner(self) -> int:
        """Return the user id that must own the data directory."""
        return os.geteuid() if self.account_uid is None else self.account_uid

    def run(self, command: list[str], *, timeout: float) -> subprocess.CompletedProcess[str]:
        """Run a program to its end and return what it said."""
        return subprocess.run(
            [*self.prefix, *command],
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
            env=_clean_environment(),
            cwd="/",
            user=self.account_uid,
            group=self.account_gid,
            extra_groups=None if self.account_uid is None else [],
        )

    def start(self, command: list[str], *, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a program that stays, in a session of its own: Ctrl-C in the terminal is ours to handle."""
        return subprocess.Popen(
            [*self.prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=_clean_environment(),
            cwd="/",
            user=self.account_uid,
            group=self.account_gid,
            extra_groups=None if self.account_uid is None else [],
        )

    def hand_over(self, path: Path) -> None:
        """Give a file or folder to the account that will run PostgreSQL."""
        if self.account_uid is not None and self.account_gid is not None:
            os.chown(path, self.account_uid, self.account_gid)


def choose_launcher(program: str, *, data_parent: Path, data_owner: int | None) -> Launcher:
    """Choose how to run PostgreSQL in a folder of `data_parent`; `data_owner` is None when it is new.

    Raises PostgresError when root has no way to step down; the message lists what was tried.
    """
    if os.geteuid() != 0:
        return Launcher(kind="ourselves")
    tried: list[str] = []
    for launcher in _ways_for_root():
        if data_owner is not None and launcher.file_owner != data_owner:
            tried.append(f"{launcher.kind}: the data directory belongs to user id {data_owner}")
            continue
        problem = _problem_with(launcher, program, data_parent, is_new=data_owner is None)
        if problem is None:
            return launcher
        tried.append(f"{launcher.kind}: {problem}")
    raise PostgresError(
        "PostgreSQL refuses to run as root, and no way to step down worked here. "
        + "; ".join(tried)
        + ". Run as an ordinary user, set KERONG_HOME to a folder that an unprivileged account can reach, "
        "or set DATABASE_URL and DATABASE_OWNER_URL to a server that is already running."
    )


def _ways_for_root() -> list[Launcher]:
    namespace = ("unshare", "--user", f"--map-user={MAPPED_ID}", f"--map-group={MAPPED_ID}", "--")
    ways = [Launcher(kind="user namespace", prefix=namespace)]
    if os.environ.get("KERONG_PG_NO_NAMESPACE"):
        ways = []
    for name in UNPRIVILEGED:
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        ways.append(Launcher(kind=f"account {name}", account_uid=account.pw_uid, account_gid=account.pw_gid))
    return ways


def _problem_with(launcher: Launcher, program: str, data_parent: Path, *, is_new: bool) -> str | None:
    """Return why a launcher cannot be used here, or None when it can."""
    probe = Path(tempfile.mkdtemp(prefix=".pg-probe-", dir=data_parent)) if is_new else data_parent
    try:
        launcher.hand_over(probe) if is_new else None
        for command in ([program, "--version"], ["test", "-x", str(probe)]):
            answer = launcher.run(command, timeout=20)
            if answer.returncode != 0:
                said = (answer.stderr or answer.stdout).strip().splitlines()
                return said[-1] if said else f"{command[0]} cannot reach {command[-1]}"
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    finally:
        if is_new:
            probe.rmdir()
    return None


def _clean_environment() -> dict[str, str]:
    """Leave out PG* and language settings of the caller: they would change what initdb and postgres do."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
