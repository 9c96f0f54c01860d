"""The population kernel: a small numba machine that runs a bound program over blocks of firms.

Registers are block vectors: 64-bit integers for computed columns, packed 64-bit words for bitmaps. A block's
columns and registers stay in the second-level cache; its innermost loops are in ``vectors``. Rules come last,
1,024 firms at a time, so that the bitmaps of all criteria for these firms stay in the first-level cache while
a thousand rules read them. The kernel releases the interpreter lock; callers run chunks in threads.
"""
# ruff: noqa: PLR0913, PLR0915, PLR0917, PLR1714, PLR2004, SIM109, ANN001, ANN201, ANN202, ARG001 - a kernel is one loop:
# numba infers its types, and integer comparisons compile to jumps where sets do not.
# pyright: reportMissingParameterType=false, reportCallIssue=false

from __future__ import annotations

import numpy as np
from numba import njit

from kerong.engines.rules import machine_code
from kerong.engines.rules.vectors import (
    WORDS_PER_STEP,
    at_least,
    classes_within,
    rule_step,
    two_terms,
    within,
)

machine_code.choose_cache_folder()

INT_MIN = -(2**63)
_INT_MAX = 2**63 - 1

# Operation codes. A program row is (op, destination, a, b, c, pool offset, pool length, 0).
IN_NUMBER, IN_CODE, VALID_NUMBER, VALID_CODE, IN_TABLE = 1, 2, 3, 4, 5
AND, OR, ANDNOT, SET, CLEAR = 10, 11, 12, 13, 14
LINEAR, MUL, MIN, MAX, FLOORDIV, SHARE, CASES, BANDS, COALESCE, POINT, CONST = (
    20,
    21,
    22,
    23,
    24,
    25,
    26,
    27,
    28,
    29,
    30,
)
OUT_COLUMN = 40

ROUNDING_CODES = {"down": 0, "up": 1, "half_up": 2, "half_even": 3}

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_LOW_21 = np.uint64(0x1FFFFF)
# Masks of a 64 x 64 bit transposition: the low half of every group of 2 * 32, 2 * 16, … bits.
_HALVES = np.array(
    [
        0x00000000FFFFFFFF,
        0x0000FFFF0000FFFF,
        0x00FF00FF00FF00FF,
        0x0F0F0F0F0F0F0F0F,
        0x3333333333333333,
        0x5555555555555555,
    ],
    np.uint64,
)


@njit(nogil=True, cache=True)
def _number(numbers, registers, place, start, rows):
    """Return the block of a number: an input row when ``place`` >= 0, else register ``-place - 1``."""
    if place >= 0:
        return numbers[place, start : start + rows]
    return registers[-place - 1, :rows]


@njit(nogil=True, cache=True)
def _address(numbers, registers, place, start):
    """Return where the block of a number lies."""
    if place >= 0:
        return np.int64(numbers.ctypes.data) + (place * numbers.shape[1] + start) * 8
    return np.int64(registers.ctypes.data) + (-place - 1) * registers.shape[1] * 8


@njit(nogil=True, cache=True)
def _test_table(classes, pool, offset, length, count, bitmaps, grid, words):
    """Test a code against up to 64 lists at once.

    One look-up a firm gives a word with one bit a list; transposing 64 firms' words gives one word a list.
    This costs the same for 64 lists of any length, so it beats comparing ranges when lists are many or
    ragged.
    """
    table = offset + count
    for first in range(0, words, 8):
        lanes = min(8, words - first)
        for lane in range(lanes):
            row = (first + lane) * 64
            for k in range(64):
                grid[k, lane] = np.uint64(pool[table + np.int64(classes[row + k])])
        for stage in range(6):
            half = 32 >> stage
            shift, mask = np.uint64(half), _HALVES[stage]
            for top in range(0, 64, 2 * half):
                for k in range(top, top + half):
                    for lane in range(8):
                        swapped = ((grid[k, lane] >> shift) ^ grid[k + half, lane]) & mask
                        grid[k + half, lane] ^= swapped
                        grid[k, lane] ^= swapped << shift
        for k in range(count):
            out = bitmaps[pool[offset + k]]
            for lane in range(lanes):
                out[first + lane] = grid[k, lane]


@njit(nogil=True, cache=True)
def _rounded_share(amount, ratio, rounding):
    product = amount * ratio
    quotient = product // 10000
    rest = product - quotient * 10000
    if rest == 0 or (rounding == 0 and product >= 0) or (rounding == 1 and product < 0):
        return quotient
    if rounding == 0 or rounding == 1:
        return quotient + 1
    if rest > 5000:
        return quotient + 1
    if rest < 5000:
        return quotient
    if rounding == 2:
        return quotient + 1 if product >= 0 else quotient
    return quotient + (quotient & 1)


