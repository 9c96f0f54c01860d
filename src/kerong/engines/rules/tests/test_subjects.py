"""A pack names facts of its own subject only, firms are held against packs about firms, and dollars are not yuan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kerong.engines.rules import explain
from kerong.engines.rules.compiler import check_library, compile_library
from kerong.engines.rules.model import Pack, PolicyMistakesError
from kerong.engines.rules.snapshot import from_columns
from kerong.engines.rules.tests.small_law import (
    FACTS,
    ON,
    amount,
    compiled,
    fact,
    letters,
    library,
    pack,
    table,
    value,
)
from kerong.engines.rules.what_if import ChangeError, changed, what_if

OURS = {
    **FACTS,
    **{
        made.name: made
        for made in (
            fact("w", "usd"),
            fact("s", "seconds", 0, 100),
            fact("own", "flag", 0, 1, subject="person"),
            fact("years", "months", 0, 1000, subject="person"),
        )
    },
}
TERMS = replace(pack(key="law.terms", parameters=[value("limit", 5)]), kind="terms", subject="institution")


def about_persons(*holds_when: str, key: str = "law.persons") -> Pack:
    return replace(pack(*holds_when, key=key), subject="person")


def whats(*packs: Pack) -> list[str]:
    """Return what the compiler finds wrong."""
    return [mistake.what for mistake in check_library(library(*packs, facts=OURS), ON)]


def test_fact_of_another_subject_is_refused() -> None:
    assert whats(about_persons("f")) == ["the subject of f is enterprise, of this pack person"]
    assert whats(pack("own")) == ["the subject of own is person, of this pack enterprise"]
    assert whats(about_persons("own", "years >= 12")) == []


def test_fact_of_another_subject_is_refused_where_the_same_text_was_permitted_before() -> None:
    found = whats(pack("f", "x >= 3"), about_persons("f", "x >= 3"))

    assert found == [f"the subject of {name} is enterprise, of this pack person" for name in ("f", "x")]


def test_table_keyed_by_a_fact_of_another_subject_is_refused() -> None:
    law = pack("x >= t", parameters=[table("t", "years", {(0, 10): 1})])

    assert whats(law) == ["the subject of years is person, of this pack enterprise"]


def test_terms_are_not_compiled_and_hide_no_other_rule() -> None:
    catalogue = compiled(TERMS, pack("f"))

    assert [rule.key for rule in catalogue.rules] == ["law.one"]
    assert "law.terms" not in catalogue.scopes


def test_catalogue_of_one_subject_has_its_rules_only() -> None:
    law = library(pack("f", "x >= 3"), about_persons("own"), TERMS, facts=OURS)

    firms = compile_library(law, ON, subject="enterprise")

    assert [rule.key for rule in firms.rules] == ["law.one"]
    assert len(firms.criteria) == 2
    assert [rule.key for rule in compile_library(law, ON).rules] == ["law.one", "law.persons"]


def test_what_if_counts_firms_only() -> None:
    law = library(pack("x >= p", parameters=[value("p", 3)]), about_persons("own"), TERMS, facts=OURS)
    firms = from_columns(OURS, {"x": [1, 2, 5, None]}, ON)

    found = what_if(law, changed(law, {"law.one:p": 2}), firms, ON, keys=list(law.packs))

    assert [(rule.rule, rule.before[0], rule.after[0]) for rule in found.rules] == [("law.one", 1, 2)]


@pytest.mark.parametrize("target", ["law.terms:limit", "law.persons:limit"])
def test_what_if_refuses_a_pack_that_judges_no_firms(target: str) -> None:
    persons = replace(about_persons("own"), parameters=TERMS.parameters)

    with pytest.raises(ChangeError, match="judges no firms"):
        changed(library(persons, TERMS, facts=OURS), {target: 7})


@pytest.mark.parametrize(
    "holds_when",
    ["x >= w", "w + x >= 0", "least(x, w) > 0", "w >= yuan", "x >= dollars", "n * w > x", "s > w"],
)
def test_dollars_are_never_compared_or_added_with_yuan(holds_when: str) -> None:
    law = pack(holds_when, parameters=[value("yuan", 5), value("dollars", 5, "usd")])

    with pytest.raises(PolicyMistakesError, match="money_usd"):
        compiled(law, facts=OURS)


def test_dollars_and_seconds_are_compared_with_their_own_kind() -> None:
    law = pack(
        "n * w >= dollars AND s < floor_s",
        parameters=[value("dollars", 12, "usd"), value("floor_s", 9, "seconds")],
    )

    assert (
        letters(
            compiled(law, facts=OURS), {"n": 3, "w": 4, "s": 8}, {"n": 3, "w": 3, "s": 8}, {"n": 9, "w": 9}
        )
        == "TFU"
    )


def test_share_of_dollars_is_dollars() -> None:
    law = pack("f", amounts=amount("part", "share(w, r, 'down')", "usd"))

    assert compiled(law, facts=OURS).rules[0].amounts.keys() == {"part"}


def test_what_is_missing_is_told_in_dollars_and_seconds() -> None:
    law = pack(
        "w >= dollars", "s <= most", parameters=[value("dollars", 100, "usd"), value("most", 60, "seconds")]
    )

    told = explain.explain(compiled(law, facts=OURS), "law.one", {"w": 40, "s": 90})

    assert [(clause.sentence, clause.sentence_en) for clause in told.clauses] == [
        ("w 0.4美元，要求不低于 1美元，还差 0.6美元", "w: USD 0.4, required at least USD 1, USD 0.6 short"),
        ("s 90秒，要求不超过 60秒，超出 30秒", "s: 90 seconds, required at most 60 seconds, 30 seconds over"),
    ]
