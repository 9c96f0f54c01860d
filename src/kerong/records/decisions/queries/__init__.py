"""Reads about the decisions."""

from kerong.records.decisions.queries.decisions import (
    Replay,
    decision,
    decisions,
    decisions_with,
    is_about_person,
    is_final,
    is_intact,
    record,
    replay,
)
from kerong.records.decisions.queries.words import KINDS

__all__ = [
    "KINDS",
    "Replay",
    "decision",
    "decisions",
    "decisions_with",
    "is_about_person",
    "is_final",
    "is_intact",
    "record",
    "replay",
]
