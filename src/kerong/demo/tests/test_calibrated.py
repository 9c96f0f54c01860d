"""The population is as large, as old and as titled as is published, and says what is not."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from kerong.basics.policies_folder import policies_folder
from kerong.demo import calibrated
from kerong.demo.assumptions import calibration
from kerong.demo.population import CALIBRATION_FILE, build_population
from kerong.engines.rules.loading import load_library

if TYPE_CHECKING:
    from pathlib import Path

ON = date(2026, 11, 23)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("calibrated")
    build_population(folder, load_library(policies_folder()), ON, firms=20_000)
    found: dict[str, Any] = json.loads((folder / CALIBRATION_FILE).read_text(encoding="utf-8"))
    return found


def test_every_target_has_a_source_a_day_and_a_mark() -> None:
    for target in calibration().targets.values():
        assert target.source["title"]
        assert target.source["dated"]
        assert target.mark in {"official", "press", "digest", "derived"}
        assert target.use in {"scale", "drawn", "check"}


def test_counts_drawn_are_within_one_firm_of_the_published_share(report: dict[str, Any]) -> None:
    one_firm = calibration().scale / 20_000
    for row in report["targets"]:
        if row["use"] != "check" and row["unit"] != "%":
            assert abs(row["drawn_as_published"] - row["published"]) <= one_firm, row["id"]


def test_loan_rates_are_the_published_ones(report: dict[str, Any]) -> None:
    rates = [row for row in report["targets"] if row["unit"] == "%"]

    assert len(rates) == 2
    assert all(abs(row["drawn_as_published"] - row["published"]) < 0.5 for row in rates)


def test_firms_that_meet_the_rule_of_tech_sme_are_of_the_published_order(report: dict[str, Any]) -> None:
    planned = next(row for row in report["targets"] if row["id"] == "tech_sme_planned")

    assert 0.5 < planned["drawn_as_published"] / planned["published"] < 2


def test_regions_and_ages_follow_the_register(report: dict[str, Any]) -> None:
    assert len(report["regions"]["rows"]) == 17
    assert all(abs(row["drawn"] - row["published"]) < 0.05 for row in report["regions"]["rows"])
    middle = [row for row in report["ages"]["rows"] if 5 <= row["percent"] <= 95]
    assert all(abs(row["drawn"] - row["published"]) < 1.5 for row in middle)


def test_the_report_says_what_leans_on_nothing(report: dict[str, Any]) -> None:
    text = "\n".join(calibrated.lines(report))

    assert all(target.label in text for target in calibration().targets.values())
    assert all(line in text for line in calibration().uncalibrated)


def test_an_unknown_rule_leaves_its_targets_open(tmp_path: Path) -> None:
    library = load_library(policies_folder())
    packs = {
        key: pack for key, pack in library.packs.items() if key == "national.recognition.enterprise_size"
    }
    from dataclasses import replace

    facts = {name: fact for name, fact in library.facts.items() if fact.published_by in {"", *packs}}
    build_population(tmp_path, replace(library, packs=packs, facts=facts), ON, firms=300, seed=1)
    found = json.loads((tmp_path / CALIBRATION_FILE).read_text(encoding="utf-8"))

    rows = {row["id"]: row for row in found["targets"]}
    assert rows["tech_sme_planned"]["drawn_as_published"] is None
    assert rows["hnte"]["drawn"] == 32
    assert "没有可比的规则" in "\n".join(calibrated.lines(found))
