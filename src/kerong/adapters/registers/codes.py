"""The code column of a batch: normalised and checked at once, strange codes one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kerong.adapters.registers.checks import Problem
from kerong.basics.identity_codes import LENGTH, Fault, explain, normalise
from kerong.basics.identity_columns import FAULTS, check_credit_codes, check_organisation_codes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kerong.adapters.registers.sources import RawBatch

_EXPLAINED = frozenset({"length", "alphabet", "check_digit"})
_PLAIN = rf"^[0-9A-Z]{{{LENGTH}}}$"


@dataclass(frozen=True, slots=True)
class CodeColumn:
    """The codes of a batch after normalising; ``good`` marks the valid ones."""

    texts: list[str]
    good: NDArray[np.bool_]
    organisation_holds: NDArray[np.bool_]
    changed: int
    problems: list[Problem]


def read_codes(batch: RawBatch, column: str) -> CodeColumn:
    """Normalise and check the codes of a batch; every bad one becomes a problem naming the broken rule."""
    raw = batch.columns[column]
    matched = pc.fill_null(pc.match_substring_regex(raw, _PLAIN), pa.scalar(value=False))
    plain = matched.to_numpy(zero_copy_only=False)
    texts: list[str] = pc.fill_null(raw, "").to_pylist()
    for position in np.flatnonzero(~plain):
        texts[position] = normalise(texts[position])
    faults, holds = check_texts(texts)
    found = ((int(at), FAULTS[faults[at]]) for at in np.flatnonzero(faults))
    problems = [_problem(batch, column, texts, at, fault) for at, fault in found if fault is not None]
    good = faults == 0
    changed = int((good & ~plain).sum())
    problems += [
        _problem(batch, column, texts, int(at), "organisation_check") for at in np.flatnonzero(good & ~holds)
    ]
    return CodeColumn(texts, good, holds, changed, problems)


def check_texts(texts: list[str]) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Check normalised codes: the index into FAULTS of each, and whether the organisation part holds."""
    lengths = np.fromiter(map(len, texts), dtype=np.int32, count=len(texts))
    # What is not ASCII becomes "?", which no alphabet holds.
    joined = "".join(text if len(text) == LENGTH else "?" * LENGTH for text in texts).encode(
        "ascii", "replace"
    )
    characters = np.frombuffer(joined, dtype=np.uint8).reshape(len(texts), LENGTH)
    return check_credit_codes(characters, lengths), check_organisation_codes(characters)


def _problem(batch: RawBatch, column: str, texts: list[str], at: int, fault: Fault) -> Problem:
    value = batch.columns[column][at].as_py() or ""
    detail = explain(texts[at], fault) if fault in _EXPLAINED else ""
    return Problem(int(batch.rows[at]), column, value, f"code_{fault}", detail.partition("：")[2] or detail)
