"""The synthetic population: the same seed gives the same firms, facts agree, nobody real is in it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from kerong.basics import industries, regions
from kerong.basics.identity_codes import is_credit_code
from kerong.basics.policies_folder import policies_folder
from kerong.demo.assumptions import assumptions, calibration
from kerong.demo.drawing import Drawing
from kerong.demo.halves import draw_first_half, draw_second_half
from kerong.demo.population import FACTS_FILE, build_population, write_parquet
from kerong.engines.rules.compiler import compile_library
from kerong.engines.rules.loading import load_library
from kerong.engines.rules.population import PopulationKernel, judge

if TYPE_CHECKING:
    from pathlib import Path

    from kerong.engines.rules.model import Library

ON = date(2026, 11, 23)
SELDOM_MET = {
    "national.recognition.unicorn",
    "national.listing.bse",
    "national.listing.star_board",
}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(policies_folder())


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, library: Library) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        write_parquet(tmp_path / name, library, ON, firms=300, seed=seed)

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()


def test_a_population_is_built_once_while_size_seed_law_and_day_are_the_same(
    tmp_path: Path, library: Library
) -> None:
    said: list[str] = []
    for firms, seed, on in (
        (200, 1, ON),
        (200, 1, ON),
        (201, 1, ON),
        (201, 2, ON),
        (201, 2, date(2026, 11, 24)),
    ):
        build_population(tmp_path / "p", library, on, firms=firms, seed=seed, say=said.append)

    assert len(said) == 4


def test_a_damaged_population_is_built_anew(tmp_path: Path, library: Library) -> None:
    said: list[str] = []
    first = build_population(tmp_path / "p", library, ON, firms=200, seed=1, say=said.append)
    (tmp_path / "p" / "snapshot" / "numbers.i64").write_bytes(b"")

    again = build_population(tmp_path / "p", library, ON, firms=200, seed=1, say=said.append)

    assert again.sha256 == first.sha256
    assert len(said) == 2


def test_facts_agree_with_one_another_and_with_the_dictionary(tmp_path: Path, library: Library) -> None:
    build_population(tmp_path, library, ON, firms=3_000, seed=4)
    table = pq.read_table(tmp_path / FACTS_FILE)

    regions = set(table["region_code"].to_pylist())
    codes, called = table["uscc"].to_pylist(), table["name"].to_pylist()
    assert len(set(called)) == 3_000
    assert all("（虚构）" in name for name in called)
    assert len(regions) == 17
    assert all(code.startswith("42") for code in regions)
    assert len(set(codes)) == 3_000
    assert all(code.startswith("X9") and is_credit_code(code) for code in codes[:200])
    assert pc.all(pc.less_equal(table["tech_staff_count"], table["staff_count"])).as_py()
    assert pc.all(pc.less_equal(table["ip_class1_in_use_count"], table["ip_class1_count"])).as_py()
    assert table["registered_on"].combine_chunks().drop_null().to_numpy().min() > 1980_00_00
    assert 0 < table["has_bad_credit_record"].null_count < 1_500
    assert pc.all(pc.less_equal(table["core_patent_count"], table["main_business_patent_count"])).as_py()
    top_five, top = table["invoice_top_five_customers_share_bp"], table["invoice_top_customer_share_bp"]
    assert pc.all(pc.greater_equal(top_five, top)).as_py()
    for name in table.column_names[2:]:
        fact = library.facts[name]
        assert not fact.derived
        assert not fact.published_by
        if fact.codes:
            assert set(table[name].to_pylist()) - {None} <= set(fact.codes)


def test_large_firms_spend_more_on_research_than_small_ones(tmp_path: Path, library: Library) -> None:
    snapshot = build_population(tmp_path, library, ON, firms=3_000, seed=4)
    revenue, research = (
        snapshot.numbers[snapshot.number_rows[name], : snapshot.rows]
        for name in ("annual_revenue_fen", "rd_expense_fen")
    )
    known = (revenue > 0) & (research > 0)

    assert np.corrcoef(np.log(revenue[known]), np.log(research[known]))[0, 1] > 0.5


def test_every_rule_finds_some_firm_and_not_all(tmp_path: Path, library: Library) -> None:
    snapshot = build_population(tmp_path, library, ON, firms=20_000)
    catalogue = compile_library(library, ON)

    counts = judge(catalogue, snapshot).counts

    # A rule of which a number is not published finds nobody; nor do the few that ask for one firm in thousands.
    met = {
        rule.key: int(count[0])
        for rule, count in zip(catalogue.rules, counts, strict=True)
        if not rule.blocked and rule.pack.subject == "enterprise" and rule.key not in SELDOM_MET
    }
    assert all(0 < count < 20_000 for count in met.values()), met


def test_every_fact_of_an_enterprise_is_drawn_or_has_a_reason_not_to_be(library: Library) -> None:
    drawing = Drawing(ON, firms=20, seed=1)
    draw_first_half(drawing, library.facts)
    draw_second_half(drawing, library.facts, {}, np.zeros(20, bool))

    asked = {
        name
        for name, fact in library.facts.items()
        if fact.subject == "enterprise" and not fact.derived and not fact.published_by
    }
    assert asked - set(drawing.made) == set(assumptions().not_drawn)
    assert set(drawing.made) - asked == set()


def test_a_new_fact_changes_no_other(library: Library) -> None:
    fewer = {name: fact for name, fact in library.facts.items() if name != "registered_capital_fen"}
    with_it, without = (Drawing(ON, firms=50, seed=3) for _ in range(2))
    draw_first_half(with_it, library.facts)
    draw_first_half(without, fewer)

    assert set(with_it.made) - set(without.made) == {"registered_capital_fen"}
    for name, (values, missing) in without.made.items():
        assert np.array_equal(values, with_it.made[name][0])
        assert np.array_equal(missing, with_it.made[name][1])


def test_titles_go_to_firms_that_their_rule_does_not_refuse(library: Library, tmp_path: Path) -> None:
    snapshot = build_population(tmp_path, library, ON, firms=3_000, seed=4)
    catalogue = compile_library(library, ON, keys=["national.recognition.hnte"])
    rule = catalogue.rule("national.recognition.hnte")
    verdicts = PopulationKernel(catalogue, snapshot).run(keep=True, keep_criteria=True)
    words = np.bitwise_or.reduce(verdicts.criteria_false[list(rule.criteria)], axis=0)
    refused = np.unpackbits(words.view(np.uint8), bitorder="little")[:3_000].astype(bool)
    titled = pq.read_table(tmp_path / FACTS_FILE)["is_hnte"].to_numpy()

    assert refused.any()
    assert not (titled & refused).any()


def test_an_industry_or_region_of_the_assumptions_exists() -> None:
    assert all(industries.find(industry.code) for industry in assumptions().industries)
    assert set(calibration().regions["shares"]) == {region.code for region in regions.prefectures()}


def test_an_impossible_size_is_refused(tmp_path: Path, library: Library) -> None:
    with pytest.raises(ValueError, match="expected"):
        build_population(tmp_path, library, ON, firms=0)


def test_cooperatives_are_farmers_and_no_board_lists_them() -> None:
    drawing = Drawing(ON, firms=6_000, seed=3)
    drawing.main_facts()

    forms = drawing.true("enterprise_form_code")
    is_cooperative = forms == "cooperative"

    # One firm in a hundred, as assumptions.yaml says, though only one in 25 is a farm.
    assert 30 < is_cooperative.sum() < 100
    assert set(drawing.true("industry_code")[is_cooperative]) == {"A01"}
    assert not (drawing.board[is_cooperative] != "").any()
