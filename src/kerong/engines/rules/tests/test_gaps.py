"""Which missing facts hold up verdicts: counted one by one, firm by firm and rule by rule."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kerong.engines.rules.compiler import Catalogue, compile_library
from kerong.engines.rules.gaps import by_holder, missing_facts, rule_counts
from kerong.engines.rules.model import Library
from kerong.engines.rules.population import judge
from kerong.engines.rules.python_code import base_inputs
from kerong.engines.rules.snapshot import Snapshot, from_columns
from kerong.engines.rules.tests.backends import by_interpreter
from kerong.engines.rules.tests.random_law import FACTS, ON, firms, libraries
from kerong.engines.rules.tests.small_law import Firm, compiled, fact, pack, value

EXAMPLES = settings(max_examples=50, phases=[Phase.explicit, Phase.reuse, Phase.generate])


def snapshot_of(facts: Any, population: list[Firm], names: list[str] | None = None) -> Snapshot:
    """Return a snapshot of firms, of all facts or those named."""
    return from_columns(facts, {n: [firm.get(n) for firm in population] for n in names or facts}, ON)


def ranked(catalogue: Catalogue, snapshot: Snapshot) -> dict[str, tuple[int, int, set[str]]]:
    """Return fact → (held up, decided by it alone, rules)."""
    gaps = missing_facts(catalogue, snapshot, judge(catalogue, snapshot, keep_criteria=True))
    assert gaps == sorted(gaps, key=lambda gap: (-gap.held_up, -gap.sole, gap.fact))
    return {gap.fact: (gap.held_up, gap.sole, gap.rules) for gap in gaps}


@EXAMPLES
@given(libraries(), st.lists(firms(), min_size=1, max_size=70))
def test_counts_are_those_of_one_firm_at_a_time(library: Library, population: list[Firm]) -> None:
    catalogue = compile_library(library, ON)
    snapshot = snapshot_of(FACTS, population)
    truths = by_interpreter(catalogue, population)
    nodes = catalogue.graph.nodes
    inputs = base_inputs(nodes, [b for pair in catalogue.criteria for b in pair])
    held: Counter[str] = Counter()
    sole: Counter[str] = Counter()
    for firm, row in zip(population, truths, strict=True):
        for rule in catalogue.rules:
            found = [row[c] for c in rule.criteria]
            if False in found or None not in found:
                continue
            behind = {
                nodes[i][1]
                for c in rule.criteria
                if row[c] is None
                for i in inputs[catalogue.criteria[c][0]] | inputs[catalogue.criteria[c][1]]
            }
            wanting = [name for name in behind if firm[name] is None and not FACTS[name].published_by]
            held.update(wanting)
            sole.update(wanting if len(wanting) == 1 and not rule.blocked else [])

    assert {name: gap[:2] for name, gap in ranked(catalogue, snapshot).items()} == {
        name: (held[name], sole[name]) for name in held
    }


@EXAMPLES
@given(libraries(), st.lists(firms(), max_size=70))
def test_counts_of_a_rule_add_up_to_all_firms(library: Library, population: list[Firm]) -> None:
    catalogue = compile_library(library, ON)
    verdicts = judge(catalogue, snapshot_of(FACTS, population), keep_criteria=True)
    truths = by_interpreter(catalogue, population)

    counts = rule_counts(catalogue, verdicts)

    assert [(c.met, c.not_met, c.unknown, c.unpublished) for c in counts] == [
        (
            sum(all(row[c] for c in rule.criteria) for row in truths),
            sum(any(row[c] is False for c in rule.criteria) for row in truths),
            sum(
                all(row[c] is not False for c in rule.criteria) and any(row[c] is None for c in rule.criteria)
                for row in truths
            ),
            rule.blocked,
        )
        for rule in catalogue.rules
    ]


OWN = {
    "rd": fact("rd", "fen", 0, 10**6, holder="tax"),
    "sales": fact("sales", "fen", 0, 10**6, holder="tax"),
    "share": fact("share", "percent", 0, 10**6, derived="rd_share_bp", inputs=("rd", "sales")),
    "staff": fact("staff", "persons", 0, 100, holder="registry"),
    "named": fact("named", "flag", 0, 1, published_by="law.other"),
}


@pytest.mark.parametrize(
    ("firm", "expected"),
    [
        ({}, {"rd", "sales", "staff"}),
        ({"rd": 5, "staff": 1}, {"sales"}),
        ({"share": 600}, {"staff"}),
        ({"share": 600, "staff": 9}, set()),
        ({"rd": 0, "sales": 10}, set()),
    ],
)
def test_derived_fact_is_asked_for_through_what_it_is_worked_out_from(firm: Firm, expected: set[str]) -> None:
    catalogue = compiled(pack("share >= 500", "staff >= 1"), facts=OWN)

    assert set(ranked(catalogue, snapshot_of(OWN, [firm], list(firm) or ["staff"]))) == expected


def test_published_fact_is_asked_for_through_the_other_pack() -> None:
    other = pack("staff >= 5", key="law.other", publishes=[("named", "")])
    catalogue = compiled(pack("named"), other, facts=OWN)

    assert ranked(catalogue, snapshot_of(OWN, [{"staff": None}, {"staff": 9}, {"named": 1}])) == {
        "staff": (3, 3, {"law.one", "law.other"})
    }


def test_fact_decides_nothing_alone_where_a_value_is_not_published() -> None:
    catalogue = compiled(pack("staff >= 5", "sales >= p", parameters=[value("p", None)]), facts=OWN)

    assert ranked(catalogue, snapshot_of(OWN, [{"sales": 1}])) == {"staff": (1, 0, {"law.one"})}


def test_facts_are_added_up_by_holder() -> None:
    catalogue = compiled(pack("share >= 500"), pack("staff >= 1", key="law.two"), facts=OWN)
    snapshot = snapshot_of(OWN, [{}, {"rd": 5}])

    gaps = missing_facts(catalogue, snapshot, judge(catalogue, snapshot, keep_criteria=True))

    assert by_holder(gaps) == [("税务", 2, 3, 1), ("登记处", 1, 2, 2)]


def test_no_firm_and_no_rule_give_nothing() -> None:
    catalogue = compiled(pack("staff >= 5"), facts=OWN)
    nobody = snapshot_of(OWN, [])
    none = compiled(facts=OWN)

    assert ranked(catalogue, nobody) == {}
    assert ranked(none, snapshot_of(OWN, [{}])) == {}
    assert [c.unknown for c in rule_counts(catalogue, judge(catalogue, nobody, keep_criteria=True))] == [0]
