"""Shares, splits and texts of money: exact, and nothing lost."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.basics.money import FEN_PER, MoneyError, Rounding, format_money, parse_money, share, split

AMOUNTS = st.integers(-(10**18), 10**18)
ROUNDINGS: list[tuple[Rounding, str]] = [
    ("down", ROUND_DOWN),
    ("up", ROUND_UP),
    ("half_up", ROUND_HALF_UP),
    ("half_even", ROUND_HALF_EVEN),
]


@pytest.mark.parametrize(("rounding", "mode"), ROUNDINGS)
@given(amount=AMOUNTS, bp=st.integers(-50_000, 50_000))
def test_share_agrees_with_decimal(amount: int, bp: int, rounding: Rounding, mode: str) -> None:
    with localcontext(prec=60):
        expected = (Decimal(amount) * bp / 10_000).to_integral_value(mode)

    assert share(amount, bp, rounding) == int(expected)


@given(amount=AMOUNTS, bp=st.integers(0, 10_000))
def test_share_down_never_exceeds_the_fraction(amount: int, bp: int) -> None:
    exact = Fraction(amount * bp, 10_000)

    assert share(abs(amount), bp, "down") == floor(abs(exact))
    assert share(-abs(amount), bp, "down") == -floor(abs(exact))


@pytest.mark.parametrize(
    ("rounding", "positive", "negative"),
    [("down", 2, -2), ("up", 3, -3), ("half_up", 3, -3), ("half_even", 2, -2)],
)
def test_share_rounds_a_half(rounding: Rounding, positive: int, negative: int) -> None:
    assert (share(5, 5_000, rounding), share(-5, 5_000, rounding)) == (positive, negative)


def test_share_refuses_an_unknown_rounding() -> None:
    with pytest.raises(MoneyError, match="half_even"):
        share(5, 5_000, "bankers")  # type: ignore[arg-type] - text, on purpose


@given(
    amount=AMOUNTS,
    weights=st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any),
    ties=st.sampled_from(["first", "last", "largest_weight"]),
)
def test_split_adds_up_and_stays_within_a_fen(amount: int, weights: list[int], ties: str) -> None:
    parts = split(amount, weights, ties)  # type: ignore[arg-type] - text, on purpose

    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount * weight, sum(weights))) < 1
        assert weight or part == 0


def test_split_serves_ties_by_the_named_rule() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(100, [1, 1, 1], "last") == [33, 33, 34]
    assert split(-100, [1, 1, 1]) == [-34, -33, -33]
    assert split(3, [1, 3, 1, 1], "largest_weight") == [1, 2, 0, 0]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_split_refuses_weights_without_meaning(weights: list[int]) -> None:
    with pytest.raises(MoneyError):
        split(100, weights)


@given(fen=AMOUNTS, unit=st.sampled_from(sorted(FEN_PER)), separators=st.booleans())
def test_format_and_parse_are_inverse(fen: int, unit: str, separators: bool) -> None:  # noqa: FBT001 - hypothesis passes by name
    text = format_money(fen, unit, separators=separators)

    assert parse_money(text.removesuffix(unit), unit) == fen


@pytest.mark.parametrize(
    ("text", "unit", "fen"),
    [
        ("1,234.5", "万元", 1_234_500_000),
        ("0.01", "元", 1),
        ("-3", "元", -300),
        ("1e3", "元", 100_000),
        (" 7 ", "分", 7),
    ],
)
def test_parse_money_reads_exactly(text: str, unit: str, fen: int) -> None:
    assert parse_money(text, unit) == fen


@pytest.mark.parametrize(
    "text", ["", "abc", "0.001", "1,23", "12,3456", "1e999999999", "nan", "inf", "1" * 50]
)
def test_parse_money_refuses(text: str) -> None:
    with pytest.raises(MoneyError):
        parse_money(text)
