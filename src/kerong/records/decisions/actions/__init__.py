"""Changes to the decisions: decide, pre-assess, ask for a person's review and give it, remove by law."""

from kerong.records.decisions.actions.deciding import (
    NotRepeatableError,
    RuleNotInForceError,
    decide,
    pre_assess,
)
from kerong.records.decisions.actions.removing import remove_by_law
from kerong.records.decisions.actions.reviewing import ReviewRefusedError, ask_review, give_review

__all__ = [
    "NotRepeatableError",
    "ReviewRefusedError",
    "RuleNotInForceError",
    "ask_review",
    "decide",
    "give_review",
    "pre_assess",
    "remove_by_law",
]
