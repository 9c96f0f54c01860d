"""Amounts as people type them into the shelf, read exactly or not at all."""

from __future__ import annotations

from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError

from kerong.capabilities.matchmaking.forms.shelf import AMOUNT
from kerong.capabilities.matchmaking.forms.typed_amount import AmountField, is_bare

WAN, YUAN = 1_000_000, 100


def fen(typed: str) -> int | None:
    return AmountField(AMOUNT).clean(typed)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        *(("300万", 300 * WAN), ("300w", 300 * WAN), ("300W", 300 * WAN), ("３００万元", 300 * WAN)),
        *(("3百万", 300 * WAN), ("三百万", 300 * WAN), ("两百万元", 200 * WAN), ("3千万", 3000 * WAN)),
        *(("十万", 10 * WAN), ("一千零五十万", 1050 * WAN), ("1亿2000万", 12_000 * WAN)),
        *(("3，000，000元", 300 * WAN), ("人民币300万块", 300 * WAN), ("50万元整", 50 * WAN)),
        *(("0.06亿", 600 * WAN), ("一百零五元", 105 * YUAN), ("1.25元", Fraction(5, 4) * YUAN)),
    ],
)
def test_amounts_are_read_exactly(typed: str, amount: int | Fraction) -> None:
    assert fen(typed) == amount
    assert not is_bare(typed)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("5", 5 * WAN),
        ("9999", 9_999 * WAN),
        ("100000", 100_000 * YUAN),
        ("3，000，000", 3_000_000 * YUAN),
        ("¥ 3,000,000", 3_000_000 * YUAN),
        ("三百", 300 * WAN),
    ],
)
def test_a_bare_number_is_wan_yuan_below_a_hundred_thousand_and_yuan_from_there(
    typed: str, amount: int
) -> None:
    assert is_bare(typed)
    assert fen(typed) == amount


@pytest.mark.parametrize(
    "typed",
    [
        *("很多", "-5", "万", "亿", "万万", "三百五", "一万二", "3百千", "三五百", "五5万", "5五万"),
        *("1e9", "0.001元", "1.2.3万", "九" * 30),
    ],
)
def test_what_may_mean_two_things_or_nothing_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        fen(typed)


def test_nothing_typed_is_no_amount() -> None:
    assert fen("") is None
    assert not is_bare("")
