"""Keys with an identity: id, purpose, algorithm, day of birth and state, kept in one file that only its owner reads."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime
    from pathlib import Path

State: TypeAlias = Literal["active", "retired"]


class KeyMissingError(ValueError):
    """A key is missing or the file of keys cannot be used."""


@dataclass(frozen=True, slots=True)
class Key:
    """One secret key. A retired key still opens and verifies what it made, and makes nothing new."""

    id: str
    purpose: str
    algorithm: str
    created_at: str
    state: State
    secret: str

    @property
    def material(self) -> bytes:
        """The secret bytes."""
        return base64.b64decode(self.secret)


class KeyRing(Protocol):
    """Keys by purpose: one active, any number retired."""

    def active(self, purpose: str) -> Key:
        """Return the key that makes new things; makes one the first time where the ring may."""
        ...

    def by_id(self, key_id: str) -> Key:
        """Return a key, active or retired. Raises KeyMissingError."""
        ...

    def keys(self) -> list[Key]:
        """Return all keys, the oldest first."""
        ...

    def rotate(self, purpose: str) -> Key:
        """Retire the active key of a purpose and return the new one."""
        ...


class MemoryKeyRing:
    """Keys that end with the process: for tests."""

    def __init__(self, *, algorithms: dict[str, str] | None = None, at: str = "") -> None:
        self._keys: list[Key] = []
        self._algorithms = algorithms or {}
        self._at = at

    def active(self, purpose: str) -> Key:
        """Return the active key of a purpose, making one the first time."""
        for key in self._keys:
            if key.purpose == purpose and key.state == "active":
                return key
        return self._add(_new_key(purpose, self._algorithms.get(purpose, "aes-256-gcm"), self._at))

    def by_id(self, key_id: str) -> Key:
        """Return a key. Raises KeyMissingError."""
        return _find(self._keys, key_id)

    def keys(self) -> list[Key]:
        """Return all keys."""
        return list(self._keys)

    def rotate(self, purpose: str) -> Key:
        """Retire the active key and return a new one of the same algorithm."""
        old = self.active(purpose)
        self._keys = [replace(key, state="retired") if key.id == old.id else key for key in self._keys]
        return self._add(_new_key(purpose, old.algorithm, self._at))

    def _add(self, key: Key) -> Key:
        self._keys.append(key)
        return key


class FileKeyRing:
    """Keys in a JSON file with mode 0600; several processes may use it at once."""

    def __init__(self, path: Path, *, now: datetime, algorithms: dict[str, str], may_make: bool) -> None:
        self._path = path
        self._now = now
        self._algorithms = algorithms
        self._may_make = may_make
        self._known = self._read()

    def active(self, purpose: str) -> Key:
        """Return the active key; makes one the first time, unless the ring may not. Raises KeyMissingError."""
        found = _active(self._known, purpose)
        if found is None:
            self._known = self._read()
            found = _active(self._known, purpose)
        if found is not None:
            return found
        if not self._may_make:
            raise KeyMissingError(
                f"There is no key for {purpose} in {self._path.name}. `kerong init` makes it."
            )
        with self._changing() as keys:
            found = _active(keys, purpose)
            if found is None:
                found = _new_key(purpose, self._algorithms.get(purpose, "aes-256-gcm"), self._now.isoformat())
                keys.append(found)
        return found

    def by_id(self, key_id: str) -> Key:
        """Return a key; reads the file again when it is not known yet. Raises KeyMissingError."""
        if all(key.id != key_id for key in self._known):
            self._known = self._read()
        return _find(self._known, key_id)

    def keys(self) -> list[Key]:
        """Return all keys, read anew."""
        self._known = self._read()
        return list(self._known)

    def rotate(self, purpose: str) -> Key:
        """Retire the active key and return a new one of the configured algorithm."""
        with self._changing() as keys:
            for place, key in enumerate(keys):
                if key.purpose == purpose and key.state == "active":
                    keys[place] = replace(key, state="retired")
            new = _new_key(purpose, self._algorithms.get(purpose, "aes-256-gcm"), self._now.isoformat())
            keys.append(new)
        return new

    def _read(self) -> list[Key]:
        if not self._path.exists():
            return []
        try:
            return [Key(**each) for each in json.loads(self._path.read_text(encoding="utf-8"))["keys"]]
        except (ValueError, KeyError, TypeError) as error:
            raise KeyMissingError(
                f"{self._path} is not a file of keys: {error}. Restore it from a backup."
            ) from error

    @contextmanager
    def _changing(self) -> Generator[list[Key]]:
        """Read, change and replace the file under a lock, so that two processes never make two active keys."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self._path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            keys = self._read()
            yield keys
            draft = self._path.with_suffix(".draft")
            draft.unlink(missing_ok=True)
            descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump({"keys": [asdict(key) for key in keys]}, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
            self._known = keys
        finally:
            os.close(lock)


def _new_key(purpose: str, algorithm: str, at: str) -> Key:
    size = 16 if algorithm == "sm4-gcm" else 32
    return Key(
        secrets.token_hex(6),
        purpose,
        algorithm,
        at,
        "active",
        base64.b64encode(secrets.token_bytes(size)).decode(),
    )


def _active(keys: list[Key], purpose: str) -> Key | None:
    return next((key for key in keys if key.purpose == purpose and key.state == "active"), None)


def _find(keys: list[Key], key_id: str) -> Key:
    for key in keys:
        if key.id == key_id:
            return key
    raise KeyMissingError(f"key {key_id} is not in the ring")
