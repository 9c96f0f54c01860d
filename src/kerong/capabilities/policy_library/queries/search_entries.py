"""What a search may find: every rule, number, clause, document, product and fact, folded once for a law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from django.utils.translation import gettext_lazy as _

from kerong.capabilities.policy_library.queries.expressions import filled, label_of
from kerong.capabilities.policy_library.queries.list_of_rules import KINDS, document_number
from kerong.capabilities.policy_library.queries.search_words import folded
from kerong.capabilities.policy_library.queries.values_in_words import value_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from django.utils.functional import Promise

    from kerong.engines.rules.model import Fact, Library, Pack, ShelfProduct

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
    ``within`` names the rule, document or bank it belongs to; ``everything`` holds all that a word may match.
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


def entries_of(library: Library, on: date) -> tuple[Entry, ...]:
    """Return everything of a library that can be found, in the reader's language and in Chinese."""
    return tuple(_entries(library, on))


def _entries(library: Library, on: date) -> Iterator[Entry]:
    for pack in library.packs.values():
        yield from _of_pack(library, pack, on)
    for source in library.sources.values():
        fields = (source.title, source.number, "", source.issuer)
        yield _entry("documents", ("source", (source.key,), ""), fields)
        for anchor in source.anchors.values():
            place = ("source", (source.key,), f"anchor-{anchor.key}")
            name = source.number or source.title
            yield _entry("documents", place, (anchor.label, "", "", anchor.summary), within=name)
    for institution in library.shelf.values():
        for product in institution.products:
            yield _of_product(label_of(institution), institution.label, institution.key, product)
    for fact in library.facts.values():
        yield _of_fact(library, fact)


def _of_pack(library: Library, pack: Pack, on: date) -> Iterator[Entry]:
    own = label_of(pack)
    names = f"{pack.label}\n{own}"
    fields = (own, document_number(library, pack), "", pack.summary)
    also = f"{pack.label}\n{pack.label_en}\n{pack.key}\n{pack.facets.get('region', '')}\n{KINDS[pack.kind]}"
    yield _entry("rules", ("rule", (pack.key,), ""), fields, also=also)
    for parameter in pack.parameters.values():
        words = value_words(library, pack, parameter, parameter.in_force(on))
        place = ("value", (pack.key, parameter.name), "")
        also = f"{names}\n{parameter.label}"
        yield _entry("numbers", place, (label_of(parameter), "", words, ""), within=own, also=also)
    for clause in pack.clauses:
        if clause.in_force(on):
            text = filled(pack, label_of(clause), on)
            place = ("rule", (pack.key,), f"clause-{clause.id}")
            also = f"{names}\n{clause.label}\n{clause.measure}"
            yield _entry("clauses", place, ("", "", text, ""), within=own, also=also)


def _of_product(bank: str, bank_in_chinese: str, key: str, product: ShelfProduct) -> Entry:
    place = ("shelf_product", (key, product.id), "")
    also = f"{product.label}\n{bank_in_chinese}"
    return _entry("products", place, (label_of(product), "", "", product.summary), within=bank, also=also)


def _of_fact(library: Library, fact: Fact) -> Entry:
    holder = library.holders.get(fact.holder)
    codes = "、".join(fact.codes.values())
    fields = (label_of(fact), "", codes, fact.document)
    within = label_of(holder) if holder else ""
    also = f"{fact.label}\n{fact.name}"
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
    one, two, three, four = map(folded, fields)
    own = (one, two, three, four)
    everything = "\n".join((*own, folded(within), folded(also)))
    return Entry(group, *place, query, within, fields, own, everything)
