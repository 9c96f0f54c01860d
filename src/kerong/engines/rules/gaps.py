"""Which missing facts matter most: how many verdicts each holds up over a population, and who has it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kerong.engines.rules.graph import MISSING
from kerong.engines.rules.python_code import base_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kerong.engines.rules.compiler import Catalogue
    from kerong.engines.rules.population import PopulationVerdicts
    from kerong.engines.rules.snapshot import Snapshot

Words = NDArray[np.uint64]


@dataclass(slots=True)
class FactGap:
    """One missing fact: over how many firm–rule pairs it keeps the verdict unknown.

    ``sole`` counts the pairs in which this fact is the only thing missing: supplying it decides them.
    """

    fact: str
    label: str
    holder: str
    holder_label: str
    document: str
    held_up: int = 0
    sole: int = 0
    rules: set[str] = field(default_factory=set[str])


@dataclass(frozen=True, slots=True)
class RuleCounts:
    """How a population stands to one rule; the five numbers other than near and document add up to all firms."""

    rule: str
    label: str
    met: int
    near_miss: int
    one_document_away: int
    not_met: int
    unknown: int
    unpublished: bool


def rule_counts(catalogue: Catalogue, verdicts: PopulationVerdicts) -> list[RuleCounts]:
    """Count every rule's verdicts; needs verdicts run with ``keep_criteria``."""
    counts: list[RuleCounts] = []
    for position, rule in enumerate(catalogue.rules):
        met, near, document = (int(n) for n in verdicts.counts[position])
        failing = int(np.bitwise_count(_failing(verdicts, rule.criteria)).sum())
        unknown = verdicts.rows - met - failing
        counts.append(
            RuleCounts(
                rule.key, rule.pack.label, met, near, document, failing, unknown, unpublished=rule.blocked
            )
        )
    return counts


def missing_facts(catalogue: Catalogue, snapshot: Snapshot, verdicts: PopulationVerdicts) -> list[FactGap]:
    """Rank missing facts by the verdicts they hold up; needs verdicts run with ``keep_criteria``."""
    nodes = catalogue.graph.nodes
    inputs = base_inputs(nodes, [bitmap for truth in catalogue.criteria for bitmap in truth])
    library = catalogue.library
    everyone = _everyone(verdicts.rows)
    absent = {name: _missing_rows(snapshot, name, everyone) for name in library.facts}
    found: dict[str, FactGap] = {}
    for rule in catalogue.rules:
        failing = _failing(verdicts, rule.criteria)
        open_words = [~verdicts.criteria_true[c] & everyone & ~failing for c in rule.criteria]
        held: dict[str, Words] = {}
        for criterion, words in zip(rule.criteria, open_words, strict=True):
            true, false = catalogue.criteria[criterion]
            for used in {nodes[i][1] for i in inputs[true] | inputs[false]}:
                for name, wanted in _wanted(catalogue, absent, used):
                    here = words & wanted
                    held[name] = here if name not in held else held[name] | here
        wanting = _counted_once(held)
        for name, words in held.items():
            pairs = int(np.bitwise_count(words).sum())
            if pairs:
                gap = found.setdefault(name, _gap(catalogue, name))
                gap.held_up += pairs
                gap.sole += 0 if rule.blocked else int(np.bitwise_count(words & wanting).sum())
                gap.rules.add(rule.key)
    return sorted(found.values(), key=lambda gap: (-gap.held_up, -gap.sole, gap.fact))


def by_holder(gaps: list[FactGap]) -> list[tuple[str, int, int, int]]:
    """Return per platform: its label, facts wanted, pairs held up and pairs decided by one fact alone."""
    totals: dict[str, list[int]] = {}
    for gap in gaps:
        total = totals.setdefault(gap.holder_label or "—", [0, 0, 0])
        total[0] += 1
        total[1] += gap.held_up
        total[2] += gap.sole
    ordered = sorted(totals.items(), key=lambda item: -item[1][1])
    return [(label, total[0], total[1], total[2]) for label, total in ordered]


def _failing(verdicts: PopulationVerdicts, criteria: tuple[int, ...]) -> Words:
    failing = np.zeros(verdicts.criteria_false.shape[1], np.uint64)
    for criterion in criteria:
        failing |= verdicts.criteria_false[criterion]
    return failing


def _everyone(rows: int) -> Words:
    words = np.full(-(-rows // 64), np.uint64(2**64 - 1), np.uint64)
    if rows % 64 and len(words):
        words[-1] = np.uint64((1 << rows % 64) - 1)
    return words


def _missing_rows(snapshot: Snapshot, name: str, everyone: Words) -> Words:
    if name in snapshot.number_rows:
        missing = snapshot.numbers[snapshot.number_rows[name], : snapshot.rows] == MISSING
    elif name in snapshot.code_rows:
        missing = snapshot.codes[snapshot.code_rows[name], : snapshot.rows] == 0
    else:
        return everyone
    packed = np.packbits(missing, bitorder="little")
    padded = np.zeros(len(everyone) * 8, np.uint8)
    padded[: len(packed)] = packed
    return padded.view(np.uint64)


def _counted_once(held: dict[str, Words]) -> Words:
    """Return the firms for which exactly one of the facts is missing."""
    first = next(iter(held.values()), np.zeros(0, np.uint64))
    one, two = np.zeros_like(first), np.zeros_like(first)
    for words in held.values():
        two |= one & words
        one |= words
    return one & ~two


def _wanted(catalogue: Catalogue, absent: dict[str, Words], name: str) -> Iterator[tuple[str, Words]]:
    """Yield facts to ask for with the firms: nothing a pack publishes, nor behind a known derived fact."""
    fact = catalogue.library.facts[name]
    if fact.derived:
        for other in fact.inputs:
            for behind, words in _wanted(catalogue, absent, other):
                yield behind, words & absent[name]
    elif not fact.published_by:
        yield name, absent[name]


def _gap(catalogue: Catalogue, name: str) -> FactGap:
    fact = catalogue.library.facts[name]
    holder = catalogue.library.holders.get(fact.holder)
    return FactGap(name, fact.label, fact.holder, holder.label if holder else "", fact.document)
