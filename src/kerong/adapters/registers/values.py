"""Columns that fill a fact directly, read exactly into stored integers, flags and codes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from kerong.adapters.registers.checks import Problem
from kerong.adapters.registers.dates import read_date
from kerong.adapters.registers.vocabulary import is_known_code
from kerong.basics.money import MoneyError, parse_number

if TYPE_CHECKING:
    from datetime import date

    from kerong.adapters.registers.columns import Assigned
    from kerong.adapters.registers.sources import RawBatch
    from kerong.adapters.registers.vocabulary import DescribedFact

_BLANKS = frozenset({"", "-", "--", "—", "/", "无数据", "不详", "null", "none", "nan", "n/a", "na"})
_FLAGS = {
    **dict.fromkeys(("1", "是", "有", "true", "t", "yes", "y", "√"), 1),
    **dict.fromkeys(("0", "否", "无", "没有", "false", "f", "no", "n", "×"), 0),
}
_PERCENT_BP = 100


@dataclass(frozen=True, slots=True)
class ReadValue:
    """``value`` is None where missing; ``check`` names what was noticed."""

    value: int | str | None
    check: str = ""


def arrow_type(fact: DescribedFact) -> pa.DataType:
    """Return the column type that stores a fact."""
    if fact.type == "code":
        return pa.string()
    if fact.type == "flag":
        return pa.int8()
    return pa.int32() if fact.type == "date" else pa.int64()


def read_fact_column(
    batch: RawBatch, assigned: Assigned, fact: DescribedFact, on: date
) -> tuple[pa.Array[Any], list[Problem]]:
    """Read a column into stored values; every distinct spelling is read once."""
    encoded = batch.columns[assigned.column].dictionary_encode()
    spellings: list[str] = encoded.dictionary.to_pylist()
    read = [read_value(spelling, fact, assigned.factor, on) for spelling in spellings]
    values = pa.array([one.value for one in read], arrow_type(fact)).take(encoded.indices)
    problems = problems_of(batch, assigned.column, encoded, [one.check for one in read])
    return values, problems


def problems_of(
    batch: RawBatch, column: str, encoded: pa.DictionaryArray[Any], checks: list[str]
) -> list[Problem]:
    """Turn checks per distinct spelling into problems per row."""
    flagged = {at: check for at, check in enumerate(checks) if check}
    if not flagged:
        return []
    dictionary = encoded.dictionary
    return [
        Problem(int(batch.rows[row]), column, dictionary[index].as_py(), flagged[index])
        for row, index in enumerate(encoded.indices.to_pylist())
        if index in flagged
    ]


def read_value(text: str, fact: DescribedFact, factor: int, on: date) -> ReadValue:  # noqa: PLR0911 - one per kind
    """Read one spelling of a fact's value; ``factor`` stored units make one of the header's unit."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if fact.type == "flag":
        flag = _FLAGS.get(plain.lower())
        blank = plain.lower() in _BLANKS
        return ReadValue(flag, "" if flag is not None or blank else "value_unreadable")
    if plain.lower() in _BLANKS:
        return ReadValue(None)
    if fact.type == "date":
        day = read_date(plain, on)
        return ReadValue(day.number, day.check)
    if fact.type == "code":
        return _read_code(plain, fact)
    if fact.type == "ratio" and plain.endswith("%"):
        plain, factor = plain[:-1].strip(), _PERCENT_BP
    try:
        stored = parse_number(plain) * factor
    except MoneyError:
        return ReadValue(None, "value_unreadable")
    if stored != stored.to_integral_value():
        return ReadValue(None, "value_not_whole")
    if not fact.low <= stored <= fact.high:
        return ReadValue(None, "value_out_of_range")
    return ReadValue(int(stored))


def _read_code(plain: str, fact: DescribedFact) -> ReadValue:
    if is_known_code(fact, plain):
        return ReadValue(plain)
    by_label = next((code for code, label in fact.codes.items() if label == plain), None)
    return ReadValue(by_label, "" if by_label is not None else "value_unknown_code")
