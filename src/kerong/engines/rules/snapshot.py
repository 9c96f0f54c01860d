"""A snapshot of facts: a memory-mapped column store with manifest and content hash, built from Parquet."""

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
from kerong.engines.rules.stored_columns import FLAGS, SnapshotError, classes, integers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kerong.engines.rules.model import Fact

Ints = NDArray[np.int64]
Codes = NDArray[np.uint16]

FORMAT = 1
_FILES = ("numbers.i64", "codes.u16", "keys.arrow")
_STRIDE = 64


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
                found[name] = int(text) if self.dictionaries[name] == FLAGS else text
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
                made.numbers[i, :rows] = integers(facts[name], table.column(name))
            else:
                inputs = [made.numbers[made.number_rows[other], :rows] for other in facts[name].inputs]
                made.numbers[i, :rows] = worked_out(facts[name], on, inputs)
        for name, i in made.code_rows.items():
            positions, dictionary = classes(facts[name], table.column(name))
            made.codes[i, :rows] = positions
            made.dictionaries[name] = dictionary
        return made

    def refuse_outside(self, facts: Mapping[str, Fact], names: Sequence[str]) -> None:
        """Refuse values outside a fact's range: arithmetic within 64 bits was proved for the range only."""
        for name in names:
            if name not in self.number_rows:
                continue
            values, fact = self.numbers[self.number_rows[name]], facts[name]
            outside = (values != MISSING) & ((values < fact.low) | (values > fact.high))
            if bool(outside.any()):
                row = int(outside.argmax())
                raise SnapshotError(
                    f"column {name} holds {int(outside.sum())} values outside {fact.low} to {fact.high} "
                    f"(row {row}: {int(values[row])}); correct them, or widen the range in facts.yaml"
                )

    def snapshot(self, rows: int, on: date, keys: pa.Array[Any] | None) -> Snapshot:
        return Snapshot(
            rows, on, self.number_rows, self.code_rows, self.dictionaries, self.numbers, self.codes, keys
        )


def worked_out(fact: Fact, on: date, inputs: Sequence[Ints]) -> Ints:
    """Return a derived fact, held within its range: arithmetic within 64 bits was proved for the range only."""
    values = derived.compute(fact.derived, on, inputs)
    return np.where(values == MISSING, values, np.clip(values, fact.low, fact.high))


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


def read_parquet(parquet: Path, facts: Mapping[str, Fact], on: date, key: str = "uscc") -> Snapshot:
    """Read a Parquet file of facts into a snapshot in memory.

    Raises:
        SnapshotError: the file is no Parquet, holds no fact, or a column does not hold stored units.

    """
    table, wanted = _facts_table(parquet, facts, key)
    arrays = _Arrays.of(facts, table.select(wanted), table.num_rows, on)
    arrays.refuse_outside(facts, wanted)
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
        raise SnapshotError(
            f"{parquet} has no column named after a fact of facts.yaml; it has {seen}. "
            "A raw register is imported first: kerong facts import"
        )
    return pq.read_table(parquet, columns=wanted + ([key] if key in schema.names else [])), wanted


def build_snapshot(  # noqa: PLR0913 - from where, to where, and how
    parquet: Path, facts: Mapping[str, Fact], out: Path, on: date, key: str = "uscc", *, replace: bool = True
) -> Snapshot:
    """Build the column store of a Parquet file of facts in ``out`` and open it.

    Columns that are not facts are left out. The folder appears whole or not at all.

    Raises:
        SnapshotError: a column does not hold stored units, or ``out`` exists and ``replace`` is off.

    """
    if out.exists() and not replace:
        raise SnapshotError(f"{out} exists already; choose another folder or replace it")
    if out.exists() and not (out / "manifest.json").exists() and (not out.is_dir() or any(out.iterdir())):
        raise SnapshotError(f"{out} is not a snapshot, so it is not replaced; choose another folder")
    table, wanted = _facts_table(parquet, facts, key)
    arrays = _Arrays.of(facts, table.select(wanted), table.num_rows, on)
    arrays.refuse_outside(facts, wanted)
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        _write(temporary / "new", arrays, table, on, key)
        if out.exists():
            out.rename(temporary / "old")
        try:
            (temporary / "new").rename(out)
        except OSError:
            if (temporary / "old").exists():
                (temporary / "old").rename(out)
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return open_snapshot(out)


