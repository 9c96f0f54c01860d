"""What another value of the law would do: every count equals one-by-one judgements under both laws."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import Phase, given, reject, settings
from hypothesis import strategies as st

from kerong.engines.rules.compiler import compile_library
from kerong.engines.rules.interpreter import Interpreter
from kerong.engines.rules.model import Library, Pack, PolicyMistakesError
from kerong.engines.rules.single import FirmJudge
from kerong.engines.rules.snapshot import Snapshot, from_columns
from kerong.engines.rules.syntax import parse
from kerong.engines.rules.tests.random_law import CODES, FACTS, ON, SMALL, firms, libraries
from kerong.engines.rules.tests.small_law import (
    Firm,
    amount,
    classes,
    codes,
    fact,
    library,
    pack,
    table,
    value,
)
from kerong.engines.rules.what_if import ChangeError, RuleChange, changed, touched, what_if

EXAMPLES = settings(max_examples=40, phases=[Phase.explicit, Phase.reuse, Phase.generate])
OWN = {
    "sales": fact("sales", "fen", 0, 10**15),
    "staff": fact("staff", "persons", 0, 1_000),
    "region_code": fact("region_code", "code", 0, 0),
    "grade": fact("grade", "code", 0, 0, codes=codes("A", "B")),
    "size": fact("size", "code", 0, 0, codes=codes("small", "large"), published_by="law.size"),
    "named": fact("named", "flag", 0, 1, published_by="law.one"),
}


def snapshot_of(facts: Any, population: list[Firm]) -> Snapshot:
    """Return a snapshot of all facts of firms."""
    return from_columns(facts, {name: [firm.get(name) for firm in population] for name in facts}, ON)


def counts_one_by_one(
    law: Library, population: list[Firm]
) -> dict[str, tuple[list[bool], tuple[int, int, int]]]:
    """Return per rule who is eligible, and the three counts."""
    catalogue = compile_library(law, ON)
    judge = FirmJudge(catalogue)
    verdicts = [judge.judge(firm) for firm in population]
    return {
        rule.key: (
            [bool(v.met[i]) for v in verdicts],
            (
                sum(bool(v.met[i]) for v in verdicts),
                sum(bool(v.near_miss[i]) for v in verdicts),
                sum(bool(v.one_document_away[i]) for v in verdicts),
            ),
        )
        for i, rule in enumerate(catalogue.rules)
    }


@st.composite
def changes(draw: st.DrawFn) -> dict[str, str | int]:
    """Return a change of a plain value, a code, or a row of a table, of either pack."""
    key = draw(st.sampled_from(["law.first", "law.second"]))
    row = draw(st.sampled_from(CODES))
    target, new = draw(
        st.sampled_from(
            [
                ("p", SMALL),
                ("q", SMALL),
                ("k", st.sampled_from(CODES)),
                (f"t.one[{row}]", SMALL),
                (f"t.two[{row}]", SMALL),
            ]
        )
    )
    return {f"{key}:{target}": draw(new)}


@EXAMPLES
@given(libraries(), changes(), st.lists(firms(), min_size=1, max_size=70))
def test_change_is_what_single_judgements_say(
    before: Library, change: dict[str, str | int], population: list[Firm]
) -> None:
    after = attempted(before, change)
    old, new = counts_one_by_one(before, population), counts_one_by_one(after, population)

    found = what_if(before, after, snapshot_of(FACTS, population), ON, ["c", "d", "pc"])

    expected = ["law.first", "law.second"] if "law.first" in next(iter(change)) else ["law.second"]
    assert set(touched(before, after)) <= set(expected)
    assert [rule.rule for rule in found.rules] == touched(before, after)
    for key, (who, _counts) in old.items():
        if key not in touched(before, after):
            assert who == new[key][0]
    for rule in found.rules:
        was, will = old[rule.rule], new[rule.rule]
        assert (rule.before, rule.after) == (was[1], will[1])
        assert rule.gained == sum(b and not a for a, b in zip(was[0], will[0], strict=True))
        assert rule.lost == sum(a and not b for a, b in zip(was[0], will[0], strict=True))
        for name, groups in rule.groups.items():
            keys = [group_of(before, name, firm) for firm in population]
            for group in groups:
                inside = [key == group.key for key in keys]
                assert (group.before, group.after) == (
                    sum(i and a for i, a in zip(inside, was[0], strict=True)),
                    sum(i and b for i, b in zip(inside, will[0], strict=True)),
                )
            assert sum(g.before for g in groups) == rule.before[0]
            assert sum(g.after for g in groups) == rule.after[0]
            assert (sum(g.gained for g in groups), sum(g.lost for g in groups)) == (rule.gained, rule.lost)


def attempted(before: Library, change: dict[str, str | int]) -> Library:
    """Return the changed law; a table that happens not to have the row is another example."""
    try:
        return changed(before, change)
    except ChangeError:
        reject()


def group_of(law: Library, name: str, firm: Firm) -> str:
    """Return the group of a firm by a code, given or published; empty when it is not known."""
    found = Interpreter(law, ON, firm).value(law.packs["law.first"], name)
    (only,) = found if found is not None and len(found) == 1 else ("",)
    return only or ""


def one(
    change: dict[str, str | int], population: list[Firm], *packs: Pack, by: tuple[str, ...] = ()
) -> RuleChange:
    """Return what a change does to the first rule."""
    before = library(*packs, facts=OWN)
    return what_if(before, changed(before, change), snapshot_of(OWN, population), ON, by).rules[0]


def test_sums_of_amounts_are_exact_beyond_64_bits() -> None:
    law = pack(
        "staff >= least_staff",
        parameters=[value("least_staff", 10, "persons"), value("times", 9_000, "number")],
        amounts=amount("sum", "sales * times"),
    )
    population: list[Firm] = [{"staff": s, "sales": 10**15 - s} for s in range(20)] + [
        {"staff": 99, "sales": None}
    ]

    found = one({"law.one:least_staff": "5人"}, population, law)

    (told,) = found.amounts
    assert (found.before[0], found.after[0]) == (11, 16)
    assert told.before == sum(9_000 * (10**15 - s) for s in range(10, 20)) > 2**63
    assert told.after == sum(9_000 * (10**15 - s) for s in range(5, 20))
    assert (told.firms_before, told.firms_after) == (10, 15)


def test_negative_amounts_are_summed_exactly() -> None:
    law = pack("staff >= p", parameters=[value("p", 1, "persons")], amounts=amount("sum", "sales - 1000"))

    found = one({"law.one:p": 0}, [{"staff": 0, "sales": 7}, {"staff": 1, "sales": 5_000}], law)

    assert (found.amounts[0].before, found.amounts[0].after) == (4_000, 3_007)


def test_regions_are_grouped_by_prefecture() -> None:
    law = pack("staff >= p", parameters=[value("p", 5, "persons")])
    regions = ["420102", "420103", "420500", None, "421022", "429004"]
    population: list[Firm] = [{"staff": 3, "region_code": region} for region in regions]

    found = one({"law.one:p": 3}, population, law, by=("region_code",))

    assert [(g.key, g.before, g.after, g.gained, g.lost) for g in found.groups["region_code"]] == [
        ("", 0, 1, 1, 0),
        ("420100", 0, 2, 2, 0),
        ("420500", 0, 1, 1, 0),
        ("421000", 0, 1, 1, 0),
        ("429004", 0, 1, 1, 0),
    ]


def test_groups_of_a_published_code_are_those_of_the_law_before() -> None:
    size = pack(
        key="law.size",
        classes=classes("size_class", small="staff < edge", large=""),
        publishes=[("size", "size_class")],
        parameters=[value("edge", 10, "persons")],
    )
    law = pack("size = 'small'")
    population: list[Firm] = [{"staff": 5}, {"staff": 15}, {"staff": None}, {"size": "large", "staff": 1}]

    found = one({"law.size:edge": 20}, population, law, size, by=("size",))

    assert (found.rule, found.before, found.after) == ("law.one", (1, 2, 1), (2, 1, 1))
    assert [(g.key, g.before, g.after) for g in found.groups["size"]] == [("small", 1, 1), ("large", 0, 1)]


def test_only_what_differs_and_what_depends_on_it_runs_again() -> None:
    first = pack("staff >= p", parameters=[value("p", 5, "persons")], publishes=[("named", "")])
    second = pack("named", "sales >= 1", key="law.two")
    third = pack("staff >= 1", key="law.three")
    before = library(first, second, third, facts=OWN)
    after = changed(before, {"law.one:p": 6})

    found = what_if(before, after, snapshot_of(OWN, [{"staff": 5, "sales": 1}]), ON)

    assert touched(before, after) == ["law.one", "law.two"]
    assert [(r.rule, r.gained, r.lost) for r in found.rules] == [("law.one", 0, 1), ("law.two", 0, 1)]
    assert after.packs["law.three"] is before.packs["law.three"]
    assert after.sha256 != before.sha256
    assert [r.rule for r in what_if(before, after, snapshot_of(OWN, []), ON, keys=["law.two"]).rules] == [
        "law.two"
    ]


def test_row_of_a_table_is_changed_and_the_others_stay() -> None:
    law = pack("sales <= top", parameters=[table("top", "grade", {"A": 100, "B": 10})])
    population: list[Firm] = [{"sales": s, "grade": g} for s in (10, 11, 100, 101) for g in ("A", "B")]

    found = one({"law.one:top[B]": 11}, population, law)

    assert (found.before[0], found.after[0], found.gained, found.lost) == (4, 5, 1, 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"law.none:p": 1}, "there is no pack 'law.none'; the packs are law.one"),
        ({"p": 1}, "there is no pack 'p'"),
        ({"law.one:q": 1}, "law.one has no parameter 'q'; it has p, top, wide"),
        ({"law.one:": 1}, "law.one has no parameter ''"),
        ({"law.one:p[A]": 1}, "it has no rows"),
        ({"law.one:top": 1}, "top: its rows are A, B; write law.one:top[row]"),
        ({"law.one:top[C]": 1}, "top has no row 'C'"),
        ({"law.one:wide[A]": 1}, "wide has the columns left, right; write law.one:wide.column[row]"),
        ({"law.one:wide.middle[A]": 1}, "wide has the columns left, right"),
        ({"law.one:p": "5吨"}, "p: `吨` is not a unit"),
        ({"law.one:p": "five"}, "p: `five` is not a number"),
        ({"law.one:p": "0.5人"}, "p: 0.5人 is not a whole number"),
    ],
)
def test_change_that_cannot_be_made_says_what_can(change: dict[str, str | int], said: str) -> None:
    wide = table("wide", "grade", {"A": (1, 2)}, columns=("left", "right"))
    parameters = [value("p", 5, "persons"), table("top", "grade", {"A": 100, "B": 10}), wide]
    before = library(pack("staff >= p", parameters=parameters), facts=OWN)

    with pytest.raises(ChangeError) as caught:
        changed(before, change)

    assert said in str(caught.value)


def test_change_beyond_64_bits_is_refused_like_any_other_law() -> None:
    before = library(pack("sales * p >= 1", parameters=[value("p", 1, "number")]), facts=OWN)

    with pytest.raises(PolicyMistakesError, match="beyond 64 bits"):
        what_if(before, changed(before, {"law.one:p": 10_000}), snapshot_of(OWN, [{}]), ON)


def test_value_not_published_may_be_tried() -> None:
    law = pack("staff >= p", parameters=[value("p", None, "persons")])

    found = one({"law.one:p": 5}, [{"staff": 5}, {"staff": 4}, {}], law)

    assert (found.before, found.after) == ((0, 0, 0), (1, 1, 1))


def test_result_is_plain_json() -> None:
    before = library(pack("staff >= p", parameters=[value("p", 5, "persons")]), facts=OWN)

    found = what_if(
        before, changed(before, {"law.one:p": 1}), snapshot_of(OWN, [{"staff": 3}]), ON, ["grade"]
    )

    assert json.loads(json.dumps(found.as_json()))["rules"][0]["gained"] == 1


def test_nobody_to_judge_changes_nothing() -> None:
    found = one(
        {"law.one:p": 1}, [], pack("staff >= p", parameters=[value("p", 5, "persons")]), by=("grade",)
    )

    assert (found.before, found.after, found.groups) == ((0, 0, 0), (0, 0, 0), {"grade": ()})


def test_amount_of_a_firm_is_what_the_interpreter_says() -> None:
    law = pack(
        "TRUE", parameters=[value("p", 3_333, "percent")], amounts=amount("a", "share(sales, p, 'half_even')")
    )
    before = library(law, facts=OWN)
    population: list[Firm] = [{"sales": s} for s in (0, 1, 15_000, 99_999)]

    found = one({"law.one:p": 5_000}, population, law)

    exact = [
        Interpreter(before, ON, f).number(law, parse("share(sales, p, 'half_even')")) for f in population
    ]
    assert found.amounts[0].before == sum(int(span[0]) for span in exact if span)


def test_firms_whose_amount_differs_are_counted_among_those_that_stay_eligible() -> None:
    law = pack(
        "staff >= 1", parameters=[value("p", 8_000, "bp")], amounts=amount("a", "share(sales, p, 'down')")
    )
    population: list[Firm] = [
        {"sales": 100_000, "staff": 5},
        {"sales": 200_000, "staff": 1},
        {"sales": 0, "staff": 5},  # nothing of nothing stays nothing
        {"sales": 100_000, "staff": 0},  # not eligible
        {"staff": 5},  # cannot be worked out
    ]

    found = one({"law.one:p": 7_000}, population, law).amounts[0]

    assert (found.firms_before, found.firms_changed) == (3, 2)
