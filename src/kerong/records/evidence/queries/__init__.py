"""Reads about the evidence: what happened, where it stands, and whether everything still holds."""

from kerong.records.evidence.queries.chain import (
    canonical_event,
    chained,
    checkpoints,
    event,
    events,
    events_of_roles,
    nodes,
    proof_of,
    root_at,
    tree_size,
)
from kerong.records.evidence.queries.integrity import Breach, breaches, checks, findings, last_check

__all__ = [
    "Breach",
    "breaches",
    "canonical_event",
    "chained",
    "checkpoints",
    "checks",
    "event",
    "events",
    "events_of_roles",
    "findings",
    "last_check",
    "nodes",
    "proof_of",
    "root_at",
    "tree_size",
]