@njit(nogil=True, cache=True)
def _bit(words, i):
    return (words[i >> 6] >> np.uint64(i & 63)) & np.uint64(1)


@njit(nogil=True, cache=True)
def _compute(op, out, a, b, c, numbers, registers, bitmaps, pool, offset, length, start, rows):
    """Compute one column of a block."""
    if op == LINEAR:
        constant = np.int64(c)
        first = True
        for k in range(offset, offset + length, 2):
            coefficient = pool[k]
            column = _number(numbers, registers, pool[k + 1], start, rows)
            if first:
                for i in range(rows):
                    out[i] = INT_MIN if column[i] == INT_MIN else coefficient * column[i] + constant
            else:
                for i in range(rows):
                    missing = column[i] == INT_MIN or out[i] == INT_MIN
                    out[i] = INT_MIN if missing else out[i] + coefficient * column[i]
            first = False
    elif op == MUL or op == COALESCE or op == POINT or op == SHARE:
        x = _number(numbers, registers, a, start, rows)
        y = _number(numbers, registers, b, start, rows)
        if op == MUL:
            for i in range(rows):
                out[i] = INT_MIN if x[i] == INT_MIN or y[i] == INT_MIN else x[i] * y[i]
        elif op == COALESCE:
            for i in range(rows):
                out[i] = y[i] if x[i] == INT_MIN else x[i]
        elif op == POINT:
            for i in range(rows):
                out[i] = x[i] if x[i] == y[i] else INT_MIN
        else:
            for i in range(rows):
                missing = x[i] == INT_MIN or y[i] == INT_MIN
                out[i] = INT_MIN if missing else _rounded_share(x[i], y[i], c)
    elif op == MIN or op == MAX:
        first = True
        for k in range(offset, offset + length):
            column = _number(numbers, registers, pool[k], start, rows)
            for i in range(rows):
                value = column[i]
                if first:
                    out[i] = value
                elif value == INT_MIN or out[i] == INT_MIN:
                    out[i] = INT_MIN
                elif (op == MIN and value < out[i]) or (op == MAX and value > out[i]):
                    out[i] = value
            first = False
    elif op == FLOORDIV:
        x = _number(numbers, registers, a, start, rows)
        for i in range(rows):
            out[i] = INT_MIN if x[i] == INT_MIN else x[i] // c
    elif op == CONST:
        for i in range(rows):
            out[i] = c
    elif op == CASES:
        for i in range(rows):
            out[i] = INT_MIN
        for k in range(offset, offset + length, 2):
            words = bitmaps[pool[k]]
            for i in range(rows):
                if _bit(words, i):
                    out[i] = pool[k + 1]
    elif op == BANDS:
        # a is 0 for the lowest and 1 for the highest possible points, c the points of a row that matches no
        # band.
        for i in range(rows):
            bit, word = np.uint64(i & 63), i >> 6
            best = np.int64(0)
            seen = False
            open_ = True
            for k in range(offset, offset + length, 3):
                points = pool[k + 2]
                if not (bitmaps[pool[k + 1], word] >> bit) & np.uint64(1):
                    if not seen or (a == 0 and points < best) or (a == 1 and points > best):
                        best = points
                    seen = True
                if (bitmaps[pool[k], word] >> bit) & np.uint64(1):
                    open_ = False
                    break
            if open_ and (not seen or (a == 0 and c < best) or (a == 1 and c > best)):
                best = c
            out[i] = best


