"""Tables of what is known of whom: observations, dossiers, look-ups, disputes, imports, and the demo's histories."""

from kerong.records.facts.models.disputes import Declaration, Dispute, DisputeStep
from kerong.records.facts.models.histories import FirmHistory
from kerong.records.facts.models.imports import ImportBatch
from kerong.records.facts.models.lookups import FactLookup
from kerong.records.facts.models.observations import Dossier, Observation

__all__ = [
    "Declaration",
    "Dispute",
    "DisputeStep",
    "Dossier",
    "FactLookup",
    "FirmHistory",
    "ImportBatch",
    "Observation",
]
