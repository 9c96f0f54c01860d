"""Opening a register file: what is in it decides the format, and its ending must agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.adapters.registers.columnar import ParquetSource
from kerong.adapters.registers.delimited import DelimitedSource
from kerong.adapters.registers.sources import Opening, Source, SourceError
from kerong.adapters.registers.spreadsheet import WorkbookSource

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = 8


def open_source(path: Path, opening: Opening) -> Source:
    """Open a register file by what is in it; its ending must agree. Raises SourceError."""
    if not path.exists():
        raise SourceError(f"没有这个文件：{path}")
    if not path.is_file():
        raise SourceError(f"这不是文件：{path}")
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise SourceError(f"{path.name} 是空文件。")
    ending = path.suffix.lower()
    if head.startswith(b"PAR1"):
        _agree(path, ending, {".parquet", ".pq"}, "Parquet")
        return ParquetSource(path, opening)
    if head.startswith(b"PK\x03\x04"):
        _agree(path, ending, {".xlsx"}, "xlsx")
        return WorkbookSource(path, opening)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise SourceError(
            f"{path.name} 是旧版 Excel（.xls）文件或加了密码的工作簿：请另存为不加密的 .xlsx 或 .csv 再导入。"
        )
    if head.lstrip().startswith((b"<", b"%PDF", b"{")) or ending in {".xlsx", ".xls", ".parquet", ".pq"}:
        raise SourceError(
            f"{path.name} 的内容不是 csv、xlsx 或 Parquet（开头是 {head!r}）：请确认文件没有损坏。"
        )
    _agree(path, ending, {".csv", ".tsv", ".txt"}, "csv")
    return DelimitedSource(path, opening)


def _agree(path: Path, ending: str, endings: set[str], format_name: str) -> None:
    if ending not in endings:
        wanted = "、".join(sorted(endings))
        raise SourceError(
            f"{path.name} 的内容是 {format_name}，扩展名却是 {ending or '（无）'}：应为 {wanted}。"
        )
