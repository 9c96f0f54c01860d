"""Read packed bitmaps: which rows are set, which criterion is open, and a firm's words of criteria."""
# ruff: noqa: ANN001, ANN201, ANN202, ARG001, PLR0913, PLR0917 - numba infers the types
# pyright: reportMissingParameterType=false, reportCallIssue=false

from __future__ import annotations

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

from kerong.engines.rules import machine_code

machine_code.choose_cache_folder()


@intrinsic
def popcount(_typing, word):
    """Count the set bits of a 64-bit word with the processor's own instruction."""

    def generate(_context, builder, _signature, arguments):
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@njit(nogil=True, cache=True)
def set_positions(words, out):
    """Write the positions of set bits to ``out`` and return how many there are."""
    n = 0
    for w in range(words.shape[0]):
        word = words[w]
        while word:
            low = word & (~word + np.uint64(1))
            out[n] = w * 64 + np.int64(popcount(low - np.uint64(1)))
            n += 1
            word ^= low
    return n


@njit(nogil=True, cache=True)
def set_rows(bitmaps, origin, out, sizes):
    """Write the rows of set bits, bitmap by bitmap, and how many each has to ``sizes``."""
    n = 0
    for r in range(bitmaps.shape[0]):
        before = n
        for w in range(bitmaps.shape[1]):
            word = bitmaps[r, w]
            base = origin + w * 64
            while word:
                low = word & (~word + np.uint64(1))
                out[n] = base + np.int64(popcount(low - np.uint64(1)))
                n += 1
                word ^= low
        sizes[r] = n - before
    return n


@njit(nogil=True, cache=True)
def lone_rows(bitmaps, criteria_true, rule_offsets, members, origin, out, sizes):
    """Write the rows with exactly one criterion not true, rule by rule and criterion by criterion."""
    n = 0
    for r in range(bitmaps.shape[0]):
        for k in range(rule_offsets[r], rule_offsets[r + 1]):
            before = n
            for w in range(bitmaps.shape[1]):
                word = bitmaps[r, w] & ~criteria_true[members[k], w]
                base = origin + w * 64
                while word:
                    low = word & (~word + np.uint64(1))
                    out[n] = base + np.int64(popcount(low - np.uint64(1)))
                    n += 1
                    word ^= low
            sizes[k] = n - before
    return n


@njit(nogil=True, cache=True)
def transposed(bitmaps, rows, out):
    """Turn criterion bitmaps into words per firm: bit ``k % 64`` of word ``k // 64`` is criterion k."""
    for k in range(bitmaps.shape[0]):
        bit, word = np.uint64(k % 64), k // 64
        for w in range(bitmaps.shape[1]):
            packed = bitmaps[k, w]
            while packed:
                low = packed & (~packed + np.uint64(1))
                row = w * 64 + np.int64(popcount(low - np.uint64(1)))
                if row < rows:
                    out[row, word] |= np.uint64(1) << bit
                packed ^= low
