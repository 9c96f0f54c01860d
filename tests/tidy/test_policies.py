"""The law that we ship: no mistakes on any day on which something begins, every worked example holds."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kerong.engines.rules.case_files import read_cases
from kerong.engines.rules.cases import run_cases
from kerong.engines.rules.compiler import check_library
from kerong.engines.rules.loading import load_library, read_library

if TYPE_CHECKING:
    from kerong.engines.rules.model import Pack

POLICIES = Path(__file__).resolve().parents[2] / "policies"
ON = date(2026, 11, 23)
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def test_shipped_policies_have_no_mistakes() -> None:
    library, mistakes = read_library(POLICIES)

    assert [str(mistake) for mistake in mistakes + check_library(library, ON)] == []


def test_every_shipped_case_holds() -> None:
    library = load_library(POLICIES)
    read = [read_cases(path, library, POLICIES) for path in sorted(POLICIES.rglob("*.cases.yaml"))]

    assert [str(mistake) for _, mistakes in read for mistake in mistakes] == []
    assert [str(difference) for cases, _ in read for difference in run_cases(library, cases)] == []


def _rests_on_the_unpublished(pack: Pack) -> bool:
    """Tell whether a condition in force compares with a number that nobody has published: it is never met."""
    unpublished = {
        name
        for name, parameter in pack.parameters.items()
        if not parameter.by and all(value.value is None for value in parameter.values)
    }
    return any(
        clause.start is None and clause.until is None and unpublished & set(_NAME.findall(clause.holds_when))
        for clause in pack.clauses
    )


def test_every_pack_has_cases_that_meet_miss_and_do_not_know() -> None:
    library = load_library(POLICIES)
    verdicts = {
        key: {
            case.expect.verdict
            for case in read_cases(POLICIES / f"{key.replace('.', '/')}.cases.yaml", library, POLICIES)[0]
        }
        for key, pack in library.packs.items()
        if pack.clauses
    }

    lacking = {
        key: {"met", "not_met", "unknown"}
        - ({"met"} if _rests_on_the_unpublished(library.packs[key]) else set())
        - found
        for key, found in verdicts.items()
    }

    assert {key: words for key, words in lacking.items() if words} == {}


def test_no_value_is_missing_without_saying_where_it_was_looked_for() -> None:
    library = load_library(POLICIES)
    silent = [
        f"{pack.key}:{parameter.name}"
        for pack in library.packs.values()
        for parameter in pack.parameters.values()
        for value in parameter.values
        for mark in (value.mark, *(row.mark for row in value.rows if row.mark))
        if mark.verified == "not_found" and not mark.note
    ]

    assert silent == []
