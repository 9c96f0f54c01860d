"""The code that a pack publishes for one firm."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kerong.engines.rules.loading import load_library
from kerong.engines.rules.published import published_option

ON = date(2026, 11, 23)
LIBRARY = load_library(Path(__file__).resolve().parents[5] / "policies")
FIRM = {"size_industry": "software", "staff_count": 40, "annual_revenue_fen": 3_800_000_000}


def test_a_published_class_comes_with_its_label_and_mark() -> None:
    found = published_option(LIBRARY, ON, "enterprise_size", FIRM)

    assert found is not None
    assert (found.value, found.label) == ("small", "小型")


def test_nothing_while_several_classes_are_possible() -> None:
    assert published_option(LIBRARY, ON, "enterprise_size", {"size_industry": "software"}) is None


def test_nothing_for_facts_that_are_no_class_or_unknown_or_before_the_law() -> None:
    assert published_option(LIBRARY, ON, "is_sme", FIRM) is None
    assert published_option(LIBRARY, ON, "no_such_fact", FIRM) is None
    assert published_option(LIBRARY, date(1999, 1, 1), "enterprise_size", FIRM) is None
