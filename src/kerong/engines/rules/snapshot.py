"""A snapshot of facts: a memory-mapped column store with manifest and content hash, built once from Parquet."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from kerong.engines.rules import derived
from kerong.engines.rules.graph import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kerong.engines.rules.model import Fact

Ints = NDArray[np.int64]
Codes = NDArray[np.uint16]

FORMAT = 1
_FLAGS = ("0", "1")
_STRIDE = 64
_MAX_CLASSES = 65_000


class SnapshotError(ValueError):
    """A snapshot that cannot be built or opened, with what to do."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Facts of firms, column by column.

    ``numbers`` has shape (numeric facts, stride) and holds stored units, missing as the lowest 64-bit integer;
    ``codes`` has shape (codes and flags, stride) and holds 1-based positions in the fact's sorted dictionary, 0
    when missing. ``stride`` is ``rows`` rounded up to 64. ``keys`` names the firms (统一社会信用代码), or is None.
    """

    rows: int
    on: date
    number_rows: Mapping[str, int]
    code_rows: Mapping[str, int]
    dictionaries: Mapping[str, Sequence[str]]
    numbers: Ints
    codes: Codes
    keys: pa.Array[Any] | None = None
    sha256: str = ""
    notes: Mapping[str, str] = field(default_factory=dict[str, str])

    def coded(self) -> dict[str, tuple[int, Sequence[str]]]:
        """Return for every code and flag its row and dictionary."""
        return {name: (row, self.dictionaries[name]) for name, row in self.code_rows.items()}

    def firm(self, row: int) -> dict[str, int | str]:
        """Return the known facts of one firm: stored integers, flags as 0 or 1, codes as text."""
        found: dict[str, int | str] = {}
        for name, position in self.number_rows.items():
            value = int(self.numbers[position, row])
            if value != MISSING:
                found[name] = value
        for name, position in self.code_rows.items():
            value = int(self.codes[position, row])
            if value:
                text = self.dictionaries[name][value - 1]
                found[name] = int(text) if self.dictionaries[name] == _FLAGS else text
        return found

    def row_of(self, key: str) -> int | None:
        """Return the row of a firm's code, or None."""
        if self.keys is None:
            return None
        position = pc.index(self.keys, pa.scalar(key, self.keys.type)).as_py()
        return None if position < 0 else int(position)


def from_columns(
    facts: Mapping[str, Fact],
    columns: Mapping[str, Sequence[Any] | Ints],
    on: date,
    keys: Sequence[str] | None = None,
) -> Snapshot:
    """Build a snapshot in memory from columns of stored values (None or the missing integer when unknown)."""
    rows = len(next(iter(columns.values()))) if columns else 0
    table = pa.table({name: _arrow(facts[name], values) for name, values in columns.items() if name in facts})
    arrays = _Arrays.of(facts, table, rows, on)
    return arrays.snapshot(rows, on, pa.array(keys) if keys is not None else None)


def _arrow(fact: Fact, values: Sequence[Any] | Ints) -> pa.Array[Any]:
    if isinstance(values, np.ndarray):
        array: Any = values
        return (
            pa.array(array, mask=array == MISSING) if fact.type not in {"code", "flag"} else pa.array(array)
        )
    if fact.type == "code":
        return pa.array(values, pa.string())
    return pa.array([None if v is None or v == MISSING else int(v) for v in values], pa.int64())


