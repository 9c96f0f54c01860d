"""Reads postmaster.pid and tells a living server of ours from a dead, foreign or half-dead one."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from psycopg import pq

from kerong.portal.postgres.errors import PostgresError


@dataclass(frozen=True)
class Postmaster:
    """What a data directory's postmaster.pid says."""

    pid: int
    data_dir: Path
    socket_dir: Path | None
    port: int


def read_postmaster(data_dir: Path) -> Postmaster | None:
    """Return what postmaster.pid says, or None when there is none or it is not complete yet."""
    try:
        lines = (data_dir / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        # PostgreSQL's lines: pid, data directory, start time, port, socket directory, listen address,
        # memory key.
        socket_dir = Path(lines[4]) if len(lines) > 4 and lines[4] else None  # noqa: PLR2004 - see the list above
        port = int(lines[3]) if len(lines) > 3 else 0  # noqa: PLR2004 - see the list above
        return Postmaster(abs(int(lines[0])), Path(lines[1]), socket_dir, port)
    except (FileNotFoundError, IndexError, ValueError):
        return None


def is_ours(postmaster: Postmaster, data_dir: Path) -> bool:
    """Tell whether the process that postmaster.pid names lives and really serves this data directory.

    After a crash the number may belong to a zombie or to any other program; both are "no".
    """
    if not _is_alive(postmaster.pid):
        return False
    working_folder = _working_folder(postmaster.pid)
    if working_folder is not None:
        return working_folder == data_dir.resolve()
    # No /proc (macOS): the file's own folder and the answer of the server have to do.
    return postmaster.data_dir.resolve() == data_dir.resolve() and is_answering(postmaster)


def is_answering(postmaster: Postmaster) -> bool:
    """Tell whether the server accepts connections on its socket."""
    if postmaster.socket_dir is None:
        return False
    address = f"host='{postmaster.socket_dir}' port={postmaster.port} connect_timeout=2"
    return pq.PGconn.ping(address.encode()) == pq.Ping.OK


def clear_stale_files(data_dir: Path, socket_dir: Path, *, patience: float = 20) -> None:
    """Remove the lock files of a dead server once nothing of it is left.

    PostgreSQL clears them itself unless their number is taken by a zombie or a stranger; then it refuses
    to start. Waits for orphaned server processes to go first: two servers on one directory would destroy it.
    Raises PostgresError when some do not go.
    """
    deadline = time.monotonic() + patience
    while left := processes_in(data_dir):
        if time.monotonic() > deadline:
            raise PostgresError(
                f"Processes {left} of an earlier PostgreSQL still work in {data_dir}. "
                "Wait until they end, or end them, then start again."
            )
        time.sleep(0.05)
    (data_dir / "postmaster.pid").unlink(missing_ok=True)
    for lock in socket_dir.glob(".s.PGSQL.*"):
        lock.unlink(missing_ok=True)


def processes_in(data_dir: Path) -> list[int]:
    """Return the living processes whose working folder is the data directory: PostgreSQL's all are."""
    resolved = data_dir.resolve()
    numbers = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    return sorted(number for number in numbers if _is_alive(number) and _working_folder(number) == resolved)


def processes_naming(path: Path) -> list[int]:
    """Return the living processes that were started with this path among their arguments."""
    wanted = os.fsencode(path)
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if wanted in arguments and int(entry.name) != os.getpid() and _is_alive(int(entry.name)):
            found.append(int(entry.name))
    return found


def end(pid: int) -> None:
    """Stop a server: politely, then firmly; SIGKILL is never needed for the data but may be for us."""
    for number, seconds in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
        if _ends_after(pid, number, seconds):
            return
    raise PostgresError(f"PostgreSQL (process {pid}) does not end, not even when killed.")


def kill(pid: int) -> None:
    """Kill a process whose work is worth nothing."""
    if not _ends_after(pid, signal.SIGKILL, 10.0):
        raise PostgresError(f"Process {pid} does not end, not even when killed.")


def _ends_after(pid: int, number: signal.Signals, seconds: float) -> bool:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return True
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        _reap(pid)
        if not _is_alive(pid):
            return True
        time.sleep(0.01)
    return False


def _is_alive(pid: int) -> bool:
    """A zombie has ended; only its number is still there."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        return status.rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self/stat").exists():
            return False
    except PermissionError:
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _working_folder(pid: int) -> Path | None:
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None


def _reap(pid: int) -> None:
    """Take a dead child's exit status, so that it does not stay as a zombie."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
