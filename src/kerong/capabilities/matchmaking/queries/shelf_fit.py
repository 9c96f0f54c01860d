"""Whether the rule behind a product lets a firm in, with the one sentence that says why or what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kerong.engines.rules.explain import explain
from kerong.engines.rules.moves import ways

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kerong.capabilities.matchmaking.queries.shelf import ShelfLine
    from kerong.engines.rules.evaluation import Evaluation
    from kerong.engines.rules.model import Pack
    from kerong.records.packs.queries import CurrentLaw

Truth = Literal["met", "not_met", "unknown", "near_miss", "one_document_away"]


@dataclass(frozen=True)
class Fit:
    """The verdict of a product's rule for one firm; the sentence is empty where nothing is to be said."""

    pack: Pack
    truth: Truth
    sentence: str
    sentence_en: str


def fits(
    law: CurrentLaw, lines: Iterable[ShelfLine], facts: Mapping[str, int | str | None]
) -> dict[str, Fit]:
    """Return the verdict of every rule that some of the products name, by the rule's key."""
    in_force = {rule.key for rule in law.catalogue.rules}
    return {
        key: fit(law, key, facts) for key in dict.fromkeys(line.rule for line in lines) if key in in_force
    }


def fit(law: CurrentLaw, key: str, facts: Mapping[str, int | str | None]) -> Fit:
    """Hold the firm against one rule in force."""
    pack = law.catalogue.rule(key).pack
    found = explain(law.catalogue, key, facts)
    truth = found.verdict if found.nearness == "none" else found.nearness
    return Fit(pack, truth, *_sentence(law, pack, found, facts))


def _sentence(
    law: CurrentLaw, pack: Pack, found: Evaluation, facts: Mapping[str, int | str | None]
) -> tuple[str, str]:
    if found.verdict == "met":
        return "", ""
    if found.verdict == "not_met":
        way = next(iter(ways(law.catalogue, pack.key, facts, limit=1)), None)
        said = way or next(clause for clause in found.clauses if clause.truth == "not_met")
        return said.sentence, said.sentence_en
    missing = next(iter(found.missing), None)
    if missing is not None:
        document, document_en = missing.document or missing.label, missing.document_en or missing.label_en
        return f"缺 {document}", f"Missing: {document_en}"
    said = next(clause for clause in found.clauses if clause.truth == "unknown")
    return said.sentence, said.sentence_en
