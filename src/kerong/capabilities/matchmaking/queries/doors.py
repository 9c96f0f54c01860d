"""The three doors of a firm, 股权 债权 上市: what stands open, and the one thing that would open the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kerong.capabilities.matchmaking.queries.outcomes import Outcome, outcomes, stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kerong.engines.rules.evaluation import AmountWorkedOut
    from kerong.engines.rules.model import ClassOption, ShelfProduct
    from kerong.records.packs.queries import CurrentLaw

DoorName = Literal["equity", "debt", "listing", "title"]
DOORS: tuple[DoorName, ...] = ("equity", "debt", "listing")
"""In the order of the plan: equity leads, debt is enhanced, capital markets are cultivated."""

OFFERS_SHOWN = 3
_FAR = 7
_NOT_DECIDABLE = 10


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

    ``next`` is None where nothing is near. ``undecidable`` are the rules that nobody can decide because a
    number was not published, or was not read by us.
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


def distance(outcome: Outcome) -> tuple[int, int]:
    """Say how far a rule is from being met: first what one act would open, last what nobody can decide.

    Between them: one document; a decision of the other side, for which the firm can only apply; several acts;
    documents; acts after which documents are still missing. Far (``_FAR`` and beyond) is what takes a change
    above our bound, what no act of the firm reaches, and what is published for another stage of life.
    """
    if outcome.unpublished or outcome.other_stages:
        return (_NOT_DECIDABLE if outcome.unpublished else _FAR + 2, 0)
    if outcome.evaluation.verdict == "unknown":
        rank = 3 if outcome.is_theirs else 2 if outcome.group == "one_document_away" else 5
        return (rank, outcome.documents_count)
    if outcome.way is None:
        return (_FAR + 1, len(outcome.reasons) + outcome.more_reasons)
    one_act = len(outcome.way.moves) == 1
    rank = (
        _FAR if not outcome.is_within_reach else 6 if outcome.way.leads_to != "met" else 1 if one_act else 4
    )
    return (rank, outcome.way.effort)


def _door(law: CurrentLaw, name: DoorName, here: list[Outcome]) -> Door:
    ahead = sorted((o for o in here if o.group != "met"), key=lambda o: (*distance(o), o.pack.key))
    undecidable = tuple(o for o in ahead if distance(o)[0] == _NOT_DECIDABLE)
    decidable = [o for o in ahead if distance(o)[0] != _NOT_DECIDABLE]
    near = next((o for o in decidable if distance(o)[0] < _FAR), None)
    opened = [_opening(law, outcome) for outcome in here if outcome.group == "met"]
    opened.sort(key=lambda opening: -((opening.amount.value if opening.amount else 0) or 0))
    return Door(name, tuple(opened), near, tuple(o for o in decidable if o is not near), undecidable)


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
