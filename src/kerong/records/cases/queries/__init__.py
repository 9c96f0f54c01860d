"""Reads about cases: one case, lists, lights, workflows in force, and what an actor may do now."""

from kerong.records.cases.queries.lights import Light, lights, lights_of
from kerong.records.cases.queries.lists import CaseFilter, cases_of
from kerong.records.cases.queries.one_case import (
    case,
    case_by_number,
    internal_reasons,
    parts_of,
    workflow_of,
)
from kerong.records.cases.queries.workflows import (
    NoWorkflowError,
    WorkflowsInForce,
    calendar_today,
    digest_to_approve,
    workflows_in_force,
)

__all__ = [
    "CaseFilter",
    "Light",
    "NoWorkflowError",
    "WorkflowsInForce",
    "calendar_today",
    "case",
    "case_by_number",
    "cases_of",
    "digest_to_approve",
    "internal_reasons",
    "lights",
    "lights_of",
    "parts_of",
    "workflow_of",
    "workflows_in_force",
]
