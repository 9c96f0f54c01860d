"""A register as delimited text: encoding and delimiter found out, rows read in batches by Arrow."""

from __future__ import annotations

import codecs
import csv
import io
import threading
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from kerong.adapters.registers.sources import (
    Limits,
    Opening,
    RawBatch,
    SourceError,
    Trouble,
    check_columns,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_SAMPLE = 256 * 1024
_BLOCK = 4 * 1024 * 1024
_HEADER_SEARCH = 20
_DELIMITERS = (",", "\t", ";", "|")
_SHOWN = 200


class DelimitedSource:
    """A csv, tsv or semicolon file in UTF-8 or GB 18030."""

    format = "csv"

    def __init__(self, path: Path, opening: Opening) -> None:
        self._path = path
        self._size = path.stat().st_size
        self._at = 0
        self.encoding = find_encoding(path)
        sample = _sample(path, self.encoding)
        self.delimiter = find_delimiter(sample)
        first_rows, line_numbers = _first_rows(sample, self.delimiter)
        if not first_rows:
            raise SourceError(f"{path.name} 没有内容。")
        self._header = next((at for at, row in enumerate(first_rows) if opening.is_header(row)), 0)
        self.columns = check_columns(first_rows[self._header], opening.limits)
        self._header_lines = line_numbers[self._header]
        self.notes = [f"编码 {self.encoding}，分隔符 {self.delimiter!r}"]
        if self._header:
            self.notes.append(f"表头在第 {self._header + 1} 行，其上 {self._header} 行略过")

    def progress(self) -> tuple[int, int]:
        """Return bytes read and bytes in all."""
        return self._at, self._size

    def batches(self, wanted: Sequence[str], limits: Limits) -> Iterator[RawBatch]:
        """Read the wanted columns; rows with too many or too few cells come back as troubles."""
        skipped = _Skipped(self._header_lines)
        text = pa.string()
        try:
            with pa.OSFile(str(self._path)) as file:
                reader = pacsv.open_csv(
                    file,
                    read_options=pacsv.ReadOptions(
                        use_threads=False,
                        block_size=_BLOCK,
                        skip_rows=self._header_lines,
                        column_names=self.columns,
                        encoding="utf8" if self.encoding.startswith("utf-8") else self.encoding,
                    ),
                    parse_options=pacsv.ParseOptions(
                        delimiter=self.delimiter,
                        newlines_in_values=True,
                        ignore_empty_lines=False,
                        invalid_row_handler=skipped.take,
                    ),
                    convert_options=pacsv.ConvertOptions(
                        column_types=dict.fromkeys(self.columns, text),
                        include_columns=list(wanted),
                        strings_can_be_null=True,
                        quoted_strings_can_be_null=True,
                        null_values=[""],
                    ),
                )
                yield from self._read(reader, skipped, wanted, limits, file)
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return
            raise SourceError(f"{self._path.name} 读不下去了：{error}") from None
        except (pa.ArrowException, UnicodeError) as error:
            raise SourceError(f"{self._path.name} 读不下去了：{error}") from None

    def _read(
        self,
        reader: pacsv.CSVStreamingReader,
        skipped: _Skipped,
        wanted: Sequence[str],
        limits: Limits,
        file: pa.OSFile,
    ) -> Iterator[RawBatch]:
        count = blank = 0
        first = self._header_lines + 1
        for batch in reader:
            self._at = min(file.tell(), self._size)
            positions = skipped.number(batch.num_rows)
            count += batch.num_rows
            if count > limits.rows:
                raise SourceError(f"{self._path.name} 超过上限 {limits.rows:,} 行。")
            for start in range(0, batch.num_rows, limits.batch_rows):
                part = batch.slice(start, limits.batch_rows)
                rows = positions[start : start + part.num_rows] + first
                columns = {name: part.column(name) for name in wanted}
                filled = _filled(columns)
                blank += len(rows) - int(filled.sum())
                columns = {name: column.filter(pa.array(filled)) for name, column in columns.items()}
                yield RawBatch(rows[filled], columns, skipped.troubles(first))
        if blank:
            self.notes.append(f"略过 {blank:,} 个空白行（读入的各列都没有内容）")
        left = skipped.troubles(first)
        if left:
            empty = pa.array([], type=pa.string())
            yield RawBatch(np.empty(0, dtype=np.int64), dict.fromkeys(wanted, empty), left)


def _filled(columns: dict[str, pa.StringArray]) -> NDArray[np.bool_]:
    filled = [column.is_valid().to_numpy(zero_copy_only=False) for column in columns.values()]
    return np.logical_or.reduce(filled)


class _Skipped:
    """Rows Arrow could not split; they shift the numbers of those that follow."""

    def __init__(self, lines_above: int) -> None:
        self._lock = threading.Lock()
        self._lines_above = lines_above
        self._positions: list[int] = []
        self._waiting: list[tuple[int, str]] = []
        self._next = 0
        self._passed = 0

    def take(self, row: pacsv.InvalidRow) -> str:
        """Note a row that has too many or too few cells, and let the reading go on."""
        with self._lock:
            # Arrow numbers rows from 1 and counts the lines above the first record.
            at = -1 if row.number is None else int(row.number) - 1 - self._lines_above
            self._positions.append(at)
            if row.text.strip(' \t\r\n,;|"') or row.actual_columns > 1:
                self._waiting.append((at, f"{row.actual_columns} 列：{row.text[:_SHOWN]}"))
        return "skip"

    def number(self, count: int) -> NDArray[np.int64]:
        """Return the positions in the file of the next ``count`` good rows."""
        with self._lock:
            bad = sorted(self._positions[self._passed :])
        positions = np.arange(self._next, self._next + count, dtype=np.int64)
        for at in bad:
            if count and at > positions[-1]:
                break
            positions[positions >= at] += 1
            self._passed += 1
        self._next = int(positions[-1]) + 1 if count else self._next
        return positions

    def troubles(self, first: int) -> list[Trouble]:
        """Return what was noted since the last call."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        return [Trouble(at + first, "", text, "row_width") for at, text in waiting]


def find_encoding(path: Path) -> str:
    """Return ``utf-8-sig``, ``utf-8`` or ``gb18030`` after looking at every byte. Raises SourceError."""
    with path.open("rb") as file:
        head = file.read(4)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise SourceError(f"{path.name} 是 UTF-16 编码：请另存为 UTF-8 的 csv 再导入。")
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        file.seek(0)
        for name in ("utf-8", "gb18030"):
            file.seek(0)
            if _decodes(file, name):
                return name
    raise SourceError(f"{path.name} 的编码既不是 UTF-8 也不是 GB 18030：请另存为 UTF-8 的 csv 再导入。")


def _decodes(file: io.BufferedReader, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(1 << 20):
            if b"\0" in block:
                return False
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _sample(path: Path, encoding: str) -> str:
    with path.open("rb") as file:
        return codecs.getincrementaldecoder(encoding)().decode(file.read(_SAMPLE))


def find_delimiter(sample: str) -> str:
    """Return the delimiter that splits the first lines evenly into the most columns, else the comma."""

    def evenness(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in _first_rows(sample, delimiter)[0] if any(row)]
        if not widths:
            return (0, 0)
        usual = max(set(widths), key=widths.count)
        return (widths.count(usual) * (usual > 1), usual)

    return max(_DELIMITERS, key=evenness)


def _first_rows(sample: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """Return the first rows, and the line on which each ends: a quoted cell may hold line breaks."""
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            rows.append(row)
            lines.append(reader.line_num)
            if len(rows) == _HEADER_SEARCH:
                break
    except csv.Error:
        return rows, lines
    return rows, lines
