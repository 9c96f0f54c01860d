"""Quantities in a searched text: 1,000万元, 1000 万 and 10 million yuan are one sum; 36个月 and 3年 one duration."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_YEARS_MAX = 100
"""A greater number before 年 is a year of the calendar."""

# What is written after a number, folded → (kind, how many of the kind's smallest).
_UNITS: dict[str, tuple[str, int]] = {
    "万亿元": ("money", 10**12),
    "万亿": ("money", 10**12),
    "亿美元": ("dollars", 10**8),
    "万美元": ("dollars", 10**4),
    "美元": ("dollars", 1),
    "亿元": ("money", 10**8),
    "万元": ("money", 10**4),
    "元": ("money", 1),
    "billion yuan": ("money", 10**9),
    "million yuan": ("money", 10**6),
    "yuan": ("money", 1),
    "亿": ("money", 10**8),
    "万": ("money", 10**4),
    "%": ("ratio", 100),
    "percent": ("ratio", 100),
    "‰": ("ratio", 10),
    "bp": ("points", 1),
    "个月": ("months", 1),
    "months": ("months", 1),
    "month": ("months", 1),
    "years": ("months", 12),
    "year": ("months", 12),
    "年": ("months", 12),
    "days": ("days", 1),
    "day": ("days", 1),
    "天": ("days", 1),
}
_COUNTED = "家户人件个项名亩辆份台次吨条笔"
"""52万家 is no sum."""


def _alternative(unit: str) -> str:
    if unit in ("亿", "万"):
        return f"{unit}(?![{_COUNTED}])"
    return unit + (r"(?![a-z])" if unit[0].isalpha() and unit.isascii() else "")


_UNIT = "|".join(map(_alternative, _UNITS))
_QUANTITY = re.compile(
    rf"(?<![0-9a-z_])(?<![0-9][.,])(?P<number>[0-9]{{1,3}}(?:,[0-9]{{3}})+(?![0-9])|[0-9]+)"
    rf"(?P<fraction>\.[0-9]+)?(?![0-9])(?:\s?(?P<unit>{_UNIT}))?"
)
_SEPARATOR = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text, as written and in the smallest unit of its kind; ``kind`` number: no unit is known."""

    start: int
    end: int
    number: str
    kind: str
    amount: Decimal

    @property
    def keys(self) -> tuple[tuple[str, Decimal | str], ...]:
        """What it is found by: the number as written, and with a unit its amount."""
        own = (("number", self.number),)
        return own if self.kind == "number" else (*own, (self.kind, self.amount))


def quantities_in(text: str) -> Iterator[Quantity]:
    """Return the numbers of a folded text, with their units where these are known."""
    for match in _QUANTITY.finditer(text):
        number = match["number"].replace(",", "") + (match["fraction"] or "")
        amount = Decimal(number)
        written = format(amount.normalize(), "f")
        unit = match["unit"]
        if unit is None or (unit == "年" and amount > _YEARS_MAX):
            end = match.end("fraction" if match["fraction"] else "number")
            yield Quantity(match.start(), end, written, "number", amount)
        else:
            kind, factor = _UNITS[unit]
            yield Quantity(match.start(), match.end(), written, kind, amount * factor)


@lru_cache(maxsize=256)
def quantity_of(word: str) -> Quantity | None:
    """Return the quantity that a whole word is."""
    found = next(quantities_in(word), None)
    return found if found is not None and (found.start, found.end) == (0, len(word)) else None


def without_separators(text: str) -> str:
    """Return a text without the commas between thousands."""
    return _SEPARATOR.sub("", text)
