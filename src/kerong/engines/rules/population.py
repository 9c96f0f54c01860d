"""Judge every firm of a snapshot by every rule: counts, near misses, one document away, and their bitmaps."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kerong.engines.rules import bits, kernel
from kerong.engines.rules.program import Binder, Program

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kerong.engines.rules.compiler import Catalogue
    from kerong.engines.rules.snapshot import Snapshot

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

_BLOCK, _SMALLEST_BLOCK = 2_048, 1_024
_BITMAP_CACHE = 1 << 21
_CHUNK_BLOCKS = 32  # enough to hide the call, few enough that threads finish together
_LINE = 8  # words of a cache line
ELIGIBLE, NEAR, DOCUMENT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class PopulationVerdicts:
    """Per rule (in the catalogue's order) how many firms are eligible, near misses, one document away.

    ``counts`` has shape (rules, 3). The bitmaps, when kept, have shape (rules, words of 64 firms); those of
    the criteria (criteria, words). ``columns`` holds the amounts asked for, one row each.
    """

    rows: int
    counts: Ints
    eligible: Words
    near: Words
    document: Words
    criteria_true: Words
    criteria_false: Words
    columns: Ints


class PopulationKernel:
    """A catalogue bound to a snapshot, ready to run as often as wanted."""

    def __init__(
        self,
        catalogue: Catalogue,
        snapshot: Snapshot,
        outputs: Sequence[int] = (),
        threads: int | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.snapshot = snapshot
        self.output_count = len(outputs)
        self.threads = threads or os.cpu_count() or 1
        binder = Binder(catalogue.graph.nodes, snapshot.number_rows, snapshot.coded())
        self.program = binder.bind(catalogue.criteria, outputs)
        self.block = block_rows(self.program)
        self.offsets = np.cumsum([0, *(len(rule.criteria) for rule in catalogue.rules)]).astype(np.int64)
        members = np.array([c for rule in catalogue.rules for c in rule.criteria], np.int64)
        sides = np.stack(
            [self.program.true_registers[members], self.program.false_registers[members]], axis=1
        )
        self.members = members
        self.places = (sides * (self._pitch() * 8)).astype(np.uint32)
        self._pool = ThreadPoolExecutor(self.threads) if self.threads > 1 else None
        self._workspaces = [self._workspace() for _ in range(self.threads)]

    def _pitch(self) -> int:
        """Return the words from one bitmap to the next: a cache line more than a block, lest all collide."""
        return self.block // 64 + _LINE

    def _workspace(self) -> tuple[Ints, Words, Words]:
        return (
            aligned((self.program.scratch_count, self.block + _LINE), np.int64),
            aligned((self.program.bitmap_count, self._pitch()), np.uint64),
            aligned((len(self.catalogue.rules), _LINE), np.uint64),
        )

    def run(
        self, *, keep: bool = False, keep_criteria: bool = False, begin: int = 0, end: int | None = None
    ) -> PopulationVerdicts:
        """Judge all firms, or those of rows ``begin`` (a multiple of 64) up to ``end``."""
        if begin % 64:
            raise ValueError(f"begin is {begin}; bitmaps start at a multiple of 64")
        last = self.snapshot.rows if end is None else min(end, self.snapshot.rows)
        rules, criteria = len(self.catalogue.rules), len(self.catalogue.criteria)
        words = -(-(last - begin) // 64)
        kept, kept_criteria = (
            (rules, words) if keep else (1, 1),
            (criteria, words) if keep_criteria else (1, 1),
        )
        eligible, near, document = (np.zeros(kept, np.uint64) for _ in range(3))
        criteria_true, criteria_false = (np.zeros(kept_criteria, np.uint64) for _ in range(2))
        columns = np.empty(
            (max(self.output_count, 1), self.snapshot.rows if self.output_count else 1), np.int64
        )
        counts = [np.zeros((rules, 3), np.int64) for _ in range(self.threads)]
        chunks = iter(list(self._chunks(begin, last)))

        def work(worker: int) -> None:
            scratch, registers, totals = self._workspaces[worker]
            while (chunk := next(chunks, None)) is not None:  # a list iterator: one step is atomic
                kernel.run_chunk(
                    self.program.rows, self.program.pool, self.snapshot.numbers, self.snapshot.codes,
                    chunk[0], chunk[1], begin, self.block, scratch, registers,
                    self.program.true_registers, self.program.false_registers,
                    self.offsets, self.places, totals,
                    counts[worker], keep, eligible, near, document,
                    criteria_true, criteria_false, keep_criteria, columns,
                )  # fmt: skip

        if self._pool is None:
            work(0)
        else:
            list(self._pool.map(work, range(self.threads)))
        total: Ints = np.sum(counts, axis=0)
        for position, rule in enumerate(self.catalogue.rules):
            if rule.blocked:
                # A parameter is not published: no document would decide the rule.
                total[position, DOCUMENT] = 0
                if keep:
                    document[position] = 0
        return PopulationVerdicts(
            last - begin, total, eligible, near, document, criteria_true, criteria_false, columns
        )

    def _chunks(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        rows = end - begin
        size = self.block * max(1, min(_CHUNK_BLOCKS, rows // (self.block * self.threads * 8)))
        for first in range(begin, end, size):
            yield first, min(first + size, end)


def block_rows(program: Program) -> int:
    """Return how many rows a block has, so that its bitmaps stay in the second-level cache."""
    block = _BLOCK
    while block > _SMALLEST_BLOCK and program.bitmap_count * block // 8 > _BITMAP_CACHE:
        block //= 2
    return block


def aligned(shape: tuple[int, int], kind: type[np.generic]) -> NDArray[Any]:
    """Return zeros that begin on a cache line: a vector across two lines costs two reads."""
    size = shape[0] * shape[1]
    room = np.zeros(size + _LINE, kind)
    skipped = -room.ctypes.data % 64 // 8
    return room[skipped : skipped + size].reshape(shape)


def judge(
    catalogue: Catalogue, snapshot: Snapshot, *, keep: bool = False, keep_criteria: bool = False
) -> PopulationVerdicts:
    """Judge a snapshot once."""
    return PopulationKernel(catalogue, snapshot).run(keep=keep, keep_criteria=keep_criteria)


def positions(words: Words, count: int) -> Ints:
    """Return the rows whose bit is set; ``count`` is how many there are."""
    out = np.empty(max(count, 1), np.int64)
    return out[: bits.set_positions(words, out)]


def firm_words(bitmaps: Words, rows: int) -> Words:
    """Return criterion bitmaps turned into words per firm, of shape (rows, words of 64 criteria)."""
    out = np.zeros((rows, max(1, -(-bitmaps.shape[0] // 64))), np.uint64)
    bits.transposed(bitmaps, rows, out)
    return out
