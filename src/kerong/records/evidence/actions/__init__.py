"""Changes to the evidence: record what happened, tell the database who acts, number, sign and check."""

from kerong.records.evidence.actions.acting import NotInTransactionError, acting, house
from kerong.records.evidence.actions.batches import seal_batch, unseal_batch, unseal_rows
from kerong.records.evidence.actions.checking import check_integrity
from kerong.records.evidence.actions.recording import (
    Happening,
    SealError,
    record,
    record_many,
    seal,
    seal_many,
)
from kerong.records.evidence.actions.sequencing import InconsistentTreeError, make_checkpoint, sequence_events

__all__ = [
    "Happening",
    "InconsistentTreeError",
    "NotInTransactionError",
    "SealError",
    "acting",
    "check_integrity",
    "house",
    "make_checkpoint",
    "record",
    "record_many",
    "seal",
    "seal_batch",
    "seal_many",
    "sequence_events",
    "unseal_batch",
    "unseal_rows",
]
