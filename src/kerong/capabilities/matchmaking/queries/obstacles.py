"""What stands between a firm and a rule: unpublished numbers, documents, decisions of others, moves too large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kerong.engines.rules.syntax import names_in, parsed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kerong.engines.rules.evaluation import ClauseExplanation, Evaluation, Way
    from kerong.engines.rules.model import ClassOption, Clause, Library, Pack
    from kerong.engines.rules.syntax import Tree

Needed = Literal["any", "all", "at_most"]
"""How many of the documents listed decide a rule: any one, all of them, or at most all of them."""

JUDGES = frozenset({"expert", "fund_manager", "capital_market"})
JUDGED_IN = ("意见", "评审", "评价")


@dataclass(frozen=True)
class Named:
    """A name in both languages; ``label_en`` is empty where there is none."""

    label: str
    label_en: str


def unpublished(pack: Pack, found: Evaluation) -> tuple[Named, ...]:
    """Name the numbers whose absence keeps a rule from ever being met by this firm; usually none.

    A clause of alternatives is held up only when each alternative that is still open is; a condition with an
    "or" in it is not while documents are missing, for they may decide it.
    """
    if found.verdict != "unknown":
        return ()
    every = [
        part for clause in pack.clauses for part in (clause, *(p for b in clause.any_of for p in b.parts))
    ]
    either = {c.id for c in every if c.holds_when and "or" in _operators(parsed(c.holds_when)[0])}
    names = [name for clause in found.clauses if _is_held_up(clause, either) for name in clause.unpublished]
    english = {parameter.label: parameter.label_en for parameter in pack.parameters.values()}
    for card in pack.points.values():
        english |= {line.label: line.label_en for line in card.indicators}
    return tuple(Named(name, english.get(name, "")) for name in dict.fromkeys(names))


def is_for_others_to_decide(library: Library, found: Evaluation) -> bool:
    """Tell whether all that is missing are decisions of the other side, which no document settles beforehand.

    Such a fact is held by experts, a fund manager or the capital market (``JUDGES``), the firm cannot move it
    (``act: "no"``), it is a yes or no or points, and the paper that supplies it is their opinion or review.
    """
    facts = [library.facts[missing.name] for missing in found.missing]
    return (
        found.verdict == "unknown"
        and bool(facts)
        and all(
            fact.holder in JUDGES
            and fact.act == "no"
            and fact.type in {"flag", "points"}
            and any(word in fact.document for word in JUDGED_IN)
            for fact in facts
        )
    )


def is_within_reach(library: Library, way: Way) -> bool:
    """Tell whether no move of a way more than doubles a fact: our bound on what a page may call near.

    Nothing, or less than one of the fact's unit, counts as one of it: none to one patent is within reach.
    """
    for move in way.moves:
        fact = library.facts[move.fact]
        start = max(abs(move.before), fact.unit.factor)
        if fact.type != "flag" and abs(move.after - move.before) > start:
            return False
    return True


def documents_needed(pack: Pack, found: Evaluation) -> Needed:
    """Say how many of the missing documents decide a rule of which one condition is open."""
    unknown = [clause for clause in found.clauses if clause.truth == "unknown"]
    written = {clause.id: clause for clause in pack.clauses}
    if len(unknown) != 1:
        return "at_most"
    clause = written[unknown[0].id]
    ways = [b.parts for b in unknown[0].branches if b.truth == "unknown"]
    if not ways:
        return _needed_by_condition(pack, clause)
    papers = [{(m.document, m.holder) for part in parts for m in part.missing} for parts in ways]
    if len(papers) > 1 and all(len(paper) == 1 for paper in papers):
        return "any"
    return "at_most"


def other_stages(library: Library, pack: Pack, here: ClassOption | None, fact_name: str) -> tuple[Named, ...]:
    """Name the stages of life that a pack is published for, when the firm's own is known and not among them."""
    if not pack.stages or here is None or here.value in pack.stages:
        return ()
    fact = library.facts[fact_name]
    return tuple(Named(fact.codes.get(s, s), fact.codes_en.get(s, "")) for s in pack.stages)


def _is_held_up(clause: ClauseExplanation, either: set[str]) -> bool:
    """Tell whether a clause stays unknown whatever documents come; ``either`` are conditions with an "or"."""
    if clause.truth != "unknown" or not clause.unpublished or (clause.id in either and clause.missing):
        return False
    still_open = [branch for branch in clause.branches if branch.truth == "unknown"]
    return all(any(_is_held_up(part, either) for part in branch.parts) for branch in still_open)


def _needed_by_condition(pack: Pack, clause: Clause) -> Needed:
    tree = parsed(clause.holds_when)[0]
    says_either = "or" in _operators(tree)
    is_worked_out = any(name.partition(".")[0] in {*pack.points, *pack.classes} for name in names_in(tree))
    return "at_most" if says_either or is_worked_out else "all"


def _operators(tree: Tree) -> Iterable[str]:
    """Yield the operators of a condition, outermost first."""
    if tree[0] in {"and", "or"}:
        yield tree[0]
        for part in tree[1]:
            yield from _operators(part)
    elif tree[0] == "not":
        yield tree[0]
        yield from _operators(tree[1])
