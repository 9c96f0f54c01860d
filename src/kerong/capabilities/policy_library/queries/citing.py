"""Everything in the law that cites a document: values, rows, bands, clauses, classes, amounts, products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kerong.capabilities.policy_library.queries.expressions import (
    clause_words,
    day_quoted,
    filled,
    label_of,
    shown,
)
from kerong.capabilities.policy_library.queries.uses import lapsed_on, time_of_clause, uses_of
from kerong.capabilities.policy_library.queries.values_in_words import (
    row_key,
    time_of,
    value_shown,
    value_words,
)
from kerong.engines.rules.quantities import show_quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from django.utils.functional import Promise

    from kerong.capabilities.policy_library.queries.values_in_words import Time
    from kerong.engines.rules.model import (
        Clause,
        Indicator,
        Library,
        Mark,
        Pack,
        Parameter,
        Scorecard,
        ShelfProduct,
        Source,
    )

Kind = Literal["value", "alternative", "points", "clause", "class", "amount", "product"]
KINDS_OF_CITING: dict[str, Promise] = {
    "value": gettext_lazy("数值"),
    "alternative": gettext_lazy("未采用的说法"),
    "points": gettext_lazy("评分"),
    "clause": gettext_lazy("条件"),
    "class": gettext_lazy("分档"),
    "amount": gettext_lazy("测算的金额"),
    "product": gettext_lazy("参考货架"),
}


@dataclass(frozen=True)
class Citing:
    """One thing that cites a document: of a pack, or a product of the shelf."""

    kind: Kind
    mark: Mark
    label: str
    value: str
    time: Time
    pack: Pack | None = None
    product: ShelfProduct | None = None
    parameter: str = ""
    is_lapsed: bool = False

    @property
    def kind_words(self) -> Promise:
        """What kind of thing it is, in words."""
        return KINDS_OF_CITING[self.kind]


@dataclass(frozen=True)
class SourceLine:
    """One document as the list shows it: how much of the law stands on it, and how sure we are of that."""

    source: Source
    value_count: int
    clause_count: int
    product_count: int
    marks: tuple[str, ...]


def everything_citing(library: Library, on: date) -> dict[str, list[Citing]]:
    """Return what cites each ``source#anchor``, in the order of the packs and of the shelf."""
    found: dict[str, list[Citing]] = {}
    for pack in library.packs.values():
        for citing in _of_pack(library, pack, on):
            found.setdefault(citing.mark.cites, []).append(citing)
    for institution in library.shelf.values():
        for product in institution.products:
            cap = product.amount_max_fen
            words = _("未公布") if cap is None else show_quantity(cap, "money")
            label = f"{institution.label} · {product.label}"
            citing = Citing("product", product.mark, label, _("最高 %s") % words, "present", product=product)
            found.setdefault(product.mark.cites, []).append(citing)
    return found


def source_lines(library: Library, citing: dict[str, list[Citing]]) -> tuple[SourceLine, ...]:
    """Return a line for every document, those that carry most of the law first."""
    by_source: dict[str, list[Citing]] = {}
    for cites, things in citing.items():
        by_source.setdefault(cites.partition("#")[0], []).extend(things)
    lines = [_source_line(source, by_source.get(source.key, [])) for source in library.sources.values()]
    return tuple(sorted(lines, key=lambda line: -(line.value_count + line.clause_count + line.product_count)))


def _source_line(source: Source, things: list[Citing]) -> SourceLine:
    counts = {kind: sum(thing.kind == kind for thing in things) for kind in KINDS_OF_CITING}
    return SourceLine(
        source,
        counts["value"] + counts["alternative"] + counts["points"],
        counts["clause"] + counts["class"] + counts["amount"],
        counts["product"],
        tuple(dict.fromkeys(thing.mark.verified for thing in things)),
    )


def _of_pack(library: Library, pack: Pack, on: date) -> Iterator[Citing]:
    for parameter in pack.parameters.values():
        yield from _of_parameter(library, pack, parameter, on)
    for card in pack.points.values():
        yield from _of_indicators(pack, card, card.indicators, on)
    for clause in pack.clauses:
        yield from _of_clause(pack, clause, on)
    for classification in pack.classes.values():
        for option in classification.options:
            words = f"{label_of(classification)} · {label_of(option)}"
            time = time_of_clause(pack, option, on)
            yield Citing("class", option.mark, words, "", time, pack, is_lapsed=time == "past")
    for amount in pack.amounts.values():
        yield Citing("amount", amount.mark, label_of(amount), "", "present", pack)


def _of_parameter(library: Library, pack: Pack, parameter: Parameter, on: date) -> Iterator[Citing]:
    label = label_of(parameter)
    has_lapsed = lapsed_on(pack, uses_of(library, pack, parameter.name, on), on) is not None
    for dated in parameter.values:
        time = time_of(parameter, dated, on)
        lapsed = has_lapsed and time == "present"
        words = value_words(library, pack, parameter, dated)
        yield Citing(
            "value", dated.mark, label, words, time, pack, parameter=parameter.name, is_lapsed=lapsed
        )
        if any(row.mark for row in dated.rows):
            cells = value_shown(library, pack, parameter, dated, on).rows
            for row, said in zip(dated.rows, cells, strict=True):
                if row.mark and row.mark.cites != dated.mark.cites:
                    about = f"{label} · {row_key(library, pack, parameter, row)}"
                    yield Citing(
                        *("value", row.mark, about, " / ".join(said.cells), time, pack),
                        parameter=parameter.name,
                        is_lapsed=lapsed,
                    )
        for other in dated.alternatives:
            value = shown(other.value, parameter.unit)
            yield Citing("alternative", other.mark, label, value, time, pack, parameter=parameter.name)


def _of_indicators(
    pack: Pack, card: Scorecard, indicators: Iterable[Indicator], on: date
) -> Iterator[Citing]:
    for indicator in indicators:
        for dated in indicator.values:
            time: Time = "present"
            if dated is not indicator.in_force(on):
                time = "future" if dated.effective > on else "past"
            yield Citing("points", dated.mark, f"{label_of(card)} · {label_of(indicator)}", "", time, pack)
        yield from _of_indicators(pack, card, indicator.best_of, on)


def _of_clause(pack: Pack, clause: Clause, on: date) -> Iterator[Citing]:
    time = time_of_clause(pack, clause, on)
    lapsed = time == "past"
    yield Citing("clause", clause.mark, clause_words(pack, clause, on), "", time, pack, is_lapsed=lapsed)
    day = day_quoted(pack, clause, on)
    for branch in clause.any_of:
        for part in branch.parts:
            if part.mark.cites != clause.mark.cites:
                words = filled(pack, label_of(part), day)
                yield Citing("clause", part.mark, words, "", time, pack, is_lapsed=lapsed)
