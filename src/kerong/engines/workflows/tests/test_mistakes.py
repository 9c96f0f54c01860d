"""Every mistake of a workflow or calendar is reported at once, with its line, what was expected and a cure."""

from __future__ import annotations

from pathlib import Path

import pytest

import kerong
from kerong.engines.workflows.calendars import read_calendar_text
from kerong.engines.workflows.loading import read_workflow_text, read_workflow_texts

POLICIES = Path(kerong.__file__).parents[2] / "policies"
SOUND = (POLICIES / "hubei/workflows/loan_application.yaml").read_text(encoding="utf-8")
CALENDAR = (POLICIES / "national/calendar/2026.yaml").read_text(encoding="utf-8")
KEY = "hubei.workflows.loan_application"


def mistakes_of(text: str) -> list[str]:
    return [mistake.what for mistake in read_workflow_text(text, KEY, "file.yaml")[1]]


def changed(old: str, new: str) -> str:
    assert old in SOUND
    return SOUND.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("start: posted", "start: postd", "there is no state `postd`"),
        ("    to: matched\n", "    to: nowhere\n", "there is no state `nowhere`"),
        ("    turn: creditor\n", "", "the state `posted` is nobody's turn"),
        (
            "    turn: creditor\n",
            "    turn: supervisor_office\n",
            "`supervisor_office` is to act in `posted` and may make none of its moves",
        ),
        (
            "    final: true\n    outcome: done\n",
            "    final: true\n",
            "the final state `settled` has no outcome",
        ),
        (
            "    final: true\n    outcome: done\n",
            "    turn: firm\n",
            "nothing leads out of the state `settled`",
        ),
        (
            "    duties: [institution.approve]\n",
            "    duties: [institution.act]\n",
            "`approve` leads to `approved`, which means approved",
        ),
        ("    reasons: refusal\n", "", "`not_accept` refuses without reasons"),
        ("    needs: [diligence_report]\n", "    needs: [rumour]\n", "there is no material `rumour`"),
        ("    during: [posted]\n", "", "the clock `take_on` says when it runs twice, or not at all"),
        ("    value: null\n", "    value: 3\n", "the length of `take_on` is published and assumed at once"),
        ("    verified: not_found\n", "    verified: press\n", "the value is null and `verified` is press"),
        (
            "    yellow_before: 1\n",
            "    yellow_before: 9\n",
            "the clock `take_on` is yellow 9 days before the end of 3",
        ),
        ("    escalate_to: supervisor\n", "    escalate_to: boss\n", "there is no part `boss`"),
        ("kinds: [institution]", "kinds: [bank]", "there is no kind of party `bank`"),
        ("schema: 1\n", "schema: 1\ncolour: red\n", "the workflow has no key `colour`"),
        (
            "workflow: hubei.workflows.loan_application",
            "workflow: hubei.workflows.loan",
            "the key differs from the path",
        ),
    ],
)
def test_mistake(old: str, new: str, what: str) -> None:
    assert what in mistakes_of(changed(old, new))


def test_all_mistakes_are_told_together_in_the_order_of_lines() -> None:
    text = changed("    to: matched\n", "    to: nowhere\n").replace("start: posted", "start: postd", 1)

    workflow, mistakes = read_workflow_text(text, KEY, "file.yaml")

    assert workflow is None
    lines = [mistake.place.line for mistake in mistakes]
    assert lines == sorted(lines)
    whats = [mistake.what for mistake in mistakes]
    assert {"there is no state `postd`", "there is no state `nowhere`"} <= set(whats)
    assert all(mistake.expected and mistake.cure for mistake in mistakes)


def test_a_source_that_is_not_there_is_named() -> None:
    _library, mistakes = read_workflow_texts({"hubei/workflows/loan_application.yaml": SOUND})

    assert {mistake.what for mistake in mistakes} == {"no source `kerong-assumptions`"}


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("2026-01-04,", "2026-01-05,", "2026-01-05 is no weekend"),
        ("2026-01-04,", "2026-01-03,", "2026-01-03 is both worked and off"),
        ("until: 2026-10-07", "until: 2027-10-07", "`national_day` is off from 2026-10-01 until 2027-10-07"),
        ("from: 2026-01-01", "from: 2025-01-01", "2025-01-01 is not in 2026"),
        ("year: 2026", "year: soon", "`soon` is not a year"),
    ],
)
def test_mistake_of_a_calendar(old: str, new: str, what: str) -> None:
    assert old in CALENDAR

    calendar, mistakes = read_calendar_text(CALENDAR.replace(old, new, 1), "2026.yaml")

    assert calendar is None
    assert what in [mistake.what for mistake in mistakes]
