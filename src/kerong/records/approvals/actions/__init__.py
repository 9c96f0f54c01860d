"""Changes to the approvals: ask, decide a step, withdraw, declare void."""

from kerong.records.approvals.actions.asking import AskRefusedError, ask, void, withdraw
from kerong.records.approvals.actions.deciding import (
    DecisionRefusedError,
    StepUpNeededError,
    decide,
    is_stepped_up,
)

__all__ = [
    "AskRefusedError",
    "DecisionRefusedError",
    "StepUpNeededError",
    "ask",
    "decide",
    "is_stepped_up",
    "void",
    "withdraw",
]
