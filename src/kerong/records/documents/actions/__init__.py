"""Changes to the documents: upload, replace, withdraw, share, take away, and write letters."""

from kerong.records.documents.actions.letters import write_letter
from kerong.records.documents.actions.materials import (
    NotYoursError,
    UnknownKindError,
    end_share,
    replace,
    share,
    upload,
    withdraw,
)
from kerong.records.documents.actions.taking import take, take_letter

__all__ = [
    "NotYoursError",
    "UnknownKindError",
    "end_share",
    "replace",
    "share",
    "take",
    "take_letter",
    "upload",
    "withdraw",
    "write_letter",
]
