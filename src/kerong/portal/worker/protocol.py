"""One line in, one line out: reads requests without trusting them, and writes answers and errors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn

REQUEST_BYTES_MAX = 256_000
ID_LENGTH_MAX = 64
SECONDS_DEFAULT, SECONDS_MAX = 2.0, 120.0


class RequestRefusedError(ValueError):
    """A request that cannot be answered; ``kind`` tells clients which sort of reason the message gives."""

    def __init__(self, message: str, kind: str = "refused") -> None:
        self.kind = kind
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as read: its id to be repeated in the answer, what is asked, and how long it may take."""

    id: str | int | None
    name: str
    timeout_seconds: float
    arguments: dict[str, Any]


def read_request(line: bytes) -> Request:
    """Read one line. Raises RequestRefusedError (kind ``malformed``) for whatever is not a request."""
    try:
        found = json.loads(line.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise RequestRefusedError(f"not a line of JSON: {str(error)[:200]}", "malformed") from None
    if not isinstance(found, dict):
        raise RequestRefusedError("a request is a JSON object", "malformed")
    id_ = found.pop("id", None)
    seconds = found.pop("timeout_seconds", SECONDS_DEFAULT)
    name = found.pop("request", None)
    if not isinstance(name, str):
        raise RequestRefusedError('a request names itself: {"request": "status"}', "malformed")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= SECONDS_MAX:
        raise RequestRefusedError(f"timeout_seconds is a number up to {SECONDS_MAX:g}", "malformed")
    return Request(readable_id(id_), name, float(seconds), found)


def id_of(line: bytes) -> str | int | None:
    """Return the id of a line that is no good request, so that the error finds its way, or None."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return readable_id(found.get("id")) if isinstance(found, dict) else None


def readable_id(id_: object) -> str | int | None:
    """Return an id that may be repeated: a short text or a 64-bit number."""
    if isinstance(id_, str) and len(id_) <= ID_LENGTH_MAX:
        return id_
    if isinstance(id_, int) and not isinstance(id_, bool) and abs(id_) < 1 << 63:
        return id_
    return None


def answer_line(id_: str | int | None, answer: dict[str, Any]) -> bytes:
    """Write an answer."""
    return _line({"id": id_, "ok": True, "answer": answer})


def error_line(id_: str | int | None, kind: str, message: str) -> bytes:
    """Write an error."""
    return _line({"id": id_, "ok": False, "error": {"kind": kind, "message": message}})


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")