@dataclass(slots=True)
class _Arrays:
    """Columns in the store's layout, before they are written or used."""

    numbers: Ints
    codes: Codes
    number_rows: dict[str, int]
    code_rows: dict[str, int]
    dictionaries: dict[str, Sequence[str]]

    @classmethod
    def of(cls, facts: Mapping[str, Fact], table: pa.Table, rows: int, on: date) -> _Arrays:
        numeric = [n for n in table.column_names if n in facts and facts[n].type not in {"code", "flag"}]
        coded = [n for n in table.column_names if n in facts and facts[n].type in {"code", "flag"}]
        available = set(numeric)
        for name in derived_order(facts):
            if name not in available and available.issuperset(facts[name].inputs):
                numeric.append(name)
                available.add(name)
        stride = max(_STRIDE, -(-rows // _STRIDE) * _STRIDE)
        made = cls(
            numbers=np.full((len(numeric), stride), MISSING, np.int64),
            codes=np.zeros((len(coded), stride), np.uint16),
            number_rows={name: i for i, name in enumerate(numeric)},
            code_rows={name: i for i, name in enumerate(coded)},
            dictionaries={},
        )
        for name, i in made.number_rows.items():
            if name in table.column_names:
                made.numbers[i, :rows] = _integers(name, table.column(name))
            else:
                inputs = [made.numbers[made.number_rows[other], :rows] for other in facts[name].inputs]
                made.numbers[i, :rows] = derived.compute(facts[name].derived, on, inputs)
        for name, i in made.code_rows.items():
            classes, dictionary = _classes(facts[name], table.column(name))
            made.codes[i, :rows] = classes
            made.dictionaries[name] = dictionary
        return made

    def snapshot(self, rows: int, on: date, keys: pa.Array[Any] | None) -> Snapshot:
        return Snapshot(
            rows, on, self.number_rows, self.code_rows, self.dictionaries, self.numbers, self.codes, keys
        )


def derived_order(facts: Mapping[str, Fact]) -> Iterator[str]:
    """Yield derived facts, inputs first."""
    done: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name in done or name not in facts:
            return
        done.add(name)
        for other in facts[name].inputs:
            yield from visit(other)
        if facts[name].derived:
            yield name

    for name in facts:
        yield from visit(name)


def _integers(name: str, column: pa.ChunkedArray[Any]) -> Ints:
    kind = column.type
    if pa.types.is_floating(kind):
        # Nothing is rounded in silence: a float column must hold whole stored units; NaN is missing.
        nothing = pa.scalar(None, kind)
        column = _computed("if_else", _computed("is_nan", column), nothing, column)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        year, month, day = (pc.cast(_computed(part, column), pa.int64()) for part in ("year", "month", "day"))
        months = _computed("add", _computed("multiply", year, 100), month)
        column = _computed("add", _computed("multiply", months, 100), day)
    try:
        whole = pc.cast(column, pa.int64())
    except pa.ArrowInvalid as error:
        raise SnapshotError(
            f"column {name} holds values that are not whole stored units ({error}); convert it to fen, basis points, …"
        ) from error
    result: Ints = pc.fill_null(whole, MISSING).to_numpy()
    return result


def _computed(function: str, *arguments: Any) -> Any:
    """Call an Arrow function by name: the library makes its functions at run time, unknown to type checkers."""
    return pc.call_function(function, list(arguments))


def _classes(fact: Fact, column: pa.ChunkedArray[Any]) -> tuple[Codes, Sequence[str]]:
    if fact.type == "flag":
        whole = pc.cast(
            pc.cast(column, pa.int64()) if not pa.types.is_boolean(column.type) else column, pa.uint16()
        )
        result: Codes = pc.fill_null(_computed("add", whole, pa.scalar(1, pa.uint16())), 0).to_numpy().astype(np.uint16)
        if len(result) and int(result.max()) > 2:
            raise SnapshotError(f"column {fact.name} is a flag but holds values other than 0 and 1")
        return result, _FLAGS
    encoded = column.combine_chunks().cast(pa.string()).dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    texts: list[str] = encoded.dictionary.to_pylist()
    if len(texts) > _MAX_CLASSES:
        raise SnapshotError(
            f"column {fact.name} has {len(texts)} distinct codes; at most {_MAX_CLASSES} fit a snapshot"
        )
    order = sorted(range(len(texts)), key=texts.__getitem__)
    rank = np.zeros(len(texts) + 1, np.uint16)
    for position, original in enumerate(order):
        rank[original] = position + 1
    indices = pc.fill_null(encoded.indices, len(texts)).to_numpy(zero_copy_only=False)
    return rank[indices], tuple(texts[i] for i in order)


def read_parquet(parquet: Path, facts: Mapping[str, Fact], on: date, key: str = "uscc") -> Snapshot:
    """Read a Parquet file of facts into a snapshot in memory.

    Raises:
        SnapshotError: the file is no Parquet, holds no fact, or a column does not hold stored units.

    """
    table, wanted = _facts_table(parquet, facts, key)
    arrays = _Arrays.of(facts, table.select(wanted), table.num_rows, on)
    keys = table.column(key).combine_chunks() if key in table.column_names else None
    return arrays.snapshot(table.num_rows, on, keys)


def _facts_table(parquet: Path, facts: Mapping[str, Fact], key: str) -> tuple[pa.Table, list[str]]:
    try:
        schema = pq.read_schema(parquet)
    except (OSError, pa.ArrowInvalid) as error:
        raise SnapshotError(f"{parquet} is not a Parquet file ({error})") from error
    wanted = [name for name in schema.names if name in facts]
    if not wanted:
        seen = ", ".join(schema.names[:12])
        raise SnapshotError(f"{parquet} has no column named after a fact of facts.yaml; it has {seen}")
    return pq.read_table(parquet, columns=wanted + ([key] if key in schema.names else [])), wanted


def build_snapshot(
    parquet: Path, facts: Mapping[str, Fact], out: Path, on: date, key: str = "uscc", *, replace: bool = True
) -> Snapshot:
    """Build the column store of a Parquet file of facts in ``out`` and open it.

    Columns that are not facts are left out. The folder appears whole or not at all.

    Raises:
        SnapshotError: a column does not hold stored units, or ``out`` exists and ``replace`` is off.

    """
    if out.exists() and not replace:
        raise SnapshotError(f"{out} exists already; choose another folder or replace it")
    table, wanted = _facts_table(parquet, facts, key)
    arrays = _Arrays.of(facts, table.select(wanted), table.num_rows, on)
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        _write(temporary, arrays, table, on, key)
        if out.exists():
            shutil.rmtree(out)
        temporary.rename(out)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return open_snapshot(out)


def _write(folder: Path, arrays: _Arrays, table: pa.Table, on: date, key: str) -> None:
    digest = hashlib.sha256()
    for name, array in (("numbers.i64", arrays.numbers), ("codes.u16", arrays.codes)):
        array.tofile(folder / name)
        digest.update(array.data if array.size else b"")
    if key in table.column_names:
        with pa.OSFile(str(folder / "keys.arrow"), "wb") as sink:
            keys = pa.table({"key": table.column(key).combine_chunks()})
            with pa.ipc.new_file(sink, keys.schema) as writer:
                writer.write_table(keys)
    head = {
        "format": FORMAT,
        "rows": table.num_rows,
        "on": on.isoformat(),
        "numbers": list(arrays.number_rows),
        "codes": [{"name": name, "dictionary": list(arrays.dictionaries[name])} for name in arrays.code_rows],
    }
    digest.update(json.dumps(head, sort_keys=True, ensure_ascii=False).encode())
    manifest = {**head, "sha256": digest.hexdigest()}
    path = folder / "manifest.json"
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for written in folder.iterdir():
        with written.open("rb") as handle:
            os.fsync(handle.fileno())


def open_snapshot(folder: Path, *, verify: bool = False) -> Snapshot:
    """Open a snapshot without reading it; ``verify`` recomputes its content hash.

    Raises:
        SnapshotError: the folder is no snapshot, is of another format, or its content does not match.

    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SnapshotError(
            f"{folder} is not a snapshot ({error}); build one with 'kerong facts import'"
        ) from error
    if manifest.get("format") != FORMAT:
        raise SnapshotError(
            f"{folder} has format {manifest.get('format')}, this version reads {FORMAT}; build it anew"
        )
    rows = int(manifest["rows"])
    stride = max(_STRIDE, -(-rows // _STRIDE) * _STRIDE)
    names, coded = manifest["numbers"], manifest["codes"]
    numbers = _mapped(folder / "numbers.i64", np.int64, (len(names), stride))
    codes = _mapped(folder / "codes.u16", np.uint16, (len(coded), stride))
    if verify:
        head = {k: v for k, v in manifest.items() if k != "sha256"}
        digest = hashlib.sha256(numbers.data if numbers.size else b"")
        digest.update(codes.data if codes.size else b"")
        digest.update(json.dumps(head, sort_keys=True, ensure_ascii=False).encode())
        if digest.hexdigest() != manifest["sha256"]:
            raise SnapshotError(f"{folder} was changed after it was written; build it anew")
    keys = None
    if (folder / "keys.arrow").exists():
        keys = (
            pa.ipc.open_file(pa.memory_map(str(folder / "keys.arrow")))
            .read_all()
            .column("key")
            .combine_chunks()
        )
    return Snapshot(
        rows=rows,
        on=date.fromisoformat(manifest["on"]),
        number_rows={name: i for i, name in enumerate(names)},
        code_rows={item["name"]: i for i, item in enumerate(coded)},
        dictionaries={item["name"]: tuple(item["dictionary"]) for item in coded},
        numbers=numbers,
        codes=codes,
        keys=keys,
        sha256=manifest["sha256"],
    )


def _mapped(path: Path, kind: type[np.generic], shape: tuple[int, int]) -> NDArray[Any]:
    expected = shape[0] * shape[1] * np.dtype(kind).itemsize
    if path.stat().st_size != expected:
        raise SnapshotError(
            f"{path} has {path.stat().st_size} bytes, expected {expected}; build the snapshot anew"
        )
    if not expected:
        return np.empty(shape, kind)
    # Copy-on-write: the kernel's type wants a writable array, and no write ever reaches the file.
    return np.memmap(path, kind, mode="c", shape=shape).view(np.ndarray)
