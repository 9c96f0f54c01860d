"""The worker's private socket: several clients, one line a request, time-outs, and a clean end."""

from __future__ import annotations

import fcntl
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog

from kerong.adapters.worker_client import folder_problem, socket_path
from kerong.portal.home import make_private_folder
from kerong.portal.worker.answers import Answers
from kerong.portal.worker.protocol import (
    REQUEST_BYTES_MAX,
    Request,
    RequestRefusedError,
    answer_line,
    error_line,
    id_of,
    read_request,
)

if TYPE_CHECKING:
    from pathlib import Path

    from kerong.portal.worker.holding import Holding

CLIENTS_MAX = 64
PATIENCE_SECONDS = 3.0
IDLE_SECONDS = 300.0
COMPUTING_THREADS = 4
SLOW = frozenset({"what_if"})
"""Requests that go through the pool, so that a time-out can be kept; the others are answered at once."""
log = structlog.get_logger(__name__)


class WorkerStartError(RuntimeError):
    """The worker cannot start; the message is for the person at the keyboard."""


class AlreadyRunningError(WorkerStartError):
    """Another worker serves this home folder."""


class WorkerServer:
    """Listens for one home folder; the holder of its lock is the only one."""

    def __init__(self, home: Path, holding: Holding) -> None:
        self.home = home
        self.path = socket_path(home)
        self.answers = Answers(holding)
        self._clients: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._pool = ThreadPoolExecutor(COMPUTING_THREADS, thread_name_prefix="answer")
        self._lock = _only_one(home)
        self._listener = self._listen()

    def serve(self) -> None:
        """Accept clients until `close` is called."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._guard:
                is_full = len(self._clients) >= CLIENTS_MAX
                if not is_full:
                    self._clients.add(client)
            if is_full:
                with client, suppress(OSError):
                    client.sendall(error_line(None, "refused", "too many clients at once"))
                continue
            threading.Thread(target=self._attend, args=(client,), daemon=True).start()

    def close(self) -> None:
        """Stop listening, let go of the clients, and leave no file behind."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._guard:
            for client in self._clients:
                with suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)
        self.path.unlink(missing_ok=True)
        self._pool.shutdown(wait=False, cancel_futures=True)
        os.close(self._lock)

    def _listen(self) -> socket.socket:
        make_private_folder(self.path.parent)
        if problem := folder_problem(self.path.parent):
            raise WorkerStartError(f"{problem}. Remove it, or set KERONG_HOME to a folder of your own.")
        # We hold the lock, so whoever made this file is gone.
        self.path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            listener.bind(str(self.path))
        finally:
            os.umask(before)
        listener.listen(CLIENTS_MAX)
        return listener

    def _attend(self, client: socket.socket) -> None:
        """Answer one client's lines until it leaves; whatever it sends, only its own connection ends."""
        try:
            client.settimeout(IDLE_SECONDS)
            with client.makefile("rb") as lines:
                while line := lines.readline(REQUEST_BYTES_MAX + 1):
                    if len(line) > REQUEST_BYTES_MAX:
                        message = f"a request has at most {REQUEST_BYTES_MAX} bytes"
                        client.sendall(error_line(None, "malformed", message))
                        return
                    client.sendall(self._reply(line))
        except (OSError, ValueError):
            return  # The client left, or was too slow.
        finally:
            with self._guard:
                self._clients.discard(client)
            client.close()

    def _reply(self, line: bytes) -> bytes:
        try:
            request = read_request(line)
        except RequestRefusedError as refused:
            return error_line(id_of(line), refused.kind, str(refused))
        try:
            return answer_line(request.id, self._answered(request))
        except RequestRefusedError as refused:
            return error_line(request.id, refused.kind, str(refused))
        except FutureTimeoutError:
            # What began goes on, and its result is kept: the same question is answered at once the next time.
            return error_line(request.id, "late", f"没有在 {request.timeout_seconds:g} 秒内算完，请稍后再问")
        except Exception as error:
            log.exception("worker.failed", request=request.name)
            return error_line(request.id, "failed", f"测算出错（{type(error).__name__}），已记入日志")

    def _answered(self, request: Request) -> dict[str, Any]:
        if request.name not in SLOW:
            return self.answers.answer(request)
        future = self._pool.submit(self.answers.answer, request)
        try:
            return future.result(timeout=request.timeout_seconds)
        finally:
            future.cancel()


def _only_one(home: Path) -> int:
    """Take the home folder's worker lock. Raises AlreadyRunningError naming the process that has it."""
    make_private_folder(home)
    folder = make_private_folder(home / "run")
    lock = os.open(folder / "worker.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    # An orphan of a killed service needs a moment to notice and go.
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (is_ours := _locked(lock)) and time.monotonic() < deadline:
        time.sleep(0.05)
    if not is_ours:
        other = os.read(lock, 32).decode("ascii", "replace").strip() or "unknown"
        os.close(lock)
        raise AlreadyRunningError(
            f"A worker already runs for {home} (process {other}). Stop it first, or set KERONG_HOME to "
            "another folder."
        )
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
