"""Reading one invoice file: headings understood, every row checked, bad rows set aside and named."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from kerong.adapters.invoices.cells import (
    NO_AMOUNT,
    is_of_direction,
    read_days,
    read_fen,
    read_names,
    read_states,
)
from kerong.adapters.invoices.checks import CHECKS, InvoiceProblem
from kerong.adapters.invoices.columns import Direction, Plan, looks_like_header, make_plan
from kerong.adapters.invoices.repeats import repeated_rows
from kerong.adapters.registers.opening import open_source
from kerong.adapters.registers.sources import Limits, Opening, RawBatch, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from kerong.adapters.invoices.cells import ReadCells
    from kerong.adapters.registers.sources import Source


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The good invoices of one file, what was wrong with the others, and counts.

    ``table`` has the columns firm, counterparty (null where nobody is named), day, net_fen, is_valid.
    """

    direction: Direction
    table: pa.Table
    problems: list[InvoiceProblem]
    checks: Counter[str]
    plan: Plan
    notes: list[str]
    source: Mapping[str, Any]
    rows_read: int
    rows_rejected: int
    rows_of_other_direction: int


def read_invoices(
    path: Path,
    direction: Direction,
    *,
    sheet: str = "",
    limits: Limits | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> ReadFile:
    """Read a file of sales or of purchases to its end.

    Raises SourceError when the file cannot be opened, its headings are not understood, it breaks off, or holds
    no row.
    """
    limits = limits or Limits()
    source = open_source(path, Opening(looks_like_header, sheet, limits))
    plan = make_plan(source.columns, direction)
    reading = _Reading(plan, direction)
    for batch in source.batches(list(plan.columns.values()), limits):
        reading.take(batch)
        progress(*source.progress())
    if not reading.rows_read:
        raise SourceError(f"{path.name} 只有表头，没有数据行。")
    return reading.finish(_describe(path, source), list(source.notes))


class _Reading:
    """Rows gathered batch by batch."""

    def __init__(self, plan: Plan, direction: Direction) -> None:
        self.plan = plan
        self.direction: Direction = direction
        self.rows_read = 0
        self.other = 0
        self.tables: list[pa.Table] = []
        self.problems: list[InvoiceProblem] = []
        self.rejected: set[int] = set()

    def take(self, batch: RawBatch) -> None:
        """Read and check the rows of a batch."""
        unsplit = [one for one in batch.troubles if one.check == "row_width"]
        self.rows_read += len(batch.rows) + len(unsplit)
        before = len(self.problems)
        for one in batch.troubles:
            self._note(one.row, one.column, one.value, one.check)
        batch = self._of_my_direction(batch)
        cells = {meaning: batch.columns[column] for meaning, column in self.plan.columns.items()}
        read: dict[str, ReadCells] = {
            "firm": read_names(cells["firm"], "firm_missing"),
            "day": read_days(cells["day"]),
            "counterparty": read_names(cells["counterparty"], "counterparty_missing"),
            "state": read_states(cells["state"]),
            **{
                name: read_fen(cells[name], self.plan.fen_per_one[name], name)
                for name in ("net", "tax", "total")
            },
        }
        for meaning, found in read.items():
            for row, check in found.failed.items():
                value = batch.columns[self.plan.columns[meaning]][row].as_py() or ""
                key = check if check in CHECKS else f"{meaning}_unusable"
                self._note(int(batch.rows[row]), self.plan.columns[meaning], value, key)
        empty = pa.nulls(len(batch.rows), pa.string())
        table = pa.table(
            {
                "row": batch.rows,
                "firm": read["firm"].values,
                "number": cells.get("number", empty),
                "counterparty": read["counterparty"].values,
                "day": pa.array(read["day"].values),
                "net_fen": read["net"].values,
                "tax_fen": read["tax"].values,
                "total_fen": read["total"].values,
                "is_valid": read["state"].values,
            }
        )
        noted = {one.row for one in self.problems[before:]} & self.rejected
        self.tables.append(table.filter(pa.array(~np.isin(batch.rows, np.array([*noted], np.int64)))))

    def _of_my_direction(self, batch: RawBatch) -> RawBatch:
        column = self.plan.columns.get("direction")
        if column is None:
            return batch
        mine = is_of_direction(batch.columns[column], self.direction)
        self.other += int((~mine).sum())
        kept = {name: values.filter(pa.array(mine)) for name, values in batch.columns.items()}
        return RawBatch(batch.rows[mine], kept)

    def _note(self, row: int, column: str, value: str, check: str) -> None:
        self.problems.append(InvoiceProblem(row, column, value, check))
        if CHECKS[check].gravity == "rejected":
            self.rejected.add(row)

    def finish(self, source: Mapping[str, Any], notes: list[str]) -> ReadFile:
        """Set repeated rows aside, compare sums, and return what was read."""
        table = pa.concat_tables(self.tables)
        if "number" in self.plan.columns:
            repeated = repeated_rows(table.drop_columns(["row"]), "number")
            self._note_rows(table.filter(pa.array(repeated)), "number", "duplicate")
            table = table.filter(pa.array(~repeated))
        else:
            notes.append("没有“发票号码”一列：无法识别重复的行，全部计入")
        net, tax, total = (table.column(f"{name}_fen").to_numpy() for name in ("net", "tax", "total"))
        compared = (tax != NO_AMOUNT) & (total != NO_AMOUNT)
        disagree = compared & (np.where(compared, net, 0) + np.where(compared, tax, 0) != total)
        self._note_rows(table.filter(pa.array(disagree)), "total", "sums_disagree")
        zero = (net == 0) & table.column("is_valid").to_numpy()
        self._note_rows(table.filter(pa.array(zero)), "net", "zero_valid")
        if self.other:
            notes.append(f"有 {self.other:,} 行写明是另一方向的发票，这里没有读入")
        table = table.set_column(4, "day", table.column("day").cast(pa.date32()))
        return ReadFile(
            direction=self.direction,
            table=table.select(["firm", "counterparty", "day", "net_fen", "is_valid"]),
            problems=sorted(self.problems, key=lambda one: one.row),
            checks=Counter(one.check for one in self.problems),
            plan=self.plan,
            notes=notes,
            source=source,
            rows_read=self.rows_read,
            rows_rejected=len(self.rejected),
            rows_of_other_direction=self.other,
        )

    def _note_rows(self, rows: pa.Table, meaning: str, check: str) -> None:
        name = meaning if meaning == "number" else f"{meaning}_fen"
        values = rows.column(name).to_pylist()
        for row, value in zip(rows.column("row").to_pylist(), values, strict=True):
            text = value if isinstance(value, str) else f"{value} 分"
            self._note(row, self.plan.columns[meaning], text, check)


def _describe(path: Path, source: Source) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": path.name, "format": source.format, "bytes": path.stat().st_size, "sha256": digest}
