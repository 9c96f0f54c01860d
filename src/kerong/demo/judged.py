"""What the rules say of a synthetic population: who meets a rule, and into which class each firm falls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kerong.engines.rules.compiler import Compiler, compile_library
from kerong.engines.rules.graph import MISSING
from kerong.engines.rules.model import PolicyMistakesError
from kerong.engines.rules.population import PopulationKernel
from kerong.engines.rules.resolution import CodeName

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from kerong.engines.rules.model import Library
    from kerong.engines.rules.snapshot import Snapshot


def who_meets(library: Library, snapshot: Snapshot, keys: Iterable[str]) -> dict[str, NDArray[np.bool_]]:
    """Return per rule in force which firms meet it; rules that the law does not have are left out.

    Nobody can be found to meet a rule of which some number is not published: there the answer is who is not
    found to fail it.
    """
    wanted = [key for key in keys if key in library.packs and library.packs[key].in_force(snapshot.on)]
    if not wanted:
        return {}
    catalogue = compile_library(library, snapshot.on, keys=wanted)
    verdicts = PopulationKernel(catalogue, snapshot).run(keep=True, keep_criteria=True)
    found: dict[str, NDArray[np.bool_]] = {}
    for i, rule in enumerate(catalogue.rules):
        if rule.key in wanted:
            failing = np.bitwise_or.reduce(verdicts.criteria_false[list(rule.criteria)], axis=0)
            words = ~failing if rule.blocked else verdicts.eligible[i]
            bits = np.unpackbits(words.view(np.uint8), bitorder="little")[: snapshot.rows]
            found[rule.key] = bits.astype(bool)
    return found


def classes(library: Library, snapshot: Snapshot, facts: Sequence[str]) -> dict[str, list[str | None]]:
    """Return per published code fact the class of every firm, None where it is not known."""
    compiler = Compiler(library, snapshot.on)
    catalogue = compiler.compile(())
    columns: list[int] = []
    codes: dict[str, tuple[str, ...]] = {}
    for name in facts:
        entry = compiler.fact(name) if name in library.facts else None
        if not isinstance(entry, CodeName):
            continue
        cases = [(entry.test((code,))[0], i + 1) for i, code in enumerate(entry.codes)]
        codes[name] = entry.codes
        columns.append(compiler.graph.add(("cases", tuple(c for c in cases if c[0] != compiler.graph.false))))
    if compiler.mistakes:
        raise PolicyMistakesError(compiler.mistakes)
    unknown: dict[str, list[str | None]] = {name: [None] * snapshot.rows for name in facts}
    if not columns:
        return unknown
    values = PopulationKernel(catalogue, snapshot, columns).run().columns
    for i, (name, labels) in enumerate(codes.items()):
        numbers = np.where(values[i, : snapshot.rows] == MISSING, 0, values[i, : snapshot.rows])
        unknown[name] = np.array([None, *labels], dtype=object)[numbers].tolist()
    return unknown
