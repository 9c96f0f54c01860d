"""Which releases of this installation changed a parameter, and by which document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from datetime import date

    from kerong.engines.rules.model import Pack

_VERSIONS_MAX = 20


@dataclass(frozen=True)
class Released:
    """A release that brought a parameter in or changed it."""

    number: int
    document_number: str
    in_force_from: date | None
    is_first: bool


def releases_changing(pack: Pack, parameter: str) -> tuple[Released, ...]:
    """Return the releases in which a parameter differs from the release before, newest first.

    Two queries, and one for each of at most twenty versions of the pack's text.
    """
    rows = list(
        packs.releases()
        .exclude(origin="draft")
        .filter(texts__path=pack.place.file)
        .order_by("number")
        .values_list("pk", "number", "document_number", "in_force_from", "texts__sha256")
    )
    versions: list[tuple[Any, ...]] = []
    for row in rows:
        if not versions or versions[-1][-1] != row[-1]:
            versions.append(row)
    found: list[Released] = []
    last: object = None
    for pk, number, document, day, _sha256 in versions[-_VERSIONS_MAX:]:
        text = packs.releases().get(pk=pk).texts.values_list("text", flat=True).get(path=pack.place.file)
        now = _parameter(text, parameter)
        if now is not None and now != last:
            found.append(Released(number, document, day, last is None))
        last = now
    return tuple(reversed(found))


def _parameter(text: str, name: str) -> object:
    """Return what a pack's text says of a parameter; a text that we released can be read."""
    document = yaml.load(text, yaml.CSafeLoader)
    return (document.get("parameters") or {}).get(name) if isinstance(document, dict) else None