def _write(folder: Path, arrays: _Arrays, table: pa.Table, on: date, key: str) -> None:
    folder.mkdir()
    arrays.numbers.tofile(folder / "numbers.i64")
    arrays.codes.tofile(folder / "codes.u16")
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
    manifest = {**head, "sha256": _content_sha256(folder, head)}
    path = folder / "manifest.json"
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for written in folder.iterdir():
        with written.open("rb") as handle:
            os.fsync(handle.fileno())


def _content_sha256(folder: Path, head: Mapping[str, Any]) -> str:
    """Hash the columns, the firms' codes and what the manifest says of them."""
    digest = hashlib.sha256()
    for name in _FILES:
        if (folder / name).exists():
            with (folder / name).open("rb") as handle:
                digest.update(hashlib.file_digest(handle, "sha256").digest())
        digest.update(name.encode())
    digest.update(json.dumps(head, sort_keys=True, ensure_ascii=False).encode())
    return digest.hexdigest()


def export_parquet(snapshot: Snapshot, path: Path, key: str = "uscc") -> None:
    """Write what was judged, derived facts included, as one Parquet table: what the rendered SQL reads."""
    columns: dict[str, Any] = {}
    columns[key] = snapshot.keys if snapshot.keys is not None else pa.array(range(snapshot.rows), pa.int64())
    for name, row in snapshot.number_rows.items():
        values = snapshot.numbers[row, : snapshot.rows]
        columns[name] = pa.array(values, mask=values == MISSING)
    for name, row in snapshot.code_rows.items():
        positions = snapshot.codes[row, : snapshot.rows]
        indices = pa.array(positions.astype(np.int32) - 1, mask=positions == 0)
        texts = pa.array(list(snapshot.dictionaries[name]), pa.string())
        coded = pa.DictionaryArray.from_arrays(indices, texts).dictionary_decode()
        columns[name] = pc.cast(coded, pa.int8()) if snapshot.dictionaries[name] == FLAGS else coded
    pq.write_table(pa.table(columns), path, compression="zstd")


def open_snapshot(folder: Path, *, verify: bool = False) -> Snapshot:
    """Open a snapshot without reading it; ``verify`` recomputes its content hash.

    Raises:
        SnapshotError: the folder is no snapshot, is of another format, or its content does not match.

    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return _opened(folder, manifest, verify=verify)
    except SnapshotError:
        raise
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowInvalid) as error:
        raise SnapshotError(
            f"{folder} is not a snapshot ({error}); build one with 'kerong facts import'"
        ) from error


def _opened(folder: Path, manifest: Mapping[str, Any], *, verify: bool) -> Snapshot:
    if manifest["format"] != FORMAT:
        raise SnapshotError(
            f"{folder} has format {manifest['format']}, this version reads {FORMAT}; build it anew"
        )
    rows = int(manifest["rows"])
    stride = max(_STRIDE, -(-rows // _STRIDE) * _STRIDE)
    names, coded = manifest["numbers"], manifest["codes"]
    numbers = _mapped(folder / "numbers.i64", np.int64, (len(names), stride))
    codes = _mapped(folder / "codes.u16", np.uint16, (len(coded), stride))
    head = {k: v for k, v in manifest.items() if k != "sha256"}
    if verify and _content_sha256(folder, head) != manifest["sha256"]:
        raise SnapshotError(f"{folder} was changed after it was written; build it anew")
    keys = None
    if (folder / "keys.arrow").exists():
        mapped = pa.memory_map(str(folder / "keys.arrow"))
        keys = pa.ipc.open_file(mapped).read_all().column("key").combine_chunks()
        if len(keys) != rows:
            raise SnapshotError(f"{folder} names {len(keys)} firms for {rows} rows; build it anew")
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
