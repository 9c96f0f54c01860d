"""The witness outside the database: keeps every signed checkpoint in a file, and tells when the database goes back.

A restored older database has fewer events than were signed, or other ones. Then the service answers reads only, until
a person has looked (see docs/how_to/verify_evidence.md).
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from kerong.basics import checkpoints as notes
from kerong.portal.home import home_folder, make_private_folder
from kerong.records.evidence import queries as evidence

READ_ONLY_FILE = "read_only"


def witness_folder() -> Path:
    """Return where checkpoints are kept outside the database: KERONG_WITNESS, else a folder of the home."""
    return Path(os.environ.get("KERONG_WITNESS") or home_folder() / "witness")


def keep(size: int, note: str) -> Path:
    """Keep a signed checkpoint as a file of its own; the latest is also `latest.txt`. Twice changes nothing."""
    folder = make_private_folder(witness_folder())
    path = folder / f"{size:012d}.txt"
    for place in (path, folder / "latest.txt"):
        draft = place.with_suffix(".draft")
        draft.write_text(note, encoding="utf-8")
        draft.replace(place)
    return path


def disagreement() -> str:
    """Return in words how the database contradicts the witness, or an empty text when it does not."""
    latest = witness_folder() / "latest.txt"
    if not latest.exists():
        return ""
    statement, _lines = notes.read(latest.read_text(encoding="utf-8"))
    size = evidence.tree_size()
    if statement.size > size:
        return f"见证文件记有 {statement.size} 件事项，数据库只有 {size} 件：数据库可能被恢复到了较早的状态"
    if evidence.root_at(statement.size) != statement.root.hex():
        return f"前 {statement.size} 件事项的根摘要与见证文件不符：历史被改写"
    return ""


def close(why: str) -> None:
    """Let the service answer reads only, from the next request on."""
    make_private_folder(home_folder())
    (home_folder() / READ_ONLY_FILE).write_text(
        json.dumps({"why": why}, ensure_ascii=False), encoding="utf-8"
    )


def open_again() -> None:
    """Let the service write again."""
    (home_folder() / READ_ONLY_FILE).unlink(missing_ok=True)


def closed_because() -> str:
    """Return why the service answers reads only, or an empty text."""
    try:
        return str(json.loads((home_folder() / READ_ONLY_FILE).read_text(encoding="utf-8"))["why"])
    except FileNotFoundError:
        return ""
    except (ValueError, KeyError):
        return "只读"
