"""What would make a rule met: only moves the firm may make, confirmed by the judge, easy ones first."""

from __future__ import annotations

import gc
import random
import weakref
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from kerong.basics.policies_folder import policies_folder
from kerong.engines.rules import moves
from kerong.engines.rules.compiler import Catalogue, compile_library
from kerong.engines.rules.evaluation import Way
from kerong.engines.rules.facts_known import completed
from kerong.engines.rules.loading import load_library
from kerong.engines.rules.model import Band, Clause, Library
from kerong.engines.rules.moves import ways
from kerong.engines.rules.single import FirmJudge
from kerong.engines.rules.tests.random_law import ON, firms, libraries
from kerong.engines.rules.tests.small_law import (
    Firm,
    any_of,
    card,
    compiled,
    fact,
    indicator,
    pack,
    table,
    value,
)

EXAMPLES = settings(max_examples=60, phases=[Phase.explicit, Phase.reuse, Phase.generate])
ACTIONABLE = {
    made.name: made
    for made in (
        fact("x", "fen", -6, 6, act="up", effort=1),
        fact("y", "fen", -6, 6, act="either", effort=2),
        fact("z", "fen", -6, 6, act="down", effort=3),
        fact("w", "fen", -6, 6),
        fact("f", "flag", 0, 1, act="up", effort=4),
        fact("g", "flag", 0, 1),
        fact("c", "code", 0, 0, act="either"),
        fact("d", "date", 0, 99991231, act="either"),
    )
}


def found(law: Catalogue, firm: Firm, limit: int = 3) -> list[tuple[dict[str, int], int, str]]:
    """Return the ways of the first rule: the values after, the effort, and the verdict they lead to."""
    return [
        ({move.fact: move.after for move in way.moves}, way.effort, way.leads_to)
        for way in ways(law, law.rules[0].key, firm, limit=limit)
    ]


def law_of(*predicates: str | Clause, **more: Any) -> Catalogue:
    """Return one pack over the facts above."""
    return compiled(pack(*predicates, **more), facts=ACTIONABLE)


def assert_sound(catalogue: Catalogue, judge: FirmJudge, key: str, firm: Firm, made: tuple[Way, ...]) -> None:
    """Assert that every way is allowed, confirmed by the judge, and no harder than the next."""
    facts = catalogue.library.facts
    position = [rule.key for rule in catalogue.rules].index(key)
    for way in made:
        rounded = {**firm, **{move.fact: move.told for move in way.moves}}
        told = judge.judge(completed(catalogue.library, catalogue.on, rounded))
        assert told.verdict(position) == way.leads_to
        known = completed(catalogue.library, catalogue.on, firm)
        after = {**firm, **{move.fact: move.after for move in way.moves}}
        verdicts = judge.judge(completed(catalogue.library, catalogue.on, after))
        assert verdicts.verdict(position) == way.leads_to != "not_met"
        assert way.effort == sum(facts[move.fact].effort for move in way.moves)
        assert way.sentence
        assert way.sentence_en
        for move in way.moves:
            moved = facts[move.fact]
            assert move.before == known[move.fact] == firm[move.fact]
            assert moved.low <= move.after <= moved.high
            assert moved.act == "either" or (move.after > move.before) == (moved.act == "up")
            assert moved.act != "no"
            assert not moved.derived
            assert moved.type not in {"code", "date"}
    assert [way.effort for way in made] == sorted(way.effort for way in made)


@EXAMPLES
@given(libraries(), st.lists(firms(), min_size=1, max_size=4))
def test_every_way_is_allowed_and_confirmed_by_the_judge(library: Library, population: list[Firm]) -> None:
    catalogue = compile_library(library, ON)
    judge = FirmJudge(catalogue)
    for firm in population:
        verdicts = judge.judge(firm)
        for position, rule in enumerate(catalogue.rules):
            made = ways(catalogue, rule.key, firm)

            event(f"{len(made)} ways")
            assert_sound(catalogue, judge, rule.key, firm, made)
            if not verdicts.not_met[position]:
                assert made == ()


