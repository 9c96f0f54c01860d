"""Carries the synthetic population from its files into the records: directory, facts, lives; once."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

from kerong.basics.regions import prefectures
from kerong.demo import judged
from kerong.demo.firms import FIRMS_FILE, SOURCE
from kerong.demo.lives import EVENTS_FILE, HISTORY_FILE
from kerong.demo.population import CLASSES, DIRECTORY_FILE, FACTS_FILE, MADE_FILE
from kerong.engines.rules.snapshot import from_columns
from kerong.records.facts.actions import load_demo_facts, load_demo_histories, rows_of
from kerong.records.parties.actions import (
    DirectoryLine,
    InstitutionLine,
    OfficeLine,
    load_demo_directory,
    load_demo_institutions,
    store_offices,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kerong.demo.firms import WrittenFirm
    from kerong.engines.rules.model import Fact, Library

INSTITUTIONS_FILE, OFFICES_FILE = (
    Path(__file__).with_name(f"{name}.yaml") for name in ("institutions", "offices")
)
FORM_OF_ROWS = 1
"""Raised whenever the same files would give other rows."""
_BATCH = 10_000


def load_population(folder: Path, library: Library, on: date, stories: Sequence[WrittenFirm]) -> bool:
    """Load directory, facts and lives of a population, the firms of stories included; say whether any changed.

    Files that were loaded last are not even read.
    """
    mark = _fingerprint(folder)
    lines = lines_of(folder, library, on, stories)
    changed = load_demo_directory(enterprises=lines, fingerprint=mark)
    changed |= load_demo_facts(firms=_facts(folder, library.facts), as_of=on, source=SOURCE, fingerprint=mark)
    changed |= load_demo_histories(histories=_histories(folder), fingerprint=mark)
    return changed


def store_institutions() -> int:
    """Store the invented institutions and return how many there are."""
    written = yaml.safe_load(INSTITUTIONS_FILE.read_text(encoding="utf-8"))["institutions"]
    return load_demo_institutions(
        institutions=[InstitutionLine(e["key"], e["name"], e["kind"], e["region"]) for e in written]
    )


def store_public_offices() -> int:
    """Store the offices that the plan names and one for each prefecture, and return how many there are."""
    written = yaml.safe_load(OFFICES_FILE.read_text(encoding="utf-8"))
    each = written["prefectures"]
    offices = [OfficeLine(e["key"], e["name"], e["kind"], e["region"]) for e in written["offices"]]
    offices += [
        OfficeLine(f"{each['key']}_{place.code}", f"{place.name}{each['name']}", each["kind"], place.code)
        for place in prefectures()
    ]
    return store_offices(offices=offices)


def _fingerprint(folder: Path) -> str:
    made = (folder / MADE_FILE).read_bytes()
    return hashlib.sha256(made + FIRMS_FILE.read_bytes() + str(FORM_OF_ROWS).encode()).hexdigest()


def lines_of(
    folder: Path, library: Library, on: date, stories: Sequence[WrittenFirm]
) -> Iterator[DirectoryLine]:
    """Yield the lines of the directory: the firms of stories, then the population of a folder."""
    yield from _story_lines(library, on, stories)
    wanted = ["uscc", "name", "region_code", "industry_code", "registered_on", *CLASSES]
    for batch in _batches(folder / DIRECTORY_FILE):
        columns = [batch.column(name).to_pylist() for name in wanted]
        for uscc, name, region, industry, day, size, stage in zip(*columns, strict=True):
            yield DirectoryLine(uscc, name, region or "", industry or "", _day(day), size, stage)


def _story_lines(library: Library, on: date, stories: Sequence[WrittenFirm]) -> Iterator[DirectoryLine]:
    named = sorted({name for firm in stories for name in firm.facts})
    columns = {name: [firm.facts.get(name) for firm in stories] for name in named}
    classes = judged.classes(library, from_columns(library.facts, columns, on), CLASSES)
    for i, firm in enumerate(stories):
        region, industry = (str(firm.facts.get(name, "")) for name in ("region_code", "industry_code"))
        day = firm.facts.get("registered_on")
        size, stage = (classes[name][i] for name in CLASSES)
        yield DirectoryLine(
            firm.uscc, firm.name, region, industry, _day(int(day) if day is not None else None), size, stage
        )


def _facts(folder: Path, law: Mapping[str, Fact]) -> Iterator[tuple[str, str, str]]:
    """Yield code, name and facts as JSON."""
    path = folder / FACTS_FILE
    return rows_of(path, [name for name in pq.read_schema(path).names if name in law], law)


def _histories(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield code, years and events as JSON; both tables are in the order of the firms."""
    events = _grouped(folder / EVENTS_FILE)
    years = _grouped(folder / HISTORY_FILE)
    of_year: tuple[str, list[dict[str, Any]]] | None = next(years, None)
    for uscc, happened in events:
        # Everybody has an event, but a firm of this year has no whole year yet.
        lived: list[dict[str, Any]] = []
        if of_year is not None and of_year[0] == uscc:
            lived, of_year = of_year[1], next(years, None)
        kept = [{name: value for name, value in event.items() if value is not None} for event in happened]
        yield uscc, _json(lived), _json(kept)


def _grouped(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the rows of each firm together."""
    now, rows = "", list[dict[str, Any]]()
    for batch in _batches(path):
        usccs = batch.column("uscc").to_pylist()
        names = [name for name in batch.schema.names if name != "uscc"]
        columns = [_plain(batch.column(name)).to_pylist() for name in names]
        for uscc, values in zip(usccs, zip(*columns, strict=True), strict=True):
            if uscc != now:
                if rows:
                    yield now, rows
                now, rows = uscc, []
            rows.append(dict(zip(names, values, strict=True)))
    if rows:
        yield now, rows


def _plain(column: pa.Array[Any]) -> pa.Array[Any]:
    """Return flags as numbers and days as text."""
    if pa.types.is_boolean(column.type):
        return pc.cast(column, pa.int8())
    return pc.cast(column, pa.string()) if pa.types.is_date(column.type) else column


def _batches(path: Path) -> Iterable[pa.RecordBatch]:
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(batch_size=_BATCH)


def _day(number: int | None) -> date | None:
    return None if number is None else date(number // 10_000, number // 100 % 100, number % 100)


def _json(found: Any) -> str:
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))
