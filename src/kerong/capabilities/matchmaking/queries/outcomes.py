"""What a firm's pages read: the outcome of every rule, facts by holder, one rule with every reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kerong.capabilities.matchmaking.queries.obstacles import (
    documents_needed,
    is_for_others_to_decide,
    is_within_reach,
    other_stages,
    unpublished,
)
from kerong.engines.rules.explain import explain
from kerong.engines.rules.facts_known import completed
from kerong.engines.rules.moves import ways
from kerong.engines.rules.published import published_option
from kerong.engines.rules.wording import fact_words
from kerong.records.facts.queries import demo_firm, demo_firms, firm_history

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kerong.capabilities.matchmaking.queries.obstacles import Named, Needed
    from kerong.engines.rules.evaluation import ClauseExplanation, Evaluation, MissingFact, ParameterRead, Way
    from kerong.engines.rules.model import ClassOption, Fact, Holder, Library, Pack
    from kerong.records.packs.queries import CurrentLaw

Group = Literal["met", "near_miss", "one_document_away", "not_met", "unknown"]
GROUPS: tuple[Group, ...] = ("met", "near_miss", "one_document_away", "unknown", "not_met")
"""The order on the page: what the firm has, what is nearest, what is open, what is not for it."""

STAGE_FACT = "lifecycle_stage"
REASONS_SHOWN = 2
DOCUMENTS_SHOWN = 3
WAYS_SHOWN = 3
_WORST_FIRST = ("not_met", "unknown", "met")
_EASY = 3
_FIRST_FIELDS = 6

__all__ = [
    "GROUPS",
    "demo_firm",
    "demo_firms",
    "evaluated",
    "facts_by_holder",
    "firm_history",
    "first_to_change",
    "in_groups",
    "outcomes",
    "stage",
    "tally",
    "turned",
]


@dataclass(frozen=True)
class Outcome:
    """One rule for one firm, as a line of the firm's page.

    ``unpublished`` names what keeps it from ever being decided; ``is_theirs`` says that only a decision of the
    other side is missing; ``is_within_reach`` that the way changes no fact beyond our bound; ``other_stages``
    names the stages it is published for where the firm's is none of them.
    """

    pack: Pack
    evaluation: Evaluation
    group: Group
    reasons: tuple[ClauseExplanation, ...]
    more_reasons: int
    documents: tuple[MissingFact, ...]
    more_documents: int
    needed: Needed
    way: Way | None
    unpublished: tuple[Named, ...]
    is_theirs: bool
    is_within_reach: bool
    other_stages: tuple[Named, ...]

    @property
    def documents_count(self) -> int:
        """How many documents are missing."""
        return len(self.documents) + self.more_documents


@dataclass(frozen=True)
class GroupOfOutcomes:
    """The rules with the same answer; the count is the length of the list, so it cannot be wrong."""

    name: Group
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class Turned:
    """The rules that a change makes met, and those that it ends."""

    opened: tuple[Outcome, ...]
    closed: tuple[Outcome, ...]
    met_before: int
    met_after: int


@dataclass(frozen=True)
class FactShown:
    """One fact of the firm in words."""

    fact: Fact
    known: bool
    text: str
    text_en: str
    value: int | str | None


@dataclass(frozen=True)
class FactsOfHolder:
    """The facts that one office or platform holds."""

    holder: Holder
    facts: tuple[FactShown, ...]


@dataclass(frozen=True)
class ParameterUsed:
    """A value of the law that was read; ``depends`` where the row of a table could not be chosen yet."""

    read: ParameterRead
    depends: bool


@dataclass(frozen=True)
class Evaluated:
    """One rule with every reason, for the page and the printer."""

    pack: Pack
    evaluation: Evaluation
    clauses: tuple[ClauseExplanation, ...]
    parameters: tuple[ParameterUsed, ...]
    cites: tuple[str, ...]
    unmet_count: int
    unknown_count: int
    met_count: int


def outcomes(law: CurrentLaw, facts: Mapping[str, int | str | None]) -> list[Outcome]:
    """Hold every rule in force against the firm."""
    here = stage(law, facts)
    return [_outcome(law, rule.pack, facts, here) for rule in law.catalogue.rules]


def stage(law: CurrentLaw, facts: Mapping[str, int | str | None]) -> ClassOption | None:
    """Return the firm's stage of life as the rule that publishes it says; None while it is open."""
    return published_option(law.library, law.on, STAGE_FACT, facts)


def turned(before: list[Outcome], after: list[Outcome]) -> Turned:
    """Compare what is met before and after a change of facts."""
    met = {o.pack.key for o in before if o.group == "met"}
    met_now = {o.pack.key for o in after if o.group == "met"}
    return Turned(
        opened=tuple(o for o in after if o.pack.key in met_now - met),
        closed=tuple(o for o in after if o.pack.key in met - met_now),
        met_before=len(met),
        met_after=len(met_now),
    )


def tally(law: CurrentLaw, facts: Mapping[str, int | str | None]) -> list[tuple[Group, int]]:
    """Count the rules of each group, without the reasons and ways that only a firm's own page shows."""
    groups = [_group(explain(law.catalogue, rule.key, facts)) for rule in law.catalogue.rules]
    return [(name, groups.count(name)) for name in GROUPS]


