"""A register as a Parquet file, read batch by batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kerong.adapters.registers.sources import Limits, Opening, RawBatch, SourceError, check_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class ParquetSource:
    """A Parquet file; every column is read as text, so that one path checks all formats."""

    format = "Parquet"

    def __init__(self, path: Path, opening: Opening) -> None:
        self._path = path
        try:
            self._file = pq.ParquetFile(path, memory_map=False, buffer_size=1 << 20, pre_buffer=False)
        except (pa.ArrowException, OSError) as error:
            raise SourceError(f"{path.name} 不是完整的 Parquet 文件，可能在传输中被截断：{error}") from None
        self._original = list(self._file.schema_arrow.names)
        self.columns = check_columns(self._original, opening.limits)
        self.notes: list[str] = []
        self._total: int = self._file.metadata.num_rows
        self._done = 0
        if self._total > opening.limits.rows:
            raise SourceError(f"{path.name} 有 {self._total:,} 行，超过上限 {opening.limits.rows:,} 行。")

    def progress(self) -> tuple[int, int]:
        """Return rows read and rows in all."""
        return self._done, self._total

    def batches(self, wanted: Sequence[str], limits: Limits) -> Iterator[RawBatch]:
        """Read the wanted columns. Raises SourceError where a page of the file is damaged."""
        originals = dict(zip(self.columns, self._original, strict=True))
        names = [originals[name] for name in wanted]
        try:
            for batch in self._file.iter_batches(limits.batch_rows, columns=names, use_threads=False):
                rows = np.arange(self._done + 2, self._done + 2 + batch.num_rows, dtype=np.int64)
                columns = {name: as_text(batch.column(originals[name])) for name in wanted}
                self._done += batch.num_rows
                yield RawBatch(rows, columns)
        except (pa.ArrowException, OSError) as error:
            raise SourceError(f"{self._path.name} 在第 {self._done + 2:,} 行之后损坏：{error}") from None


def as_text(column: pa.Array[Any]) -> pa.StringArray:
    """Return a column as text. Raises SourceError for nested columns, which hold no single value."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        raise SourceError(f"有一列的类型是 {column.type}：登记册的列应为文本、数字或日期。")
    text = column.cast(pa.string())
    # A damaged page may hold bytes that are no text; Arrow looks only when asked.
    text.validate(full=True)
    return text
