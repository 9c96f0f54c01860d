"""Dates from the spellings registers use to the integer ``yyyymmdd``; ambiguous ones are not guessed.

Our assumptions: before 1900 a date is a placeholder, before October 1949 it is kept and noted, and after the
day of import it is left out.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from kerong.basics.period import as_integer

_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_SEPARATED = re.compile(r"(\d{4})\s*([-/.年])\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?" + _TIME)
_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}" + _TIME)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_YEAR_ONLY = re.compile(r"\d{4}(?:[-/.年]\d{0,2}月?)?")
_BLANKS = frozenset({"", "-", "--", "—", "/", "无", "暂无", "不详", "null", "none", "nat", "nan", "n/a"})
_PLACEHOLDER_BEFORE = date(1900, 1, 2)
_NOTED_BEFORE = date(1949, 10, 1)


@dataclass(frozen=True, slots=True)
class ReadDate:
    """``number`` is None where missing or unusable; ``check`` names what was noticed."""

    number: int | None
    check: str = ""


def read_date(text: str | None, on: date) -> ReadDate:
    """Read one spelling as of the day ``on``."""
    plain = unicodedata.normalize("NFKC", text or "").strip()
    if plain.lower() in _BLANKS:
        return ReadDate(None)
    match = _SEPARATED.fullmatch(plain)
    parts = (match[1], match[3], match[4]) if match else None
    if parts is None:
        together = _TOGETHER.fullmatch(plain)
        parts = (together[1], together[2], together[3]) if together else None
    if parts is None:
        return ReadDate(None, _why_not(plain))
    try:
        day = date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return ReadDate(None, "date_no_such_day")
    if day > on:
        return ReadDate(None, "date_in_future")
    if day < _PLACEHOLDER_BEFORE:
        return ReadDate(None, "date_placeholder")
    return ReadDate(as_integer(day), "date_before_1949" if day < _NOTED_BEFORE else "")


def _why_not(plain: str) -> str:
    if _DAY_FIRST.fullmatch(plain):
        return "date_ambiguous"
    if _SERIAL.fullmatch(plain):
        return "date_serial"
    if _YEAR_ONLY.fullmatch(plain):
        return "date_incomplete"
    return "date_unreadable"
