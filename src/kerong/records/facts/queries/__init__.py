"""Reads about what is known of whom: the one door, who looked, disputes, imports, and the demo firms."""

from kerong.records.facts.queries.batches import batch_by_id, batch_with, batches
from kerong.records.facts.queries.demo import (
    EVENT_KINDS,
    DemoFirm,
    FirmEvent,
    FirmYear,
    History,
    demo_firm,
    demo_firms,
    firm_history,
)
from kerong.records.facts.queries.disputes import (
    ESCALATE_DAY,
    REMIND_DAY,
    dispute_by_id,
    disputes,
    light_of,
    steps_of,
)
from kerong.records.facts.queries.door import (
    NoBasisError,
    UnknownFactError,
    disputed_item,
    facts_of,
    keep_refusal,
    own_facts,
)
from kerong.records.facts.queries.kinds_of_data import PUBLISHED, data_types_of
from kerong.records.facts.queries.known import FactsView, KnownFact, Mark
from kerong.records.facts.queries.lookups import lookups_by, lookups_of
from kerong.records.facts.queries.sealing import is_sensitive
from kerong.records.facts.queries.sources import SOURCES, label_of

__all__ = [
    "ESCALATE_DAY",
    "EVENT_KINDS",
    "PUBLISHED",
    "REMIND_DAY",
    "SOURCES",
    "DemoFirm",
    "FactsView",
    "FirmEvent",
    "FirmYear",
    "History",
    "KnownFact",
    "Mark",
    "NoBasisError",
    "UnknownFactError",
    "batch_by_id",
    "batch_with",
    "batches",
    "data_types_of",
    "demo_firm",
    "demo_firms",
    "dispute_by_id",
    "disputed_item",
    "disputes",
    "facts_of",
    "firm_history",
    "is_sensitive",
    "keep_refusal",
    "label_of",
    "light_of",
    "lookups_by",
    "lookups_of",
    "own_facts",
    "steps_of",
]
