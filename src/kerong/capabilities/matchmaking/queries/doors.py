"""The three doors of a firm, 股权 债权 上市: what stands open, and the one thing that would open the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kerong.capabilities.matchmaking.queries.outcomes import Outcome, outcomes
from kerong.engines.rules.published import published_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kerong.engines.rules.evaluation import AmountWorkedOut
    from kerong.engines.rules.model import ClassOption, ShelfProduct
    from kerong.records.packs.queries import CurrentLaw

DoorName = Literal["equity", "debt", "listing", "title"]
DOORS: tuple[DoorName, ...] = ("equity", "debt", "listing")
"""In the order of the plan: equity leads, debt is enhanced, capital markets are cultivated."""

STAGE_FACT = "lifecycle_stage"
OFFERS_SHOWN = 3
_NOT_DECIDABLE = 7


@dataclass(frozen=True)
class Opening:
    """One rule that is met: its first sum of money, which may be 未公布, and who on the shelf offers it."""

    outcome: Outcome
    amount: AmountWorkedOut | None
    offers: tuple[ShelfProduct, ...]
    more_offers: int


@dataclass(frozen=True)
class Door:
    """One door: what is open, the rule that is nearest to opening, and the others, nearest first.

    ``undecidable`` are the rules that nobody can decide because a condition was never published.
    """

    name: DoorName
    open: tuple[Opening, ...]
    next: Outcome | None
    further: tuple[Outcome, ...]
    undecidable: tuple[Outcome, ...]


@dataclass(frozen=True)
class Doors:
    """The three doors of a firm at its stage; ``stage`` is None while it cannot be told.

    ``titles`` are the recognitions that give no money themselves and open doors later.
    """

    stage: ClassOption | None
    doors: tuple[Door, ...]
    titles: Door


def doors(
    law: CurrentLaw, facts: Mapping[str, int | str | None], found: list[Outcome] | None = None
) -> Doors:
    """Sort every rule that opens money or a board into its door, nearest first.

    ``found`` are the outcomes of these facts where they are already worked out.
    """
    found = outcomes(law, facts) if found is None else found
    behind = {name: [o for o in found if o.pack.door == name] for name in DOORS}
    titles = [o for o in found if not o.pack.door and o.pack.kind == "recognition"]
    return Doors(
        stage(law, facts),
        tuple(_door(law, name, here) for name, here in behind.items()),
        _door(law, "title", titles),
    )


def stage(law: CurrentLaw, facts: Mapping[str, int | str | None]) -> ClassOption | None:
    """Return the firm's stage of life as the rule that publishes it says; None while it is open."""
    return published_option(law.library, law.on, STAGE_FACT, facts)


def distance(outcome: Outcome) -> tuple[int, int]:
    """Say how far a rule is from being met: first what one act would open, last what nobody can decide."""
    way, documents = outcome.way, len(outcome.documents) + outcome.more_documents
    if way and way.leads_to == "met":
        return (1, way.effort) if len(way.moves) == 1 else (3, way.effort)
    if outcome.group == "one_document_away" and documents:
        return (2, documents)
    if outcome.evaluation.verdict == "unknown":
        return (4, documents) if documents and not is_undecidable(outcome) else (_NOT_DECIDABLE, 0)
    return (5, way.effort) if way else (6, len(outcome.reasons) + outcome.more_reasons)


def is_undecidable(outcome: Outcome) -> bool:
    """Tell whether a condition without a published value keeps the rule from ever being met."""
    return outcome.evaluation.verdict == "unknown" and any(
        clause.truth == "unknown" and clause.unpublished for clause in outcome.evaluation.clauses
    )


def _door(law: CurrentLaw, name: DoorName, here: list[Outcome]) -> Door:
    ahead = sorted((o for o in here if o.group != "met"), key=lambda o: (*distance(o), o.pack.key))
    undecidable = [o for o in ahead if distance(o)[0] == _NOT_DECIDABLE]
    nearer = [o for o in ahead if distance(o)[0] != _NOT_DECIDABLE]
    opened = [_opening(law, outcome) for outcome in here if outcome.group == "met"]
    opened.sort(key=lambda opening: -((opening.amount.value if opening.amount else 0) or 0))
    return Door(name, tuple(opened), nearer[0] if nearer else None, tuple(nearer[1:]), tuple(undecidable))


def _opening(law: CurrentLaw, outcome: Outcome) -> Opening:
    sums = [a for a in outcome.evaluation.amounts if outcome.pack.amounts[a.name].unit.type == "money"]
    offers = [
        product
        for institution in law.library.shelf.values()
        for product in institution.products
        if product.rule == outcome.pack.key
    ]
    return Opening(
        outcome,
        next(iter(sums), None),
        tuple(offers[:OFFERS_SHOWN]),
        max(0, len(offers) - OFFERS_SHOWN),
    )
