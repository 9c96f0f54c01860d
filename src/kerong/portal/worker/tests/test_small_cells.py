"""Small counts are hidden, and nobody can subtract them back."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engines.rules.model import UNITS
from kerong.engines.rules.what_if import AmountChange
from kerong.portal.worker.answers import _amounts
from kerong.portal.worker.small_cells import MEASURES, cell, hidden_changes, hidden_of, is_small, sums_covered

Rows = dict[str, dict[str, int]]


def row(before: int, gained: int, lost: int) -> dict[str, int]:
    return {"before": before, "after": before + gained - lost, "gained": gained, "lost": lost}


def total_of(rows: Rows) -> dict[str, int]:
    return {measure: sum(found[measure] for found in rows.values()) for measure in MEASURES}


def test_counts_from_one_to_four_are_small_and_none_is_not() -> None:
    assert [is_small(count) for count in (0, 1, 4, 5)] == [False, True, True, False]
    assert cell(3, hidden=True) == {"value": None, "suppressed": True}
    assert cell(0, hidden=False) == {"value": 0, "suppressed": False}


def test_three_figures_that_add_up_never_lose_only_one() -> None:
    hidden = hidden_of({("met",): 3, ("not",): 900, ("unknown",): 97}, [[("met",), ("not",), ("unknown",)]])

    assert hidden == {("met",), ("unknown",)}


def test_a_small_move_hides_what_would_tell_it() -> None:
    hidden = hidden_changes(row(302, 2, 0), {})

    assert hidden == {("", "", "gained"), ("", "", "after")}


def test_before_is_hidden_alike_in_every_question() -> None:
    rows = {"a": row(300, 2, 0), "b": row(3, 0, 0), "c": row(40, 0, 40), "d": row(70, 10, 0)}
    other = {"a": row(300, 0, 0), "b": row(3, 0, 3), "c": row(40, 3, 0), "d": row(70, 10, 9)}

    hidden, hidden_other = (hidden_changes(total_of(r), {"region": r}) for r in (rows, other))

    def before(cells: set[object]) -> set[object]:
        return {name for name in cells if name[2] == "before"}  # type: ignore[index] - cells are tuples here

    assert before(hidden) == before(hidden_other) == {("region", "b", "before"), ("region", "c", "before")}


def test_nothing_small_hides_nothing() -> None:
    rows = {"a": row(300, 20, 0), "b": row(30, 0, 30)}

    assert hidden_changes(total_of(rows), {"region": rows, "stage": rows}) == set()


counts = st.integers(0, 12)


@given(st.dictionaries(st.sampled_from("abcdef"), st.tuples(counts, counts, counts), min_size=1), st.data())
def test_no_equation_has_exactly_one_hidden_member(
    drawn: dict[str, tuple[int, int, int]], data: st.DataObject
) -> None:
    rows = {group: row(b + lost, gained, lost) for group, (b, gained, lost) in drawn.items()}
    merged: Rows = {}
    for found in rows.values():
        place = merged.setdefault(data.draw(st.sampled_from("xyz")), dict.fromkeys(MEASURES, 0))
        for measure in MEASURES:
            place[measure] += found[measure]
    total, tables = total_of(rows), {"region": rows, "stage": merged}

    hidden = hidden_changes(total, tables)

    cells = {("", "", m): total[m] for m in MEASURES}
    cells |= {
        (t, g, m): found[m] for t, groups in tables.items() for g, found in groups.items() for m in MEASURES
    }
    assert all(name in hidden for name, count in cells.items() if is_small(count))
    for table, groups in [("", {"": total}), *tables.items()]:
        for group in groups:
            assert sum((table, group, measure) in hidden for measure in MEASURES) != 1
    for (table, groups), measure in product(tables.items(), MEASURES):
        names = [("", "", measure), *((table, group, measure) for group in groups)]
        assert sum(name in hidden for name in names) != 1


def told(before: int | None, firms: int | None) -> dict[str, Any]:
    """Return a group with one amount as the worker would let it out."""
    side = {"value": before, "suppressed": before is None, "text": ""}
    count = {"value": firms, "suppressed": firms is None}
    return {"amounts": [{"before": side, "firms_before": count, "after": side, "firms_after": count}]}


def test_single_hidden_sum_is_covered_by_the_group_with_the_fewest_firms() -> None:
    rows = sums_covered([told(900, 30), told(None, None), told(700, 8), told(0, 0)])

    assert [row["amounts"][0]["before"]["value"] for row in rows] == [900, None, None, 0]
    assert [row["amounts"][0]["firms_after"]["suppressed"] for row in rows] == [False, True, True, False]


def changed(*counts: int | None) -> list[int | None]:
    """Return the firms whose amount changed by group as they leave the worker; None went in hidden."""
    rows = [told(900, 30) for _ in counts]
    for found, count in zip(rows, counts, strict=True):
        found["amounts"][0]["firms_changed"] = cell(count, hidden=count is None)
    return [found["amounts"][0]["firms_changed"]["value"] for found in sums_covered(rows)]


def test_single_hidden_count_of_changed_firms_is_covered_by_the_smallest() -> None:
    assert changed(40, None, 7, 0) == [40, None, None, 0]
    assert changed(0, None, 0) == [None, None, 0]
    assert changed(None, None, 7) == [None, None, 7]
    assert changed(40, 7, 0) == [40, 7, 0]


@pytest.mark.parametrize(
    ("firms", "count", "sum_after", "told_changed"),
    [
        (40, 37, 70, None), (40, 30, 70, 30), (40, 3, None, None), (40, 0, 70, 0), (3, 0, None, 0),
        (40, 40, 70, 40),
    ],
)  # fmt: skip
def test_firms_whose_amount_changes_are_told_unless_few_change_or_few_do_not(
    firms: int, count: int, sum_after: int | None, told_changed: int | None
) -> None:
    amount = SimpleNamespace(label="额度", label_en="", unit=UNITS["yuan"])
    pack = SimpleNamespace(amounts={"cap": amount})
    held: Any = SimpleNamespace(law=SimpleNamespace(library=SimpleNamespace(packs={"a.b": pack})))

    (row,) = _amounts(held, "a.b", [AmountChange("cap", 90, 70, firms, firms, count)], moved=False)

    assert row["firms_changed"]["value"] == told_changed
    assert row["after"]["value"] == sum_after


def test_two_hidden_sums_cover_each_other() -> None:
    rows = sums_covered([told(900, 30), told(None, None), told(None, None)])

    assert [row["amounts"][0]["before"]["value"] for row in rows] == [900, None, None]
