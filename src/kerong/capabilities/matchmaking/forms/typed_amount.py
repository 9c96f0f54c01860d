"""An amount as people type it: 300万, 300w, 三百万, 3,000,000元; a bare number is 万元 or 元 by its size."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from kerong.capabilities.matchmaking.forms.facts import QuantityField
from kerong.engines.rules.written_numbers import QuantityError, in_digits

BARE_YUAN_FROM = 100_000
"""A number without a unit is in 万元 below this, in 元 from here on: nobody means 100,000 万元 without a word."""

_MARKS = re.compile(r"人民币|rmb|cny|[¥\s,，]")
_UNIT = re.compile(r"[万亿元]")
_YUAN = re.compile(r"(?:块钱|块|圆)|(?<=元)整")


class AmountField(QuantityField):
    """A sum of money looked for; empty where none is."""

    def clean(self, value: Any) -> Any:
        """Return fen, or None. Raises ValidationError in the reader's language."""
        return super().clean(with_unit(str(value or "")))


def is_bare(typed: str) -> bool:
    """Tell whether a number without 万, 亿 or 元 was typed, so that the unit is chosen by its size."""
    return _bare_number(_plain(typed)) is not None


def with_unit(typed: str) -> str:
    """Return the amount with a unit, ready for the reading of all quantities, which says what is wrong."""
    text = _plain(typed)
    number = _bare_number(text)
    if number is None:
        return text
    return f"{number}{'万元' if abs(number) < BARE_YUAN_FROM else '元'}"


def _bare_number(text: str) -> Decimal | None:
    if not text or _UNIT.search(text):
        return None
    try:
        number = Decimal(in_digits(text, "number"))
    except (QuantityError, InvalidOperation):
        return None
    return number if number.is_finite() and "e" not in text else None


def _plain(typed: str) -> str:
    text = unicodedata.normalize("NFKC", typed).casefold()
    return _MARKS.sub("", _YUAN.sub(lambda found: "" if found[0] == "整" else "元", text)).replace("w", "万")
