"""Whether the rule behind a product lets a firm in, with the one sentence that says why or what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kerong.engines.rules.explain import explain
from kerong.engines.rules.moves import ways

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from kerong.capabilities.matchmaking.queries.shelf_lines import ShelfLine
    from kerong.engines.rules.evaluation import Evaluation
    from kerong.engines.rules.model import Pack
    from kerong.records.packs.queries import CurrentLaw

REQUESTED_AMOUNT = "requested_amount_fen"
_ANSWERS: dict[Hashable, Fit] = {}
_ANSWERS_MAX = 2_000
Truth = Literal["met", "not_met", "unknown", "near_miss", "one_document_away"]


@dataclass(frozen=True)
class Fit:
    """The verdict of a product's rule for one firm; the sentence is empty where nothing is to be said."""

    pack: Pack
    truth: Truth
    sentence: str
    sentence_en: str


def facts_asking(
    facts: Mapping[str, int | str | None], amount_fen: int | None
) -> Mapping[str, int | str | None]:
    """Return a firm's facts with the amount that is looked for in place of the one it stored, where there is one."""
    return facts if amount_fen is None else {**facts, REQUESTED_AMOUNT: amount_fen}


def fits(
    law: CurrentLaw, lines: Iterable[ShelfLine], facts: Mapping[str, int | str | None]
) -> dict[str, Fit]:
    """Return the verdict of every rule that some of the products name, by the rule's key.

    Each rule is asked once. To ask a dozen takes a tenth of a second, and whoever turns the pages of the
    shelf asks the same ones for the same firm: the latest answers are kept.
    """
    in_force = {rule.key for rule in law.catalogue.rules}
    firm = (law.sha256, law.on, frozenset(facts.items()))
    found: dict[str, Fit] = {}
    for key in dict.fromkeys(line.rule for line in lines):
        if key not in in_force:
            continue
        answer = _ANSWERS.get((firm, key))
        if answer is None:
            answer = fit(law, key, facts)
            if len(_ANSWERS) >= _ANSWERS_MAX:
                _ANSWERS.clear()
            _ANSWERS[firm, key] = answer
        found[key] = answer
    return found


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
