"""The list of rules: what stands on a line, and which lines match a search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import date

    from django.utils.functional import Promise

    from kerong.engines.rules.model import DatedValue, Library, Pack

KINDS: dict[str, Promise] = {
    "product": _("产品"),
    "recognition": _("认定"),
    "classification": _("分类"),
}


@dataclass(frozen=True)
class RuleLine:
    """One rule as the list shows it."""

    pack: Pack
    kind: Promise
    region: str
    document_number: str
    clause_count: int
    unpublished_count: int
    seen_since: date | None


def rules_matching(
    library: Library, on: date, *, text: str = "", kind: str = "", region: str = ""
) -> list[RuleLine]:
    """Return the lines of all packs whose label, summary, key or document number holds the text."""
    wanted = text.strip().casefold()
    order = list(KINDS)
    packs = sorted(library.packs.values(), key=lambda pack: order.index(pack.kind))
    lines = [_line(library, pack, on) for pack in packs]
    return [
        line
        for line in lines
        if kind in ("", line.pack.kind)
        and region in ("", line.region)
        and (not wanted or wanted in _searched(line))
    ]


def regions_of(library: Library) -> list[str]:
    """Return the regions that packs name, in the order of the packs."""
    return list(dict.fromkeys(pack.facets.get("region", "") for pack in library.packs.values()))


def document_number(library: Library, pack: Pack) -> str:
    """Return the number of the governing document, or its title where it has none."""
    source = library.sources.get(pack.document)
    return (source.number or source.title) if source else ""


def unpublished_count(pack: Pack, on: date) -> int:
    """Count the values in force that are not published, rows of tables included."""
    return sum(_unpublished(dated) for p in pack.parameters.values() if (dated := p.in_force(on)) is not None)


def _unpublished(dated: DatedValue) -> int:
    if dated.rows:
        return sum((row.mark or dated.mark).verified == "not_found" for row in dated.rows)
    return int(dated.mark.verified == "not_found")


def _line(library: Library, pack: Pack, on: date) -> RuleLine:
    return RuleLine(
        pack=pack,
        kind=KINDS[pack.kind],
        region=pack.facets.get("region", ""),
        document_number=document_number(library, pack),
        clause_count=sum(clause.in_force(on) for clause in pack.clauses),
        unpublished_count=unpublished_count(pack, on),
        seen_since=min(
            (v.effective for p in pack.parameters.values() if (v := p.in_force(on))), default=None
        ),
    )


def _searched(line: RuleLine) -> str:
    pack = line.pack
    return f"{pack.label}\n{pack.label_en}\n{pack.summary}\n{pack.key}\n{line.document_number}".casefold()
