"""The YAML of a pack, word for word as it was released or as it stands in the followed folder."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from kerong.basics.policies_folder import policies_folder
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from kerong.engines.rules.model import Pack
    from kerong.records.packs.queries import CurrentLaw


def yaml_of(law: CurrentLaw, pack: Pack) -> str:
    """Return the text whose hash the pack carries, or nothing when it is no longer to be found."""
    if law.release_number is None:
        path = policies_folder() / pack.place.file
        try:
            text = path.read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            return ""
    else:
        release = packs.releases().get(number=law.release_number)
        text = release.texts.values_list("text", flat=True).get(path=pack.place.file)
    return text if hashlib.sha256(text.encode()).hexdigest() == pack.text_sha256 else ""
