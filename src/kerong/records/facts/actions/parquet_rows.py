"""Rows of a Parquet file of facts as JSON, column by column: twice as fast as an object for each firm."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kerong.basics.party_reference import enterprise
from kerong.records.facts.queries.sealing import close, is_sensitive

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kerong.engines.rules.model import Fact

_BATCH = 10_000
_INVENTED = "X"


def facts_in(path: Path, law: Mapping[str, Fact]) -> list[str]:
    """Return the columns of a file that are facts and are stored: not worked out, not published by a pack."""
    return [
        name
        for name in pq.read_schema(path).names
        if name in law and not law[name].derived and not law[name].published_by
    ]


def rows_of(path: Path, names: list[str], law: Mapping[str, Fact]) -> Iterator[tuple[str, str, str]]:
    """Yield code, name and facts as JSON; flags become 0 and 1, days numbers, unknown facts are left out.

    Sensitive facts of firms that are not invented are sealed.
    """
    with pq.ParquetFile(path) as file:
        has_names = "name" in file.schema_arrow.names
        wanted = ["uscc", *(["name"] if has_names else []), *names]
        for batch in file.iter_batches(batch_size=_BATCH, columns=wanted):
            usccs = batch.column("uscc").to_pylist()
            called = batch.column("name").to_pylist() if has_names else [""] * len(usccs)
            columns = [
                _sealed(law[name], batch.column(name), usccs, law)
                if is_sensitive(law[name], law)
                else _pairs(name, batch.column(name))
                for name in names
            ]
            for uscc, name, *pairs in zip(usccs, called, *columns, strict=True):
                yield uscc, name or "", f"{{{','.join(filter(None, pairs))}}}"


def _pairs(name: str, column: pa.Array[Any]) -> list[str]:
    """Return the name and value of each row as JSON, nothing where the value is not known."""
    values = _plain(column).to_pylist()
    if pa.types.is_string(column.type):
        values = [None if value is None else json.dumps(value, ensure_ascii=False) for value in values]
    return ["" if value is None else f'"{name}":{value}' for value in values]


def _sealed(fact: Fact, column: pa.Array[Any], usccs: list[str], law: Mapping[str, Fact]) -> list[str]:
    values = _plain(column).to_pylist()
    return [
        ""
        if value is None
        else f'"{fact.name}":{json.dumps(_closed(fact, value, uscc, law), ensure_ascii=False)}'
        for value, uscc in zip(values, usccs, strict=True)
    ]


def _closed(fact: Fact, value: Any, uscc: str, law: Mapping[str, Fact]) -> Any:
    if uscc.startswith(_INVENTED):
        return value
    return close({fact.name: value}, owner=enterprise(uscc), facts=law)[fact.name]


def _plain(column: pa.Array[Any]) -> pa.Array[Any]:
    """Return flags as numbers."""
    return pc.cast(column, pa.int8()) if pa.types.is_boolean(column.type) else column
