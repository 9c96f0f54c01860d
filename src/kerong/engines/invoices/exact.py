"""Exact sums, ratios in floored basis points and roots over columns of 64-bit integers."""

from __future__ import annotations

from math import isqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]

MISSING = int(np.iinfo(np.int64).min)
BP = 10_000
RATIO_HELD_BP = 10_000_000
"""Ratios are held within ±100,000 %, the range facts.yaml allows."""

_SAFE = int(np.iinfo(np.int64).max) // BP
_LOW_BITS = 24
_EXACT_FLOAT = 2**53
# Far above the error of the float estimates below, far below one basis point.
_NEAR = 1e-5


class TooLargeError(ValueError):
    """Amounts whose sums would leave 64 bits."""


def sums(groups: NDArray[np.integer], amounts: Ints, size: int) -> Ints:
    """Add amounts by group, exactly.

    Each amount is cut into a high and a low part, so that the fast float counting of numpy never rounds.
    Raises TooLargeError where even the parts could.
    """
    if not len(amounts):
        return np.zeros(size, np.int64)
    high = amounts >> _LOW_BITS
    largest = max(int(high.max()), -int(high.min()), 1 << _LOW_BITS)
    if largest * len(amounts) >= _EXACT_FLOAT:
        raise TooLargeError(
            f"{len(amounts):,} amounts of up to {largest << _LOW_BITS:,} fen cannot be added exactly"
        )
    low = amounts & ((1 << _LOW_BITS) - 1)
    above = np.bincount(groups, high, size).astype(np.int64)
    return (above << _LOW_BITS) + np.bincount(groups, low, size).astype(np.int64)


def share_bp(part: Ints, whole: Ints) -> Ints:
    """Return 10,000 · part ÷ whole, floored, held within the range; missing where the whole is not positive."""
    known = (whole > 0) & (part != MISSING) & (whole != MISSING)
    top, base = np.where(known, part, 0), np.where(known, whole, 1)
    quotient, rest = np.divmod(top, base)
    safe = (np.abs(quotient) < _SAFE) & (base <= _SAFE)
    found = np.where(safe, quotient, 0) * BP + np.where(safe, rest, 0) * BP // base
    for row in np.flatnonzero(~safe):
        found[row] = _held(BP * int(top[row]) // int(base[row]))
    return np.where(known, np.clip(found, -RATIO_HELD_BP, RATIO_HELD_BP), MISSING)


def variation_bp(monthly: Ints) -> Ints:
    """Return the coefficient of variation of every row (population deviation ÷ mean), floored.

    Missing where the mean is not positive. Exactly ``isqrt(10⁸ · (n·Σx² − S²) ÷ S²)``.
    """
    count = monthly.shape[1]
    total = monthly.sum(axis=1)
    known = total > 0
    rows = monthly.astype(np.float64)
    mean = np.where(known, total, 1).astype(np.float64) / count
    guess = BP * np.sqrt(np.square(rows - mean[:, None]).mean(axis=1)) / mean
    found = _floored(guess)
    for row in np.flatnonzero(known & _doubtful(guess)):
        values: list[int] = monthly[row].tolist()
        whole = sum(values)
        spread = count * sum(value * value for value in values) - whole * whole
        found[row] = _held(isqrt(BP * BP * spread // (whole * whole)))
    return np.where(known, np.minimum(found, RATIO_HELD_BP), MISSING)


def concentration_bp(groups: Ints, weights: Ints, totals: Ints) -> Ints:
    """Return 10,000 · Σ w² ÷ (Σ w)² by group, floored; missing where the total is not positive.

    ``groups`` is sorted and ``weights`` are positive.
    """
    known = totals > 0
    shares = weights / totals[groups] if len(groups) else np.zeros(0)
    guess: Floats = BP * np.bincount(groups, shares * shares, len(totals)).astype(np.float64)
    found = _floored(guess)
    for group in np.flatnonzero(known & _doubtful(guess)):
        first, end = np.searchsorted(groups, (group, group + 1))
        values: list[int] = weights[first:end].tolist()
        found[group] = BP * sum(value * value for value in values) // sum(values) ** 2
    return np.where(known, found, MISSING)


def _floored(guess: Floats) -> Ints:
    return np.floor(np.minimum(guess, 2.0**62)).astype(np.int64)


def _doubtful(guess: Floats) -> Bools:
    """Tell where a float estimate is too near a whole number to be floored without looking."""
    return np.abs(guess - np.rint(guess)) < _NEAR


def _held(value: int) -> int:
    return max(-RATIO_HELD_BP, min(RATIO_HELD_BP, value))
