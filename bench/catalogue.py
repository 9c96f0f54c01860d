"""A catalogue of 1,000 products: read, checked, compiled, started from the cache, and edited."""

from __future__ import annotations

import dataclasses
import gc
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench import catalogues, populations
from bench.measuring import Report, Timing, same, timed
from kerong.engines.rules import syntax
from kerong.engines.rules.cache import cached_catalogue
from kerong.engines.rules.compiler import Catalogue, check_library, compile_library
from kerong.engines.rules.loading import load_library, read_pack_text
from kerong.engines.rules.population import PopulationKernel
from kerong.engines.rules.snapshot import build_snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kerong.engines.rules.model import Library

PRODUCTS, ROWS, ROUNDS = 1_000, 285_000, 7


def main(_arguments: Sequence[str] = ()) -> int:
    """Measure, print a table and a line of JSON, return the number of missed goals."""
    report = Report("catalogue")
    drawn = catalogues.products(PRODUCTS)
    library = catalogues.library(drawn)
    with tempfile.TemporaryDirectory(prefix="kerong-bench-") as name:
        folder = Path(name)
        policies = folder / "policies"
        size = catalogues.write_yaml(policies, drawn)
        report.note(f"{PRODUCTS:,} packs, {size / 1e6:.1f} MB of YAML")
        read = load_library(policies)
        fresh = compile_library(library, catalogues.ON)
        same("YAML and memory", _rules(fresh), _rules(compile_library(read, catalogues.ON)))

        sources = read.sources
        del read
        gc.collect()
        gc.freeze()  # a process that starts holds nothing else for the collector to walk through

        def compiled() -> Catalogue:
            _forget()
            return compile_library(library, catalogues.ON)

        def from_yaml() -> Catalogue:
            _forget()
            return compile_library(load_library(policies), catalogues.ON)

        plain = report.add("parse + compile, without YAML", timed(compiled, ROUNDS))
        report.add(
            "check on every day on which something begins",
            timed(lambda: check_library(library, catalogues.ON), ROUNDS),
        )
        report.add("read YAML + parse + compile", timed(from_yaml, ROUNDS))
        kept = folder / "cache"
        same("cache", _rules(fresh), _rules(cached_catalogue(policies, catalogues.ON, kept)))
        same("cache", _rules(fresh), _rules(cached_catalogue(policies, catalogues.ON, kept)))
        cached = report.add(
            "start from the cache (all files hashed)",
            timed(lambda: cached_catalogue(policies, catalogues.ON, kept), ROUNDS),
        )
        report.figures["cache_megabytes"] = round(sum(p.stat().st_size for p in kept.iterdir()) / 1e6, 2)
        text = (policies / "synthetic" / "p00000.yaml").read_text(encoding="utf-8")
        report.add(
            "read the YAML of one pack",
            timed(lambda: read_pack_text(text, "synthetic.p00000", library.facts, sources), 50),
        )
        edited = _edit(report, folder, library)
    report.at_most("compile without YAML, seconds", plain.median, 0.04)
    report.at_most("cached start, seconds", cached.median, 0.1)
    report.at_most("one edited parameter over 285,000 firms, seconds", edited.median, 0.02)
    return report.finish()


def _forget() -> None:
    """Empty the caches of the parser: a process parses every text once."""
    syntax.parse.cache_clear()
    syntax.parsed.cache_clear()
    gc.collect()


def _rules(catalogue: Catalogue) -> list[tuple[str, tuple[int, ...]]]:
    return [(rule.key, rule.clause_criteria) for rule in catalogue.rules]


def _edit(report: Report, folder: Path, library: Library) -> Timing:
    """One parameter of one product moves: compile that pack alone, bind it, count again."""
    parquet = folder / "firms.parquet"
    populations.write_parquet(parquet, ROWS)
    snapshot = build_snapshot(parquet, catalogues.FACTS, folder / "store", catalogues.ON)
    pack = next(pack for pack in library.packs.values() if "revenue_min" in pack.parameters)
    values = iter(range(300_000_000, 10**12, 1_000_000))

    def moved() -> Library:
        parameter = pack.parameters["revenue_min"]
        value = dataclasses.replace(parameter.values[0], value=next(values))
        changed = dataclasses.replace(
            pack,
            parameters={**pack.parameters, "revenue_min": dataclasses.replace(parameter, values=(value,))},
        )
        return dataclasses.replace(library, packs={**library.packs, pack.key: changed})

    def run() -> tuple[Library, list[int]]:
        law = moved()
        catalogue = compile_library(law, catalogues.ON, keys=[pack.key])
        return law, PopulationKernel(catalogue, snapshot).run().counts[0].tolist()

    law, alone = run()
    whole = compile_library(law, catalogues.ON)
    counts = PopulationKernel(whole, snapshot).run().counts
    position = [rule.key for rule in whole.rules].index(pack.key)
    same("edited pack alone and among all", counts[position].tolist(), alone)
    return report.add("one edited parameter: compile, bind, 285,000 firms", timed(run, 20))


if __name__ == "__main__":
    main(sys.argv[1:])
