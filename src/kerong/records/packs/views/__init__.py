"""Pages of the packs: what was released, and what is being drafted."""

from kerong.records.packs.views.drafts import (
    draft,
    draft_file,
    drafts,
    new_draft,
    put_in_force,
    rebase,
    submit,
)
from kerong.records.packs.views.releases import release, release_text, releases, releases_export

__all__ = [
    "draft",
    "draft_file",
    "drafts",
    "new_draft",
    "put_in_force",
    "rebase",
    "release",
    "release_text",
    "releases",
    "releases_export",
    "submit",
]
