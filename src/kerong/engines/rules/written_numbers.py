"""Numbers as people type them, put into plain digits: full-width ones, 3百万, 1.5千万, 三百万, 3亿5000万.

What can be read in two ways (三万五, 3万5) or lacks the unit it needs (三百) is refused, never guessed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from kerong.engines.rules.model import FactType

_HALF_WIDTH = str.maketrans(
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", ord("\u2212"): "-"}
)
_PLAIN = str.maketrans("〇壹贰叁肆伍陆柒捌玖拾佰仟两", "零一二三四五六七八九十百千二")
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
_TENS = {"十": 10, "百": 100, "千": 1_000}
_NUMERALS = re.compile(r"[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]+")
_TIMES = re.compile(r"(-?)([0-9][0-9,]*)(?:\.([0-9]+))?\s*([十百千])(.*)", re.DOTALL)
_YI_AND_WAN = re.compile(r"([0-9]{1,6})\s*亿\s*([0-9]{1,4}(?:\.[0-9]+)?)\s*万(.*)", re.DOTALL)
_YEARS_AND_MONTHS = re.compile(r"([0-9]{1,4}) ?(?:年|years?) ?([0-9]{1,2}) ?(?:个月|months?)")
_TWO_WAYS = re.compile(r"[0-9]\s*[十百千万亿]+\s*[0-9]")
# What a number without a unit means is certain only here: a stored sum is fen, a stored share a basis point.
_BARE = frozenset({"count", "points", "number", "days"})


class QuantityError(ValueError):
    """A quantity that cannot be read: what is wrong, what was expected, and the cure."""

    def __init__(self, what: str, expected: str, cure: str) -> None:
        self.what = what
        self.expected = expected
        self.cure = cure
        super().__init__(f"{what}. Expected: {expected}. Cure: {cure}")


def in_digits(text: str, kind: FactType) -> str:
    """Return a quantity with its number in plain digits before the unit; other texts come back as they are.

    Raises QuantityError when it can be read in two ways, or needs a unit it lacks.
    """
    text = text.translate(_HALF_WIDTH).strip()
    if kind == "months" and (both := _YEARS_AND_MONTHS.fullmatch(text)):
        return f"{int(both[1]) * 12 + int(both[2])}个月"
    if both := _YI_AND_WAN.fullmatch(text):
        whole, dot, fraction = both[2].partition(".")
        return f"{int(both[1]) * 10_000 + int(whole)}{dot}{fraction}万{both[3]}"
    if _TWO_WAYS.search(text):
        _refuse_two_ways(text)
    if numerals := _NUMERALS.match(text):
        number, rest = _spelled(text, numerals[0]), text[numerals.end() :].strip()
        if rest[:1].isdigit():
            _refuse_two_ways(text)
        if not rest and kind == "money" and numerals[0][-1] in "万亿":
            rest = "元"
        return f"{number}{_needed(rest, text, kind)}"
    if times := _TIMES.fullmatch(text):
        return f"{times[1]}{_shifted(times)}{_needed(times[5].strip(), text, kind)}"
    return text


def _shifted(times: re.Match[str]) -> str:
    """Return ``1.5千`` as ``1500``: the point moved, nothing computed."""
    places = len(str(_TENS[times[4]])) - 1
    fraction = (times[3] or "").ljust(places, "0")
    whole = times[2].replace(",", "") + fraction[:places]
    rest = fraction[places:]
    return (whole.lstrip("0") or "0") + (f".{rest}" if rest else "")


def _needed(rest: str, text: str, kind: FactType) -> str:
    if not rest and kind not in _BARE:
        raise QuantityError(f"`{text[:40]}` has no unit", "a number with its unit", "write the unit after it")
    return rest


def _spelled(text: str, numerals: str) -> int:
    """Return the value of Chinese numerals below 万亿, exactly."""
    plain = numerals.translate(_PLAIN)
    total, rest = 0, plain
    for marker, factor in (("亿", 10**8), ("万", 10**4)):
        head, found, tail = rest.partition(marker)
        if found:
            total, rest = total + _below_ten_thousand(head, text) * factor, tail
    if rest:
        if total and rest in _DIGITS:
            _refuse_two_ways(text)
        total += _below_ten_thousand(rest, text)
    return total


def _below_ten_thousand(numerals: str, text: str) -> int:
    total, last, digit, after_zero = 0, 10_000, -1, False
    for sign in numerals:
        if sign == "零" and digit < 0:
            after_zero = True
            if numerals == "零":
                digit = 0
        elif sign in _DIGITS and digit < 0:
            digit = _DIGITS[sign]
        elif sign in _TENS and _TENS[sign] < last and (digit > 0 or (sign == "十" and not total)):
            last = _TENS[sign]
            total, digit, after_zero = total + max(digit, 1) * last, -1, False
        else:
            _refuse(text)
    if digit > 0 and last in {100, 1_000} and not after_zero:
        _refuse_two_ways(text)
    if not numerals or (digit < 0 and not total):
        _refuse(text)
    return total + max(digit, 0)


def _refuse(text: str) -> NoReturn:
    raise QuantityError(
        f"`{text[:40]}` is not a number", "a number such as 300万 or 三百万", "write it in digits"
    )


def _refuse_two_ways(text: str) -> NoReturn:
    raise QuantityError(
        f"`{text[:40]}` can be read in two ways", "a number such as 3.5万 or 35000", "write it out in digits"
    )
