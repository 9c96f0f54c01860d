"""Rows that stand in a file more than once: found by a hash of all columns, proved by comparing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_FACTOR = np.uint64(0x9E37_79B9_7F4A_7C15)
_SHIFT = np.uint64(32)


def repeated_rows(table: pa.Table, identifying: str) -> NDArray[np.bool_]:
    """Mark rows equal in every column to an earlier one; rows without the identifying value are never marked."""
    repeated = np.zeros(table.num_rows, np.bool_)
    candidates = np.flatnonzero(table.column(identifying).is_valid().to_numpy())
    columns = [_whole_numbers(column)[candidates] for column in table.columns]
    mixed = np.zeros(len(candidates), np.uint64)
    for column in columns:
        mixed = (mixed ^ column.view(np.uint64)) * _FACTOR
        mixed ^= mixed >> _SHIFT
    order = np.argsort(mixed, kind="stable")
    equal = mixed[order[1:]] == mixed[order[:-1]]
    alike = np.zeros(len(order), np.bool_)
    alike[1:] |= equal
    alike[:-1] |= equal
    # A hash may collide, so what looks alike is sorted by the columns themselves, rows in their order last.
    rows = np.sort(order[alike])
    by_value = np.lexsort([rows, *(column[rows] for column in columns)])
    rows = rows[by_value]
    same = np.ones(max(len(rows) - 1, 0), np.bool_)
    for column in columns:
        same &= column[rows[1:]] == column[rows[:-1]]
    repeated[candidates[rows[1:][same]]] = True
    return repeated


def _whole_numbers(column: Any) -> NDArray[np.int64]:
    """Return a column as integers that are equal where the values are."""
    combined = column.combine_chunks()
    if combined.type == "string":
        combined = combined.dictionary_encode().indices.fill_null(-1)
    return np.ascontiguousarray(combined.to_numpy(zero_copy_only=False).astype(np.int64))
