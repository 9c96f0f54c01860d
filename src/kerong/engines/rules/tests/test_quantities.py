"""Quantities are read and printed exactly, and what is printed is read back as it was."""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engines.rules.model import UNITS, Fact, Unit
from kerong.engines.rules.quantities import (
    LARGEST,
    QuantityError,
    read_quantity,
    show_quantity,
    stored_number,
)


def fact_of(unit: Unit) -> Fact:
    return Fact("invented", "虚构", "invented", unit.type, unit, -LARGEST, LARGEST)


MONEY, RATIO, COUNT = (fact_of(UNITS[key]) for key in ("wan_yuan", "percent", "persons"))
DOLLARS, SECONDS = (fact_of(UNITS[key]) for key in ("wan_usd", "seconds"))
MONTHS, DAY, FLAG = (fact_of(UNITS[key]) for key in ("months", "date", "flag"))


@pytest.mark.parametrize(
    ("written", "fact", "stored"),
    [
        ("5000万元", MONEY, 5_000_000_000),
        ("1.5亿元", MONEY, 15_000_000_000),
        ("12,345.67元", MONEY, 1_234_567),
        ("1.5 billion yuan", MONEY, 150_000_000_000),
        ("-3分", MONEY, -3),
        ("5000", MONEY, 5000),
        (5000, MONEY, 5000),
        ("1000万美元", DOLLARS, 1_000_000_000),
        ("1.25亿美元", DOLLARS, 12_500_000_000),
        ("5 usd", DOLLARS, 500),
        ("USD 12,345.67", DOLLARS, 1_234_567),
        ("US$ 3 million", DOLLARS, 300_000_000),
        ("180秒", SECONDS, 180),
        ("1.5 minutes", SECONDS, 90),
        ("4.2%", RATIO, 420),
        ("3.25%", RATIO, 325),
        ("35‰", RATIO, 350),
        ("50BP", RATIO, 50),
        ("18个月", MONTHS, 18),
        ("3年", MONTHS, 36),
        ("1.5 years", MONTHS, 18),
        ("40人", COUNT, 40),
        ("1,234 persons", COUNT, 1234),
        ("2026-11-23", DAY, 20261123),
        ("2026年11月3日", DAY, 20261103),
        ("3 November 2026", DAY, 20261103),
        (20261123, DAY, 20261123),
        ("true", FLAG, 1),
        (False, FLAG, 0),
        ("否", FLAG, 0),
    ],
)
def test_quantity_is_read(written: str | int, fact: Fact, stored: int) -> None:
    assert read_quantity(written, fact) == stored


@pytest.mark.parametrize(
    ("written", "fact", "stored"),
    [
        ("１５２，０００元", MONEY, 15_200_000),
        ("３．５％", RATIO, 350),
        ("300w", MONEY, 300_000_000),
        ("300Ｗ元", MONEY, 300_000_000),
        ("30w美元", DOLLARS, 30_000_000),
        ("3百万", MONEY, 300_000_000),
        ("1.5千万元", MONEY, 1_500_000_000),
        ("1.2345百元", MONEY, 12_345),
        ("3亿5000万", MONEY, 35_000_000_000),
        ("三百万", MONEY, 300_000_000),
        ("一亿二千零五万元", MONEY, 12_005_000_000),
        ("叁佰伍拾万元", MONEY, 350_000_000),
        ("十五人", COUNT, 15),
        ("三百零五", COUNT, 305),
        ("两年", MONTHS, 24),
        ("7年6个月", MONTHS, 90),
        ("7 years 6 months", MONTHS, 90),
    ],
)
def test_numbers_are_read_as_people_type_them(written: str, fact: Fact, stored: int) -> None:
    assert read_quantity(written, fact) == stored


@pytest.mark.parametrize(
    ("written", "fact", "what"),
    [
        ("三万五", MONEY, "can be read in two ways"),
        ("三百五元", MONEY, "can be read in two ways"),
        ("3万5", MONEY, "can be read in two ways"),
        ("三百", MONEY, "has no unit"),
        ("3百", MONEY, "has no unit"),
        ("三", MONTHS, "has no unit"),
        ("百万", MONEY, "is not a number"),
        ("百分之三", RATIO, "is not a number"),
        ("二〇二六人", COUNT, "is not a number"),
        ("三万万元", MONEY, "is not a number"),
        ("3k", MONEY, "is not a unit of invented"),
        ("300m", MONEY, "is not a unit of invented"),
        ("300多万", MONEY, "is not a unit of invented"),
        ("约300万", MONEY, "is not a number"),
    ],
)
def test_what_may_mean_two_things_is_refused(written: str, fact: Fact, what: str) -> None:
    with pytest.raises(QuantityError, match=what):
        read_quantity(written, fact)


SIGNS = "零一二三四五六七八九"


