"""Registered capital from its many spellings to whole fen, refusing what cannot be trusted.

Our assumptions (no standard says how registers write capital):

* Thousands are grouped by threes or not at all. A last group of seven digits (``10,0000000``) is a decimal
  point lost before four decimals; so is an ungrouped whole number of at least 10,000 that ends in four zeros
  before a unit in brackets (``500000(万)``), and one of at least 1,000,000 before 万 without brackets. Such
  values would be 10,000 times too large; they are left out, not repaired.
* No exchange rate is invented: a foreign amount leaves the fact missing and keeps its currency.
* Nothing is a number without a unit. Zero is left out: registers write it for "not stated".
* Below 1,000 yuan the value is kept and noted.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from kerong.basics.money import FEN_PER, MoneyError, parse_number

if TYPE_CHECKING:
    from collections.abc import Mapping

CURRENCIES: Mapping[str, str] = {
    **dict.fromkeys(
        ("", "元", "圆", "人民币", "人民币元", "元人民币", "人民币圆", "rmb", "cny", "元rmb"), "CNY"
    ),
    **dict.fromkeys(("美元", "美金", "usd", "us$", "$"), "USD"),
    **dict.fromkeys(("港币", "港元", "香港元", "hkd", "hk$"), "HKD"),
    **dict.fromkeys(("日元", "日圆", "日币", "jpy"), "JPY"),
    **dict.fromkeys(("欧元", "eur", "€"), "EUR"),
    **dict.fromkeys(("英镑", "gbp", "£"), "GBP"),
    **dict.fromkeys(("澳大利亚元", "澳元", "aud"), "AUD"),
    **dict.fromkeys(("加拿大元", "加元", "cad"), "CAD"),
    **dict.fromkeys(("新加坡元", "新加坡币", "sgd"), "SGD"),
    **dict.fromkeys(("新台币", "台币", "新台币元", "twd"), "TWD"),
    **dict.fromkeys(("澳门元", "澳门币", "mop"), "MOP"),
    **dict.fromkeys(("瑞士法郎", "chf"), "CHF"),
    **dict.fromkeys(("韩元", "韩圆", "krw"), "KRW"),
    **dict.fromkeys(("新西兰元", "nzd"), "NZD"),
    **dict.fromkeys(("瑞典克朗", "sek"), "SEK"),
    **dict.fromkeys(("丹麦克朗", "dkk"), "DKK"),
    **dict.fromkeys(("挪威克朗", "nok"), "NOK"),
    **dict.fromkeys(("马来西亚林吉特", "林吉特", "myr"), "MYR"),
    **dict.fromkeys(("泰铢", "thb"), "THB"),
    **dict.fromkeys(("俄罗斯卢布", "卢布", "rub"), "RUB"),
    # Of the time before the euro, still standing in old entries.
    **dict.fromkeys(("法国法郎", "frf"), "FRF"),
    **dict.fromkeys(("德国马克", "马克", "dem"), "DEM"),
    **dict.fromkeys(("意大利里拉", "itl"), "ITL"),
    **dict.fromkeys(("荷兰盾", "nlg"), "NLG"),
}
BLANKS = frozenset(
    {
        "",
        "-",
        "--",
        "—",
        "——",
        "/",
        "\\",
        "无",
        "暂无",
        "空",
        "null",
        "none",
        "nan",
        "n/a",
        "na",
        "未公布",
        "未公示",
        "不详",
        "***",
    }
)
_MAGNITUDES = {"亿": 100_000_000, "千万": 10_000_000, "百万": 1_000_000, "万": 10_000, "千": 1_000, "": 1}
_SHAPE = re.compile(
    r"(?P<before>[^\d+.,-]*)(?P<number>[+-]?[\d,]*\.?\d+(?:e[+-]?\d{1,3})?|[\d,]+\.?)(?P<unit>.*)", re.DOTALL
)
_UNIT = re.compile(r"(?P<magnitude>亿|千万|百万|万|千|)(?P<currency>.*)", re.DOTALL)
_LOST_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})*,\d{7}")
_LOST_IN_BRACKETS = re.compile(r"\d+0000")
_LOST_WITHOUT_BRACKETS = re.compile(r"\d{3,}0000")
_WAN = 10_000
_FEN_PER_YUAN = 100
_TINY_FEN = 100_000
_KNOWN_WORDS = re.compile(
    "|".join(
        sorted(
            map(re.escape, {word for word in CURRENCIES if word} | {"亿", "千", "百", "万"}),
            key=len,
            reverse=True,
        )
    )
)


@dataclass(frozen=True, slots=True)
class Capital:
    """What a spelling means. ``fen`` is None where the value is missing or not to be trusted.

    ``check`` names what was noticed, empty when nothing; ``currency`` is empty for a blank.
    """

    fen: int | None
    currency: str = ""
    check: str = ""


def read_capital(text: str | None, unit: str = "", highest_fen: int = 2**62) -> Capital:
    """Read one spelling; ``unit`` (元, 万元 …) is what the header states for bare numbers."""
    folded = fold(text or "")
    if folded in BLANKS:
        return Capital(None)
    match = _SHAPE.fullmatch(folded)
    magnitude, currency = (1, None) if match is None else _unit(match["before"], match["unit"])
    if match is None or currency is None:
        return Capital(None, "", "capital_unreadable")
    if currency != "CNY":
        return Capital(None, currency, "capital_foreign")
    stated = bool(match["before"] or match["unit"])
    if not stated and not unit:
        return Capital(None, currency, "capital_without_unit")
    fen_per_one = magnitude * _FEN_PER_YUAN if stated else FEN_PER[unit]
    return _read_number(match["number"], fen_per_one, highest_fen, bracketed=match["unit"].startswith("("))


def _read_number(number: str, fen_per_one: int, highest_fen: int, *, bracketed: bool) -> Capital:
    check = _implausible(number, fen_per_one, bracketed=bracketed)
    if check:
        return Capital(None, "CNY", check)
    try:
        fen = parse_number(number.rstrip(".")) * fen_per_one
    except MoneyError:
        return Capital(None, "CNY", "capital_unreadable")
    return _judge(fen, highest_fen)


def _judge(fen: Decimal, highest_fen: int) -> Capital:
    if fen < 0:
        return Capital(None, "CNY", "capital_negative")
    whole = int(fen.to_integral_value(ROUND_HALF_EVEN))
    if whole == 0:
        return Capital(None, "CNY", "capital_zero")
    if whole > highest_fen:
        return Capital(None, "CNY", "capital_out_of_range")
    if whole < _TINY_FEN:
        return Capital(whole, "CNY", "capital_tiny")
    return Capital(whole, "CNY", "" if whole == fen else "capital_rounded")


def _unit(before: str, after: str) -> tuple[int, str | None]:
    """Return the magnitude and the currency of the words around the number; None when they are not known."""
    words = re.sub(r"[()\s]", "", after)
    match = _UNIT.fullmatch(words)
    if match is None:
        return 1, None
    ahead = re.sub(r"[()\s:]", "", before)
    currency = CURRENCIES.get(match["currency"])
    if ahead:
        # A currency may stand in front (美元100万); 元 behind it then says nothing of its own.
        in_front = CURRENCIES.get(ahead.replace("¥", "").replace("￥", ""))
        if in_front is None or currency not in {"CNY", in_front}:
            return 1, None
        currency = in_front
    return _MAGNITUDES[match["magnitude"]], currency


def _implausible(number: str, fen_per_one: int, *, bracketed: bool) -> str:
    if fen_per_one < _WAN * _FEN_PER_YUAN:
        return ""
    if _LOST_GROUPED.fullmatch(number):
        return "capital_lost_point"
    ungrouped = _LOST_IN_BRACKETS if bracketed else _LOST_WITHOUT_BRACKETS
    return "capital_lost_point" if ungrouped.fullmatch(number) else ""


def fold(text: str) -> str:
    """Fold full-width forms and case, and drop blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def shape_of(text: str) -> str:
    """Return the spelling with its number replaced by N, or a fixed phrase where other words occur.

    Reports print shapes: a shifted column puts names of people where capital should stand.
    """
    folded = fold(text)
    left = re.sub(r"[\d,.+()\-]|e[+-]?\d+", "", _KNOWN_WORDS.sub("", folded))
    if left or folded in BLANKS:
        return "（空白写法）" if folded in BLANKS else "（其他文字）"
    return re.sub(r"[+-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?", "N", folded)
