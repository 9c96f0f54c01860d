"""Pages of the facts: a firm's file, who looked, objections, imports, and the look of others through the door."""

from kerong.records.facts.views.disputes import answer, declare, dispute, disputes, file_dispute, note
from kerong.records.facts.views.dossiers import dossier, dossier_export, lookups, lookups_export, start
from kerong.records.facts.views.imports import batch, imports
from kerong.records.facts.views.looking import ask, look

__all__ = [
    "answer",
    "ask",
    "batch",
    "declare",
    "dispute",
    "disputes",
    "dossier",
    "dossier_export",
    "file_dispute",
    "imports",
    "look",
    "lookups",
    "lookups_export",
    "note",
    "start",
]
