"""Cells of an invoice file: amounts to whole fen, days, states and names, every distinct spelling read once."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kerong.adapters.registers.dates import read_date
from kerong.basics.identity_codes import is_credit_code, normalise
from kerong.basics.money import MoneyError, parse_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

LARGEST_FEN = 10**13
NO_AMOUNT = int(np.iinfo(np.int64).min)
_NO_DAY = int(np.iinfo(np.int32).min)
# Read as floats these are exact: a float tells apart hundredths up to far above a thousand million yuan.
_PLAIN_YUAN = r"^-?\d{1,11}(\.\d{1,2})?$"
_BLANKS = frozenset({"", "-", "--", "—", "/", "null", "none", "nan", "n/a"})
_EPOCH = date(1970, 1, 1).toordinal()
_ANY_DAY = date(9999, 12, 31)
_STATES: Mapping[str, bool] = {
    **dict.fromkeys(("有效发票", "有效", "正常", "valid", "true"), True),
    **dict.fromkeys(("作废发票", "作废", "已作废", "void", "false"), False),
}
_DIRECTIONS: Mapping[str, str] = {
    **dict.fromkeys(("sale", "销项", "销项发票"), "sale"),
    **dict.fromkeys(("purchase", "进项", "进项发票"), "purchase"),
}
_DAY_CHECKS = {
    "date_unreadable": "day_unreadable",
    "date_ambiguous": "day_ambiguous",
    "date_incomplete": "day_incomplete",
    "date_serial": "day_serial",
    "date_no_such_day": "day_no_such_day",
    "date_placeholder": "day_placeholder",
}


@dataclass(frozen=True, slots=True)
class ReadCells:
    """Values by row, and the check that failed by row where one did."""

    values: Any
    failed: Mapping[int, str]


def read_fen(column: pa.StringArray, fen_per_one: int, name: str) -> ReadCells:
    """Read amounts exactly into fen; a failed one is NO_AMOUNT. ``name`` begins the names of the checks."""
    values = np.full(len(column), NO_AMOUNT, np.int64)
    plain = pc.fill_null(pc.match_substring_regex(column, _PLAIN_YUAN), pa.scalar(value=False))
    at = plain.to_numpy(zero_copy_only=False)
    if fen_per_one != 1:
        yuan = column.filter(plain).cast(pa.float64()).to_numpy(zero_copy_only=False)
        values[at] = np.rint(yuan * fen_per_one).astype(np.int64)
    else:
        at = np.zeros(len(column), np.bool_)
    failed: dict[int, str] = {}
    for row in np.flatnonzero(~at):
        values[row], check = _one_amount(column[int(row)].as_py(), fen_per_one)
        if check:
            failed[int(row)] = f"{name}_{check}"
    return ReadCells(values, failed)


def _one_amount(text: str | None, fen_per_one: int) -> tuple[int, str]:
    plain = unicodedata.normalize("NFKC", text or "").strip()
    if plain.lower() in _BLANKS:
        return NO_AMOUNT, "missing"
    try:
        fen = parse_number(plain) * fen_per_one
    except MoneyError:
        return NO_AMOUNT, "unreadable"
    if fen != fen.to_integral_value():
        return NO_AMOUNT, "not_whole"
    if abs(fen) > LARGEST_FEN:
        return NO_AMOUNT, "too_large"
    return int(fen), ""


def read_days(column: pa.StringArray) -> ReadCells:
    """Read days as numbers from 1970-01-01 on."""

    def read(text: str) -> tuple[int, str]:
        found = read_date(text, _ANY_DAY)
        if found.number is None:
            return _NO_DAY, _DAY_CHECKS.get(found.check, "day_missing")
        year, rest = divmod(found.number, 10_000)
        return date(year, *divmod(rest, 100)).toordinal() - _EPOCH, ""

    return _each(column, read, _NO_DAY, "day_missing", np.int32)


def read_states(column: pa.StringArray) -> ReadCells:
    """Read states as true for valid and false for void."""

    def read(text: str) -> tuple[bool, str]:
        plain = unicodedata.normalize("NFKC", text).strip().lower()
        found = _STATES.get(plain)
        return bool(found), "" if found is not None else "state_unknown" if plain else "state_missing"

    return _each(column, read, 0, "state_missing", np.bool_)


def is_of_direction(column: pa.StringArray, direction: str) -> NDArray[np.bool_]:
    """Tell which rows say another direction is theirs; an unknown word stays, to be seen in the figures."""

    def read(text: str) -> tuple[bool, str]:
        return _DIRECTIONS.get(text.strip().lower(), direction) == direction, ""

    mine: NDArray[np.bool_] = _each(column, read, 1, "", np.bool_).values
    return mine


def read_names(column: pa.StringArray, missing: str) -> ReadCells:
    """Read names: blanks at the ends drop, a valid 统一社会信用代码 takes its usual form; empty ones fail."""
    encoded = column.dictionary_encode()
    names = [_name(one) for one in encoded.dictionary.to_pylist()]
    values = pa.array(names, pa.string()).take(encoded.indices)
    at = np.flatnonzero(values.is_null().to_numpy(zero_copy_only=False))
    return ReadCells(values, {int(row): missing for row in at})


def _name(text: str) -> str | None:
    plain = text.strip()
    if is_credit_code(plain):
        return normalise(plain)
    return plain or None


def _each(
    column: pa.StringArray, read: Callable[[str], tuple[Any, str]], empty: int, missing: str, kind: Any
) -> ReadCells:
    """Read every distinct spelling once; ``missing`` is the check of rows without one."""
    encoded = column.dictionary_encode()
    found = [read(text) for text in encoded.dictionary.to_pylist()]
    # The last place stands for rows without a value.
    values = np.array([*(value for value, _ in found), empty], kind)
    checks = [*(check for _, check in found), missing]
    indices = pc.fill_null(encoded.indices, pa.scalar(len(found), pa.int32())).to_numpy(zero_copy_only=False)
    wrong = np.flatnonzero(np.array([bool(check) for check in checks])[indices])
    return ReadCells(values[indices], {int(row): checks[indices[row]] for row in wrong})