NUMBER = st.sampled_from(["x", "y", "z", "w", "2", "-3", "p"])
SUM = st.one_of(
    NUMBER,
    st.tuples(NUMBER, st.sampled_from(["+", "-"]), NUMBER).map(" ".join),
    st.tuples(st.sampled_from(["2", "-2", "3"]), NUMBER, st.sampled_from(["+", "-"]), NUMBER).map(
        lambda t: f"({t[0]}) * {t[1]} {t[2]} {t[3]}"
    ),
    st.tuples(st.sampled_from(["least", "greatest"]), NUMBER, NUMBER).map(
        lambda t: f"{t[0]}({t[1]}, {t[2]})"
    ),
    st.tuples(NUMBER, NUMBER).map(lambda t: f"floor({t[0]} * 0.5 + {t[1]})"),
    st.sampled_from(["t", "x - t", "y + t", "2 * y - t"]),
)
COMPARISON = st.one_of(
    st.tuples(SUM, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), SUM).map(" ".join),
    st.sampled_from(
        [
            "f",
            "g",
            "NOT f",
            "s.i1 >= 2",
            "s >= 5",
            "s < 4",
            "s.i2 - s.i1 = 1",
            "x * w >= 4",
            "y * y <= 9",
            "y * x < -5",
        ]
    ),
    st.sampled_from(["t >= 1", "NOT (t >= 1)", "y IN (-4, 4)", "x BETWEEN 2 AND 3"]),
)
PREDICATE = st.one_of(
    COMPARISON,
    st.tuples(COMPARISON, st.sampled_from(["AND", "OR"]), COMPARISON).map(
        lambda t: f"({t[0]}) {t[1]} ({t[2]})"
    ),
)
WORLD = st.fixed_dictionaries(
    {**dict.fromkeys("xyzw", st.integers(-6, 6)), "f": st.integers(0, 1), "g": st.integers(0, 1)}
)
POINTS = card(
    "s",
    indicator("i1", 3, [Band(1, high=-2), Band(3, low=2, high=4), Band(2, low=5), Band(0)], of="y"),
    indicator("i2", 4, [Band(4, low=3), Band(1)], of="x + z"),
)
PARAMETERS = [value("p", 1), table("t", "y", {(None, -3): 2, (-2, 1): -1, (2, 4): 3, (5, None): 0})]


def single_moves(judge: FirmJudge, firm: Firm) -> dict[str, int]:
    """Return, by brute force, every fact that alone suffices, with its nearest value that does."""
    nearest: dict[str, int] = {}
    for name, moved in ACTIONABLE.items():
        before = firm.get(name)
        if moved.act == "no" or moved.type in {"code", "date"} or not isinstance(before, int):
            continue
        values = sorted(range(moved.low, moved.high + 1), key=lambda v: abs(v - before))
        allowed = [
            v
            for v in values
            if v != before and (moved.act == "either" or (v > before) == (moved.act == "up"))
        ]
        working = [v for v in allowed if not judge.judge({**firm, name: v}).not_met[0]]
        if working:
            nearest[name] = working[0]
    return nearest


@settings(max_examples=200)
@given(st.lists(PREDICATE, min_size=1, max_size=3), WORLD)
def test_no_single_move_is_missed_and_none_is_larger_than_needed(predicates: list[str], firm: Firm) -> None:
    catalogue = law_of(*predicates, parameters=PARAMETERS, points=POINTS)
    judge = FirmJudge(catalogue)
    brute = single_moves(judge, firm) if judge.judge(firm).not_met[0] else {}

    made = ways(catalogue, "law.one", firm, limit=9)

    alone = {way.moves[0].fact: way.moves[0].after for way in made if len(way.moves) == 1}
    event(f"{len(brute)} single moves")
    assert {name: abs(after - firm[name]) for name, after in alone.items()} == {
        name: abs(after - firm[name]) for name, after in brute.items()
    }
    assert_sound(catalogue, judge, "law.one", firm, made)


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(["x >= 3", "y >= 2", "z <= -1", "z < x", "f", "y = 4"]), min_size=2, max_size=3),
    WORLD,
)
def test_sets_of_moves_are_found_where_every_fact_has_its_own_limit(
    predicates: list[str], firm: Firm
) -> None:
    catalogue = law_of(*predicates)
    judge = FirmJudge(catalogue)
    reachable = any(
        not judge.judge({**firm, "x": x, "y": y, "z": z, "f": f}).not_met[0]
        for x, y, z, f in product(
            range(int(firm["x"] or 0), 7), range(-6, 7), range(-6, int(firm["z"] or 0) + 1), (firm["f"], 1)
        )
    )

    made = ways(catalogue, "law.one", firm)

    assert bool(made) == (bool(judge.judge(firm).not_met[0]) and reachable)


@pytest.mark.parametrize(
    ("predicate", "firm", "expected"),
    [
        ("x >= 3", {"x": 0}, [({"x": 3}, 1, "met")]),
        ("x > 2.5", {"x": 0}, [({"x": 3}, 1, "met")]),
        ("x >= 7", {"x": 0}, []),
        ("x <= -1", {"x": 0}, []),
        ("w >= 3", {"w": 0}, []),
        ("z <= -2", {"z": 0}, [({"z": -2}, 3, "met")]),
        ("f", {"f": 0}, [({"f": 1}, 4, "met")]),
        ("f", {"f": False}, [({"f": 1}, 4, "met")]),
        ("NOT f", {"f": 1}, []),
        ("c = 'A'", {"c": "B"}, []),
        ("d <= DATE '2020-01-01'", {"d": 20210101}, []),
        ("x >= 3 AND c = 'A'", {"x": 0, "c": None}, [({"x": 3}, 1, "unknown")]),
        ("x >= 3 AND w >= 1", {"x": 0, "w": 0}, []),
        ("x + y >= 4", {"x": 0, "y": 0}, [({"x": 4}, 1, "met"), ({"y": 4}, 2, "met")]),
        ("x >= 3", {"x": None}, []),
        ("x >= 3", {"x": 5}, []),
        ("x >= p", {"x": 0}, []),
    ],
)
def test_way_of(predicate: str, firm: Firm, expected: list[tuple[dict[str, int], int, str]]) -> None:
    law = law_of(predicate, parameters=[value("p", None)])

    assert found(law, firm) == expected


