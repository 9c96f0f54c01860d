"""Changes to what is known of whom: state facts, object, answer, import, and the synthetic firms of the demo."""

from kerong.records.facts.actions.demo import (
    DEMO_DEPARTMENT,
    FICTITIOUS,
    FirmRefusedError,
    load_demo_facts,
    load_demo_histories,
    store_demo_firm,
    store_demo_history,
)
from kerong.records.facts.actions.disputes import (
    DisputeRefusedError,
    answer_dispute,
    declare,
    dispute,
    note_on_dispute,
    watch_disputes,
)
from kerong.records.facts.actions.importing import FORBIDDEN, ImportRefusedError, import_facts
from kerong.records.facts.actions.parquet_rows import rows_of
from kerong.records.facts.actions.snapshots import MadeSnapshot, make_snapshot
from kerong.records.facts.actions.stating import StatementRefusedError, state_facts

__all__ = [
    "DEMO_DEPARTMENT",
    "FICTITIOUS",
    "FORBIDDEN",
    "DisputeRefusedError",
    "FirmRefusedError",
    "ImportRefusedError",
    "MadeSnapshot",
    "StatementRefusedError",
    "answer_dispute",
    "declare",
    "dispute",
    "import_facts",
    "load_demo_facts",
    "load_demo_histories",
    "make_snapshot",
    "note_on_dispute",
    "rows_of",
    "state_facts",
    "store_demo_firm",
    "store_demo_history",
    "watch_disputes",
]
