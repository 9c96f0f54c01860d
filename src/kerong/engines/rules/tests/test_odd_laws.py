"""Laws that nobody would write on purpose are still judged the same everywhere, or refused with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kerong.engines.rules.compiler import check_library, compile_library
from kerong.engines.rules.explain import explain
from kerong.engines.rules.model import Band, Branch, Clause, DatedBands, DatedValue, PolicyMistakesError
from kerong.engines.rules.population import judge
from kerong.engines.rules.single import FirmJudge
from kerong.engines.rules.snapshot import from_columns
from kerong.engines.rules.tests.backends import by_single, everywhere
from kerong.engines.rules.tests.small_law import (
    FACTS,
    MARK,
    ON,
    Firm,
    any_of,
    card,
    classes,
    clause,
    compiled,
    fact,
    indicator,
    library,
    pack,
    table,
    value,
)

DAY = date(2026, 4, 1)
PUBLISHED = {
    **FACTS,
    "pf": fact("pf", "flag", 0, 1, published_by="law.other"),
    "pn": fact("pn", "points", 0, 100, published_by="law.other"),
    "pc": fact("pc", "code", 0, 0, published_by="law.other"),
}


def test_same_clause_twice_is_one_criterion_and_one_near_miss() -> None:
    law = compiled(pack("x >= 3", "NOT x < 3", "3 <= x", "f"))
    verdicts = FirmJudge(law).judge({"x": 1, "f": 1})

    assert [rule.criteria for rule in law.rules] == [(0, 1)]
    assert (verdicts.verdict(0), verdicts.nearness(0)) == ("not_met", "near_miss")
    everywhere(law, [{"x": 1, "f": 1}, {}])


def test_contradiction_and_tautology_over_one_fact() -> None:
    law = compiled(pack("x >= 3 AND x < 3", "x >= 3 OR x < 3", "TRUE", "FALSE", "NULL"))

    assert everywhere(law, [{"x": 1}, {"x": None}]) == [
        [False, True, True, False, None],
        [None, None, True, False, None],
    ]


def test_alternatives_without_parts_hold_and_without_branches_fail_to_exist() -> None:
    empty = Clause("e", "e", "e", "", (Branch("b", "b", ()),), MARK)

    assert everywhere(compiled(pack(empty, "f")), [{"f": None}]) == [[True, None]]


def test_table_without_rows_in_force_is_not_published() -> None:
    later = table("t", "c", {"a1": 5})
    later = replace(later, values=(replace(later.values[0], start=date(2030, 1, 1)),))
    law = compiled(pack("x >= t", "t IS NULL", parameters=[later]))

    assert everywhere(law, [{"x": 1, "c": "a1"}]) == [[None, True]]
    assert law.rules[0].blocked


@pytest.mark.parametrize(
    ("firm", "truths"),
    [
        ({"x": 5, "c": "a1"}, [True, False]),
        ({"x": 4, "c": "a1"}, [False, False]),
        ({"x": 9, "c": "a2"}, [None, True]),
        ({"x": 9, "c": "b1"}, [None, True]),
        ({"x": 9, "c": None}, [None, True]),
    ],
)
def test_table_without_this_row_is_not_published_for_the_firm(firm: Firm, truths: list[bool | None]) -> None:
    law = compiled(pack("x >= t", "t IS NULL", parameters=[table("t", "c", {"a1": 5, "a2": None})]))

    assert everywhere(law, [firm]) == [truths]


def test_points_where_no_band_matches_or_none_is_in_force_may_be_anything() -> None:
    later = DatedBands(date(2030, 1, 1), None, (Band(5),), MARK)
    points = card(
        "s",
        indicator("gap", 5, [Band(5, low=3), Band(1, high=0)], of="x"),
        replace(indicator("later", 4, [], of="x"), values=(later,)),
        indicator("unsaid", 3, [Band(None, low=0), Band(2)], of="y"),
    )
    law = compiled(
        pack("s.gap >= 5", "s.later <= 4", "s.later >= 1", "s.unsaid = 2", "s >= 12", points=points)
    )

    assert everywhere(law, [{"x": 1, "y": -1}, {"x": 5, "y": 1}, {"x": 0, "y": None}]) == [
        [None, True, None, True, False],
        [True, True, None, None, None],
        [False, True, None, None, False],
    ]


def test_class_without_otherwise_may_be_none() -> None:
    law = compiled(
        pack(
            "k = 'one'",
            "k <> 'one'",
            "k IS NULL",
            "k IN ('one', 'two')",
            classes=classes("k", one="x >= 5", two="f"),
        )
    )

    assert everywhere(law, [{"x": 5}, {"x": 1, "f": 1}, {"x": 1, "f": 0}, {"x": 1, "f": None}, {"f": 1}]) == [
        [True, False, False, True],
        [False, True, False, True],
        [False, True, True, False],
        [False, True, True, None],
        [None, None, True, True],
    ]


def test_fact_given_and_computed_is_used_as_given() -> None:
    points = card("s", indicator("i", 5, [Band(5, low=3), Band(1)], of="x"))
    other = pack(
        "x >= 3", key="law.other", points=points, classes=classes("k", high="x >= 3", low=""),
        publishes=[("pf", ""), ("pn", "s"), ("pc", "k")],
    )  # fmt: skip
    law = compiled(pack("pf", "pn >= 3", "pc = 'high'"), other, facts=PUBLISHED)
    only = [law.rules[0].criteria.index(c) for c in law.rules[0].clause_criteria]

    truths = everywhere(
        law,
        [
            {"x": 5},
            {"x": 5, "pf": 0, "pn": 2, "pc": "low"},
            {"pf": 1, "pn": 3, "pc": "high"},
            {},
            {"pc": "odd", "x": 9},
        ],
    )

    assert [[row[i] for i in only] for row in truths] == [
        [True, True, True],
        [False, False, False],
        [True, True, True],
        [None, None, None],
        [True, True, False],
    ]


def test_published_facts_in_a_circle_are_refused_with_the_path() -> None:
    facts = {
        **FACTS,
        "a": fact("a", "flag", 0, 1, published_by="law.a"),
        "b": fact("b", "flag", 0, 1, published_by="law.b"),
    }
    first = pack("b", key="law.a", publishes=[("a", "")])
    second = pack("a OR f", key="law.b", publishes=[("b", "")])

    with pytest.raises(PolicyMistakesError) as caught:
        compiled(first, second, facts=facts)

    assert "published facts go round in a circle: a → b → a" in str(caught.value) or (
        "published facts go round in a circle: b → a → b" in str(caught.value)
    )


def test_pack_that_uses_its_own_verdict_is_refused() -> None:
    with pytest.raises(PolicyMistakesError, match="pf → pf"):
        compiled(pack("pf", key="law.other", publishes=[("pf", "")]), facts=PUBLISHED)


def test_class_defined_by_itself_is_refused() -> None:
    with pytest.raises(PolicyMistakesError, match="k is defined by itself"):
        compiled(pack("f", classes=classes("k", one="k = 'two'", two="")))


@pytest.mark.parametrize(
    ("on", "truths"),
    [
        (DAY - timedelta(days=1), [["early", "long"], [True, True]]),
        (DAY, [["long", "late"], [True, False]]),
        (DAY + timedelta(days=30), [["long", "late"], [True, False]]),
        (DAY + timedelta(days=31), [["long"], [True]]),
    ],
)
def test_dated_clauses_hold_from_their_first_to_their_last_day(on: date, truths: list[list[object]]) -> None:
    law = compiled(
        pack(
            clause("early", "x >= 1", until=DAY - timedelta(days=1)),
            clause("long", "x >= 2"),
            clause("late", "x >= 3", start=DAY, until=DAY + timedelta(days=30)),
        ),
        on=on,
    )

    assert [[c.id for c in law.rules[0].clauses], everywhere(law, [{"x": 2}])[0]] == truths


def test_dated_value_holds_from_its_first_day() -> None:
    rising = replace(
        value("p", 1),
        values=tuple(DatedValue(day, None, v, (), MARK) for day, v in ((DAY, 5), (date(2020, 1, 1), 2))),
    )

    before, after = (
        compiled(pack("x >= p", parameters=[rising]), on=day) for day in (DAY - timedelta(days=1), DAY)
    )

    assert (everywhere(before, [{"x": 3}]), everywhere(after, [{"x": 3}])) == ([[True]], [[False]])


def test_value_seen_in_force_counts_from_the_day_it_was_seen() -> None:
    seen = replace(value("p", 1), values=(DatedValue(None, DAY, 5, (), MARK),))

    before, after = (
        compiled(pack("x >= p", parameters=[seen]), on=day) for day in (DAY - timedelta(days=1), DAY)
    )

    assert (everywhere(before, [{"x": 5}]), everywhere(after, [{"x": 5}])) == ([[None]], [[True]])


def test_pack_not_in_force_is_no_rule_and_publishes_nothing() -> None:
    other = pack("x >= 3", key="law.other", publishes=[("pf", "")], until=ON - timedelta(days=1))
    law = compiled(pack("pf"), other, facts=PUBLISHED)

    assert [rule.key for rule in law.rules] == ["law.one"]
    assert everywhere(law, [{"x": 5}, {"x": 5, "pf": 1}]) == [[None], [True]]
    with pytest.raises(KeyError):
        explain(law, "law.other", {})


def test_mistake_in_bands_that_begin_later_is_found_on_their_day() -> None:
    now = indicator("i", 5, [Band(5)], of="x")
    later = DatedBands(date(2030, 1, 1), None, (Band(5, when="nonsense"), Band(0)), MARK)
    points = card("s", replace(now, values=(*now.values, later)))

    mistakes = check_library(library(pack("s >= 1", points=points)), ON)

    assert ["'nonsense' is not known here" in str(m) for m in mistakes] == [True]


def test_mistake_in_a_pack_that_begins_later_is_found_on_its_day() -> None:
    mistakes = check_library(library(pack("nonsense >= 1", start=date(2031, 1, 1))), ON)

    assert ["'nonsense' is not known here" in str(m) for m in mistakes] == [True]


def test_mistake_after_another_clause_has_ended_is_found() -> None:
    shadowed = pack("f", clause("k", "pf", until=ON), key="law.one")
    other = pack(clause("self", "pf", start=ON + timedelta(days=1)), key="law.other", publishes=[("pf", "")])

    assert len(check_library(library(shadowed, other, facts=PUBLISHED), ON)) > 0


@pytest.mark.parametrize("count", [63, 64, 65, 127, 128, 129, 200])
def test_as_many_criteria_as_one_likes(count: int) -> None:
    law = compiled(
        pack(*(f"x >= {i - 100}" for i in range(count))),
        pack("x >= -100", f"x >= {count - 101}", "f", key="law.two"),
        pack(*(f"x <> {i - 100}" for i in range(count)), key="law.three"),
    )
    population: list[Firm] = [
        {"x": x, "f": f} for x in (-101, -100, -37, -36, 26, 27, 28, 100, None) for f in (1, 0, None)
    ]
    snapshot = from_columns(FACTS, {n: [firm.get(n) for firm in population] for n in FACTS}, ON)

    everywhere(law, population)
    verdicts = judge(law, snapshot)
    one = [FirmJudge(law).judge(firm) for firm in population]

    assert len(law.criteria) == 2 * count + 1
    assert verdicts.counts.tolist() == [
        [
            sum(bool(flags[i]) for flags in kind)
            for kind in zip(*((v.met, v.near_miss, v.one_document_away) for v in one), strict=True)
        ]
        for i in range(3)
    ]


@pytest.mark.parametrize("flag", [True, False, 1, 0])
def test_flags_may_be_booleans_or_numbers(flag: int) -> None:
    law = compiled(pack("f", "f = FALSE", "f IS NULL"))

    assert by_single(law, [{"f": flag}]) == [[bool(flag), not flag, False]]
    assert everywhere(law, [{"f": int(flag)}]) == [[bool(flag), not flag, False]]


def test_facts_outside_the_dictionary_and_outside_their_range_do_not_disturb_one_firm() -> None:
    law = compiled(pack("x >= 3", "x * 5 <= 10000"))

    assert by_single(law, [{"x": 10**30, "nonsense": "?"}]) == [[True, False]]


def test_no_rule_and_no_criterion_judge_to_nothing() -> None:
    verdicts = FirmJudge(compiled()).judge({"x": 1})

    assert (verdicts.true, verdicts.false, verdicts.met.tolist()) == (0, 0, [])


def test_pack_without_clauses_is_no_rule_and_still_checked() -> None:
    assert compiled(pack(classes=classes("k", one=""))).rules == ()
    with pytest.raises(PolicyMistakesError, match="'q' is not known here"):
        compiled(pack(classes=classes("k", one="q > 1")))


def test_parameter_named_like_a_fact_means_the_parameter_in_its_own_pack_only() -> None:
    law = compiled(
        pack("y >= x", key="law.facts"),
        pack("y >= x", key="law.parameter", parameters=[value("x", 50)]),
        pack("y >= x", key="law.again"),
    )

    truths = everywhere(law, [{"x": 1, "y": 10}])[0]

    assert [[truths[i] for i in rule.clause_criteria] for rule in law.rules] == [[True], [False], [True]]


def test_all_mistakes_are_reported_at_once() -> None:
    with pytest.raises(PolicyMistakesError) as caught:
        compiled(
            pack("q > 1", "x / 2 > 1", any_of("a", ["x >= n"], ["f"])),
            pack("c = 'zz'", key="law.two"),
        )

    assert len(caught.value.mistakes) == 4


def test_law_without_facts_in_the_register_is_unknown_for_all() -> None:
    law = compiled(pack("x >= 1", "f"))

    verdicts = judge(law, from_columns(FACTS, {"y": [1, 2, 3]}, ON))

    assert verdicts.counts.tolist() == [[0, 0, 0]]


def test_compiling_again_gives_the_same_criteria() -> None:
    law = library(pack("x >= 1", "f"), pack("y >= 1", "f", key="law.two"))

    assert compile_library(law, ON).criteria == compile_library(law, ON).criteria
