"""What a search may find: every rule, number, clause, document, product and fact, folded once for a law."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from django.utils.translation import gettext_lazy as _

from kerong.capabilities.policy_library.queries.expressions import filled, label_of
from kerong.capabilities.policy_library.queries.list_of_rules import KINDS, document_number
from kerong.capabilities.policy_library.queries.search_quantities import quantities_in, without_separators
from kerong.capabilities.policy_library.queries.search_words import folded
from kerong.capabilities.policy_library.queries.values_in_words import value_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal

    from django.utils.functional import Promise

    from kerong.engines.rules.model import Fact, Institution, Library, Pack, ShelfProduct, Source

Group: TypeAlias = Literal["rules", "numbers", "clauses", "documents", "products", "facts"]
Fields: TypeAlias = tuple[str, str, str, str]
GROUPS: dict[Group, Promise] = {
    "rules": _("规则"),
    "numbers": _("数值"),
    "clauses": _("条件"),
    "documents": _("依据文件和条款"),
    "products": _("参考货架"),
    "facts": _("事实和用语"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found.

    ``fields`` are its title, number, text and summary as people read them, ``folded`` the same for the search.
    ``within`` names the rule, document or bank it belongs to; ``everything`` holds all that a word may match, and
    ``quantities`` the numbers in it.
    ``page``, ``arguments``, ``query`` and ``fragment`` say where it stands; a fact leads to the rules that use it.
    """

    group: Group
    page: str
    arguments: tuple[str, ...]
    fragment: str
    query: str
    within: str
    fields: Fields
    folded: Fields
    everything: str
    quantities: frozenset[tuple[str, Decimal | str]]


def entries_of(library: Library, on: date) -> tuple[Entry, ...]:
    """Return everything of a library that can be found, in the reader's language and in Chinese."""
    return tuple(_entries(library, on))


def _entries(library: Library, on: date) -> Iterator[Entry]:
    for pack in library.packs.values():
        yield from _of_pack(library, pack, on)
    for source in library.sources.values():
        fields = (source.title, source.number, "", source.issuer)
        also = _numbers_by_issuer(source)
        yield _entry("documents", ("source", (source.key,), ""), fields, also=also)
        for anchor in source.anchors.values():
            place = ("source", (source.key,), f"anchor-{anchor.key}")
            name = source.number or source.title
            yield _entry("documents", place, (anchor.label, "", "", anchor.summary), within=name)
    for institution in library.shelf.values():
        for product in institution.products:
            yield _of_product(institution, product)
    for fact in library.facts.values():
        yield _of_fact(library, fact)


def _numbers_by_issuer(source: Source) -> str:
    """Return the number as people write it after any one of several issuers: 财政部公告2023年第17号."""
    own = re.sub(r"^.*?(?=公告|通告|令)", "", source.number)
    return "\n".join(f"{issuer}{own}" for issuer in re.split(r"[、，,；;·\s]+", source.issuer))


def _of_pack(library: Library, pack: Pack, on: date) -> Iterator[Entry]:
    own = label_of(pack)
    names = f"{pack.label}\n{own}"
    fields = (own, document_number(library, pack), "", pack.summary)
    also = f"{pack.label}\n{pack.label_en}\n{pack.key}\n{pack.facets.get('region', '')}\n{KINDS[pack.kind]}"
    yield _entry("rules", ("rule", (pack.key,), ""), fields, also=also)
    for parameter in pack.parameters.values():
        words = value_words(library, pack, parameter, parameter.in_force(on))
        place = ("value", (pack.key, parameter.name), "")
        name = f"{parameter.name}\n{parameter.name.replace('_', ' ')}"
        also = f"{names}\n{pack.label_en}\n{parameter.label}\n{parameter.label_en}\n{name}"
        yield _entry("numbers", place, (label_of(parameter), "", words, ""), within=own, also=also)
    for clause in pack.clauses:
        if clause.in_force(on):
            text = filled(pack, label_of(clause), on)
            place = ("rule", (pack.key,), f"clause-{clause.id}")
            also = f"{names}\n{pack.label_en}\n{clause.label}\n{clause.label_en}\n{clause.measure}"
            yield _entry("clauses", place, ("", "", text, ""), within=own, also=also)


def _of_product(bank: Institution, product: ShelfProduct) -> Entry:
    place = ("shelf_product", (bank.key, product.id), "")
    also = f"{product.label}\n{product.label_en}\n{bank.label}\n{bank.label_en}"
    return _entry(
        "products", place, (label_of(product), "", "", product.summary), within=label_of(bank), also=also
    )


def _of_fact(library: Library, fact: Fact) -> Entry:
    holder = library.holders.get(fact.holder)
    codes = "、".join(fact.codes.values())
    fields = (label_of(fact), "", codes, fact.document)
    within = label_of(holder) if holder else ""
    also = f"{fact.label}\n{fact.label_en}\n{fact.name}"
    return _entry("facts", ("rules", (), ""), fields, within=within, also=also, query=f"fact={fact.name}")


def _entry(  # noqa: PLR0913 - what an entry is made of
    group: Group,
    place: tuple[str, tuple[str, ...], str],
    fields: Fields,
    *,
    within: str = "",
    also: str = "",
    query: str = "",
) -> Entry:
    one, two, three, four = (without_separators(folded(field)) for field in fields)
    own = (one, two, three, four)
    everything = "\n".join((*own, folded(within), without_separators(folded(also))))
    quantities = frozenset(key for quantity in quantities_in(everything) for key in quantity.keys)
    return Entry(group, *place, query, within, fields, own, everything, quantities)
