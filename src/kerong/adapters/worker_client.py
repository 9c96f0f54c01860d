"""Asks the resident worker over its private socket: one request, one answer, or a plain reason why not."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import stat
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings

PATH_BYTES_MAX = 107
"""A socket's path has room for no more."""
ANSWER_BYTES_MAX = 16_000_000
SOCKET_NAME = "worker.sock"


class WorkerCold(RuntimeError):  # noqa: N818 - a state that pages show, not a mistake
    """The worker is warming up (预热中); ask again in a few seconds."""


class WorkerGone(RuntimeError):  # noqa: N818 - a state that pages show, not a mistake
    """No worker answers here; it may be starting again."""


class WorkerLate(WorkerGone):
    """The worker did not answer in time; it may still be working."""


class WorkerRefused(RuntimeError):  # noqa: N818 - a state that pages show, not a mistake
    """The worker cannot answer this request; the message says why."""


def ask(request: dict[str, Any], *, timeout_seconds: float = 2.0, home: Path | None = None) -> dict[str, Any]:
    """Send one request, such as ``{"request": "counts"}``, and return the answer.

    Raises WorkerCold, WorkerRefused, WorkerLate, or WorkerGone when nobody answers.
    """
    sent = {"id": uuid.uuid4().hex, "timeout_seconds": timeout_seconds, **request}
    # A little longer than the worker takes to say that it is late.
    deadline = time.monotonic() + timeout_seconds + 0.5
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout_seconds)
            connection.connect(str(_checked_path(home or settings.KERONG_HOME)))
            connection.sendall(json.dumps(sent, ensure_ascii=False).encode() + b"\n")
            line = _line(connection, deadline)
    except TimeoutError as error:
        raise WorkerLate(f"测算进程没有在 {timeout_seconds:g} 秒内回答") from error
    except OSError as error:
        raise WorkerGone(f"测算进程没有运行（{error.strerror or error}）") from error
    return _answer(line)


def socket_path(home: Path) -> Path:
    """Return where the worker of a home folder listens; for a long path that is a short private place."""
    path = home / "run" / SOCKET_NAME
    if len(os.fsencode(path)) <= PATH_BYTES_MAX:
        return path
    digest = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:12]
    for base in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - a private folder, its owner is checked
        path = Path(base) / f"kerong-{os.geteuid()}-{digest}-run" / SOCKET_NAME
        if len(os.fsencode(path)) <= PATH_BYTES_MAX:
            break
    return path


def folder_problem(folder: Path) -> str | None:
    """Say why a socket's folder is not private, or None when it is ours alone."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        return f"{folder} is no folder"
    if found.st_uid != os.geteuid():
        return f"{folder} belongs to user id {found.st_uid}, you are {os.geteuid()}"
    if found.st_mode & 0o077:
        return f"{folder} can be entered by others"
    return None


def _checked_path(home: Path) -> Path:
    """Return the socket's path; somebody else's folder in its place must not get our questions."""
    path = socket_path(home)
    if problem := folder_problem(path.parent):
        raise WorkerGone(problem)
    return path


def _line(connection: socket.socket, deadline: float) -> bytes:
    received = bytearray()
    while not received.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        part = connection.recv(1 << 16)
        if not part:
            raise WorkerGone("测算进程在回答之前结束了")
        received += part
        if len(received) > ANSWER_BYTES_MAX:
            raise WorkerRefused(f"the answer is larger than {ANSWER_BYTES_MAX} bytes")
    return bytes(received)


def _answer(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
        if found["ok"]:
            answer: dict[str, Any] = found["answer"]
            return answer
        kind, message = found["error"]["kind"], found["error"]["message"]
    except (ValueError, KeyError, TypeError) as error:
        raise WorkerGone("测算进程的回答无法读懂") from error
    raise {"cold": WorkerCold, "late": WorkerLate}.get(kind, WorkerRefused)(message)
