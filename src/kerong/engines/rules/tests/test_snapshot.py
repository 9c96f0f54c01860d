"""A snapshot gives back what was put in, says when it was touched, and never guesses a value."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kerong.engines.rules.facts_known import completed
from kerong.engines.rules.graph import MISSING
from kerong.engines.rules.population import judge
from kerong.engines.rules.snapshot import (
    Snapshot,
    SnapshotError,
    build_snapshot,
    from_columns,
    open_snapshot,
    read_parquet,
)
from kerong.engines.rules.tests.small_law import FACTS, ON, compiled, fact, pack, value

DERIVED = {
    "rd": fact("rd", "fen", 0, 10**14),
    "sales": fact("sales", "fen", 0, 10**14),
    "share": fact("share", "percent", 0, 10**6, derived="rd_share_bp", inputs=("rd", "sales")),
}
COLUMNS: dict[str, Any] = {
    "uscc": ["A", "B", "C", "D"],
    "x": [1, -2, None, 0],
    "f": [True, False, None, True],
    "c": ["b1", "a1", None, ""],
    "nonsense": [1.5, 2.5, None, 0.0],
}


def parquet(folder: Path, columns: dict[str, Any] | None = None) -> Path:
    """Write columns to a Parquet file."""
    path = folder / "firms.parquet"
    pq.write_table(pa.table(COLUMNS if columns is None else columns), path)
    return path


def built(folder: Path, columns: dict[str, Any] | None = None) -> Snapshot:
    """Build a snapshot of columns in the folder ``store``."""
    return build_snapshot(parquet(folder, columns), FACTS, folder / "store", ON)


def of_column(folder: Path, name: str, values: Any, facts: dict[str, Any] = FACTS) -> list[Any]:
    """Return one column of a Parquet file as the snapshot holds it, firm by firm."""
    snapshot = read_parquet(parquet(folder, {name: values}), facts, ON)
    return [snapshot.firm(row).get(name) for row in range(snapshot.rows)]


def test_what_was_put_in_comes_out_again(tmp_path: Path) -> None:
    first = built(tmp_path)
    again = open_snapshot(tmp_path / "store", verify=True)

    for snapshot in (first, again, read_parquet(tmp_path / "firms.parquet", FACTS, ON)):
        assert [snapshot.firm(row) for row in range(4)] == [
            {"x": 1, "f": 1, "c": "b1"},
            {"x": -2, "f": 0, "c": "a1"},
            {},
            {"x": 0, "f": 1},
        ]
        assert (snapshot.row_of("C"), snapshot.row_of("Z"), snapshot.rows, snapshot.on) == (2, None, 4, ON)
    assert again.sha256 == first.sha256


def test_dictionary_is_sorted_by_code_point(tmp_path: Path) -> None:
    built(tmp_path, {"o": ["b", "a", "B", "10", "9", "汉", "a"]})

    snapshot = open_snapshot(tmp_path / "store")

    assert snapshot.dictionaries["o"] == ("10", "9", "B", "a", "b", "汉")
    assert snapshot.codes[0, :7].tolist() == [5, 4, 3, 1, 2, 6, 4]


def test_file_without_keys_names_no_firm(tmp_path: Path) -> None:
    assert built(tmp_path, {"x": [1]}).row_of("A") is None


@pytest.mark.parametrize(
    "columns",
    [
        {**COLUMNS, "x": [1, -2, None, 1]},
        {**COLUMNS, "x": [1, -2, 0, 0]},
        {**COLUMNS, "uscc": ["A", "B", "C", "E"]},
        {**COLUMNS, "c": ["a2", "a1", None, None]},
        {name: values for name, values in COLUMNS.items() if name != "f"},
    ],
)
def test_hash_changes_with_content(tmp_path: Path, columns: dict[str, Any]) -> None:
    assert built(tmp_path).sha256 != built(tmp_path, columns).sha256


def test_hash_does_not_change_with_columns_that_are_no_facts(tmp_path: Path) -> None:
    without = {name: values for name, values in COLUMNS.items() if name != "nonsense"}

    assert built(tmp_path).sha256 == built(tmp_path, without).sha256


@pytest.mark.parametrize("name", ["numbers.i64", "codes.u16", "keys.arrow", "manifest.json"])
def test_flipped_byte_is_found(tmp_path: Path, name: str) -> None:
    built(tmp_path)
    path = tmp_path / "store" / name
    content = bytearray(path.read_bytes())
    position = (
        content.index(b"ABCD") if name == "keys.arrow" else content.index(b'"x"') + 1 if name[0] == "m" else 3
    )
    content[position] ^= 1
    path.write_bytes(content)

    with pytest.raises(SnapshotError, match="was changed after it was written"):
        open_snapshot(tmp_path / "store", verify=True)


@pytest.mark.parametrize("name", ["numbers.i64", "codes.u16", "keys.arrow", "manifest.json"])
@pytest.mark.parametrize("left", [0, 40])
def test_truncated_file_is_refused(tmp_path: Path, name: str, left: int) -> None:
    built(tmp_path)
    path = tmp_path / "store" / name
    path.write_bytes(path.read_bytes()[:left])

    with pytest.raises(SnapshotError):
        open_snapshot(tmp_path / "store")


@pytest.mark.parametrize("name", ["numbers.i64", "codes.u16", "manifest.json"])
def test_absent_file_is_refused(tmp_path: Path, name: str) -> None:
    built(tmp_path)
    (tmp_path / "store" / name).unlink()

    with pytest.raises(SnapshotError):
        open_snapshot(tmp_path / "store")


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ({"format": 99}, "format 99"),
        ({}, "is not a snapshot"),
        ([], "is not a snapshot"),
        ({"format": 1}, "is not a snapshot"),
        ({"format": 1, "rows": "many"}, "is not a snapshot"),
        (None, "is not a snapshot"),
    ],
)
def test_manifest_of_something_else_is_refused(tmp_path: Path, manifest: Any, said: str) -> None:
    built(tmp_path)
    (tmp_path / "store" / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(SnapshotError, match=said):
        open_snapshot(tmp_path / "store")


def test_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="is not a snapshot"):
        open_snapshot(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("x", pa.array([1.0, None, float("nan"), -0.0]), [1, None, None, 0]),
        ("x", pa.array([True, False, None]), [1, 0, None]),
        ("x", pa.array([Decimal("1.00"), Decimal("-7.00"), None]), [1, -7, None]),
        ("x", pa.array([5, 200 - 128], pa.int8()), [5, 72]),
        ("x", pa.array([None, None], pa.null()), [None, None]),
        ("d", pa.array([date(2026, 1, 31), None]), [20260131, None]),
        ("d", pa.array([datetime(2026, 1, 31, 23, tzinfo=UTC)]), [20260131]),
        ("d", pa.array([20260131]), [20260131]),
        ("f", pa.array([1, 0, None]), [1, 0, None]),
        ("f", pa.array([1.0, float("nan")]), [1, None]),
        ("f", pa.array([None], pa.null()), [None]),
        ("c", pa.array(["a1", None, ""]), ["a1", None, None]),
        ("c", pa.array(["a1", "b1", "a1"]).dictionary_encode(), ["a1", "b1", "a1"]),
        ("c", pa.array(["a1"], pa.large_string()), ["a1"]),
        ("o", pa.array([420100, None]), ["420100", None]),
        ("c", pa.array([None], pa.null()), [None]),
        ("x", pa.chunked_array([[1], [], [None, 2]], pa.int64()), [1, None, 2]),
        ("c", pa.chunked_array([["b1"], [], [None, "a1"]], pa.string()), ["b1", None, "a1"]),
    ],
)
def test_column_of_another_type_is_read_exactly(
    tmp_path: Path, name: str, values: Any, expected: list[Any]
) -> None:
    assert of_column(tmp_path, name, values) == expected


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("x", pa.array([1.5]), "not whole stored units"),
        ("x", pa.array([float("inf")]), "not whole stored units"),
        ("x", pa.array([Decimal("1.50")]), "not whole stored units"),
        ("x", pa.array([2**63], pa.uint64()), "not whole stored units"),
        ("x", pa.array(["5000万元"]), "not whole stored units"),
        ("x", pa.array([[1]]), "not whole stored units"),
        ("x", pa.array([date(2026, 1, 1)]), "not whole stored units"),
        ("x", pa.array([1, 101, 500]), "holds 2 values outside -100 to 100 .row 1: 101."),
        ("n", pa.array([-1]), "holds 1 values outside 0 to 1000"),
        ("f", pa.array([2]), "other than 0 and 1"),
        ("f", pa.array([-1]), "other than 0 and 1"),
        ("f", pa.array([65_535]), "other than 0 and 1"),
        ("f", pa.array([0.5]), "not whole stored units"),
        ("f", pa.array(["是"]), "not whole stored units"),
    ],
)
def test_column_that_would_have_to_be_guessed_is_refused(
    tmp_path: Path, name: str, values: Any, said: str
) -> None:
    with pytest.raises(SnapshotError, match=said):
        of_column(tmp_path, name, values)


def test_too_many_codes_are_refused_and_as_many_as_fit_are_kept(tmp_path: Path) -> None:
    texts = [f"{i:05d}" for i in range(65_000)]

    assert of_column(tmp_path, "o", texts)[-1] == "64999"
    with pytest.raises(SnapshotError, match="has 65001 distinct codes"):
        of_column(tmp_path, "o", [*texts, "x"])


def test_files_that_are_not_facts_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.parquet").write_text("no parquet")

    for path, said in (
        (tmp_path / "text.parquet", "is not a Parquet file"),
        (tmp_path / "none.parquet", "is not a Parquet file"),
        (parquet(tmp_path, {"q": [1]}), "has no column named after a fact"),
    ):
        with pytest.raises(SnapshotError, match=said):
            read_parquet(path, FACTS, ON)


@pytest.mark.parametrize("rows", [0, 1, 63, 64, 65, 130])
def test_every_number_of_rows_is_judged_to_the_last(tmp_path: Path, rows: int) -> None:
    values = [i % 7 if i % 5 else None for i in range(rows)]
    snapshot = built(tmp_path, {"x": pa.array(values, pa.int64()), "f": pa.array([1] * rows, pa.int8())})

    verdicts = judge(compiled(pack("x >= 3", "f")), open_snapshot(tmp_path / "store", verify=True))

    met = sum(v is not None and v >= 3 for v in values)
    unmet = sum(v is not None and v < 3 for v in values)
    assert snapshot.rows == rows
    assert verdicts.counts.tolist() == [[met, unmet, rows - met - unmet]]


def test_no_rule_and_no_column_give_empty_results() -> None:
    nothing = judge(compiled(pack("f")), from_columns(FACTS, {}, ON), keep=True, keep_criteria=True)
    no_rule = judge(compiled(), from_columns(FACTS, {"x": [1, 2]}, ON), keep=True, keep_criteria=True)
    no_fact = judge(compiled(pack("f", "x > 1")), from_columns(FACTS, {"y": [1, 2]}, ON))

    assert nothing.counts.tolist() == [[0, 0, 0]]
    assert no_rule.counts.shape == (0, 3)
    assert no_fact.counts.tolist() == [[0, 0, 0]]


def test_derived_facts_are_worked_out_unless_given(tmp_path: Path) -> None:
    columns: dict[str, Any] = {"rd": [5, 1, 5, 5], "sales": [100, 3, 0, None]}

    worked_out = read_parquet(parquet(tmp_path, columns), DERIVED, ON)
    given = read_parquet(parquet(tmp_path, {**columns, "share": [1, None, 2, 3]}), DERIVED, ON)
    impossible = read_parquet(parquet(tmp_path, {"rd": [5]}), DERIVED, ON)

    assert [worked_out.firm(row).get("share") for row in range(4)] == [500, 3333, None, None]
    assert [given.firm(row).get("share") for row in range(4)] == [1, None, 2, 3]
    assert "share" not in impossible.number_rows


def test_derived_fact_beyond_its_range_counts_as_the_end_of_it_and_cannot_overflow(tmp_path: Path) -> None:
    columns: dict[str, Any] = {"rd": [10**14], "sales": [1]}
    law = compiled(
        pack("share * 100000 >= rd_min", parameters=[value("rd_min", 10**10, "percent")]), facts=DERIVED
    )

    snapshot = read_parquet(parquet(tmp_path, columns), DERIVED, ON)

    assert snapshot.firm(0)["share"] == 10**6
    assert judge(law, snapshot).counts.tolist() == [[1, 0, 0]]
    assert completed(law.library, ON, {"rd": 10**14, "sales": 1})["share"] == 10**6


def test_interrupted_build_leaves_the_old_snapshot(tmp_path: Path) -> None:
    first = built(tmp_path)

    with pytest.raises(SnapshotError):
        built(tmp_path, {"x": [1.5]})

    assert open_snapshot(tmp_path / "store", verify=True).sha256 == first.sha256
    assert sorted(path.name for path in tmp_path.iterdir()) == ["firms.parquet", "store"]


def test_build_interrupted_while_writing_leaves_the_old_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = built(tmp_path)

    def full_disk(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        built(tmp_path, {"x": [7]})

    assert open_snapshot(tmp_path / "store", verify=True).sha256 == first.sha256
    assert sorted(path.name for path in tmp_path.iterdir()) == ["firms.parquet", "store"]


def test_existing_folder_is_kept_unless_it_is_a_snapshot_to_replace(tmp_path: Path) -> None:
    first = built(tmp_path)
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("keep me")

    with pytest.raises(SnapshotError, match="exists already"):
        build_snapshot(tmp_path / "firms.parquet", FACTS, tmp_path / "store", ON, replace=False)
    with pytest.raises(SnapshotError, match="is not a snapshot, so it is not replaced"):
        build_snapshot(tmp_path / "firms.parquet", FACTS, tmp_path / "letters", ON)

    assert open_snapshot(tmp_path / "store").sha256 == first.sha256
    assert (tmp_path / "letters" / "dear.txt").read_text() == "keep me"


def test_columns_in_memory_take_numpy_and_lists() -> None:
    snapshot = from_columns(
        FACTS, {"x": np.array([1, MISSING], np.int64), "f": [True, None], "c": ["b1", None]}, ON, ["A", "B"]
    )

    assert [snapshot.firm(row) for row in range(2)] == [{"x": 1, "f": 1, "c": "b1"}, {}]
    assert snapshot.row_of("B") == 1


def test_codes_that_the_dictionary_does_not_list_are_still_codes() -> None:
    snapshot = from_columns(FACTS, {"c": ["zz", "a1", None]}, ON)

    verdicts = judge(compiled(pack("c NOT IN ('a1', 'b1')")), snapshot)

    assert verdicts.counts.tolist() == [[1, 1, 1]]
