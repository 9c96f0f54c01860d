"""Changes to cases: open, move, assign, note, pause and resume, what came back from outside, and escalation."""

from kerong.records.cases.actions.escalating import watch_clocks
from kerong.records.cases.actions.moving import move, needs_step_up
from kerong.records.cases.actions.opening import join, open_case
from kerong.records.cases.actions.refusals import (
    ApprovalNeededError,
    CaseNotFoundError,
    CaseRefusedError,
    ChangedMeanwhileError,
    StepUpNeededError,
)
from kerong.records.cases.actions.working import assign, note, pause, resume, return_note

__all__ = [
    "ApprovalNeededError",
    "CaseNotFoundError",
    "CaseRefusedError",
    "ChangedMeanwhileError",
    "StepUpNeededError",
    "assign",
    "join",
    "move",
    "needs_step_up",
    "note",
    "open_case",
    "pause",
    "resume",
    "return_note",
    "watch_clocks",
]
