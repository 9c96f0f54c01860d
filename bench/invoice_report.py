"""The report on the real sets: quantiles of every fact, traps, and what the catalogue can say. Aggregates only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from bench.invoice_catalogue import CELL_MIN, catalogue_figures
from bench.measuring import machine
from kerong.adapters.invoices.checks import CHECKS
from kerong.adapters.invoices.reading import read_invoices
from kerong.basics.policies_folder import policies_folder
from kerong.engines.invoices.exact import MISSING
from kerong.engines.invoices.features import FACT_NAMES, compute
from kerong.engines.invoices.table import make_invoices
from kerong.engines.rules.loading import read_library

if TYPE_CHECKING:
    from datetime import date

    from bench.measuring import Report
    from kerong.adapters.invoices.reading import ReadFile
    from kerong.engines.invoices.features import InvoiceFacts
    from kerong.engines.rules.model import Library

_QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
# A quantile over fewer firms could tell of one.
_FIRMS_MIN = 20
_TEMPLATE = Path(__file__).with_suffix(".md")
_SETS = {"a1": "rated set", "a2": "unrated set"}


@dataclass(frozen=True, slots=True)
class _Set:
    label: str
    files: tuple[ReadFile, ReadFile]
    facts: InvoiceFacts


def write_report(path: Path, folder: Path, on: date, measured: Report) -> None:
    """Fill the Markdown beside this file. No row, code, name or grade of a firm is read into it."""
    sets = [_read(folder, key, label, on) for key, label in _SETS.items()]
    library = read_library(policies_folder())[0]
    window, here = sets[0].facts.window, machine()
    filled = Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        on=on,
        start=window.start,
        end=window.end,
        traps=_traps(sets),
        facts=_quantiles(sets, library),
        cores=here["cores"],
        memory=here["memory_gib"],
        load=here["load"],
        times=_times(measured),
        ratios=", ".join(f"{key} {value}" for key, value in measured.ratios.items()),
        **catalogue_figures({one.label: one.facts.columns for one in sets}, library, _table),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(filled, encoding="utf-8")


def _read(folder: Path, key: str, label: str, on: date) -> _Set:
    sales = read_invoices(folder / f"{key}_out_invoices.parquet", "sale")
    purchases = read_invoices(folder / f"{key}_in_invoices.parquet", "purchase")
    return _Set(label, (sales, purchases), compute(make_invoices(sales.table, purchases.table), on))


def _traps(sets: list[_Set]) -> str:
    heads = ["", *(f"{one.label}, {side}" for one in sets for side in ("sales", "purchases"))]
    files = [file for one in sets for file in one.files]
    rows: list[list[str]] = [
        ["rows read", *(f"{file.rows_read:,}" for file in files)],
        ["voided", *(_of_rows(file, "void") for file in files)],
        ["valid and negative (refunds)", *(_of_rows(file, "negative") for file in files)],
        [
            "in the broken last month",
            *(_of_rows(file, "after", one.facts) for one in sets for file in one.files),
        ],
    ]
    keys = sorted({key for file in files for key in file.checks})
    rows += [
        [f"`{key}` ({CHECKS[key].gravity})", *(f"{file.checks[key]:,}" for file in files)] for key in keys
    ]
    return _table(heads, rows)


def _of_rows(file: ReadFile, what: str, facts: InvoiceFacts | None = None) -> str:
    valid, net = file.table.column("is_valid").to_numpy(), file.table.column("net_fen").to_numpy()
    if what == "void":
        count = int((~valid).sum())
    elif what == "negative":
        count = int((valid & (net < 0)).sum())
    else:
        assert facts is not None
        count = int(pc.sum(pc.greater_equal(file.table.column("day"), facts.window.end)).as_py() or 0)
    return f"{count:,} ({count / file.table.num_rows:.2%})"


def _quantiles(sets: list[_Set], library: Library) -> str:
    heads = ["fact", "unit", "missing", *(f"p{round(100 * q)}" for q in _QUANTILES)]
    text = ""
    for one in sets:
        rows: list[list[str]] = []
        for name in FACT_NAMES:
            values = one.facts.columns[name]
            known = values[values != MISSING]
            unit = library.facts[name].unit
            shown = ["—"] * len(_QUANTILES)
            if len(known) >= _FIRMS_MIN:
                found = np.quantile(known, _QUANTILES, method="inverted_cdf")
                shown = [f"{int(value) / unit.factor:,.2f}".removesuffix(".00") for value in found]
            missing = len(values) - len(known)
            few = 0 < missing < CELL_MIN
            rows.append([f"`{name}`", unit.label_en, f"< {CELL_MIN}" if few else f"{missing}", *shown])
        text += f"### {one.label.capitalize()}: {len(one.facts.firms)} firms\n\n{_table(heads, rows)}\n\n"
    return text.rstrip("\n") + "\n"


def _times(measured: Report) -> str:
    rows = [
        [
            label,
            f"{timing.median * 1e3:,.0f} ms",
            f"{min(timing.wall) * 1e3:,.0f} … {max(timing.wall) * 1e3:,.0f} ms",
            f"{timing.median_core * 1e3:,.0f} ms",
            f"{len(timing.wall)}",
        ]
        for label, timing in measured.timings.items()
    ]
    return _table(["what", "median", "fastest … slowest", "core time", "rounds"], rows)


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (heads, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(heads), *lines[1:]])
