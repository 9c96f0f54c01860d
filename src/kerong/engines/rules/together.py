"""The quantities of one sentence in one unit, rounded to the side on which nobody is misled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.engines.rules.quantities import Language, show_quantity, trimmed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kerong.engines.rules.model import FactType, Unit

_WAN, _YI, _MILLION, _BILLION = 10**6, 10**10, 10**8, 10**11
_STEP = 10_000
_SHORT_MONTHS, _YEAR = 24, 12
_SUMS = ("money", "money_usd")


def step_of(kind: FactType, values: Sequence[int]) -> int:
    """Return the step to which a sentence rounds its numbers: 0.01万元 for sums from 1万元 up, else 1.

    A small sum beside large ones keeps all of them exact: it must not be told as nothing.
    """
    if kind not in _SUMS or max(map(abs, values), default=0) < _WAN:
        return 1
    return 1 if any(value and abs(value) < _STEP for value in values) else _STEP


def rounded(value: int, step: int, *, up: bool) -> int:
    """Round to a step, upwards or downwards."""
    return -(-value // step) * step if up else value // step * step


def shown_together(values: Sequence[int], unit: Unit, language: Language) -> list[str]:
    """Print stored values that stand in one sentence, exactly and all in one unit."""
    if unit.type in _SUMS and values:
        return _sums(values, unit.type, language)
    if unit.type == "months":
        return _months(values, language)
    return [show_quantity(value, unit, language) for value in values]


def _sums(values: Sequence[int], kind: FactType, language: Language) -> list[str]:
    most = max(map(abs, values))
    least = min((abs(value) for value in values if value), default=0)
    fine = all(value % _STEP == 0 for value in values)
    if language == "en":
        factor, word = 100, ""
        if fine and least >= _BILLION and all(value % _MILLION == 0 for value in values):
            factor, word = _BILLION, "billion "
        elif fine and least >= _MILLION:
            factor, word = _MILLION, "million "
        if kind == "money":
            return [f"{trimmed(value, factor)} {word}yuan" for value in values]
        return [f"USD {trimmed(value, factor)} {word}".rstrip() for value in values]
    factor, word = 100, ""
    if most >= _YI and all(value % (_YI // 100) == 0 for value in values):
        factor, word = _YI, "亿"
    elif fine and most >= _WAN:
        factor, word = _WAN, "万"
    named = word + ("元" if kind == "money" else "美元")
    return [f"{trimmed(value, factor)}{named}" for value in values]


def _months(values: Sequence[int], language: Language) -> list[str]:
    """Print durations: all in years where they are, short ones in months, else in years and months."""
    in_years = all(value % _YEAR == 0 for value in values) and any(values)
    if not in_years and max(values, default=0) < _SHORT_MONTHS:
        return [_duration(0, value, language) for value in values]
    return [_duration(*divmod(value, _YEAR), language) for value in values]


def _duration(years: int, months: int, language: Language) -> str:
    if language == "zh":
        return (f"{years:,}年" if years else "") + (f"{months}个月" if months or not years else "")
    parts = [f"{n:,} {word}{'' if n == 1 else 's'}" for n, word in ((years, "year"), (months, "month")) if n]
    return " ".join(parts) or "0 months"
