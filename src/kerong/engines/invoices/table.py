"""Invoices as columns: firms and counterparties as positions in sorted lists, one side per direction."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

Direction: TypeAlias = Literal["sale", "purchase"]

SCHEMA = pa.schema(
    [
        ("firm", pa.string()),
        ("counterparty", pa.string()),
        ("day", pa.date32()),
        ("net_fen", pa.int64()),
        ("is_valid", pa.bool_()),
    ]
)
"""Columns of one direction. Only ``counterparty`` may be null: the invoice names nobody."""


@dataclass(frozen=True, slots=True)
class Side:
    """The invoices of one direction. ``counterparty`` is −1 where nobody is named; ``day`` counts from 1970."""

    firm: NDArray[np.int32]
    counterparty: NDArray[np.int32]
    counterparties: int
    day: NDArray[np.int32]
    net_fen: NDArray[np.int64]
    is_valid: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Invoices:
    """Everything known. A side is None where no file of that direction was given; its facts are then missing."""

    firms: Sequence[str]
    sales: Side | None
    purchases: Side | None


def make_invoices(sales: pa.Table | None, purchases: pa.Table | None) -> Invoices:
    """Encode tables of the schema above; rows may stand in any order. Raises ValueError for nulls."""
    with ThreadPoolExecutor(2) as pool:
        coded = list(pool.map(_coded, (sales, purchases)))
    # Sorted, so that the order of the rows never decides the order of the firms.
    firms = sorted({name for one in coded if one is not None for name in one.names})
    position = {name: at for at, name in enumerate(firms)}
    sides = [None if one is None else one.side(position) for one in coded]
    return Invoices(firms, *sides)


@dataclass(frozen=True, slots=True)
class _Coded:
    """A side whose firms are positions in its own list of names."""

    table: pa.Table
    firm: NDArray[np.int32]
    names: list[str]
    counterparty: NDArray[np.int32]
    counterparties: int

    def side(self, position: Mapping[str, int]) -> Side:
        """Return the side with firms as positions in the list of both sides."""
        return Side(
            firm=np.array([position[name] for name in self.names], np.int32)[self.firm],
            counterparty=self.counterparty,
            counterparties=self.counterparties,
            day=self.table.column("day").cast(pa.int32()).to_numpy(),
            net_fen=self.table.column("net_fen").to_numpy(),
            is_valid=self.table.column("is_valid").to_numpy(),
        )


def _coded(table: pa.Table | None) -> _Coded | None:
    if table is None:
        return None
    for name in ("firm", "day", "net_fen", "is_valid"):
        if table.column(name).null_count:
            raise ValueError(f"column {name} has {table.column(name).null_count} nulls; leave such rows out")
    firm, names = _encoded(table, "firm")
    counterparty, counterparties = _encoded(table, "counterparty")
    return _Coded(table, firm, names, counterparty, len(counterparties))


def _encoded(table: pa.Table, name: str) -> tuple[NDArray[np.int32], list[str]]:
    """Return a text column as positions in its distinct values, −1 where it is null."""
    encoded: Any = table.column(name).combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    positions = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return positions.astype(np.int32, copy=False), encoded.dictionary.to_pylist()
