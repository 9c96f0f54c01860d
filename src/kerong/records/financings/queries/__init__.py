"""Reads of the financings."""

from kerong.records.financings.queries.kinds import (
    DAY_COUNTS,
    KINDS,
    METHODS,
    Kind,
    Term,
    TermsError,
    checked_terms,
)
from kerong.records.financings.queries.reading import (
    by_reference,
    events_of,
    financing,
    financings,
    of_party,
    reference_key,
    standing_is_true,
)
from kerong.records.financings.queries.schedules import cost_of, guarantees_of, schedule_of
from kerong.records.financings.queries.story import ENDED, State, Step, StoryError, state_after, tell

__all__ = [
    "DAY_COUNTS",
    "ENDED",
    "KINDS",
    "METHODS",
    "Kind",
    "State",
    "Step",
    "StoryError",
    "Term",
    "TermsError",
    "by_reference",
    "checked_terms",
    "cost_of",
    "events_of",
    "financing",
    "financings",
    "guarantees_of",
    "of_party",
    "reference_key",
    "schedule_of",
    "standing_is_true",
    "state_after",
    "tell",
]
