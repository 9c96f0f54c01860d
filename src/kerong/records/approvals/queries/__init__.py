"""Reads about the approvals."""

from kerong.records.approvals.queries.approvals import (
    approval,
    approvals_of_subject,
    approved,
    my_approvals,
    name_of_account,
    seen_approvals,
    waiting_for,
    why_not,
)
from kerong.records.approvals.queries.kinds import KINDS, STEPS, Kind, kind_label, step_label

__all__ = [
    "KINDS",
    "STEPS",
    "Kind",
    "approval",
    "approvals_of_subject",
    "approved",
    "kind_label",
    "my_approvals",
    "name_of_account",
    "seen_approvals",
    "step_label",
    "waiting_for",
    "why_not",
]