def in_groups(found: list[Outcome]) -> list[GroupOfOutcomes]:
    """Sort outcomes into the page's groups, empty ones included."""
    return [GroupOfOutcomes(name, tuple(o for o in found if o.group == name)) for name in GROUPS]


def evaluated(law: CurrentLaw, key: str, facts: Mapping[str, int | str | None]) -> Evaluated:
    """Hold one rule against the firm, with the ways to meet it. Raises KeyError for a rule not in force."""
    pack = law.catalogue.rule(key).pack
    found = explain(law.catalogue, key, facts, ways(law.catalogue, key, facts, limit=WAYS_SHOWN))
    truths = [clause.truth for clause in found.clauses]
    return Evaluated(
        pack=pack,
        evaluation=found,
        clauses=tuple(sorted(found.clauses, key=lambda clause: _WORST_FIRST.index(clause.truth))),
        cites=tuple(
            dict.fromkeys(part.mark.cites for part in (*found.clauses, *found.amounts, *found.parameters))
        ),
        parameters=tuple(ParameterUsed(read, _depends(pack, read, found)) for read in found.parameters),
        unmet_count=truths.count("not_met"),
        unknown_count=truths.count("unknown"),
        met_count=truths.count("met"),
    )


def facts_by_holder(
    law: CurrentLaw, found: list[Outcome], facts: Mapping[str, int | str | None]
) -> list[FactsOfHolder]:
    """Return the facts that rules asked of this firm, known or missing, under those who hold them."""
    library = law.library
    known = completed(library, law.on, facts)
    asked = {used.name for outcome in found for used in outcome.evaluation.facts}
    asked |= {missing.name for outcome in found for missing in outcome.evaluation.missing}
    asked |= {name for name in facts if name in library.facts}
    by_holder: dict[str, list[FactShown]] = {}
    for name, fact in library.facts.items():
        if name in asked and not fact.derived and not fact.published_by:
            by_holder.setdefault(fact.holder, []).append(_fact_shown(fact, known.get(name)))
    return [FactsOfHolder(library.holders[key], tuple(items)) for key, items in by_holder.items()]


def first_to_change(found: list[Outcome], library: Library) -> list[str]:
    """Return the facts closest to changing an answer: what proved ways move, then what is easy to change."""
    names: dict[str, None] = {}
    for outcome in sorted(found, key=lambda outcome: outcome.group != "near_miss"):
        if outcome.way:
            names.update(dict.fromkeys(move.fact for move in outcome.way.moves))
    used = [fact.name for outcome in found for fact in outcome.evaluation.facts]
    easy = [name for name in used if library.facts[name].act != "no" and library.facts[name].effort <= _EASY]
    names.update(dict.fromkeys(sorted(easy, key=lambda name: library.facts[name].type == "flag")))
    return list(names)[:_FIRST_FIELDS]


def _outcome(
    law: CurrentLaw, pack: Pack, facts: Mapping[str, int | str | None], here: ClassOption | None
) -> Outcome:
    found = explain(law.catalogue, pack.key, facts)
    wanted = "not_met" if found.verdict == "not_met" else "unknown"
    reasons = [clause for clause in found.clauses if clause.truth == wanted]
    documents = _each_document_once(found.missing)
    way = None
    if found.verdict == "not_met":
        way = next(iter(ways(law.catalogue, pack.key, facts, limit=1)), None)
    not_published = unpublished(pack, found)
    return Outcome(
        pack,
        found,
        _group(found),
        reasons=tuple(reasons[:REASONS_SHOWN]),
        more_reasons=max(0, len(reasons) - REASONS_SHOWN),
        documents=tuple(documents[:DOCUMENTS_SHOWN]),
        more_documents=max(0, len(documents) - DOCUMENTS_SHOWN),
        needed=documents_needed(pack, found),
        way=way,
        unpublished=not_published,
        is_theirs=not not_published and is_for_others_to_decide(law.library, found),
        is_within_reach=way is not None and is_within_reach(law.library, way),
        other_stages=other_stages(law.library, pack, here, STAGE_FACT),
    )


def _group(found: Evaluation) -> Group:
    return found.verdict if found.nearness == "none" else found.nearness


def _each_document_once(missing: tuple[MissingFact, ...]) -> list[MissingFact]:
    seen: dict[tuple[str, str], MissingFact] = {}
    for fact in missing:
        seen.setdefault((fact.document, fact.holder), fact)
    return list(seen.values())


def _fact_shown(fact: Fact, value: int | str | None) -> FactShown:
    if value is None:
        return FactShown(fact, known=False, text="", text_en="", value=None)
    words = fact_words(fact, value)
    return FactShown(fact, known=True, text=words.zh, text_en=words.en, value=value)


def _depends(pack: Pack, read: ParameterRead, found: Evaluation) -> bool:
    parameter = pack.parameters[read.name.partition(".")[0]]
    dated = parameter.in_force(found.on)
    if not parameter.by or dated is None or read.mark.verified == "not_found":
        return False
    return read.value == "未公布" and all(
        (row.mark or dated.mark).verified != "not_found" for row in dated.rows
    )
