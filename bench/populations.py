"""Seeded synthetic populations: columns of facts with gaps, as arrays, as Parquet and as a snapshot."""

# ruff: noqa: E501, PLW2901 - tables of distributions read best a line each

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.catalogues import CITIES, FACTS, FLAGS, FORMS, GRADES, INDUSTRIES, ON
from kerong.engines.rules.graph import MISSING
from kerong.engines.rules.snapshot import FORMAT, Snapshot, open_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_WAN = 1_000_000
# Median in fen, spread of the logarithm, share missing.
_MONEY = {
    "revenue": (2_500 * _WAN, 1.3, 0.08), "assets": (4_000 * _WAN, 1.3, 0.10), "tax": (60 * _WAN, 1.4, 0.05),
    "wages": (300 * _WAN, 1.1, 0.15), "export": (5 * _WAN, 2.5, 0.30), "profit": (120 * _WAN, 1.6, 0.12),
    "capital": (800 * _WAN, 1.4, 0.01), "cost": (1_500 * _WAN, 1.3, 0.10), "subsidy": (10 * _WAN, 1.9, 0.25),
}  # fmt: skip
_COUNTS = {
    "staff": (40, 1.1, 0.04), "patent": (3, 1.2, 0.10), "invention": (1, 1.2, 0.10), "software": (2, 1.2, 0.10),
    "standard": (1, 0.7, 0.20), "lender": (2, 0.6, 0.10), "award": (1, 0.7, 0.30), "penalty": (1, 0.5, 0.10),
    "insured": (35, 1.1, 0.05),
}  # fmt: skip


_DISTRICTS = [f"{city}{district:02d}" for city in CITIES for district in range(1, 10)] + ["880101", "880102"]
_TEXTS = {
    "syn_region_code": _DISTRICTS, "syn_industry_code": INDUSTRIES, "syn_grade_code": GRADES, "syn_form_code": FORMS
}  # fmt: skip


def columns(rows: int, seed: int = 11) -> dict[str, pa.Array[Any]]:
    """Draw the facts of ``rows`` firms as Arrow columns with nulls."""
    rng = np.random.default_rng(seed)
    made: dict[str, Any] = {}

    def whole(values: Any, missing: float) -> pa.Array[Any]:
        return pa.array(np.asarray(values).astype(np.int64), mask=rng.random(rows) < missing)

    drawn = {
        name: rng.lognormal(np.log(median), spread, rows) for name, (median, spread, _) in _MONEY.items()
    }
    for name, (_, _, missing) in _MONEY.items():
        made[f"syn_{name}_fen"] = whole(np.minimum(drawn[name], 9_000_000 * _WAN), missing)
    for name, whole_name, low, high, missing in (
        ("rd_expense", "revenue", 0.0, 0.16, 0.15), ("loan", "revenue", 0.0, 0.7, 0.10), ("debt", "assets", 0.2, 1.0, 0.10)
    ):  # fmt: skip
        share = rng.uniform(low, high, rows)
        made[f"syn_{name}_fen"] = whole(np.minimum(drawn[whole_name], 9_000_000 * _WAN) * share, missing)
    counts = {
        name: rng.lognormal(np.log(median), spread, rows) for name, (median, spread, _) in _COUNTS.items()
    }
    for name, (_, _, missing) in _COUNTS.items():
        made[f"syn_{name}_count"] = whole(np.minimum(counts[name], 900_000), missing)
    made["syn_rd_staff_count"] = whole(np.minimum(counts["staff"], 900_000) * rng.uniform(0, 0.4, rows), 0.12)
    made["syn_age_months"] = whole(np.minimum(rng.lognormal(np.log(70), 0.8, rows), 2_300), 0.01)
    made["syn_overdue_days"] = whole(np.maximum(rng.normal(-10, 30, rows), 0), 0.06)
    made["syn_credit_points"] = whole(np.clip(rng.normal(620, 80, rows), 0, 1_000), 0.10)
    made["syn_growth_bp"] = whole(rng.normal(1_000, 2_000, rows), 0.09)
    weights = 1 / (1 + np.arange(len(_DISTRICTS)))
    for name, texts, shares, missing in (
        ("syn_region_code", _DISTRICTS, weights, 0.005), ("syn_industry_code", list(INDUSTRIES), None, 0.03),
        ("syn_grade_code", list(GRADES), np.array([1, 3, 6, 5, 4, 2, 1.0]), 0.08),
        ("syn_form_code", list(FORMS), np.array([30, 2, 3, 1.0]), 0.01),
    ):  # fmt: skip
        shares = None if shares is None else shares / shares.sum()
        drawn_codes = rng.choice(len(texts), rows, p=shares).astype(np.int32)
        indices = pa.array(drawn_codes, mask=rng.random(rows) < missing)
        made[name] = pa.DictionaryArray.from_arrays(indices, pa.array(texts)).cast(pa.string())
    likely = dict.fromkeys(FLAGS, 0.35) | {"is_syn_j": 0.93, "is_syn_i": 0.05}
    for name in FLAGS:
        made[name] = pa.array(rng.random(rows) < likely[name], mask=rng.random(rows) < 0.06)
    return made


def write_parquet(path: Path, rows: int, seed: int = 11, chunk: int = 1_000_000) -> None:
    """Write a population to Parquet, chunk by chunk."""
    writer: pq.ParquetWriter | None = None
    for begin, made in _chunks(rows, seed, chunk):
        count = len(next(iter(made.values())))
        keys = pa.array([f"SYN{row:015d}" for row in range(begin, begin + count)])
        table = pa.table({"uscc": keys, **made})
        if writer is None:
            writer = pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=131_072)
    if writer is not None:
        writer.close()


def write_store(folder: Path, rows: int, seed: int = 11, chunk: int = 1_000_000) -> Snapshot:
    """Write a population of any size straight into a column store, holding one chunk in memory."""
    folder.mkdir(parents=True)
    names = sorted(name for name, fact in FACTS.items() if fact.type not in {"code", "flag"})
    coded = sorted(set(FACTS) - set(names))
    dictionaries = {
        name: ("0", "1") if FACTS[name].type == "flag" else tuple(sorted(_TEXTS[name])) for name in coded
    }
    stride = -(-rows // 64) * 64
    numbers = np.memmap(folder / "numbers.i64", np.int64, "w+", shape=(len(names), stride))
    codes = np.memmap(folder / "codes.u16", np.uint16, "w+", shape=(len(coded), stride))
    numbers[:, rows:], codes[:, rows:] = MISSING, 0
    for begin, made in _chunks(rows, seed, chunk):
        end = begin + len(next(iter(made.values())))
        for row, name in enumerate(names):
            numbers[row, begin:end] = pc.fill_null(made[name], MISSING).to_numpy()
        for row, name in enumerate(coded):
            values = (
                pc.cast(pc.cast(made[name], pa.uint8()), pa.string())
                if FACTS[name].type == "flag"
                else made[name]
            )
            found = pc.add(pc.index_in(values, pa.array(dictionaries[name])), 1)
            codes[row, begin:end] = pc.fill_null(found, 0).to_numpy()
    numbers.flush()
    codes.flush()
    manifest = {
        "format": FORMAT, "rows": rows, "on": ON.isoformat(), "numbers": names, "sha256": "synthetic",
        "codes": [{"name": name, "dictionary": list(dictionaries[name])} for name in coded],
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return open_snapshot(folder)


def _chunks(rows: int, seed: int, chunk: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, begin in enumerate(range(0, rows, chunk)):
        yield begin, columns(min(chunk, rows - begin), seed + number)


__all__ = ["MISSING", "columns", "write_parquet", "write_store"]
