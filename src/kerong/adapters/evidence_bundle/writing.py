"""Writes a bundle: events, checkpoints, keys, sealed rows, and the script that checks them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

SCRIPT = Path(__file__).with_name("verify_evidence.py")
READ_ME = """存证包 / Bundle of evidence

用任何一台装有 Python 3.9 以上的电脑核验，不需要本系统：
Verify with any Python 3.9 or newer, without the software that made it:

    python verify_evidence.py .

events.jsonl      每件事项、所在序列和链摘要 / every event, its stream and chained hash
checkpoints/      签名检查点（可与别处留存的对照）/ signed checkpoints, to be compared with copies kept elsewhere
public_keys.json  公钥；请与系统外公布的公钥核对 / public keys; compare them with those published elsewhere
rows.jsonl        封存行的现有内容（如有）/ present content of sealed rows, if included
manifest.json     各文件的 SHA-256
"""


class Entry(NamedTuple):
    """One event as it stands in the bundle; ``event`` is its canonical text."""

    number: int
    stream: str
    position: int
    leaf: str
    hash: str
    event: str


class Row(NamedTuple):
    """One sealed row; ``content`` is the canonical text of its sealed columns."""

    table: str
    row_id: str
    content: str


def write_bundle(
    folder: Path,
    *,
    entries: Iterable[Entry],
    notes: Iterable[tuple[int, str]],
    public_keys: dict[str, list[str]],
    rows: Iterable[Row] | None = None,
) -> dict[str, int]:
    """Write a bundle into a folder that does not exist yet and return how much is in it. Raises FileExistsError."""
    folder.mkdir(parents=True)
    (folder / "checkpoints").mkdir()
    counts = {
        "events": _lines(folder / "events.jsonl", (entry._asdict() for entry in entries)),
        "checkpoints": 0,
    }
    for size, note in notes:
        (folder / "checkpoints" / f"{size:012d}.txt").write_text(note, encoding="utf-8")
        counts["checkpoints"] += 1
    (folder / "public_keys.json").write_text(json.dumps(public_keys, indent=1), encoding="utf-8")
    if rows is not None:
        counts["rows"] = _lines(folder / "rows.jsonl", (row._asdict() for row in rows))
    (folder / SCRIPT.name).write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "README.txt").write_text(READ_ME, encoding="utf-8")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {path.relative_to(folder).as_posix(): _sha256(path) for path in files}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return counts


def _lines(path: Path, rows: Iterable[dict[str, object]]) -> int:
    number = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            number += 1
    return number


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
