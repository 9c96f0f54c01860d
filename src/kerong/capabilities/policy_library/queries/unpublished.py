"""Every number of the law that is not published: which, where it should stand, where it was looked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerong.capabilities.policy_library.queries.expressions import label_of
from kerong.capabilities.policy_library.queries.values_in_words import band_words, row_key
from kerong.engines.rules.unpublished import unpublished_points, unpublished_values

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from kerong.engines.rules.model import (
        DatedBands,
        DatedValue,
        Library,
        Mark,
        Pack,
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
    for value in unpublished_values(pack, on):
        row = row_key(library, pack, value.parameter, value.row) if value.row is not None else ""
        yield Gap(pack, value.parameter.name, label_of(value.parameter), row, value.dated, value.mark)
    for found in unpublished_points(pack, on):
        label = f"{label_of(found.card)} · {label_of(found.indicator)}"
        words = band_words(library, pack, found.indicator, found.band, on)
        yield Gap(pack, "", label, words, found.dated, found.dated.mark)


def products_without_cap(library: Library) -> tuple[ShelfProduct, ...]:
    """Return the products of the reference shelf whose largest amount is not published."""
    return tuple(
        product
        for institution in library.shelf.values()
        for product in institution.products
        if product.amount_max_fen is None
    )
