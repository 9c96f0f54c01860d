"""The manifest of a backup: which files, which rows, which evidence; written last, so that it stands for all."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

NAME = "manifest.json"
FORM = 1
PREFIX = "kerong-"
_READ = 1 << 20


class BackupError(RuntimeError):
    """A backup cannot be made, or cannot be trusted or restored; the message says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds, as it was when it was made."""

    made_at: str
    version: str
    server: str
    # Table → [rows, digest over all of them in any order].
    tables: dict[str, list[Any]]
    evidence_size: int
    evidence_root: str
    # File → [bytes, SHA-256], as it lies in the folder.
    files: dict[str, list[Any]]
    snapshots: dict[str, str] = field(default_factory=dict)
    is_encrypted: bool = False
    seconds: float = 0.0
    form: int = FORM

    @property
    def moment(self) -> datetime:
        """When it was begun."""
        return datetime.fromisoformat(self.made_at)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(int(each[0]) for each in self.files.values())

    @property
    def row_count(self) -> int:
        """Rows of all tables."""
        return sum(int(each[0]) for each in self.tables.values())


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into a folder."""
    (folder / NAME).write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8")


def read(folder: Path) -> Manifest:
    """Read the manifest of a folder. Raises BackupError."""
    try:
        content = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if content["form"] != FORM:
            raise BackupError(f"{folder} has form {content['form']}, this version reads form {FORM}")
        return Manifest(**content)
    except FileNotFoundError:
        raise BackupError(f"{folder} has no {NAME}: it is no backup, or one that was not finished") from None
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{folder / NAME} cannot be read: {error}") from None


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file with the manifest. Raises BackupError naming each that differs."""
    wrong = [
        name
        for name, (_size, digest) in manifest.files.items()
        if not (folder / name).is_file() or sha256(folder / name) != digest
    ]
    if wrong:
        raise BackupError(
            f"these files are missing or were changed since the backup: {', '.join(sorted(wrong))}"
        )


def listed(folder: Path) -> list[tuple[Path, Manifest]]:
    """Return the finished backups in a folder, the latest first."""
    found: list[tuple[Path, Manifest]] = []
    for place in folder.glob(f"{PREFIX}*/{NAME}"):
        try:
            found.append((place.parent, read(place.parent)))
        except BackupError:
            continue
    return sorted(found, key=lambda each: each[1].made_at, reverse=True)


def sha256(path: Path) -> str:
    """Return the digest of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_READ):
            digest.update(piece)
    return digest.hexdigest()
