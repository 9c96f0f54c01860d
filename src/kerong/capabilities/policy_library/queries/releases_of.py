"""Which releases of this installation changed a parameter, and by which document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import yaml
from django.utils.translation import gettext as _

from kerong.capabilities.policy_library.queries.expressions import language
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from kerong.engines.rules.model import Pack
    from kerong.records.packs.queries.overwritten import Cells

_VERSIONS_MAX = 20


@dataclass(frozen=True)
class Rewritten:
    """A value or a row of a table that a release changed or took away under the day it had."""

    start: date | None
    seen_since: date | None
    row: str
    old: str
    new: str
    is_gone: bool


@dataclass(frozen=True)
class Released:
    """A release that brought a parameter in or changed it; ``rewritten`` is what it changed in place."""

    number: int
    document_number: str
    in_force_from: date | None
    is_first: bool
    rewritten: tuple[Rewritten, ...] = ()

    @property
    def overwrites(self) -> bool:
        """Tell whether another number stands under the same day, and not only one less."""
        return any(not one.is_gone for one in self.rewritten)


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
    text_before = ""
    for pk, number, document, day, _sha256 in versions[-_VERSIONS_MAX:]:
        text = packs.releases().get(pk=pk).texts.values_list("text", flat=True).get(path=pack.place.file)
        now = _parameter(text, parameter)
        if now is not None and now != last:
            rewritten = _rewritten(text_before, text, parameter) if last is not None else ()
            found.append(Released(number, document, day, last is None, rewritten))
        last, text_before = now, text
    return tuple(reversed(found))


def _rewritten(before: str, after: str, parameter: str) -> tuple[Rewritten, ...]:
    return tuple(
        Rewritten(
            date.fromisoformat(changed.start) if changed.start else None,
            date.fromisoformat(changed.seen_since) if changed.seen_since else None,
            changed.row,
            _words(changed.old),
            _words(changed.new),
            changed.new is None,
        )
        for changed in packs.overwritten(before, after, parameter)
    )


def _words(cells: Cells | None) -> str:
    if cells is None:
        return _("无")
    return " / ".join(words or _("未公布") for words in cells.words(language()))


def _parameter(text: str, name: str) -> object:
    """Return what a pack's text says of a parameter; a text that we released can be read."""
    document = yaml.load(text, yaml.CSafeLoader)
    return (document.get("parameters") or {}).get(name) if isinstance(document, dict) else None
