"""Signed checkpoints of a log, as text that anybody can read and check: origin, size, root, and signature lines.

The form is the signed note of C2SP tlog-checkpoint. An Ed25519 line carries, in base64, four bytes that name the key
and then the signature over everything before the empty line.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

DASH = "\u2014"
_ED25519 = b"\x01"
_LINES = 3


class CheckpointError(ValueError):
    """A text that is no checkpoint."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the signed part: three lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class SignedLine:
    """One signature: who, which key, and the signature itself."""

    name: str
    key_hash: bytes
    signature: bytes

    def text(self) -> str:
        """Return the line."""
        return f"{DASH} {self.name} {base64.b64encode(self.key_hash + self.signature).decode()}\n"


def key_hash(name: str, public_key: bytes) -> bytes:
    """Return the four bytes by which a signature line names an Ed25519 key."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def write(statement: Statement, lines: Sequence[SignedLine]) -> str:
    """Return the whole checkpoint."""
    return statement.text() + "\n" + "".join(line.text() for line in lines)


def read(note: str) -> tuple[Statement, list[SignedLine]]:
    """Take a checkpoint apart. Raises CheckpointError."""
    head, empty, tail = note.partition("\n\n")
    parts = head.split("\n")
    if not empty or len(parts) < _LINES:
        raise CheckpointError("a checkpoint has origin, size and root, an empty line, and signatures")
    try:
        statement = Statement(parts[0], int(parts[1]), base64.b64decode(parts[2], validate=True))
        lines = [_line(text) for text in tail.splitlines() if text]
    except ValueError as error:
        raise CheckpointError(f"this checkpoint cannot be read: {error}") from None
    return statement, lines


def _line(text: str) -> SignedLine:
    dash, name, encoded = text.rsplit(" ", 2) if text.count(" ") >= 2 else ("", "", "")  # noqa: PLR2004 - dash, name, signature
    if dash != DASH:
        raise CheckpointError(f"not a signature line: {text[:40]!r}")
    raw = base64.b64decode(encoded, validate=True)
    return SignedLine(name, raw[:4], raw[4:])
