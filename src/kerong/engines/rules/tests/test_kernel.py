"""What small random laws do not reach in the kernel: many blocks, ragged tails, tables, reused registers."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest

from kerong.engines.rules import kernel
from kerong.engines.rules.compiler import Catalogue, compile_library
from kerong.engines.rules.model import UNITS, Clause, Fact, Library, Mark, Pack
from kerong.engines.rules.population import PopulationKernel, firm_words, positions
from kerong.engines.rules.single import FirmJudge
from kerong.engines.rules.snapshot import Snapshot, from_columns
from kerong.engines.rules.tests.random_law import ON

MARK = Mark("", None, "assumption")
CODES = [f"{letter}{number:02d}" for letter in "ABCDEF" for number in range(40)]
FACTS = {
    **{n: Fact(n, n, n, "money", UNITS["fen"], -1000, 1000) for n in ("x", "y", "z")},
    "c": Fact("c", "c", "c", "code", UNITS["code"], 0, 0),
    "f": Fact("f", "f", "f", "flag", UNITS["flag"], 0, 1),
}
ROWS = 4_999  # more than two blocks, and no multiple of 64


def law(seed: int) -> Catalogue:
    rng = random.Random(seed)  # noqa: S311 - chance here is seeded
    texts = [
        f"c IN ({', '.join(repr(c) for c in rng.sample(CODES, rng.randint(1, 90)))})" for _ in range(150)
    ]
    texts += [f"c LIKE '{letter}%' OR f" for letter in "ABCDEF"]
    texts += [
        f"x * {rng.randint(1, 9)} >= y * {rng.randint(1, 9)} + {rng.randint(-99, 99)}" for _ in range(60)
    ]
    texts += [f"least(x, y, z) * {a} <= greatest(y, z) + x" for a in (1, 2, 3)]
    texts += [
        f"{name} {op} {rng.randint(-900, 900)}"
        for name in "xyz"
        for op in ("<", "<=", "=", "<>", ">")
        for _ in range(6)
    ]
    texts += ["x BETWEEN -50 AND 300", "NOT f", "x IS NULL OR y > 3", "z IS NOT NULL"]
    packs = {}
    for number in range(120):
        clauses = tuple(
            Clause(f"c{i}", "", "", text, (), MARK)
            for i, text in enumerate(rng.sample(texts, rng.randint(1, 9)))
        )
        key = f"law.p{number:03d}"
        packs[key] = Pack(
            key, "product", key, key, "enterprise", "", "", None, None, {}, {}, {}, clauses, {}, (), ""
        )
    return compile_library(Library(FACTS, {}, packs, {}, ""), ON)


def population(seed: int) -> Snapshot:
    rng = random.Random(seed)  # noqa: S311 - chance here is seeded

    def maybe(value: object) -> object:
        return None if rng.random() < 0.1 else value

    columns = {name: [maybe(rng.randint(-1000, 1000)) for _ in range(ROWS)] for name in "xyz"}
    columns["c"] = [maybe(rng.choice(CODES)) for _ in range(ROWS)]
    columns["f"] = [maybe(rng.randint(0, 1)) for _ in range(ROWS)]
    return from_columns(FACTS, columns, ON)


@pytest.mark.parametrize("seed", [1, 2])
def test_many_blocks_agree_with_single_firms(seed: int) -> None:
    catalogue, snapshot = law(seed), population(seed)
    judge, one = PopulationKernel(catalogue, snapshot), FirmJudge(catalogue)
    operations = judge.program.rows[:, 0].tolist()
    computed = sum(kernel.LINEAR <= operation <= kernel.CONST for operation in operations)
    assert kernel.IN_TABLE in operations
    assert judge.program.scratch_count < computed / 2

    verdicts = judge.run(keep=True, keep_criteria=True)

    true, false = (firm_words(side, ROWS) for side in (verdicts.criteria_true, verdicts.criteria_false))
    counts = np.zeros_like(verdicts.counts)
    for row in range(ROWS):
        firm = one.judge(snapshot.firm(row))
        assert sum(int(word) << (64 * i) for i, word in enumerate(true[row])) == firm.true
        assert sum(int(word) << (64 * i) for i, word in enumerate(false[row])) == firm.false
        counts += np.stack([firm.met, firm.near_miss, firm.one_document_away], axis=1)
    assert np.array_equal(verdicts.counts, counts)
    for bitmaps, column in ((verdicts.eligible, 0), (verdicts.near, 1), (verdicts.document, 2)):
        assert np.bitwise_count(bitmaps).sum(axis=1).tolist() == counts[:, column].tolist()


def test_ranges_of_rows_add_up_to_the_whole() -> None:
    catalogue, snapshot = law(3), population(3)
    judge = PopulationKernel(catalogue, snapshot)

    whole = judge.run(keep=True)
    parts = [judge.run(keep=True, begin=begin, end=begin + 1_024) for begin in range(0, ROWS, 1_024)]

    assert np.array_equal(whole.counts, sum(part.counts for part in parts))
    assert np.array_equal(whole.near, np.concatenate([part.near for part in parts], axis=1))
    rows = positions(whole.eligible[0], int(whole.counts[0, 0]))
    assert rows.tolist() == [
        r for r in range(ROWS) if whole.eligible[0, r // 64] >> np.uint64(r % 64) & np.uint64(1)
    ]


def test_a_range_must_begin_on_a_word() -> None:
    judge = PopulationKernel(law(3), population(3))

    with pytest.raises(ValueError, match="multiple of 64"):
        judge.run(begin=10)


def test_answer_names_the_gap_of_near_misses() -> None:
    clauses = (Clause("a", "", "", "x >= 100", (), MARK), Clause("b", "", "", "y <= 50", (), MARK))
    ratio = Clause("r", "", "", "x * 2 >= y + z", (), MARK)
    packs = {
        "law.both": Pack(
            "law.both", "product", "", "", "enterprise", "", "", None, None, {}, {}, {}, clauses, {}, (), ""
        ),
        "law.ratio": Pack(
            "law.ratio", "product", "", "", "enterprise", "", "", None, None, {}, {}, {}, (ratio,), {}, (), ""
        ),
        "law.one": Pack(
            "law.one",
            "product",
            "",
            "",
            "enterprise",
            "",
            "",
            None,
            None,
            {},
            {},
            {},
            clauses[:1],
            {},
            (),
            "",
        ),
    }
    judge = FirmJudge(compile_library(Library(FACTS, {}, packs, {}, ""), ON))

    low = json.loads(judge.answer_json({"x": 80, "y": 10, "z": 500}))
    high = json.loads(judge.answer_json({"x": 100, "y": 57, "z": 0}))

    known = {"criterion": 0, "fact": "x", "value": 80, "low": 100, "high": None, "gap": 20}
    assert low == {
        "eligible": [],
        "near_misses": [
            {"rule": "law.both", **known},
            {"rule": "law.ratio", "criterion": 2},
            {"rule": "law.one", **known},
        ],
    }
    assert high["eligible"] == ["law.ratio", "law.one"]
    assert high["near_misses"] == [
        {"rule": "law.both", "criterion": 1, "fact": "y", "value": 57, "low": None, "high": 50, "gap": -7}
    ]