def spelled(number: int) -> str:
    """Spell a number below 100 million the careful way, with every 零."""
    if number >= 10_000:
        low = number % 10_000
        return f"{spelled(number // 10_000)}万" + (f"{'零' * (low < 1_000)}{spelled(low)}" if low else "")
    text, gap = "", False
    for unit, name in ((1_000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        text += f"{'零' * (gap and bool(text))}{SIGNS[digit]}{name}" if digit else ""
        gap = not digit
    return text or "零"


@given(st.integers(0, 99_999_999))
def test_spelled_numbers_are_read_exactly(number: int) -> None:
    assert read_quantity(f"{spelled(number)}元", MONEY) == number * 100


@pytest.mark.parametrize(
    ("written", "fact", "what"),
    [
        ("5000人", MONEY, "`人` is not a unit of invented"),
        ("5000万元", DOLLARS, "`万元` is not a unit of invented"),
        ("5000万", DOLLARS, "`万` is not a unit of invented"),
        ("3万美元", MONEY, "`万美元` is not a unit of invented"),
        ("USD 3", MONEY, "`USD 3` is not a number"),
        ("3分", SECONDS, "`分` is not a unit of invented"),
        ("3.333%", RATIO, "3.333% is not a whole number of stored units"),
        ("0.5人", COUNT, "0.5人 is not a whole number"),
        ("1,23元", MONEY, "`1,23元` is not a number"),
        ("010元", MONEY, "`010` is not a number"),
        ("", MONEY, "`` is not a number"),
        ("万元", MONEY, "`万元` is not a number"),
        ("2026-02-30", DAY, "2026-02-30 is not in the calendar"),
        (20261332, DAY, "2026-13-32 is not in the calendar"),
        ("maybe", FLAG, "`maybe` is not a flag"),
        ("9" * 40 + "元", MONEY, "9" * 40 + "… has too many digits"),
    ],
)
def test_unclear_quantity_is_refused(written: str | int, fact: Fact, what: str) -> None:
    with pytest.raises(QuantityError) as caught:
        read_quantity(written, fact)

    assert caught.value.what == what


def test_value_outside_the_range_is_refused() -> None:
    fact = dataclasses.replace(COUNT, high=100)

    with pytest.raises(QuantityError, match="101人 is outside the range of invented"):
        read_quantity("101人", fact)


def test_code_outside_a_closed_list_is_refused() -> None:
    fact = dataclasses.replace(fact_of(UNITS["code"]), codes={"A": "甲级"})

    assert read_quantity("A", fact) == "A"
    with pytest.raises(QuantityError, match="did you mean `A`"):
        read_quantity("甲级", fact)


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (0, "wan_yuan", "0元", "0 yuan"),
        (1, "wan_yuan", "0.01元", "0.01 yuan"),
        (999_900, "wan_yuan", "9,999元", "9,999 yuan"),
        (5_000_000_000, "yuan", "5,000万元", "50 million yuan"),
        (1_234_567_800, "wan_yuan", "1,234.5678万元", "12,345,678 yuan"),
        (15_000_000_000, "wan_yuan", "1.5亿元", "150 million yuan"),
        (12_345_600_000, "wan_yuan", "12,345.6万元", "123.456 million yuan"),
        (-15_000_000_000, "fen", "-1.5亿元", "-150 million yuan"),
        (0, "usd", "0美元", "USD 0"),
        (1, "usd", "0.01美元", "USD 0.01"),
        (1_000_000_000, "wan_usd", "1,000万美元", "USD 10 million"),
        (12_500_000_000, "yi_usd", "1.25亿美元", "USD 125 million"),
        (-250_000_000_000, "usd", "-25亿美元", "USD -2.5 billion"),
        (180, "seconds", "180秒", "180 seconds"),
        (180, "minutes", "3分钟", "3 minutes"),
        (1, "minutes", "1秒", "1 second"),
        (400, "percent", "4.0%", "4.0%"),
        (325, "percent", "3.25%", "3.25%"),
        (-5, "share", "-0.05%", "-0.05%"),
        (50, "bp", "50BP", "50BP"),
        (33, "permille", "3.3‰", "3.3‰"),
        (36, "months", "3年", "3 years"),
        (18, "years", "18个月", "18 months"),
        (1, "months", "1个月", "1 month"),
        (0, "months", "0个月", "0 months"),
        (20261123, "date", "2026年11月23日", "23 November 2026"),
        (1234, "persons", "1,234人", "1,234 persons"),
        (3, "items", "3项", "3 items"),
        (1, "flag", "是", "yes"),
        (0, "flag", "否", "no"),
        (78, "points", "78分", "78 points"),
        (30, "days", "30天", "30 days"),
    ],
)
def test_quantity_is_printed(value: int, unit: str, zh: str, en: str) -> None:
    assert show_quantity(value, UNITS[unit]) == zh
    assert show_quantity(value, UNITS[unit], "en") == en


def test_code_is_printed_as_it_is() -> None:
    assert show_quantity("tier1", "code") == "tier1"


STORED = st.integers(-LARGEST, LARGEST)
FIRST = date(1900, 1, 1)
DAYS = (
    st.integers(0, 109_000).map(lambda days: FIRST + timedelta(days)).map(lambda d: int(d.strftime("%Y%m%d")))
)
VALUES = {"flag": st.integers(0, 1), "date": DAYS}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("key", [key for key in UNITS if key != "code"])
@given(data=st.data())
def test_printed_quantity_is_read_back(key: str, language: str, data: st.DataObject) -> None:
    assert language in ("zh", "en")
    unit = UNITS[key]
    value = data.draw(VALUES.get(unit.type, STORED | st.integers(-300, 300)))

    assert read_quantity(show_quantity(value, unit, language), fact_of(unit)) == value
    assert read_quantity(show_quantity(value, unit.type, language), fact_of(unit)) == value


@given(
    st.sampled_from([unit for unit in UNITS.values() if unit.type not in ("code", "flag", "date")]), STORED
)
def test_number_in_a_unit_is_stored_exactly(unit: Unit, count: int) -> None:
    stored = count // unit.factor * unit.factor if count >= 0 else -(-count // unit.factor) * unit.factor

    assert stored_number(str(stored // unit.factor), unit) == stored


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for fact in (MONEY, DOLLARS, SECONDS, RATIO, COUNT, MONTHS, DAY, FLAG):
        with suppress(QuantityError):
            assert isinstance(read_quantity(text, fact), int)
