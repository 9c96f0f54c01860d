"""Pages of the cases: the list, one case, and what can be done with it."""

from kerong.records.cases.views.doing import (
    assign_case,
    move_case,
    note_case,
    pause_case,
    resume_case,
    return_case,
)
from kerong.records.cases.views.lists import cases, cases_export
from kerong.records.cases.views.one_case import case

__all__ = [
    "assign_case",
    "case",
    "cases",
    "cases_export",
    "move_case",
    "note_case",
    "pause_case",
    "resume_case",
    "return_case",
]
