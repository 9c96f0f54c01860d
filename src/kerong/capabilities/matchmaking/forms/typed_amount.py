"""An amount as people type it: 300万, 300w, 3百万, 三百万, 3,000,000元; a bare number is 万元 or 元 by its size."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from typing import Any

from kerong.capabilities.matchmaking.forms.facts import QuantityField

BARE_YUAN_FROM = 100_000
"""A number without a unit is in 万元 below this, in 元 from here on: nobody means 100,000 万元 without a word."""

_MARKS = re.compile(r"人民币|rmb|cny|[¥\s,，]")
_UNIT = re.compile(r"[万亿元块圆]")
_YUAN = re.compile(r"(?:元|块钱|块|圆)整?$")
_PIECE = re.compile(r"[0-9]+(?:\.[0-9]+)?|[〇零一二两三四五六七八九十百千万亿]")
_DIGITS = {letter: i for i, letter in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1_000}
_LARGE = {"万": 10**4, "亿": 10**8}
_LONGEST, _ONE_DIGIT = 60, 9


class AmountField(QuantityField):
    """A sum of money looked for; empty where none is."""

    def clean(self, value: Any) -> Any:
        """Return fen, or None. Raises ValidationError in the reader's language."""
        text = str(value or "")
        yuan = read_amount(text)
        # What is not read here is left to the words of all quantities, which also say what is wrong.
        return super().clean(text if yuan is None else f"{_decimal(yuan)}元")


def is_bare(typed: str) -> bool:
    """Tell whether a number without 万, 亿 or 元 was typed, so that the unit is chosen by its size."""
    text = _plain(typed)
    return not _UNIT.search(text) and _read(text) is not None


def read_amount(typed: str) -> Fraction | None:
    """Return the yuan of an amount, exactly; None where it is not written in one of these ways."""
    text = _plain(typed)
    found = _read(_YUAN.sub("", text))
    if found is None:
        return None
    if not _UNIT.search(text) and found < BARE_YUAN_FROM:
        found *= 10**4
    return found if (found * 100).denominator == 1 else None


def _read(text: str) -> Fraction | None:
    """Add up numbers and units; None for an order that nobody writes, or that may mean two things (三百五)."""
    pieces = _PIECE.findall(text)
    if not pieces or "".join(pieces) != text or len(text) > _LONGEST:
        return None
    total, section, number = Fraction(), Fraction(), None
    smallest, used, before = 10**4, "", ""
    for piece in pieces:
        if piece in _DIGITS:
            # Digits in a row, 三〇〇, are one number; a digit behind one of ours is not.
            if number is not None and before not in _DIGITS:
                return None
            number = (number or 0) * 10 + _DIGITS[piece]
        elif piece in _SMALL:
            is_row = before in _DIGITS and number is not None and number > _ONE_DIGIT
            if _SMALL[piece] >= smallest or number == 0 or is_row:
                return None
            smallest = _SMALL[piece]
            section, number = section + (1 if number is None else number) * smallest, None
        elif piece in _LARGE:
            here = section + (number or 0)
            if piece in used or (here == 0 and (piece == "万" or total == 0)):
                return None
            total = (total + here) * _LARGE["亿"] if piece == "亿" else total + here * _LARGE["万"]
            section, number, smallest = Fraction(), None, 10**4
            used = "亿" if piece == "亿" else f"{used}万"
        elif number is not None:
            return None
        else:
            number = Fraction(piece)
        before = piece
    is_short_for = number and (section or total) and smallest != _SMALL["十"] and "零" not in pieces
    return None if is_short_for else total + section + (number or 0)


def _plain(typed: str) -> str:
    text = unicodedata.normalize("NFKC", typed).casefold()
    return _MARKS.sub("", text).replace("w", "万")


def _decimal(yuan: Fraction) -> str:
    fen = int(yuan * 100)
    return f"{fen // 100}.{fen % 100:02}" if fen % 100 else str(fen // 100)
