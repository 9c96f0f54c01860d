"""An explanation says what the verdict says, clause by clause, with what is missing and by how much."""

from __future__ import annotations

import json

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from kerong.engines.rules.compiler import compile_library
from kerong.engines.rules.explain import explain
from kerong.engines.rules.model import Library
from kerong.engines.rules.single import FirmJudge
from kerong.engines.rules.tests.backends import split
from kerong.engines.rules.tests.random_law import ON, firms, libraries
from kerong.engines.rules.tests.small_law import (
    Firm,
    compiled,
    pack,
    value,
)
from kerong.engines.rules.tests.told import FACTS

# A whole law takes minutes to shrink.
EXAMPLES = settings(max_examples=40, phases=[Phase.explicit, Phase.reuse, Phase.generate])
WORDS = {True: "met", False: "not_met", None: "unknown"}


@EXAMPLES
@given(libraries(), st.lists(firms(), min_size=1, max_size=4))
def test_truths_and_nearness_are_those_of_the_verdict(library: Library, population: list[Firm]) -> None:
    catalogue = compile_library(library, ON)
    judge = FirmJudge(catalogue)
    for firm in population:
        verdicts = judge.judge(firm)
        truths = split(verdicts.true, verdicts.false, len(catalogue.criteria))
        for position, rule in enumerate(catalogue.rules):
            found = explain(catalogue, rule.key, firm)

            assert [c.truth for c in found.clauses] == [WORDS[truths[i]] for i in rule.clause_criteria]
            assert (found.verdict, found.nearness) == (
                verdicts.verdict(position),
                verdicts.nearness(position),
            )
            assert all(c.sentence and c.sentence_en and c.label and c.label_en for c in found.clauses)
            assert json.loads(json.dumps(found.as_json(), ensure_ascii=False))["rule"] == rule.key


@EXAMPLES
@given(libraries(nulls=False), st.lists(firms(), min_size=1, max_size=4))
def test_every_unknown_clause_says_what_is_missing_and_names_nothing_known(
    library: Library, population: list[Firm]
) -> None:
    catalogue = compile_library(library, ON)
    for firm in population:
        for rule in catalogue.rules:
            for found in explain(catalogue, rule.key, firm).clauses:
                if found.truth == "unknown":
                    assert found.missing or found.unpublished, found
                    # "y" is the whole of random ratios: where it is not positive another figure is wanted.
                    assert {
                        m.name for m in found.missing if m.name != "y" and firm[m.name] is not None
                    } == set()
                else:
                    assert (found.missing, found.unpublished) == ((), ())


@given(
    st.sampled_from([">=", ">", "<=", "<"]),
    st.sampled_from(["x {} 3", "x {} 2.5", "3 {} x", "x {} y", "x {} y * 2 - 1", "NOT x {} 3", "x {} p"]),
    st.integers(-20, 20),
    st.integers(-20, 20),
)
def test_moving_by_the_gap_meets_the_comparison_and_one_less_does_not(
    operator: str, text: str, x: int, y: int
) -> None:
    law = compiled(pack(text.format(operator), parameters=[value("p", 4)]))

    def comparison(moved: int) -> tuple[str, int | None, str]:
        (found,) = explain(law, "law.one", {"x": moved, "y": y}).clauses[0].comparisons
        return found.truth, found.gap, found.gap_fact

    truth, gap, gap_fact = comparison(x)
    assume(truth == "not_met")

    assert gap is not None
    assert gap_fact == "x"
    step = gap if comparison(x + gap)[0] == "met" else -gap
    assert comparison(x + step)[0] == "met"
    assert comparison(x + step - step // gap)[0] == "not_met"


@given(
    st.sampled_from([">=", ">", "<=", "<"]),
    st.integers(0, 500),
    st.integers(1, 5_000),
    st.integers(1, 9_999),
    st.sampled_from(["part first", "whole first"]),
)
def test_moving_the_part_by_the_gap_meets_the_ratio(
    operator: str, part: int, whole: int, share: int, order: str
) -> None:
    mirrored = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}[operator]
    texts = {
        "part first": f"rd * 10000 {operator} revenue * p",
        "whole first": f"revenue * p {mirrored} rd * 10000",
    }
    text = texts[order]
    law = compiled(pack(text, parameters=[value("p", share, "percent")]), facts=FACTS)

    def comparison(moved: int) -> tuple[str, int | None, str]:
        (found,) = explain(law, "law.one", {"rd": moved, "revenue": whole}).clauses[0].comparisons
        return found.truth, found.gap, found.gap_fact

    truth, gap, gap_fact = comparison(part)
    assume(truth == "not_met")
    direction = 1 if operator in {">=", ">"} else -1

    assert gap is not None
    assert gap_fact == "rd"
    assert comparison(part + direction * gap)[0] == "met"
    assert comparison(part + direction * (gap - 1))[0] == "not_met"


@pytest.mark.parametrize("text", ["x >= y - x", "x * 10000 >= (x + y) * p"])
def test_gap_names_no_fact_where_moving_it_moves_the_requirement(text: str) -> None:
    law = compiled(pack(text, parameters=[value("p", 9_000, "percent")]))

    (found,) = explain(law, "law.one", {"x": 1, "y": 50}).clauses[0].comparisons

    assert (found.truth, found.gap_fact) == ("not_met", "")
