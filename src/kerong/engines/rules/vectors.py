"""The kernel's innermost loops as LLVM vectors of 512 bits, which its auto-vectoriser stops short of.

Every function takes plain addresses. LLVM splits the vectors where a processor has narrower registers, so the
same text runs everywhere; with AVX-512 one comparison of eight integers is one instruction that leaves one
byte.
"""
# ruff: noqa: ANN001, ANN201, ANN202, ARG001, PLR0913, PLR0917 - numba infers types and passes arguments as a list
# pyright: reportMissingParameterType=false, reportMissingTypeArgument=false, reportPrivateUsage=false

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

WORDS_PER_STEP = 16  # words that one call of ``rule_step`` handles
_LANES = 8
_BYTE, _WORD = ir.IntType(8), ir.IntType(64)
_VECTOR = ir.VectorType(_WORD, _LANES)
_SHORTS = ir.VectorType(ir.IntType(16), 64)
_INT = types.int64


def _splat(builder, value, vector):
    """Return a vector holding one value everywhere."""
    blank = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(blank, value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(
        first, blank, ir.Constant(ir.VectorType(ir.IntType(32), vector.count), [0] * vector.count)
    )


def _at(builder, address, kind, index=None):
    """Return a pointer to the ``index``-th value of a kind at an address."""
    pointer = builder.inttoptr(address, kind.as_pointer())
    return pointer if index is None else builder.gep(pointer, [index])


def _load(builder, address, kind, index=None):
    return builder.load(_at(builder, address, kind, index), align=8 if kind is _VECTOR else 2)


def _comparison(test):
    """Return an intrinsic that writes one bit a 64-bit integer: (source, low, span, out, groups of eight)."""

    def declare(_typing, source, low, span, out, groups):
        def generate(context, builder, _signature, arguments):
            source, low, span, out, groups = arguments
            lows, spans = _splat(builder, low, _VECTOR), _splat(builder, span, _VECTOR)
            with cgutils.for_range(builder, groups) as loop:
                column = _load(builder, source, _VECTOR, loop.index)
                flags = test(builder, column, lows, spans)
                builder.store(builder.bitcast(flags, _BYTE), _at(builder, out, _BYTE, loop.index), align=1)
            return context.get_dummy_value()

        return types.none(_INT, _INT, _INT, _INT, _INT), generate

    return declare


def _at_least(builder, column, low, _span):
    return builder.icmp_signed(">=", column, low)


def _within(builder, column, low, span):
    return builder.icmp_unsigned("<=", builder.sub(column, low), span)


at_least = intrinsic(_comparison(_at_least))
within = intrinsic(_comparison(_within))


@intrinsic
def classes_within(_typing, source, ranges, count, out, words):
    """Write one bit a 16-bit class: is it in one of the (low, high) pairs at ``ranges``."""

    def generate(context, builder, _signature, arguments):
        source, ranges, count, out, words = arguments
        with cgutils.for_range(builder, words) as loop:
            column = _load(builder, source, _SHORTS, loop.index)
            found = cgutils.alloca_once_value(builder, ir.Constant(_WORD, 0))
            builder.store(ir.Constant(_WORD, 0), found)
            with cgutils.for_range(builder, count) as inner:
                two = ir.Constant(_WORD, 2)
                position = builder.mul(inner.index, two)
                low = builder.trunc(_load(builder, ranges, _WORD, position), ir.IntType(16))
                after = builder.add(position, ir.Constant(_WORD, 1))
                high = builder.trunc(_load(builder, ranges, _WORD, after), ir.IntType(16))
                moved = builder.sub(column, _splat(builder, low, _SHORTS))
                flags = builder.icmp_unsigned("<=", moved, _splat(builder, builder.sub(high, low), _SHORTS))
                builder.store(builder.or_(builder.load(found), builder.bitcast(flags, _WORD)), found)
            builder.store(builder.load(found), _at(builder, out, _WORD, loop.index), align=8)
        return context.get_dummy_value()

    return types.none(_INT, _INT, _INT, _INT, _INT), generate


@intrinsic
def two_terms(_typing, out, x, y, x_factor, y_factor, constant, missing, groups):
    """Write ``x_factor * x + y_factor * y + constant``, missing where either is, for groups of eight rows."""

    def generate(context, builder, _signature, arguments):
        out, x, y, x_factor, y_factor, constant, missing, groups = arguments
        factors = [_splat(builder, value, _VECTOR) for value in (x_factor, y_factor)]
        constants, holes = _splat(builder, constant, _VECTOR), _splat(builder, missing, _VECTOR)
        with cgutils.for_range(builder, groups) as loop:
            columns = [_load(builder, address, _VECTOR, loop.index) for address in (x, y)]
            products = [builder.mul(column, factor) for column, factor in zip(columns, factors, strict=True)]
            total = builder.add(builder.add(products[0], products[1]), constants)
            for column in columns:
                total = builder.select(builder.icmp_signed("==", column, holes), holes, total)
            builder.store(total, _at(builder, out, _VECTOR, loop.index), align=8)
        return context.get_dummy_value()

    return types.none(_INT, _INT, _INT, _INT, _INT, _INT, _INT, _INT), generate


@intrinsic
def rule_step(_typing, bitmaps, places, count, outside, counts, kept):
    """Judge 16 words of firms by one rule.

    ``places`` holds per criterion two 32-bit byte offsets from ``bitmaps``: its true and its false words. The
    carry-save pair (one, two) over not-true words finds the firms with exactly one criterion that is not
    true; ``outside`` marks what is no firm. Adds eligible + near << 21 + document << 42 per lane to the eight
    words at ``counts``; writes the three bitmaps to ``kept`` when that is not 0.
    """

    def generate(context, builder, _signature, arguments):
        bitmaps, places, count, outside, counts, kept = arguments
        steps = WORDS_PER_STEP // _LANES
        popcount = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(_VECTOR, [_VECTOR]), f"llvm.ctpop.v{_LANES}i64"
        )
        full = ir.Constant(_VECTOR, [-1] * _LANES)
        cells = [[cgutils.alloca_once(builder, _VECTOR) for _ in range(3)] for _ in range(steps)]
        for step, (one, two, any_false) in enumerate(cells):
            beyond = _load(builder, outside, _VECTOR, ir.Constant(_WORD, step))
            builder.store(beyond, one)
            builder.store(beyond, two)
            builder.store(ir.Constant(_VECTOR, [0] * _LANES), any_false)
        with cgutils.for_range(builder, count) as loop:
            position = builder.mul(loop.index, ir.Constant(_WORD, 2))
            after = builder.add(position, ir.Constant(_WORD, 1))
            sides = [
                builder.add(
                    bitmaps,
                    builder.zext(builder.load(_at(builder, places, ir.IntType(32), at), align=4), _WORD),
                )
                for at in (position, after)
            ]
            for step, (one, two, any_false) in enumerate(cells):
                true, false = (_load(builder, side, _VECTOR, ir.Constant(_WORD, step)) for side in sides)
                open_ = builder.xor(true, full)
                before = builder.load(one)
                builder.store(builder.or_(builder.load(two), builder.and_(before, open_)), two)
                builder.store(builder.or_(before, open_), one)
                builder.store(builder.or_(builder.load(any_false), false), any_false)
        total = _load(builder, counts, _VECTOR)
        results = []
        for one, two, any_false in cells:
            lone = builder.and_(builder.load(one), builder.xor(builder.load(two), full))
            near = builder.and_(lone, builder.load(any_false))
            eligible = builder.xor(builder.load(one), full)
            results.append((eligible, near, builder.xor(lone, near)))
            for place, bitmap in enumerate(results[-1]):
                counted = builder.call(popcount, [bitmap])
                shift = ir.Constant(_VECTOR, [21 * place] * _LANES)
                total = builder.add(total, builder.shl(counted, shift))
        builder.store(total, _at(builder, counts, _VECTOR), align=8)
        with builder.if_then(builder.icmp_signed("!=", kept, ir.Constant(_WORD, 0)), likely=False):
            for step, bitmaps_of_step in enumerate(results):
                for place, bitmap in enumerate(bitmaps_of_step):
                    at = ir.Constant(_WORD, place * steps + step)
                    builder.store(bitmap, _at(builder, kept, _VECTOR, at), align=8)
        return context.get_dummy_value()

    return types.none(_INT, _INT, _INT, _INT, _INT, _INT), generate
