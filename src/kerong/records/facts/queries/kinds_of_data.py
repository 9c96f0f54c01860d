"""Which kinds of data a fact belongs to, by the words that consents are given in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kerong.engines.rules.model import Fact

PUBLISHED = "published"
"""The basis of what an office has published."""
PUBLIC_LEVEL = "L1"
SEALED_LEVEL = "L4"
_OF_A_PERSON = "legal_representative_"
_OF_INVOICES = "invoice_"


def data_types_of(fact: Fact, facts: Mapping[str, Fact]) -> frozenset[str]:
    """Return the kinds of data that one must be allowed to use for a fact; for a derived one those of its inputs."""
    if fact.derived:
        return frozenset().union(
            *(data_types_of(facts[name], facts) for name in fact.inputs if name in facts)
        )
    if fact.subject == "person" or fact.name.startswith(_OF_A_PERSON):
        return frozenset({"personal"})
    return frozenset({"invoices" if fact.name.startswith(_OF_INVOICES) else fact.holder})


def is_published(fact: Fact, basis: str) -> bool:
    """Tell whether a value may be shown to anybody: an office published it, and its level is the public one."""
    return basis == PUBLISHED and fact.sensitivity == PUBLIC_LEVEL
