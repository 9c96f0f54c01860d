"""Worked examples are held against the engine, and every difference names the case and both answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from kerong.engines.rules.case_files import Case, Expectation
from kerong.engines.rules.cases import run_cases
from kerong.engines.rules.model import Band, PolicyMistakesError
from kerong.engines.rules.tests.small_law import (
    FACTS,
    ON,
    amount,
    card,
    classes,
    clause,
    indicator,
    library,
    pack,
    value,
)

POINTS = card("s", indicator("i", 5, [Band(5, low=3), Band(1)], of="x"))
LAW = library(
    pack(
        "x >= 3",
        "f",
        clause("old", "y >= 1", until=date(2026, 1, 31)),
        points=POINTS,
        classes=classes("k", high="x >= 3", low="x >= 0"),
        amounts={**amount("sum", "x + y"), **amount("rounded", "x * 0.5")},
        parameters=[value("p", None)],
        until=date(2027, 1, 1),
    ),
    facts=FACTS,
)


def differences(facts: dict[str, Any], on: date = ON, **expected: Any) -> list[tuple[str, str, str]]:
    """Return what differs between an expectation and the engine."""
    case = Case("law.one", "one", on, facts, Expectation(**expected))
    return [(d.what, d.expected, d.found) for d in run_cases(LAW, [case])]


def test_expectation_that_holds_says_nothing() -> None:
    assert (
        differences(
            {"x": 3, "f": 0, "y": 1},
            verdict="not_met",
            nearness="near_miss",
            clauses={"k0": "met", "k1": "not_met"},
            points={"s": (5, 5), "s.i": (5, 5)},
            classes={"k": "high"},
            amounts={"sum": 4, "rounded": 1},
        )
        == []
    )


def test_nothing_known_is_an_expectation_too() -> None:
    assert (
        differences(
            {},
            verdict="unknown",
            nearness="none",
            clauses={"k0": "unknown"},
            points={"s": (1, 5)},
            classes={"k": None},
            amounts={"sum": None},
        )
        == []
    )


@pytest.mark.parametrize(
    ("expected", "what"),
    [
        ({"verdict": "met"}, ("the verdict", "met", "not_met")),
        ({"nearness": "none"}, ("the nearness", "none", "near_miss")),
        ({"clauses": {"k1": "met"}}, ("the clause k1", "met", "not_met")),
        ({"clauses": {"old": "met"}}, ("the clause old", "met", "not in force")),
        ({"points": {"s": (1, 5)}}, ("the points s", "(1, 5)", "(5, 5)")),
        ({"classes": {"k": "low"}}, ("the class k", "low", "high")),
        ({"classes": {"k": None}}, ("the class k", "None", "high")),
        ({"amounts": {"sum": 5}}, ("the amount sum", "0.05 yuan", "0.04 yuan")),
        ({"amounts": {"sum": None}}, ("the amount sum", "nothing (missing or not published)", "0.04 yuan")),
    ],
)
def test_difference_names_both_answers(expected: dict[str, Any], what: tuple[str, str, str]) -> None:
    assert differences({"x": 3, "f": 0, "y": 1}, **expected) == [what]


def test_class_in_doubt_is_told_with_what_is_possible() -> None:
    assert differences({"x": -1}, classes={"k": "low"}) == [("the class k", "low", "None")]
    assert differences({}, classes={"k": "low"}) == [("the class k", "low", "one of ['high', 'low', None]")]


def test_rule_that_is_not_in_force_is_a_difference() -> None:
    assert differences({}, date(2027, 1, 2), verdict="met") == [
        ("the rule", "in force", "not in force on 2027-01-02")
    ]


def test_case_is_judged_by_the_law_of_its_day() -> None:
    facts = {"x": 3, "f": 1, "y": 0}

    assert differences(facts, date(2026, 1, 31), verdict="not_met") == []
    assert differences(facts, date(2026, 2, 1), verdict="met") == []


def test_differences_come_in_the_order_of_the_cases() -> None:
    days = [ON, ON + timedelta(days=1), ON]
    cases = [Case("law.one", f"n{i}", on, {}, Expectation(verdict="met")) for i, on in enumerate(days)]

    found = run_cases(LAW, cases)

    assert [d.case.name for d in found] == ["n0", "n1", "n2"]
    assert str(found[0]) == "<memory>:0: n0: the verdict is unknown, the case expects met"


def test_law_with_mistakes_runs_no_case() -> None:
    broken = library(pack("nonsense >= 1"), facts=FACTS)

    with pytest.raises(PolicyMistakesError):
        run_cases(broken, [Case("law.one", "n", ON, {}, Expectation(verdict="met"))])
