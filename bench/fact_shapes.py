"""Shapes of tables in which facts could be stored: narrow, wide, and JSON without anything projected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

# ruff: noqa: S608 - names of facts of the law, never input

_BATCH = 10_000


@dataclass(frozen=True)
class Shape:
    """One way to store facts: its table, how rows are written, how one firm and how everybody is read."""

    label: str
    create: Callable[[Sequence[str], Any], str]
    rows: Callable[[Path, Sequence[str], Any], Iterator[tuple[Any, ...]]]
    index: str
    read: str
    everybody: Callable[[Sequence[str], Any], str]


def is_text(name: str, law: Any) -> bool:
    """Whether a fact is kept as words."""
    return law[name].type == "code"


def _columns_of(batch: pa.RecordBatch, names: Sequence[str]) -> list[list[Any]]:
    return [batch.column(name).to_pylist() for name in names]


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(batch_size=_BATCH)


def _narrow_rows(path: Path, names: Sequence[str], law: Any) -> Iterator[tuple[Any, ...]]:
    for batch in _batches(path):
        usccs = batch.column("uscc").to_pylist()
        for i, (name, column) in enumerate(zip(names, _columns_of(batch, names), strict=True)):
            text = is_text(name, law)
            for uscc, value in zip(usccs, column, strict=True):
                if value is not None:
                    yield uscc, i, None if text else value, value if text else None, 1, "2026-10-31"


def _wide_rows(path: Path, names: Sequence[str], _law: Any) -> Iterator[tuple[Any, ...]]:
    for batch in _batches(path):
        usccs = batch.column("uscc").to_pylist()
        for uscc, *values in zip(usccs, *_columns_of(batch, names), strict=True):
            yield uscc, 1, "2026-10-31", *values


def json_rows(path: Path, names: Sequence[str], law: Any) -> Iterator[tuple[Any, ...]]:
    """Yield one row per firm with its facts as JSON."""
    from kerong.records.facts.actions import rows_of

    for uscc, _name, facts in rows_of(path, list(names), law):
        yield uscc, 1, "2026-10-31", facts


def _typed(names: Sequence[str], law: Any) -> str:
    return ", ".join(f'"{name}" {"text" if is_text(name, law) else "bigint"}' for name in names)


def _pivot(names: Sequence[str], law: Any) -> str:
    cells = ", ".join(
        f'max({"words" if is_text(name, law) else "number"}) FILTER (WHERE fact = {i}) AS "{name}"'
        for i, name in enumerate(names)
    )
    return f"SELECT uscc, {cells} FROM peer GROUP BY uscc"


SHAPES = (
    Shape(
        "narrow: one row per firm and fact",
        lambda _names, _law: (
            "CREATE TABLE peer (uscc text NOT NULL, fact smallint NOT NULL, number bigint, words text,"
            " source smallint NOT NULL, as_of date NOT NULL)"
        ),
        _narrow_rows,
        "ALTER TABLE peer ADD PRIMARY KEY (uscc, fact)",
        "SELECT fact, number, words, source, as_of FROM peer WHERE uscc = %s",
        _pivot,
    ),
    Shape(
        "wide: one column per fact",
        lambda names, law: (
            f"CREATE TABLE peer (uscc text NOT NULL, source smallint, as_of date, {_typed(names, law)})"
        ),
        _wide_rows,
        "ALTER TABLE peer ADD PRIMARY KEY (uscc)",
        "SELECT * FROM peer WHERE uscc = %s",
        lambda names, _law: "SELECT uscc, " + ", ".join(f'"{name}"' for name in names) + " FROM peer",
    ),
    Shape(
        "JSONB, one row per firm, nothing projected",
        lambda _names, _law: (
            "CREATE TABLE peer (uscc text NOT NULL, source smallint, as_of date, facts jsonb)"
        ),
        json_rows,
        "ALTER TABLE peer ADD PRIMARY KEY (uscc)",
        "SELECT facts, source, as_of FROM peer WHERE uscc = %s",
        lambda names, law: (
            f"SELECT p.uscc, x.* FROM peer p CROSS JOIN LATERAL jsonb_to_record(p.facts) AS x({_typed(names, law)})"
        ),
    ),
)
