"""Amounts as people type them into the shelf, read exactly or not at all."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kerong.capabilities.matchmaking.forms.typed_amount import is_bare, read_amount

WAN = 10_000


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        *(("300万", 300 * WAN), ("300w", 300 * WAN), ("300W", 300 * WAN), ("３００万元", 300 * WAN)),
        *(("3百万", 300 * WAN), ("三百万", 300 * WAN), ("两百万元", 200 * WAN), ("3千万", 3000 * WAN)),
        *(("百万", 100 * WAN), ("十万", 10 * WAN), ("十二万", 12 * WAN), ("一千五百万", 1500 * WAN)),
        *(("一千零五十万", 1050 * WAN), ("三百五十万", 350 * WAN), ("一亿二千万", 12_000 * WAN)),
        *(("1亿2000万", 12_000 * WAN), ("一万亿", 10**12), ("三〇〇万", 300 * WAN), ("3.5百万", 350 * WAN)),
        *(("3，000，000元", 300 * WAN), ("¥ 3,000,000", 300 * WAN), ("50万元整", 50 * WAN)),
        *(("0.06亿", 600 * WAN), ("一百零五元", 105), ("1.25元", Fraction(5, 4))),
        *(("一万二千亿", 12_000 * 10**8), ("二十万", 20 * WAN), ("两千零五万", 2005 * WAN)),
    ],
)
def test_amounts_are_read_exactly(typed: str, yuan: int | Fraction) -> None:
    assert read_amount(typed) == yuan


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        ("5", 5 * WAN),
        ("99999", 99_999 * WAN),
        ("100000", 100_000),
        ("3000000", 3_000_000),
        ("3，000，000", 3_000_000),
        ("三百", 300 * WAN),
    ],
)
def test_a_bare_number_is_wan_yuan_below_a_hundred_thousand_and_yuan_from_there(
    typed: str, yuan: int
) -> None:
    assert is_bare(typed)
    assert read_amount(typed) == yuan


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "很多",
            "-5",
            "万",
            "亿",
            "万万",
            "亿亿",
            "三百五",
            "一万二",
            "3百千",
            "三五百",
            "五5万",
            "5五万",
        ),
        *("1e9", "0.001元", "一亿一万一万", "二十百万", "1.2.3万", "九" * 100),
    ],
)
def test_what_may_mean_two_things_or_nothing_is_not_read(typed: str) -> None:
    assert read_amount(typed) is None
