"""Arithmetic is exact to the fen, provably within 64 bits, and honest about what is missing."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import duckdb
import pytest

from kerong.engines.rules import sql
from kerong.engines.rules.compiler import Catalogue
from kerong.engines.rules.model import Band, PolicyMistakesError
from kerong.engines.rules.population import judge
from kerong.engines.rules.single import FirmJudge
from kerong.engines.rules.snapshot import from_columns
from kerong.engines.rules.tests.backends import everywhere
from kerong.engines.rules.tests.small_law import ON, Firm, card, compiled, fact, indicator, pack, value

MONEY = {name: fact(name, "fen", 0, 10**14) for name in ("loan", "revenue")}
EDGE = 2**63 - 2


def refusal(*predicates: str, **more: Any) -> str:
    """Return the text of the mistakes of a pack that must be refused."""
    with pytest.raises(PolicyMistakesError) as caught:
        compiled(pack(*predicates, **more))
    return str(caught.value)


def boundary_law() -> Catalogue:
    """Return the law "a loan of at most 35 % of revenue", with an invented ceiling."""
    ceiling = value("ceiling", 3_500, "percent")
    return compiled(pack("loan * 10000 <= revenue * ceiling", parameters=[ceiling]), facts=MONEY)


def boundary_firms() -> list[Firm]:
    """Return pairs of firms: a loan of exactly 35 % of revenue, and one fen more."""
    chance = random.Random(35)  # noqa: S311 - invented revenues
    twentieths = [*range(1, 3_000), *(chance.randrange(1, 5 * 10**12) for _ in range(2_000))]
    return [{"revenue": 20 * k, "loan": 7 * k + more} for k in twentieths for more in (0, 1)]


def test_loan_of_exactly_the_share_is_met_and_one_fen_more_is_not_for_one_firm() -> None:
    judge_one = FirmJudge(boundary_law())

    met = [bool(judge_one.judge(firm).met[0]) for firm in boundary_firms()]

    assert met == [True, False] * (len(met) // 2)


def test_loan_of_exactly_the_share_is_met_and_one_fen_more_is_not_in_the_kernel() -> None:
    firms = boundary_firms()
    snapshot = from_columns(MONEY, {name: [firm[name] for firm in firms] for name in MONEY}, ON)

    verdicts = judge(boundary_law(), snapshot, keep=True)

    assert verdicts.counts.tolist() == [[len(firms) // 2, len(firms) // 2, 0]]
    assert {int(word) for word in verdicts.eligible[0][: len(firms) // 64]} == {0x5555555555555555}


def test_loan_of_exactly_the_share_is_met_and_one_fen_more_is_not_in_duckdb() -> None:
    firms = boundary_firms()
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE firms (uscc INTEGER, loan BIGINT, revenue BIGINT)")
        connection.execute(
            "INSERT INTO firms SELECT unnest(?), unnest(?), unnest(?)",
            [list(range(len(firms))), [f["loan"] for f in firms], [f["revenue"] for f in firms]],
        )
        rows = connection.execute(
            f"SELECT t0, f0 FROM ({sql.words_query(boundary_law(), 'firms')}) ORDER BY uscc"
        ).fetchall()

    assert rows == [(1, 0), (0, 1)] * (len(firms) // 2)


@pytest.mark.parametrize(
    ("predicate", "bound"),
    [
        ("x * y >= 7", 3_037_000_499),
        ("x * y * 2 <> y * y", 1_753_413_056),
        ("x * 3 - y * 5 + 11 < 0", 1_152_921_504_606_846_974),
        ("x - y = 0", 4_611_686_018_427_387_903),
        ("x >= 999999999999999999", EDGE - 999_999_999_999_999_999),
        ("least(x, y) * 4 > greatest(x, y)", 1_844_674_407_370_955_161),
        ("floor(x * 0.5) >= y", 1_537_228_672_809_129_301),
        ("x * 1.25 <= y", 40_992_764_608_243_448),
    ],
)
def test_widest_ranges_that_fit_64_bits_run_everywhere_and_one_more_is_refused(
    predicate: str, bound: int
) -> None:
    wide = {name: fact(name, "fen", -bound, bound) for name in ("x", "y")}
    wider = {name: fact(name, "fen", -bound - bound // 4, bound + bound // 4) for name in ("x", "y")}
    edges = [-bound, -bound + 1, -1, 0, 1, bound - 1, bound, None]
    firms: list[Firm] = [{"x": x, "y": y} for x, y in product(edges, edges)]

    everywhere(compiled(pack(predicate), facts=wide), firms)

    with pytest.raises(PolicyMistakesError, match="beyond 64 bits"):
        compiled(pack(predicate), facts=wider)


def test_facts_as_wide_as_64_bits_are_compared() -> None:
    wide = {"x": fact("x", "fen", -EDGE, EDGE)}

    truths = everywhere(compiled(pack("x >= 0"), facts=wide), [{"x": -EDGE}, {"x": EDGE}, {"x": None}])

    assert truths == [[False], [True], [None]]


@pytest.mark.parametrize(
    ("predicate", "x", "truth"),
    [
        ("floor(x * 0.5) = -2", -3, True),
        ("floor(x * 0.5) = 1", 3, True),
        ("floor(x * (-0.5)) = -2", 3, True),
        ("floor(x * 0.000001) = -1", -1, True),
        ("floor(-x) = -3", 3, True),
        ("floor(-1.5) = -2", 0, True),
        ("floor(x * 0.1 + 0.1) = 1", 9, True),
        ("x * 0.1 = 0.7", 7, True),
        ("x = 0.7", 7, False),
        ("x > 0.7", 1, True),
        ("x >= -0.5", 0, True),
        ("x < -0.5", -1, True),
        ("x * 3 = 10", 3, False),
        ("x * 3 <> 10", 3, True),
        ("x * 3 BETWEEN 10 AND 11", 4, False),
        ("-x * 3 <= -10", 4, True),
        ("-x * 3 <= -10", 3, False),
        ("floor(x * 0.000001 * 0.000001 * 0.000001) = -1", -1, True),
    ],
)
def test_decimals_and_floor_are_exact_everywhere(predicate: str, x: int, *, truth: bool) -> None:
    assert everywhere(compiled(pack(predicate)), [{"x": x}, {"x": None}])[0] == [truth]


def test_more_decimals_than_64_bits_hold_are_refused() -> None:
    assert "19 decimals" in refusal("floor(x * 0.000001 * 0.000001 * 0.000001 * 0.1) = 0")


@pytest.mark.parametrize(
    "predicate",
    [
        "x >= y * r",
        "x * 100 >= y * r",
        "y * r <= x",
        "x + z * 10000 >= y * r",
        "x * r >= y",
        "x * r * r >= y * 10000",
    ],
)
def test_ratio_on_one_side_only_is_refused_with_the_cure(predicate: str) -> None:
    assert "write for example part * 10000" in refusal(predicate)


@pytest.mark.parametrize(
    "predicate",
    [
        "x * 10000 >= y * r",
        "x * 5000 * 2 >= r * y",
        "x * 10000 + z * 20000 >= y * r",
        "(x + z) * 10000 >= (y - x) * r",
        "x * r >= y * r",
        "x * r * 10000 >= y * r * r",
    ],
)
def test_ratio_scaled_on_the_other_side_is_accepted(predicate: str) -> None:
    assert len(compiled(pack(predicate)).criteria) == 1


@pytest.mark.parametrize(
    ("predicate", "what"),
    [
        ("x >= n", "compares money with count"),
        ("x + n >= 0", "adds money with count"),
        ("least(x, n) >= 0", "compares money with count"),
        ("x * x >= y", "compares money × money with money"),
        ("x BETWEEN n AND y", "compares money with count"),
        ("x IN (n)", "compares money with count"),
        ("r >= x", "compares ratio with money"),
        ("d - d >= 0", "dates cannot be added"),
        ("d + 1 >= d", "dates cannot be added"),
        ("d * 2 >= d", "dates cannot be multiplied"),
        ("d >= x", "compares date with money"),
        ("x >= f", "a flag is compared with something else"),
        ("x = 'a1'", "a number is compared with text"),
        ("f >= TRUE", "a flag is compared"),
        ("f = g", "a flag is compared"),
        ("f IN (TRUE)", "a flag is listed with IN"),
        ("c > 'a1'", "has no order"),
        ("c = 'zz'", "is not one of the codes"),
        ("c = o", "a code is compared with something else"),
        ("c = 1", "a code is compared with something else"),
        ("x LIKE 'a%'", "LIKE needs a code"),
        ("c", "is not a flag"),
        ("x + 1", "a number stands where a condition is needed"),
        ("(x > 1) > 0", "a condition stands where a number is needed"),
        ("1 < (x < 5)", "a condition stands where a number is needed"),
        ("x = 1 IS NULL", "a condition stands where a number is needed"),
        ("FALSE = f IS NULL", "a condition stands where a number is needed"),
        ("share(x, r, 'down') > 1", "share stands in a predicate"),
        ("nothing > 1", "'nothing' is not known here"),
        ("X > 1", "'X' is not known here"),
        ("t.one > 1", "'t.one' is not known here"),
    ],
)
def test_types_that_do_not_fit_are_refused(predicate: str, what: str) -> None:
    assert what in refusal(predicate)


@pytest.mark.parametrize(
    "predicate",
    [
        "x - x = 0",
        "x * 0 = 0",
        "0 * x >= 0",
        "x - y + y - x = 0",
        "least(x, 5) <= 5",
        "greatest(x * 0, 1) = 1",
        "least(x, x) = x",
        "floor(x * 0.0) = 0",
        "x * y * 0 = 0",
        "NOT x * 0 <> 0",
    ],
)
def test_what_is_missing_stays_unknown_though_the_answer_seems_clear(predicate: str) -> None:
    truths = everywhere(compiled(pack(predicate)), [{"x": None, "y": 1}, {"x": 1, "y": 1}])

    assert truths == [[None], [True]]


def test_points_in_a_difference_are_not_counted_twice() -> None:
    bands = [Band(6, low=3), Band(1)]
    more = [Band(4, low=3), Band(0)]
    points = card("s", indicator("i1", 6, bands, of="x", group="half"), indicator("i2", 4, more, of="y"))
    law = pack("s - s = 0", "s.half * 2 >= s", "s - s.i2 >= 1", "s >= s.i1", points=points)

    truths = everywhere(
        compiled(law),
        [
            {"x": None, "y": None},
            {"x": None, "y": 9},
            {"x": 9, "y": None},
            {"x": 0, "y": 0},
            {"x": 0, "y": 9},
        ],
    )

    assert truths == [
        [True, None, True, True],
        [True, None, True, True],
        [True, True, True, True],
        [True, True, True, True],
        [True, False, True, True],
    ]
