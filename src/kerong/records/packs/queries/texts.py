"""The texts of a policies folder: read, hashed as a whole, and written back as a private folder."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from pathlib import Path

FILES_MAX = 5_000
BYTES_MAX = 2_000_000
_ASIDE = frozenset({"schema"})
_PATH = re.compile(r"(?:[a-z0-9][a-z0-9_-]*/)*[a-z0-9][a-z0-9_-]*(?:\.cases)?\.yaml")


class TextsRefusedError(ValueError):
    """A folder's files cannot become a release; ``problems`` says of each what is wrong."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


def read_texts(folder: Path) -> dict[str, str]:
    """Return the text of every policy file by its path in the folder: facts, sources, packs and cases.

    Raises TextsRefusedError naming every file that is not plain UTF-8, too large or oddly named.
    """
    texts: dict[str, str] = {}
    problems: list[str] = []
    for path in sorted(folder.rglob("*.yaml")):
        name = path.relative_to(folder).as_posix()
        if path.relative_to(folder).parts[0] in _ASIDE or not path.is_file():
            continue
        if not _PATH.fullmatch(name):
            problems.append(f"{name}: a path of small letters, digits, _ and - was expected")
        elif path.stat().st_size > BYTES_MAX:
            problems.append(f"{name}: {path.stat().st_size} bytes, at most {BYTES_MAX}")
        else:
            try:
                texts[name] = path.read_bytes().decode("utf-8")
            except (UnicodeDecodeError, OSError) as error:
                problems.append(f"{name}: cannot be read as UTF-8 ({error})")
            else:
                # PostgreSQL keeps no zero byte, and no policy needs one.
                if "\0" in texts[name]:
                    problems.append(f"{name}: holds a zero byte")
    if len(texts) > FILES_MAX:
        problems.append(f"{len(texts)} files, at most {FILES_MAX}")
    if problems:
        raise TextsRefusedError(problems)
    return texts


def problems_of_text(path: str, text: str) -> str:
    """Say what keeps one text from being a policy file, or return the empty text."""
    if not _PATH.fullmatch(path) or path.split("/", maxsplit=1)[0] in _ASIDE:
        return "a path of small letters, digits, _ and - was expected, ending in .yaml"
    if len(text.encode("utf-8", "replace")) > BYTES_MAX:
        return f"at most {BYTES_MAX} bytes"
    return "holds a zero byte" if "\0" in text else ""


def text_sha256(text: str) -> str:
    """Return the hash of one text."""
    return hashlib.sha256(text.encode()).hexdigest()


def texts_sha256(texts: dict[str, str]) -> str:
    """Return the hash of a whole folder's texts, paths included."""
    hashes = {path: text_sha256(text) for path, text in texts.items()}
    return hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()


def write_texts(texts: dict[str, str], folder: Path) -> Path:
    """Write texts into a private folder that appears whole or not at all; one that differs is replaced.

    Raises TextsRefusedError when a path would leave the folder.
    """
    if strange := [path for path in texts if not _PATH.fullmatch(path)]:
        raise TextsRefusedError([f"{path}: not a path of a policy file" for path in strange])
    if folder.is_dir() and _found(folder) == texts:
        return folder
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
    try:
        for name, text in texts.items():
            path = draft / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        _put_in_place(draft, folder, texts)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _put_in_place(draft: Path, folder: Path, texts: dict[str, str]) -> None:
    """Rename the draft; another process may do the same at this moment, with the same texts."""
    try:
        draft.rename(folder)
    except OSError:
        if folder.is_dir() and _found(folder) == texts:
            return
        aside = Path(tempfile.mkdtemp(prefix=".old-", dir=folder.parent))
        os.replace(folder, aside / "texts")  # noqa: PTH105 - replaces nothing: the name inside is new
        draft.rename(folder)
        shutil.rmtree(aside, ignore_errors=True)


def _found(folder: Path) -> dict[str, str] | None:
    try:
        return read_texts(folder)
    except TextsRefusedError:
        return None
