"""Changes to the law: release a folder, save and hand in drafts, release what was approved."""

from kerong.records.packs.actions.drafting import DraftRefusedError, rebase_draft, save_draft
from kerong.records.packs.actions.releasing import LOCK, ReleaseRefusedError, release_folder
from kerong.records.packs.actions.submitting import release_draft, submit_draft

__all__ = [
    "LOCK",
    "DraftRefusedError",
    "ReleaseRefusedError",
    "rebase_draft",
    "release_draft",
    "release_folder",
    "save_draft",
    "submit_draft",
]
