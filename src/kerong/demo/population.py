"""A seeded synthetic population, calibrated where numbers are published: facts, names, lives and a report."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kerong.demo import judged, names
from kerong.demo.assumptions import assumptions, calibration
from kerong.demo.calibrated import report
from kerong.demo.drawing import Drawing
from kerong.demo.halves import draw_first_half, draw_second_half
from kerong.demo.lives import EVENTS_FILE, HISTORY_FILE, write_lives
from kerong.engines.rules.snapshot import (
    Snapshot,
    SnapshotError,
    build_snapshot,
    open_snapshot,
    read_parquet,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from kerong.engines.rules.model import Fact, Library

LABEL = "演示数据：全部虚构"
GENERATOR = 3
"""Raised whenever the same seed would give other firms."""
FIRMS_DEFAULT, SEED_DEFAULT = 20_000, 20_261_123
FIRMS_MAX = 2_000_000
FACTS_FILE, SNAPSHOT_FOLDER, MADE_FILE = "facts.parquet", "snapshot", "made.json"
DIRECTORY_FILE, CALIBRATION_FILE = "directory.parquet", "calibration.json"
CLASSES = ("enterprise_size", "lifecycle_stage")
"""Codes worked out by rules that the directory of firms shows."""
TECH_SME = "national.recognition.tech_sme"


@dataclass(frozen=True, slots=True)
class Population:
    """One population: its codes and names, the drawing of its facts, and who meets which rule."""

    uscc: list[str]
    name: list[str]
    drawing: Drawing
    meets_tech_sme: np.ndarray[Any, np.dtype[np.bool_]] | None
    entered: np.ndarray[Any, np.dtype[np.bool_]]


def build_population(  # noqa: PLR0913 - what is built, where, and of which law and day
    folder: Path,
    library: Library,
    on: date,
    *,
    firms: int = FIRMS_DEFAULT,
    seed: int = SEED_DEFAULT,
    say: Callable[[str], None] = lambda _line: None,
) -> Snapshot:
    """Return the population's snapshot in a folder, built anew only when size, seed, law or day differ.

    Raises ValueError for an impossible number of firms.
    """
    if not 1 <= firms <= FIRMS_MAX:
        raise ValueError(f"{firms} firms: 1 to {FIRMS_MAX:,} were expected")
    made = {
        "label": LABEL, "generator": GENERATOR, "firms": firms, "seed": seed,
        "law_sha256": library.sha256, "on": on.isoformat(),
    }  # fmt: skip
    if (found := _reusable(folder, made)) is not None:
        return found
    say(f"生成 {firms:,} 家虚构企业（演示数据）")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / MADE_FILE).unlink(missing_ok=True)
    for leftover in folder.glob(f".{SNAPSHOT_FOLDER}-*"):
        shutil.rmtree(leftover, ignore_errors=True)  # An earlier attempt was killed.
    population = draw(folder, library, on, firms=firms, seed=seed)
    _write_facts(folder / FACTS_FILE, library.facts, population)
    snapshot = build_snapshot(folder / FACTS_FILE, library.facts, folder / SNAPSHOT_FOLDER, on)
    _write_directory(folder, judged.classes(library, snapshot, CLASSES))
    write_lives(folder, population.uscc, population.name, population.drawing, population.entered)
    found_out = report(population.drawing, snapshot, population.meets_tech_sme, population.entered)
    _write_json(folder / CALIBRATION_FILE, {**made, **found_out})
    _write_json(folder / MADE_FILE, {**made, "snapshot_sha256": snapshot.sha256})
    return snapshot


def draw(folder: Path, library: Library, on: date, *, firms: int, seed: int) -> Population:
    """Draw a population by a law; ``folder`` holds a file in between for a moment."""
    drawing = Drawing(on, firms=firms, seed=seed)
    draw_first_half(drawing, library.facts)
    met = _fitting(folder, library, drawing)
    # The result of 科技型中小企业 is worked out by its pack; who of these enters the list is chance.
    meets = met.get(TECH_SME)
    entered = np.zeros(firms, bool)
    if meets is not None:
        wish = np.where(meets, drawing.rng("entered").random(firms), -1.0)
        number = min(round(calibration().share("tech_sme_entered") * firms), int(meets.sum()))
        entered[np.argsort(-wish, kind="stable")[:number]] = True
    draw_second_half(drawing, library.facts, met, entered)
    regions = drawing.true("region_code").tolist()
    return Population(
        names.codes(regions),
        names.names(
            regions,
            drawing.industry,
            [industry.trades for industry in drawing.guesses.industries],
            drawing.true("enterprise_form_code").tolist(),
            (drawing.board != "") | (drawing.size > 2),  # noqa: PLR2004 - listed, or very large
            drawing.rng("names"),
        ),
        drawing,
        meets,
        entered,
    )


def write_parquet(path: Path, library: Library, on: date, *, firms: int, seed: int) -> None:
    """Write the facts of a population to Parquet; only facts that the law knows, inside their ranges."""
    _write_facts(path, library.facts, draw(path.parent, library, on, firms=firms, seed=seed))


def _write_facts(path: Path, facts: Mapping[str, Fact], population: Population) -> None:
    columns: dict[str, Any] = {"uscc": population.uscc, "name": population.name}
    table = pa.table({**columns, **_columns(facts, population.drawing)})
    pq.write_table(table.replace_schema_metadata({"kerong": LABEL}), path, compression="zstd")


def _columns(facts: Mapping[str, Fact], drawing: Drawing) -> dict[str, Any]:
    """Return what was drawn so far as columns of stored units."""
    columns: dict[str, Any] = {}
    for name, (values, missing) in drawing.made.items():
        fact = facts.get(name)
        if fact is None or fact.derived or fact.published_by:
            continue
        if fact.type == "code":
            columns[name] = pa.array(values, pa.string(), mask=missing)
        elif fact.type == "flag":
            columns[name] = pa.array(values.astype(bool), mask=missing)
        else:
            whole = np.clip(np.rint(values), fact.low, fact.high).astype(np.int64)
            columns[name] = pa.array(whole, mask=missing)
    return columns


def _fitting(
    folder: Path, library: Library, drawing: Drawing
) -> dict[str, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Hold the rules of titles against what is known so far."""
    keys = {TECH_SME, *(chance.rule for chance in assumptions().titles.values() if chance.rule)}
    between = folder / f".{FACTS_FILE}-first-half"
    try:
        pq.write_table(pa.table(_columns(library.facts, drawing)), between, compression="none")
        snapshot = read_parquet(between, library.facts, drawing.on)
    finally:
        between.unlink(missing_ok=True)
    return judged.who_meets(library, snapshot, sorted(keys))


def _write_directory(folder: Path, found: Mapping[str, list[str | None]]) -> None:
    """Write what everybody may know of a firm; the classes are those that the rules give it."""
    public = ["uscc", "name", "region_code", "industry_code", "registered_on"]
    table = pq.read_table(folder / FACTS_FILE)
    table = table.select([name for name in public if name in table.column_names])
    for name, values in found.items():
        table = table.append_column(name, pa.array(values, pa.string()))
    pq.write_table(table, folder / DIRECTORY_FILE, compression="zstd")


def _write_json(path: Path, found: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _reusable(folder: Path, made: Mapping[str, Any]) -> Snapshot | None:
    needed = (FACTS_FILE, DIRECTORY_FILE, HISTORY_FILE, EVENTS_FILE, CALIBRATION_FILE)
    if not all((folder / name).is_file() for name in needed):
        return None
    try:
        found = json.loads((folder / MADE_FILE).read_text(encoding="utf-8"))
        snapshot = open_snapshot(folder / SNAPSHOT_FOLDER)
    except (OSError, ValueError, SnapshotError):
        return None
    wanted = {**made, "snapshot_sha256": snapshot.sha256}
    return snapshot if found == wanted else None
