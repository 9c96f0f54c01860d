"""What the catalogue says of firms of which only invoices are known: each criterion that asks for them, counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from kerong.engines.invoices.features import FACT_NAMES
from kerong.engines.rules import gaps, snapshot
from kerong.engines.rules.compiler import compile_library
from kerong.engines.rules.explain import explain
from kerong.engines.rules.population import PopulationKernel
from kerong.engines.rules.python_code import base_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from kerong.engines.rules.compiler import Catalogue
    from kerong.engines.rules.model import Library
    from kerong.engines.rules.population import PopulationVerdicts

    Columns = Mapping[str, NDArray[np.int64]]

LAW_ON = date(2026, 11, 23)
CELL_MIN = 5


@dataclass(frozen=True, slots=True)
class _Asking:
    """A criterion that asks for invoices: its rule, what it says, the facts it compares, and its place."""

    rule: str
    says: str
    facts: tuple[str, ...]
    criterion: int


def catalogue_figures(
    sets: Mapping[str, Columns], library: Library, table: Callable[[list[str], list[list[str]]], str]
) -> dict[str, Any]:
    """Hold the firms of every set against all rules in force and return what the report's template names."""
    catalogue = compile_library(library, LAW_ON, subject="enterprise")
    asking = list(_asking(catalogue))
    judged = {label: _judged(catalogue, library, columns) for label, columns in sets.items()}
    counts = {label: gaps.rule_counts(catalogue, verdicts) for label, verdicts in judged.items()}
    rules = list(dict.fromkeys(one.rule for one in asking))
    firms = sum(verdicts.rows for verdicts in judged.values())
    sums = {
        word: sum(getattr(one, word) for found in counts.values() for one in found)
        for word in ("met", "not_met", "unknown")
    }
    criteria = [
        [f"`{one.rule}`", one.says, ", ".join(f"`{name}`" for name in one.facts), label,
         *_cells(_of_criterion(verdicts, one.criterion))]
        for one in asking for label, verdicts in judged.items()
    ]  # fmt: skip
    verdicts_table = [
        [f"`{one.rule}`", f"{len(catalogue.rule(one.rule).criteria)}", label,
         *_cells((one.met, one.not_met, one.unknown))]
        for rule in rules for label, found in counts.items() for one in found if one.rule == rule
    ]  # fmt: skip
    others = sum(one.met + one.not_met for found in counts.values() for one in found if one.rule not in rules)
    return {
        "firms": firms,
        "rules": len(catalogue.rules),
        "law_on": LAW_ON,
        "pairs": f"{firms * len(catalogue.rules):,}",
        "mentioning": len(rules),
        "criteria": table(["rule", "criterion", "facts", "set", "met", "not met", "open"], criteria),
        "verdicts": table(["rule", "criteria", "set", "met", "not met", "open"], verdicts_table),
        "decided_otherwise": others,
        **{word: f"{number:,}" for word, number in sums.items()},
    }


def _asking(catalogue: Catalogue) -> list[_Asking]:
    """Find every clause whose criterion reads a fact of invoices, in the order of the rules."""
    nodes = catalogue.graph.nodes
    inputs = base_inputs(nodes, [bitmap for truth in catalogue.criteria for bitmap in truth])
    found: list[_Asking] = []
    for rule in catalogue.rules:
        said = {clause.id: clause.label_en for clause in explain(catalogue, rule.key, {}).clauses}
        for clause, criterion in zip(rule.clauses, rule.clause_criteria, strict=True):
            true, false = catalogue.criteria[criterion]
            read = {str(nodes[i][1]) for i in inputs[true] | inputs[false]}
            if read & set(FACT_NAMES):
                found.append(_Asking(rule.key, said[clause.id], tuple(sorted(read)), criterion))
    return found


def _judged(catalogue: Catalogue, library: Library, columns: Columns) -> PopulationVerdicts:
    held = snapshot.from_columns(library.facts, dict(columns), LAW_ON)
    return PopulationKernel(catalogue, held).run(keep_criteria=True)


def _of_criterion(verdicts: PopulationVerdicts, criterion: int) -> tuple[int, int, int]:
    met, not_met = (
        int(np.bitwise_count(words[criterion]).sum())
        for words in (verdicts.criteria_true, verdicts.criteria_false)
    )
    return met, not_met, verdicts.rows - met - not_met


def _cells(counts: Sequence[int]) -> list[str]:
    """Hide a count under five, and with it the next smallest, from which it could be worked out."""
    hidden = [i for i, count in enumerate(counts) if 0 < count < CELL_MIN]
    if len(hidden) == 1:
        rest = [i for i, count in enumerate(counts) if count and i not in hidden]
        hidden += sorted(rest, key=lambda i: counts[i])[:1]
    return ["hidden" if i in hidden else f"{count}" for i, count in enumerate(counts)]
