"""A release that changes a number under its old first day leaves no trace in the law: it is found by comparing."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

from kerong.basics.policies_folder import policies_folder
from kerong.records.packs import queries
from kerong.records.packs.actions import release_folder

if TYPE_CHECKING:
    from pathlib import Path

    from kerong.records.packs.models import Release

PACK = """
pack: a.b
parameters:
  share:
    label: 比例
    unit: percent
    values:
      - {from: 2025-01-01, value: 80, cites: a#b, verified: press}
      - {from: null, seen_since: 2020-01-01, value: 4.35, cites: a#b, verified: press}
  cap:
    label: 额度
    unit: wan_yuan
    by: grade
    values:
      - from: 2025-01-01
        rows:
          - {key: A, value: 1000}
          - {key: B, value: null, verified: not_found}
"""


def changed(old: str, new: str) -> list[tuple[str, str, str, object, object]]:
    assert PACK.count(old) == 1
    return [
        (f.parameter, f.start or f.seen_since, f.row, f.old and f.old.words(), f.new and f.new.words())
        for f in queries.overwritten(PACK, PACK.replace(old, new))
    ]


def test_another_number_under_the_same_day_is_told_old_and_new() -> None:
    assert changed("value: 80,", "value: 75,") == [("share", "2025-01-01", "", ("80.0%",), ("75.0%",))]
    assert changed("value: 4.35,", "value: 4.36,") == [("share", "2020-01-01", "", ("4.35%",), ("4.36%",))]
    assert changed("value: 80,", "value: null,") == [("share", "2025-01-01", "", ("80.0%",), (None,))]


def test_rows_of_a_table_are_compared_one_by_one() -> None:
    assert changed("value: 1000", "value: 900") == [("cap", "2025-01-01", "A", ("1,000万元",), ("900万元",))]
    assert changed("{key: B, value: null, verified: not_found}", "{key: B, value: 500}") == [
        ("cap", "2025-01-01", "B", (None,), ("500万元",))
    ]


def test_a_value_taken_away_or_moved_to_another_day_is_told_too() -> None:
    assert changed("from: 2025-01-01, value: 80", "from: 2025-02-01, value: 80") == [
        ("share", "2025-01-01", "", ("80.0%",), None)
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("value: 80, cites: a#b", "value: 80.0, cites: c#d"),
        (
            "      - {from: null",
            "      - {from: 2026-01-01, value: 90, cites: a#b, verified: press}\n      - {from: null",
        ),
        ("label: 比例", "label: 补偿比例"),
    ],
)
def test_other_marks_later_values_and_the_same_number_are_no_overwriting(old: str, new: str) -> None:
    assert changed(old, new) == []


@pytest.mark.django_db
def test_a_release_names_what_it_changed_since_the_one_before(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    shutil.copytree(policies_folder(), folder)
    file = folder / "hubei/credit/knowledge_value_loan.yaml"
    file.with_suffix("").with_suffix(".cases.yaml").unlink()

    def release(number: int) -> Release:
        name, day = f"测试〔2026〕{number}号", date(2026, number, 1)
        return release_folder(folder=folder, by="测试", document_number=name, in_force_from=day)

    first = release(1)
    text = file.read_text(encoding="utf-8")
    assert text.count("value: 80,") == 1
    file.write_text(text.replace("value: 80,", "value: 75,"), encoding="utf-8")
    second = release(2)

    assert queries.overwritten_by(first) == []
    assert [(path, f.parameter, f.new and f.new.words()) for path, f in queries.overwritten_by(second)] == [
        ("hubei/credit/knowledge_value_loan.yaml", "compensation_share", ("75.0%",))
    ]
