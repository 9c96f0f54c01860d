"""`kerong demo`: a population with its report, and the list of the firms of stories."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from click.testing import CliRunner

from kerong.cli.demo import demo

if TYPE_CHECKING:
    from pathlib import Path


def test_population_writes_its_files_and_says_what_leans_on_what(tmp_path: Path) -> None:
    result = CliRunner().invoke(demo, ["population", "--firms", "200", "--folder", str(tmp_path / "p")])

    assert result.exit_code == 0, result.output
    assert "高新技术企业数（湖北省，2024）：公布 30,000 家" in result.output
    assert "没有校准、由我们假设" in result.output
    names = {path.name for path in (tmp_path / "p").iterdir()}
    assert names == {
        "facts.parquet", "snapshot", "directory.parquet", "history.parquet", "events.parquet", "made.json",
        "calibration.json",
    }  # fmt: skip
    report = json.loads((tmp_path / "p" / "calibration.json").read_text(encoding="utf-8"))
    assert report["firms"] == 200
    assert all(row["source"]["title"] for row in report["targets"])


def test_an_impossible_population_is_refused_plainly(tmp_path: Path) -> None:
    result = CliRunner().invoke(demo, ["population", "--firms", "0", "--folder", str(tmp_path / "p")])

    assert result.exit_code == 1
    assert "0 firms: 1 to 2,000,000 were expected" in result.output


def test_firms_of_stories_are_listed() -> None:
    result = CliRunner().invoke(demo, ["firms"])

    assert result.exit_code == 0
    assert result.output.count("虚构") >= 4
