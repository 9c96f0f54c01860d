"""Quantities of one sentence: all in one unit, and read back as what they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engines.rules.model import UNITS
from kerong.engines.rules.quantities import Language, read_quantity
from kerong.engines.rules.tests.small_law import fact
from kerong.engines.rules.together import rounded, shown_together, step_of


@pytest.mark.parametrize(
    ("unit", "values", "zh", "en"),
    [
        ("wan_yuan", [0, 3 * 10**10], ["0亿元", "3亿元"], ["0 million yuan", "300 million yuan"]),
        (
            "yuan",
            [15 * 10**7, 3 * 10**10],
            ["150万元", "30,000万元"],
            ["1.5 million yuan", "300 million yuan"],
        ),
        ("yuan", [5_000, 10**8], ["50元", "1,000,000元"], ["50 yuan", "1,000,000 yuan"]),
        ("usd", [10**8, 250_000], ["100万美元", "0.25万美元"], ["USD 1,000,000", "USD 2,500"]),
        (
            "months",
            [90, 60, 30],
            ["7年6个月", "5年", "2年6个月"],
            ["7 years 6 months", "5 years", "2 years 6 months"],
        ),
        ("months", [6, 12], ["6个月", "12个月"], ["6 months", "12 months"]),
        ("years", [12, 0], ["1年", "0个月"], ["1 year", "0 months"]),
        ("months", [36, 13], ["3年", "1年1个月"], ["3 years", "1 year 1 month"]),
    ],
)
def test_one_unit_for_all(unit: str, values: list[int], zh: list[str], en: list[str]) -> None:
    assert shown_together(values, UNITS[unit], "zh") == zh
    assert shown_together(values, UNITS[unit], "en") == en


@pytest.mark.parametrize("key", ["fen", "wan_yuan", "usd", "months", "persons", "percent"])
@pytest.mark.parametrize("language", ["zh", "en"])
@given(data=st.data())
def test_told_quantities_are_read_back(key: str, language: Language, data: st.DataObject) -> None:
    unit = UNITS[key]
    low, high = (0, 9_999) if unit.type in {"months", "count"} else (-(10**14), 10**14)
    values = data.draw(st.lists(st.integers(low, high), min_size=1, max_size=3))

    made = fact("invented", key, low, high)

    assert [read_quantity(text, made) for text in shown_together(values, unit, language)] == values


@given(st.lists(st.integers(-(10**13), 10**13), min_size=1), st.booleans())
def test_rounding_goes_only_to_the_side_asked_for_and_keeps_what_is_something(
    values: list[int],
    up: bool,  # noqa: FBT001 - drawn
) -> None:
    step = step_of("money", values)

    for value in values:
        told = rounded(value, step, up=up)
        assert 0 <= (told - value) * (1 if up else -1) < step
        assert up or value <= 0 or told > 0