def test_rule_that_cannot_be_decided_is_still_cleared_of_what_fails() -> None:
    law = law_of("x >= 3", "y >= p", parameters=[value("p", None)])

    assert found(law, {"x": 0, "y": 0}) == [({"x": 3}, 1, "unknown")]


def test_easiest_alternative_comes_first_and_is_not_repeated_with_more() -> None:
    law = law_of(any_of("either", ["f"], ["y >= 5"], ["x >= 2", "z <= -2"]))

    assert found(law, {"x": 0, "y": 0, "z": 0, "f": 0}) == [
        ({"y": 5}, 2, "met"),
        ({"f": 1}, 4, "met"),
        ({"x": 2, "z": -2}, 4, "met"),
    ]


def test_points_are_reached_by_the_cheapest_bands() -> None:
    points = card(
        "s",
        indicator("cheap", 5, [Band(5, low=4), Band(3, low=2), Band(0)], of="x"),
        indicator("dear", 5, [Band(5, when="f"), Band(0)]),
    )
    law = law_of("s >= 5", points=points)
    more = law_of("s >= 8", points=points)

    assert found(law, {"x": 0, "f": 0}) == [({"x": 4}, 1, "met"), ({"f": 1}, 4, "met")]
    assert found(more, {"x": 0, "f": 0}) == [({"x": 2, "f": 1}, 5, "met")]


def test_published_fact_is_reached_through_the_facts_of_the_other_pack() -> None:
    facts = {**ACTIONABLE, "named": fact("named", "flag", 0, 1, published_by="law.other")}
    other = pack("y >= 3", key="law.other", publishes=[("named", "")])
    law = compiled(pack("named"), other, facts=facts)

    assert found(law, {"y": 0}) == [({"y": 3}, 2, "met")]
    assert found(law, {"y": 0, "named": 0}) == []


def test_derived_fact_moves_through_its_inputs() -> None:
    facts = {
        "rd": fact("rd", "fen", 0, 10**9, act="up", effort=3),
        "sales": fact("sales", "fen", 0, 10**9, act="up", effort=5),
        "share": fact("share", "percent", 0, 10**6, act="up", derived="rd_share_bp", inputs=("rd", "sales")),
        "born": fact("born", "date", 0, 99991231, act="either"),
        "age": fact("age", "months", 0, 10**4, act="up", derived="age_months", inputs=("born",)),
    }
    law = compiled(pack("share >= 500"), facts=facts)
    aged = compiled(pack("age >= 24"), facts=facts)

    assert found(law, {"rd": 40, "sales": 1_000}) == [({"rd": 50}, 3, "met")]
    assert found(law, {"rd": 49, "sales": 999, "share": 490}) == []
    assert found(aged, {"born": 20260101}) == []


def test_rule_not_in_force_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        ways(law_of("f"), "law.none", {})


def test_searches_share_what_they_prepare_and_let_it_go_with_the_law() -> None:
    law = law_of("x >= 3")
    ways(law, "law.one", {"x": 0})
    ways(law, "law.one", {"x": 1})
    graph = weakref.ref(law.graph)

    assert len(moves._PREPARED[law.graph]) == 1
    del law
    gc.collect()
    assert graph() is None


def test_ways_of_shipped_rules_are_sound_for_invented_firms() -> None:
    folder: Path = policies_folder()
    catalogue = compile_library(load_library(folder), date(2026, 11, 23))
    judge = FirmJudge(catalogue)
    chance = random.Random(7)  # noqa: S311 - invented firms
    several = 0
    for _ in range(12):
        firm = invented_firm(catalogue, chance)
        for rule in catalogue.rules:
            made = ways(catalogue, rule.key, firm)
            several += len(made)
            assert_sound(catalogue, judge, rule.key, firm, made)
    assert several > 0


def invented_firm(catalogue: Catalogue, chance: random.Random) -> Firm:
    """Return a firm with most facts known."""
    firm: Firm = {}
    for name, kind in catalogue.library.facts.items():
        if kind.derived or kind.published_by or chance.random() < 0.1:
            continue
        if kind.type == "code":
            firm[name] = chance.choice([*kind.codes, "420100"])
        elif kind.type == "flag":
            firm[name] = chance.randint(0, 1)
        elif kind.type == "date":
            firm[name] = chance.randint(2005, 2025) * 10_000 + 101
        elif kind.type == "money":
            firm[name] = min(kind.high, int(10 ** chance.uniform(8, 12)))
        else:
            firm[name] = max(kind.low, min(kind.high, int(10 ** chance.uniform(0, 3))))
    return firm
