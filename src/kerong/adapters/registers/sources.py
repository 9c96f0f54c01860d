"""What every register file is once opened: columns, rows as batches of text, and what it may weigh."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


class SourceError(Exception):
    """A file that cannot be read as a register; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may weigh before it is refused (SEC-28)."""

    rows: int = 20_000_000
    columns: int = 500
    cell_characters: int = 32_767
    archive_members: int = 100
    archive_bytes: int = 200 * 1024 * 1024
    archive_ratio: int = 100
    batch_rows: int = 32_768


@dataclass(frozen=True, slots=True)
class Trouble:
    """A row the reader itself could not take apart."""

    row: int
    column: str
    value: str
    check: str


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Some rows as columns of text; ``rows`` holds their numbers in the file, the header being 1."""

    rows: NDArray[np.int64]
    columns: dict[str, pa.StringArray]
    troubles: Sequence[Trouble] = ()


class Source(Protocol):
    """A register file that has been opened and whose header is known."""

    format: str
    columns: list[str]
    notes: list[str]

    def batches(self, wanted: Sequence[str], limits: Limits) -> Iterator[RawBatch]:
        """Read the wanted columns once, from the first row to the last."""
        ...

    def progress(self) -> tuple[int, int]:
        """Return how much has been read and how much there is, in one unit."""
        ...


HeaderTest = Callable[[Sequence[str]], bool]


@dataclass(frozen=True, slots=True)
class Opening:
    """How to open: the sheet of a workbook, and what makes a row its header."""

    is_header: HeaderTest
    sheet: str = ""
    limits: Limits = field(default_factory=Limits)


def check_columns(columns: Sequence[str], limits: Limits) -> list[str]:
    """Return the header with blanks named and repeats numbered. Raises SourceError for too many columns."""
    if len(columns) > limits.columns:
        raise SourceError(f"有 {len(columns)} 列，超过上限 {limits.columns} 列。")
    seen: dict[str, int] = {}
    named: list[str] = []
    for position, column in enumerate(columns, start=1):
        name = column.strip().lstrip("﻿") or f"（第{position}列）"
        seen[name] = seen.get(name, 0) + 1
        named.append(name if seen[name] == 1 else f"{name} #{seen[name]}")
    return named


def check_archive(path: Path, limits: Limits) -> None:
    """Refuse an archive that is too large unpacked, hides another one or climbs out. Raises SourceError."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile:
        raise SourceError(f"{path.name} 已损坏：不是完整的 xlsx 文件。") from None
    if len(members) > limits.archive_members:
        raise SourceError(f"{path.name} 内含 {len(members)} 个文件，超过上限 {limits.archive_members} 个。")
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.archive_bytes:
        raise SourceError(
            f"{path.name} 解压后超过 {limits.archive_bytes // 1024 // 1024} MB：请改用 csv 或 Parquet。"
        )
    for member in members:
        link = (member.external_attr >> 16) & 0o170000 == 0o120000  # noqa: PLR2004 - the mode bits of a symlink
        climbs = member.filename.startswith("/") or ".." in member.filename.split("/")
        nested = member.filename.lower().endswith((".zip", ".xlsx", ".gz", ".7z", ".rar"))
        packed_tight = member.file_size > limits.archive_ratio * max(member.compress_size, 1_024)
        if link or climbs or nested or packed_tight:
            raise SourceError(
                f"{path.name} 内的 {member.filename!r} 不可接受（链接、越界路径、嵌套压缩包或压缩比过高）。"
            )
