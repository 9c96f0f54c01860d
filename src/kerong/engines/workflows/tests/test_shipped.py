"""The shipped workflows and calendars are sound, their schemas are those of the keys, and no days are invented."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import kerong
from kerong.basics.yaml_places import MappingNode, Node, SequenceNode, compose, plain
from kerong.engines.workflows.loading import is_workflow_path, read_workflows
from kerong.engines.workflows.model import APPROVE_DUTY
from kerong.engines.workflows.schemas import schema_texts

POLICIES = Path(kerong.__file__).parents[2] / "policies"
FILES = [
    path
    for path in sorted(POLICIES.rglob("*.yaml"))
    if is_workflow_path(path.relative_to(POLICIES).as_posix())
]
LIBRARY, MISTAKES = read_workflows(POLICIES)


def as_editor(node: Node) -> Any:
    if isinstance(node, MappingNode):
        return {key.value: as_editor(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [as_editor(item) for item in node.value]
    content = plain(node)
    return int(content) if isinstance(content, str) and not node.style and content.isdecimal() else content


def test_the_shipped_workflows_have_no_mistakes() -> None:
    assert [str(mistake) for mistake in MISTAKES] == []
    assert sorted(LIBRARY.workflows) == [
        "hubei.workflows.compensation_claim",
        "hubei.workflows.firm_claim",
        "hubei.workflows.guarantee_payout",
        "hubei.workflows.loan_application",
        "hubei.workflows.task_supervision",
        "national.workflows.fact_dispute",
    ]


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_file_validates_against_its_schema(path: Path) -> None:
    root, _mistakes = compose(path.read_text(encoding="utf-8"), path.name)
    assert root is not None
    kind = "calendar" if path.parent.name == "calendar" else "workflow"
    schema = json.loads(schema_texts()[f"{kind}.schema.json"])

    errors = jsonschema.Draft202012Validator(schema).iter_errors(as_editor(root))

    assert [f"{error.json_path}: {error.message}" for error in errors] == []


@pytest.mark.parametrize("file", schema_texts())
def test_shipped_schema_is_the_one_generated_from_the_keys(file: str) -> None:
    # To write them anew: python -m kerong.engines.workflows.tests.test_shipped
    assert (POLICIES / "schema" / file).read_text(encoding="utf-8") == schema_texts()[file]


def test_only_the_twenty_days_of_a_dispute_are_published() -> None:
    published = {
        (workflow.key, clock.name): (clock.published.days, clock.unit, clock.published.mark.cites)
        for workflow in LIBRARY.workflows.values()
        for clock in workflow.clocks.values()
        if clock.published.days is not None
    }

    assert published == {
        ("national.workflows.fact_dispute", "answer"): (20, "calendar_days", "credit-reporting-2013#art25")
    }


def test_whatever_means_approved_is_reached_by_an_institutions_approver_alone() -> None:
    ways = [
        (move.who, move.duties)
        for workflow in LIBRARY.workflows.values()
        for move in workflow.transitions.values()
        if workflow.states[move.to].means_approved
    ]

    assert ways == [(("creditor",), (APPROVE_DUTY,))]


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        (date(2026, 1, 4), True),
        (date(2026, 2, 14), True),
        (date(2026, 2, 15), False),
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2026, 4, 6), False),
        (date(2026, 5, 9), True),
        (date(2026, 6, 19), False),
        (date(2026, 9, 20), True),
        (date(2026, 9, 25), False),
        (date(2026, 10, 10), True),
        (date(2025, 1, 2), True),
        (date(2025, 2, 4), False),
        (date(2025, 9, 28), True),
        (date(2025, 10, 8), False),
        (date(2027, 1, 1), True),
    ],
)
def test_the_shipped_calendar(*, day: date, is_worked: bool) -> None:
    assert LIBRARY.calendar.is_working_day(day) is is_worked


def test_how_many_days_are_worked_in_a_published_year() -> None:
    # 2025: 261 weekdays less 18 holidays that fall on weekdays plus 5 make-up days; 2026 likewise.
    counts = {
        year: sum(
            LIBRARY.calendar.is_working_day(date.fromordinal(day))
            for day in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
        )
        for year in (2025, 2026)
    }

    assert counts == {2025: 248, 2026: 248}


if __name__ == "__main__":
    for name, text in schema_texts().items():
        (POLICIES / "schema" / name).write_text(text, encoding="utf-8")
