"""Quantities as people write them, read into stored integers and printed from them, exactly both ways."""

from __future__ import annotations

import re
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, TypeAlias

from kerong.engines.rules.model import UNITS, Fact, FactType, Unit
from kerong.engines.rules.written_numbers import QuantityError, in_digits

if TYPE_CHECKING:
    from collections.abc import Callable

Language: TypeAlias = Literal["zh", "en"]

LARGEST = 10**16
"""No stored value is larger: 100 万亿元 in fen, far inside 64 bits; the compiler proves the arithmetic."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_GROUPED = re.compile(r"-?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_AMOUNT = re.compile(r"\s*(?P<number>-?[0-9][0-9,]*(?:\.[0-9]+)?)\s*(?P<unit>[^0-9\s].*?)?\s*", re.DOTALL)
_USD_FIRST = re.compile(r"(?:USD|US\$)\s*(-?[0-9][0-9,]*(?:\.[0-9]+)?)\s*(million|billion)?")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CHINESE_DAY = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_LOOSE_DAY = re.compile(r"([0-9]{4})[-/.年 ]?([0-9]{1,2})[-/.月 ]?([0-9]{1,2})日?")
_ENGLISH_DAY = re.compile(r"([0-9]{1,2}) ([A-Z][a-z]+) ([0-9]{4})")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+.-]*")
_YEARS = (1900, 2200)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MOST_DIGITS = 30
_FLAGS = {"true": 1, "false": 0, "1": 1, "0": 0, "是": 1, "否": 0, "yes": 1, "no": 0}

# Words after a number, besides the labels of UNITS, → (type, factor).
_WORDS: dict[str, tuple[FactType, int]] = {
    "万": ("money", 10**6),
    "亿": ("money", 10**10),
    "million yuan": ("money", 10**8),
    "billion yuan": ("money", 10**11),
    "USD": ("money_usd", 100),
    "million USD": ("money_usd", 10**8),
    "billion USD": ("money_usd", 10**11),
    "second": ("seconds", 1),
    "minute": ("seconds", 60),
    "year": ("months", 12),
    "month": ("months", 1),
    "day": ("days", 1),
    "point": ("points", 1),
    "person": ("count", 1),
    "item": ("count", 1),
    "time": ("count", 1),
    "firm": ("count", 1),
    "deal": ("count", 1),
    "个": ("count", 1),
    "％": ("ratio", 100),
    "w": ("money", 10**6),
    "w元": ("money", 10**6),
    "w美元": ("money_usd", 10**6),
}


def read_quantity(written: str | int, fact: Fact) -> int | str:
    """Return the stored value of a quantity of a fact: ``5000万元``, ``三百万``, ``4.2%``, ``3年``.

    An integer, or digits without a unit, is a stored value already. Raises QuantityError, also when it is
    outside the fact's range or not among its codes.
    """
    if fact.type == "code":
        return _read_code(str(written), fact)
    if isinstance(written, bool):
        written = int(written)
    stored = _checked_stored(written, fact) if isinstance(written, int) else _read_text(written.strip(), fact)
    if not fact.low <= stored <= fact.high:
        low, high = show_quantity(fact.low, fact.unit), show_quantity(fact.high, fact.unit)
        what = f"{show_quantity(stored, fact.unit)} is outside the range of {fact.name}"
        raise QuantityError(what, f"{low} to {high}", "correct the value, or widen the range in facts.yaml")
    return stored


def show_quantity(value: int | str, unit_or_type: Unit | FactType, language: Language = "zh") -> str:
    """Print a stored value exactly, as people of a language write it: ``1.5亿元``, ``3.25%``."""
    if isinstance(value, str):
        return value
    unit = unit_or_type if isinstance(unit_or_type, Unit) else None
    kind = unit_or_type.type if isinstance(unit_or_type, Unit) else unit_or_type
    return _SHOWN.get(kind, _show_number)(value, unit, language)


def stored_number(text: str, unit: Unit) -> int:
    """Return the stored integer of a bare number written in a unit, exactly. Raises QuantityError."""
    if _NUMBER.fullmatch(text) is None:
        raise _not_a_number(text)
    return _scaled(text, unit.factor, unit.label)


def stored_day(text: str) -> int:
    """Return ``yyyymmdd`` of an ISO date. Raises QuantityError."""
    day = iso_day(text)
    return day.year * 10_000 + day.month * 100 + day.day


def iso_day(text: str) -> date:
    """Return the date of ``2026-11-23``. Raises QuantityError for other notations and impossible days."""
    match = _ISO.fullmatch(text)
    if match is None:
        loose = _LOOSE_DAY.fullmatch(text)
        like = f"{loose[1]}-{int(loose[2]):02}-{int(loose[3]):02}" if loose else "the day as 2026-11-23"
        raise QuantityError(
            f"`{text[:40]}` is not a date", "year-month-day with four, two and two digits", f"write {like}"
        )
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise QuantityError(
            f"{text} is not in the calendar", "a day that exists", "look the date up again"
        ) from None
    if not _YEARS[0] <= day.year < _YEARS[1]:
        expected = f"a year from {_YEARS[0]} to {_YEARS[1] - 1}"
        raise QuantityError(f"the year of {text} cannot be meant", expected, "correct the year")
    return day


def _read_code(written: str, fact: Fact) -> str:
    if fact.codes and written not in fact.codes:
        near = get_close_matches(written, fact.codes, 1) or [
            code for code, label in fact.codes.items() if label == written
        ]
        cure = f"did you mean `{near[0]}`?" if near else "use one of the codes in facts.yaml"
        raise QuantityError(f"`{written}` is not a code of {fact.name}", ", ".join(fact.codes), cure)
    if _CODE.fullmatch(written) is None:
        raise QuantityError(
            f"`{written}` is not a code", "letters, digits and _ + . -", "write the code, not its label"
        )
    return written


def _read_text(text: str, fact: Fact) -> int:
    if fact.type == "flag":
        if text.lower() not in _FLAGS:
            raise QuantityError(f"`{text}` is not a flag", "true or false", "write true or false")
        return _FLAGS[text.lower()]
    if fact.type == "date":
        return _read_day(text)
    if fact.type == "money_usd" and (dollars := _USD_FIRST.fullmatch(text)):
        text = f"{dollars[1]}{f' {dollars[2]}' if dollars[2] else ''} USD"
    text = in_digits(text, fact.type)
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise _not_a_number(text)
    number = match["number"]
    if "," in number:
        if _GROUPED.fullmatch(number) is None:
            raise _not_a_number(text)
        number = number.replace(",", "")
    if _NUMBER.fullmatch(number) is None:
        raise _not_a_number(number)
    return _scaled(number, _factor(match["unit"], fact), match["unit"] or "")


def _factor(word: str | None, fact: Fact) -> int:
    """Return how many stored units one of the written word is, for this fact."""
    if word is None:
        return 1
    singular = word.lower().removesuffix("s")
    for unit in UNITS.values():
        if unit.type == fact.type and word in (unit.key, unit.label, unit.label_en) and word:
            return unit.factor
    for known in (word, singular):
        kind, factor = _WORDS.get(known, (None, 0))
        if kind == fact.type:
            return factor
    permitted = [unit.label for unit in UNITS.values() if unit.type == fact.type and unit.label]
    expected = " ".join(permitted) or "a number without a unit"
    raise QuantityError(
        f"`{word}` is not a unit of {fact.name}", expected, f"write the number in {fact.unit.label}"
    )


def _checked_stored(stored: int, fact: Fact) -> int:
    if fact.type == "date":
        text = f"{stored:08}"
        return stored_day(f"{text[:-4]}-{text[-4:-2]}-{text[-2:]}")
    return stored


def _read_day(text: str) -> int:
    if chinese := _CHINESE_DAY.fullmatch(text):
        text = f"{chinese[1]}-{int(chinese[2]):02}-{int(chinese[3]):02}"
    elif (english := _ENGLISH_DAY.fullmatch(text)) and english[2] in _MONTHS:
        text = f"{english[3]}-{_MONTHS.index(english[2]) + 1:02}-{int(english[1]):02}"
    return stored_day(text)


def _scaled(text: str, factor: int, unit: str) -> int:
    """Multiply a decimal text by a factor without a float. Raises QuantityError when a fraction remains."""
    whole, _, fraction = text.partition(".")
    if len(text) > _MOST_DIGITS:
        raise QuantityError(
            f"{text[:40]}… has too many digits", f"at most {_MOST_DIGITS}", "shorten the number"
        )
    stored, rest = divmod(int(whole + fraction) * factor, 10 ** len(fraction))
    if rest:
        smallest = "whole numbers" if factor == 1 else f"steps of 1/{factor} of it"
        what = f"{text}{unit} is not a whole number" + (" of stored units" if factor > 1 else "")
        raise QuantityError(what, smallest, "round as the document does, or choose a finer unit")
    if abs(stored) > LARGEST:
        raise QuantityError(
            f"{text}{unit} is too large", f"at most {LARGEST:,} stored units", "check number and unit"
        )
    return stored


def _not_a_number(text: str) -> QuantityError:
    expected = "a number such as 20000 or 4.5"
    bare = (
        text.replace(",", "")
        .replace("_", "")
        .replace("，", "")
        .translate(str.maketrans("０１２３４５６７８９．", "0123456789."))
    )
    zeros = re.fullmatch(r"(-?)0+([0-9].*)", bare)
    if zeros is not None:
        bare = zeros[1] + zeros[2]
    cure = (
        f"write {bare}"
        if _NUMBER.fullmatch(bare) and bare != text
        else "write digits, the unit stands elsewhere"
    )
    return QuantityError(f"`{text[:40]}` is not a number", expected, cure)


def trimmed(value: int, factor: int, least: int = 0) -> str:
    """Print ``value / factor`` exactly (factor is a power of ten), keeping at least so many decimals."""
    places = len(str(factor)) - 1
    whole, rest = divmod(abs(value), factor)
    fraction = f"{rest:0{places}}".rstrip("0").ljust(least, "0") if places else ""
    return f"{'-' if value < 0 else ''}{whole:,}{'.' + fraction if fraction else ''}"


def _show_number(number: int, _unit: Unit | None, _language: Language) -> str:
    return f"{number:,}"


def _show_money(fen: int, _unit: Unit | None, language: Language) -> str:
    size = abs(fen)
    if language == "en":
        for factor, word in ((10**11, "billion yuan"), (10**8, "million yuan")):
            if size >= factor and fen % (factor // 1000) == 0:
                return f"{trimmed(fen, factor)} {word}"
        return f"{trimmed(fen, 100)} yuan"
    if size >= 10**10 and fen % 10**8 == 0:
        return f"{trimmed(fen, 10**10)}亿元"
    if size >= 10**6 and fen % 100 == 0:
        return f"{trimmed(fen, 10**6)}万元"
    return f"{trimmed(fen, 100)}元"


def _show_dollars(cents: int, _unit: Unit | None, language: Language) -> str:
    size = abs(cents)
    if language == "en":
        for factor, word in ((10**11, "billion"), (10**8, "million")):
            if size >= factor and cents % (factor // 1000) == 0:
                return f"USD {trimmed(cents, factor)} {word}"
        return f"USD {trimmed(cents, 100)}"
    return _show_money(cents, None, "zh").removesuffix("元") + "美元"


def _show_seconds(seconds: int, unit: Unit | None, language: Language) -> str:
    if seconds and seconds % 60 == 0 and (unit is None or unit.key == "minutes"):
        return f"{seconds // 60:,}分钟" if language == "zh" else _english(seconds // 60, "minute")
    return f"{seconds:,}秒" if language == "zh" else _english(seconds, "second")


def _show_ratio(bp: int, unit: Unit | None, _language: Language) -> str:
    if unit is not None and unit.key == "bp":
        return f"{bp:,}BP"
    if unit is not None and unit.key == "permille":
        return f"{trimmed(bp, 10)}‰"
    return f"{trimmed(bp, 100, least=1)}%"


def _show_months(months: int, _unit: Unit | None, language: Language) -> str:
    if months and months % 12 == 0:
        return f"{months // 12:,}年" if language == "zh" else _english(months // 12, "year")
    return f"{months:,}个月" if language == "zh" else _english(months, "month")


def _show_days(days: int, _unit: Unit | None, language: Language) -> str:
    return f"{days:,}天" if language == "zh" else _english(days, "day")


def _show_points(points: int, _unit: Unit | None, language: Language) -> str:
    return f"{points:,}分" if language == "zh" else _english(points, "point")


def _show_flag(flag: int, _unit: Unit | None, language: Language) -> str:
    return (("否", "是") if language == "zh" else ("no", "yes"))[flag != 0]


def _show_date(day: int, _unit: Unit | None, language: Language) -> str:
    year, month, of_month = day // 10_000, day // 100 % 100, day % 100
    return f"{year}年{month}月{of_month}日" if language == "zh" else f"{of_month} {_MONTHS[month - 1]} {year}"


def _show_count(count: int, unit: Unit | None, language: Language) -> str:
    if unit is None:
        return f"{count:,}"
    return f"{count:,}{unit.label}" if language == "zh" else _english(count, unit.label_en.removesuffix("s"))


def _english(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


_SHOWN: dict[str, Callable[[int, Unit | None, Language], str]] = {
    "money": _show_money,
    "money_usd": _show_dollars,
    "ratio": _show_ratio,
    "months": _show_months,
    "days": _show_days,
    "seconds": _show_seconds,
    "points": _show_points,
    "flag": _show_flag,
    "date": _show_date,
    "count": _show_count,
}