@njit(nogil=True, cache=True)
def _run_program(program, pool, numbers, codes, scratch, bitmaps, grid, columns, start, rows, words):
    """Compute the bitmaps of one block."""
    for p in range(program.shape[0]):
        op, destination = program[p, 0], program[p, 1]
        a, b, c = program[p, 2], program[p, 3], program[p, 4]
        offset, length = program[p, 5], program[p, 6]
        out = bitmaps[destination if op < 20 else 0]
        out_address = np.int64(out.ctypes.data)
        if op == IN_NUMBER or op == VALID_NUMBER:
            column = _address(numbers, scratch, a, start)
            if op == VALID_NUMBER:
                at_least(column, INT_MIN + 1, 0, out_address, words * 8)
            elif c == _INT_MAX:
                at_least(column, b, 0, out_address, words * 8)
            else:
                within(column, b, c - b, out_address, words * 8)
        elif op == IN_CODE or op == VALID_CODE:
            column = np.int64(codes.ctypes.data) + (a * codes.shape[1] + start) * 2
            classes_within(column, np.int64(pool.ctypes.data) + offset * 8, length // 2, out_address, words)
        elif op == IN_TABLE:
            _test_table(codes[a, start : start + words * 64], pool, offset, length, b, bitmaps, grid, words)
        elif op == AND:
            first = bitmaps[pool[offset]]
            for w in range(words):
                out[w] = first[w]
            for k in range(offset + 1, offset + length):
                other = bitmaps[pool[k]]
                for w in range(words):
                    out[w] &= other[w]
        elif op == OR:
            first = bitmaps[pool[offset]]
            for w in range(words):
                out[w] = first[w]
            for k in range(offset + 1, offset + length):
                other = bitmaps[pool[k]]
                for w in range(words):
                    out[w] |= other[w]
        elif op == ANDNOT:
            first, other = bitmaps[a], bitmaps[b]
            for w in range(words):
                out[w] = first[w] & ~other[w]
        elif op == SET:
            for w in range(words):
                out[w] = _ALL
        elif op == CLEAR:
            for w in range(words):
                out[w] = np.uint64(0)
        elif op == OUT_COLUMN:
            column = _number(numbers, scratch, a, start, rows)
            for i in range(rows):
                columns[destination, start + i] = column[i]
        elif op == LINEAR and length == 4:
            two_terms(
                np.int64(scratch.ctypes.data) + destination * scratch.shape[1] * 8,
                _address(numbers, scratch, pool[offset + 1], start),
                _address(numbers, scratch, pool[offset + 3], start),
                pool[offset], pool[offset + 2], c, INT_MIN, words * 8,
            )  # fmt: skip
        else:
            _compute(
                op,
                scratch[destination],
                a,
                b,
                c,
                numbers,
                scratch,
                bitmaps,
                pool,
                offset,
                length,
                start,
                words * 64,
            )


@njit(nogil=True, cache=True)
def run_chunk(
    program, pool, numbers, codes, begin, end, origin, block, scratch, bitmaps,
    true_registers, false_registers, rule_offsets, places, totals,
    counts, keep, eligible, near, document, criteria_true, criteria_false, keep_criteria, columns,
):  # fmt: skip
    """Run a program over rows ``begin..end`` (``begin`` a multiple of 64), adding to ``counts``.

    ``places`` holds the byte offsets of true and false words in ``bitmaps``, per criterion of every rule.
    ``counts[r]`` receives (eligible, near misses, one document away). With ``keep`` the three bitmaps of
    every rule are stored; with ``keep_criteria`` those of every criterion; their first word is row
    ``origin``. ``columns`` receives OUT_COLUMN results. ``totals`` is room for eight words a rule.
    """
    rules = rule_offsets.shape[0] - 1
    outside = np.empty(block // 64 + WORDS_PER_STEP, np.uint64)
    kept = np.empty((3, WORDS_PER_STEP), np.uint64)
    grid = np.zeros((64, 8), np.uint64)
    kept_address = np.int64(kept.ctypes.data) if keep else np.int64(0)
    bitmaps_address, places_address = np.int64(bitmaps.ctypes.data), np.int64(places.ctypes.data)
    totals_address, outside_address = np.int64(totals.ctypes.data), np.int64(outside.ctypes.data)
    totals[:] = 0
    start = begin
    while start < end:
        rows = min(block, end - start)
        words = (rows + 63) // 64
        first_word = (start - origin) // 64
        _run_program(program, pool, numbers, codes, scratch, bitmaps, grid, columns, start, rows, words)
        for w in range(outside.shape[0]):
            outside[w] = np.uint64(0) if w < words else _ALL
        if rows % 64:
            outside[words - 1] = _ALL << np.uint64(rows % 64)
        if keep_criteria:
            for k in range(true_registers.shape[0]):
                for w in range(words):
                    criteria_true[k, first_word + w] = bitmaps[true_registers[k], w] & ~outside[w]
                    criteria_false[k, first_word + w] = bitmaps[false_registers[k], w] & ~outside[w]
        for w in range(0, words, WORDS_PER_STEP):
            for r in range(rules):
                first, last = rule_offsets[r], rule_offsets[r + 1]
                rule_step(
                    bitmaps_address + w * 8, places_address + first * 8, last - first,
                    outside_address + w * 8, totals_address + r * 64, kept_address,
                )  # fmt: skip
                if keep:
                    for i in range(min(WORDS_PER_STEP, words - w)):
                        eligible[r, first_word + w + i] = kept[0, i]
                        near[r, first_word + w + i] = kept[1, i]
                        document[r, first_word + w + i] = kept[2, i]
        start += block
    for r in range(rules):
        for lane in range(8):
            packed = totals[r, lane]
            counts[r, 0] += np.int64(packed & _LOW_21)
            counts[r, 1] += np.int64((packed >> np.uint64(21)) & _LOW_21)
            counts[r, 2] += np.int64(packed >> np.uint64(42))
