"""Columns of a table turned into stored integers and classes, exactly or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from kerong.engines.rules.graph import MISSING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kerong.engines.rules.model import Fact

Ints = NDArray[np.int64]
Codes = NDArray[np.uint16]

FLAGS = ("0", "1")
_MAX_CLASSES = 65_000


class SnapshotError(ValueError):
    """A snapshot that cannot be built or opened, with what to do."""


def integers(fact: Fact, column: pa.ChunkedArray[Any]) -> Ints:
    """Return a column as 64-bit integers, missing as the lowest.

    Raises:
        SnapshotError: some value is not a whole number of stored units.

    """
    kind = column.type
    if pa.types.is_floating(kind):
        # Nothing is rounded in silence: a float column must hold whole stored units; NaN is missing.
        nothing = pa.scalar(None, kind)
        column = _computed("if_else", _computed("is_nan", column), nothing, column)
    if (pa.types.is_date(kind) or pa.types.is_timestamp(kind)) and fact.type == "date":
        year, month, day = (pc.cast(_computed(part, column), pa.int64()) for part in ("year", "month", "day"))
        months = _computed("add", _computed("multiply", year, 100), month)
        column = _computed("add", _computed("multiply", months, 100), day)
    try:
        whole = pc.cast(column, pa.int64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise SnapshotError(
            f"column {fact.name} holds values that are not whole stored units ({error}); "
            "convert it to fen, basis points, …"
        ) from error
    result: Ints = pc.fill_null(whole, MISSING).to_numpy()
    return result


def _computed(function: str, *arguments: Any) -> Any:
    """Call an Arrow function by name: the library makes its functions at run time, unknown to type checkers."""
    return pc.call_function(function, list(arguments))


def classes(fact: Fact, column: pa.ChunkedArray[Any]) -> tuple[Codes, Sequence[str]]:
    """Return a code or flag as 1-based positions in its sorted dictionary, 0 when missing.

    Raises:
        SnapshotError: a flag is neither 0 nor 1, or there are too many codes.

    """
    if fact.type == "flag":
        flags = integers(fact, column)
        if bool(np.any((flags != MISSING) & (flags != 0) & (flags != 1))):
            raise SnapshotError(f"column {fact.name} is a flag but holds values other than 0 and 1")
        positions: Codes = np.where(flags == MISSING, 0, flags + 1).astype(np.uint16)
        return positions, FLAGS
    texts_or_nothing = column.combine_chunks().cast(pa.string())
    # An empty text is an empty field of a form, not a code.
    blank = _computed("equal", texts_or_nothing, "")
    encoded = _computed("if_else", blank, pa.scalar(None, pa.string()), texts_or_nothing).dictionary_encode()
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
