"""Every number of the law that is not published: which, where it should stand, where it was looked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerong.capabilities.policy_library.queries.expressions import label_of
from kerong.capabilities.policy_library.queries.values_in_words import band_words, row_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from kerong.engines.rules.model import (
        DatedBands,
        DatedValue,
        Indicator,
        Library,
        Mark,
        Pack,
        Scorecard,
        ShelfProduct,
    )


@dataclass(frozen=True)
class Gap:
    """One number in force that is not published. ``row`` names the line of a table or the band of a scorecard."""

    pack: Pack
    parameter: str
    label: str
    row: str
    dated: DatedValue | DatedBands
    mark: Mark

    @property
    def source_key(self) -> str:
        """The document in which the number should stand."""
        return self.mark.cites.partition("#")[0]


@dataclass(frozen=True)
class GapsOfPack:
    """The gaps of one pack."""

    pack: Pack
    gaps: tuple[Gap, ...]


def unpublished(library: Library, on: date) -> tuple[GapsOfPack, ...]:
    """Return the gaps of every pack that has some, ours before those of other regions."""
    packs = sorted(library.packs.values(), key=lambda pack: pack.key.startswith("regions."))
    found = (GapsOfPack(pack, tuple(gaps_of(library, pack, on))) for pack in packs)
    return tuple(group for group in found if group.gaps)


def unpublished_count(library: Library, pack: Pack, on: date) -> int:
    """Count the numbers of a pack in force that are not published: values, rows of tables, bands of points."""
    return sum(1 for _ in gaps_of(library, pack, on))


def gaps_of(library: Library, pack: Pack, on: date) -> Iterator[Gap]:
    """Return the numbers of a pack that are in force and not published."""
    for parameter in pack.parameters.values():
        dated = parameter.in_force(on)
        if dated is None:
            continue
        label = label_of(parameter)
        if not dated.rows:
            if dated.mark.verified == "not_found":
                yield Gap(pack, parameter.name, label, "", dated, dated.mark)
            continue
        for row in dated.rows:
            mark = row.mark or dated.mark
            if mark.verified == "not_found":
                yield Gap(pack, parameter.name, label, row_key(library, pack, parameter, row), dated, mark)
    for card in pack.points.values():
        for indicator in card.indicators:
            yield from _bands(library, pack, card, indicator, on)


def products_without_cap(library: Library) -> tuple[ShelfProduct, ...]:
    """Return the products of the reference shelf whose largest amount is not published."""
    return tuple(
        product
        for institution in library.shelf.values()
        for product in institution.products
        if product.amount_max_fen is None
    )


def _bands(library: Library, pack: Pack, card: Scorecard, indicator: Indicator, on: date) -> Iterator[Gap]:
    dated = indicator.in_force(on)
    for band in dated.bands if dated else ():
        if dated is not None and band.points is None:
            words = band_words(library, pack, indicator, band, on)
            yield Gap(pack, "", f"{label_of(card)} · {label_of(indicator)}", words, dated, dated.mark)
    for line in indicator.best_of:
        yield from _bands(library, pack, card, line, on)
