"""Write who is eligible for what, who just misses it and by which clause, to Parquet in ranges of firms."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kerong.engines.rules import bits
from kerong.engines.rules.population import DOCUMENT, ELIGIBLE, NEAR, PopulationKernel, PopulationVerdicts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

# Bitmaps of a thousand rules over this many firms take 25 MB; a range is one row group of each file.
_RANGE = 65_536
_FILES = ("eligible.parquet", "near_misses.parquet", "one_document_away.parquet")


@dataclass(frozen=True, slots=True)
class WrittenPairs:
    """How many pairs of firm and rule each file holds; exact, per rule in the catalogue's order."""

    eligible: NDArray[np.int64]
    near_misses: NDArray[np.int64]
    one_document_away: NDArray[np.int64]


def write_pairs(
    judge: PopulationKernel,
    folder: Path,
    *,
    kinds: Sequence[int] = (ELIGIBLE, NEAR, DOCUMENT),
    range_rows: int = _RANGE,
) -> WrittenPairs:
    """Judge all firms and write ``eligible``, ``near_misses`` and ``one_document_away`` to Parquet files.

    Every file has the columns ``rule`` (the pack's key) and ``row`` (the firm's row in the snapshot); the
    latter two also ``clause``, the one that is missed or open. The gap is not stored: it is threshold minus
    value. Where the snapshot knows the firms' codes, ``firms.parquet`` gives them in the order of the rows.
    Memory does not grow with the number of firms. Existing files are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    snapshot = judge.snapshot
    if snapshot.keys is not None:
        pq.write_table(pa.table({"uscc": snapshot.keys}), folder / "firms.parquet", compression="zstd")
    counts = np.zeros((len(judge.catalogue.rules), 3), np.int64)
    writers = {kind: _Writer(judge, folder / _FILES[kind], kind) for kind in kinds}
    lone = bool({NEAR, DOCUMENT} & set(kinds))
    # One thread a file encodes a range while the next is judged and listed: two ranges are in memory.
    encoders = {kind: ThreadPoolExecutor(1) for kind in kinds}
    pending: list[Future[None]] = []
    try:
        for begin in range(0, snapshot.rows, range_rows):
            verdicts = judge.run(keep=True, keep_criteria=lone, begin=begin, end=begin + range_rows)
            counts += verdicts.counts
            tables = {kind: writer.listed(verdicts, begin) for kind, writer in writers.items()}
            for task in pending:
                task.result()
            pending = [encoders[kind].submit(writers[kind].append, table) for kind, table in tables.items()]
        for task in pending:
            task.result()
    finally:
        for kind, writer in writers.items():
            encoders[kind].shutdown()
            writer.close()
    return WrittenPairs(counts[:, ELIGIBLE], counts[:, NEAR], counts[:, DOCUMENT])


class _Writer:
    """One file."""

    def __init__(self, judge: PopulationKernel, path: Path, kind: int) -> None:
        self.judge = judge
        self.kind = kind
        rules = judge.catalogue.rules
        self.rule_keys = pa.array([rule.key for rule in rules], pa.string())
        self.rule_of_member = np.repeat(np.arange(len(rules), dtype=np.int32), np.diff(judge.offsets))
        clauses: dict[str, int] = {}
        owners: list[int] = []
        for rule in rules:
            owner = {
                c: clause.id
                for clause, c in zip(reversed(rule.clauses), reversed(rule.clause_criteria), strict=True)
            }
            owners += [clauses.setdefault(owner[criterion], len(clauses)) for criterion in rule.criteria]
        self.clause_of_member = np.array(owners, np.int32)
        self.clause_ids = pa.array(list(clauses), pa.string())
        name = pa.dictionary(pa.int32(), pa.string())
        fields = [
            pa.field("rule", name),
            *([pa.field("clause", name)] if kind != ELIGIBLE else []),
            pa.field("row", pa.uint32()),
        ]
        self.schema = pa.schema(fields)
        # Rows rise within a rule: differences take a fifth of the room and no more time. Statistics would say
        # little.
        self.writer = pq.ParquetWriter(
            path,
            self.schema,
            compression="none",
            use_dictionary=["rule", "clause"],  # pyright: ignore[reportArgumentType] - its stubs know only bool
            write_statistics=False,
            column_encoding={"row": "DELTA_BINARY_PACKED"},
        )

    def listed(self, verdicts: PopulationVerdicts, begin: int) -> pa.Table:
        """Return the pairs of one range of firms."""
        rows = np.empty(int(verdicts.counts[:, self.kind].sum()), np.uint32)
        columns: list[Any] = []
        if self.kind == ELIGIBLE:
            sizes = np.zeros(len(self.rule_keys), np.int64)
            bits.set_rows(verdicts.eligible, begin, rows, sizes)
            columns.append(_named(np.arange(len(sizes), dtype=np.int32), sizes, self.rule_keys))
        else:
            sizes = np.zeros(len(self.rule_of_member), np.int64)
            bitmaps = verdicts.near if self.kind == NEAR else verdicts.document
            bits.lone_rows(
                bitmaps, verdicts.criteria_true, self.judge.offsets, self.judge.members, begin, rows, sizes
            )
            columns.append(_named(self.rule_of_member, sizes, self.rule_keys))
            columns.append(_named(self.clause_of_member, sizes, self.clause_ids))
        return pa.table([*columns, pa.array(rows)], schema=self.schema)

    def append(self, table: pa.Table) -> None:
        """Write the pairs of one range."""
        self.writer.write_table(table, row_group_size=max(table.num_rows, 1))

    def close(self) -> None:
        """Finish the file."""
        self.writer.close()


def _named(positions: NDArray[np.int32], sizes: NDArray[np.int64], names: pa.Array[Any]) -> pa.Array[Any]:
    return pa.DictionaryArray.from_arrays(pa.array(np.repeat(positions, sizes)), names)
