"""Facts arranged for a page: by who holds them, sensitive ones masked until somebody asks to see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerong.records.evidence.actions import record
from kerong.records.facts.queries import is_sensitive
from kerong.records.packs.queries import current

if TYPE_CHECKING:
    from kerong.engines.rules.model import Holder
    from kerong.records.facts.queries import FactsView, KnownFact

INVENTED = "X"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file."""

    known: KnownFact
    is_masked: bool


def rows_by_holder(view: FactsView, *, unmasked: bool = False) -> list[tuple[Holder, list[Row]]]:
    """Return the facts of a view in the order of the dictionary, together by holder."""
    law = current().library
    rows: dict[str, list[Row]] = {}
    for name, fact in law.facts.items():
        if name in view.facts:
            masked = not unmasked and is_sensitive(fact, law.facts)
            rows.setdefault(fact.holder, []).append(Row(view.facts[name], masked))
    return [(law.holders[holder], found) for holder, found in rows.items()]


def exported(view: FactsView) -> dict[str, Any]:
    """Return what an export of a view says; sensitive values stay masked."""
    law = current().library.facts
    facts = []
    for known in view:
        plain = known.as_plain()
        if is_sensitive(known.fact, law):
            plain |= {"value": None, "is_masked": True}
        facts.append(plain)
    return {
        "subject": view.subject,
        "purpose": view.purpose,
        "at": view.at.isoformat(),
        "lookup": view.lookup,
        "facts": facts,
        "withheld": list(view.withheld),
    }


def note_unmasked(view: FactsView) -> None:
    """Record that somebody asked to see what is masked."""
    law = current().library.facts
    names = [known.name for known in view if is_sensitive(known.fact, law)]
    content = {"lookup": view.lookup, "names": names}
    record(
        stream="facts",
        kind="facts_unmasked",
        subject=view.subject,
        content=content,
        detail={"facts": len(names)},
    )
