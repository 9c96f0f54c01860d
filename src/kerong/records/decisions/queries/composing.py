"""Puts a decision's record together: the evaluation, the facts with their sources, the law, the words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kerong import __version__
from kerong.basics.acting import current_actor
from kerong.engines.rules.explain import explain
from kerong.engines.rules.moves import ways
from kerong.engines.rules.reads import facts_of_clause, facts_of_name, facts_of_rule
from kerong.records.decisions.queries.sealing import close, sensitive
from kerong.records.decisions.queries.words import all_words, both, kind_words
from kerong.records.parties.queries import ROLES, name_of_party

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from kerong.engines.rules.compiler import Catalogue
    from kerong.engines.rules.evaluation import Evaluation
    from kerong.engines.rules.model import Library, Pack
    from kerong.records.facts.queries import FactsView
    from kerong.records.packs.models import Release

FORMAT = "kerong-decision/1"


def evaluated_again(
    catalogue: Catalogue, rule: str, facts: Mapping[str, int | str | None], ways_count: int
) -> dict[str, Any]:
    """Hold a rule against facts, and return the plain evaluation with as many ways as were stored."""
    found = ways(catalogue, rule, facts, limit=ways_count) if ways_count else ()
    return explain(catalogue, rule, facts, found).as_json()


def inputs_of(evaluation: Evaluation, library: Library, view: FactsView) -> list[dict[str, Any]]:
    """Return the facts that the rule may read, of those that the door handed out, each with source and day."""
    read = facts_of_rule(library, library.packs[evaluation.rule], evaluation.on)
    return [
        {
            "name": name,
            "label": known.fact.label,
            "label_en": known.fact.label_en,
            "value": known.value,
            "source": known.source,
            "source_words": both(known.source_label),
            "origin": known.origin,
            "as_of": known.as_of,
            "observation": known.observation,
            "is_stale": known.is_stale,
            "disputed": bool(known.disputed),
            "declaration": known.declaration,
        }
        for name, known in sorted(view.facts.items())
        if name in read
    ]


def record_of(  # noqa: PLR0913 - what a record is made of
    *,
    decision_id: str,
    subject: str,
    kind: str,
    evaluation: Evaluation,
    inputs: list[dict[str, Any]],
    view: FactsView,
    library: Library,
    release: Release | None,
    by_what: str,
    by_name: str,
    decided_at: datetime,
) -> dict[str, Any]:
    """Return the whole record, with the items that the law may have removed encrypted."""
    actor = current_actor()
    role = ROLES.get(actor.role)
    pack = library.packs[evaluation.rule]
    plain = evaluation.as_json()
    return {
        "format": FORMAT,
        "software": __version__,
        "id": decision_id,
        "kind": kind,
        "kind_words": kind_words(kind),
        "subject": subject,
        "subject_name": name_of_party(subject),
        "on": evaluation.on,
        "decided_at": decided_at,
        "by": {
            "what": by_what,
            "user": actor.user,
            "name": by_name,
            "party": actor.party,
            "party_name": name_of_party(actor.party) if actor.party else "",
            "role": actor.role,
            "role_words": both(role.label) if role else both(actor.role),
        },
        "release": _release(release),
        "look": {
            "purpose": view.purpose,
            "lookup": view.lookup,
            "at": view.at,
            "grounds": dict(view.grounds),
            "withheld": sorted(view.withheld),
        },
        "evaluation": _sealed_evaluation(plain, evaluation.on, library, pack, decision_id),
        "inputs": [
            close(each, decision_id=decision_id, items=sensitive(library, [each["name"]])) for each in inputs
        ],
        "citations": _citations(plain, library),
        "words": all_words(),
    }


def _release(release: Release | None) -> dict[str, Any] | None:
    if release is None:
        return None
    return {
        "number": release.number,
        "document_number": release.document_number,
        "in_force_from": release.in_force_from,
        "texts_sha256": release.texts_sha256,
        "library_sha256": release.library_sha256,
    }


def _sealed_evaluation(
    plain: dict[str, Any], on: date, library: Library, pack: Pack, decision_id: str
) -> dict[str, Any]:
    """Close each element that tells of a sensitive fact; the verdict and the names stay."""

    def closed(elements: list[dict[str, Any]], facts: Mapping[str, Iterable[str]]) -> list[dict[str, Any]]:
        return [
            close(
                each, decision_id=decision_id, items=sensitive(library, facts[each.get("id") or each["name"]])
            )
            for each in elements
        ]

    def behind(name: str) -> frozenset[str]:
        return facts_of_name(library, pack, name, on)

    clauses = {
        clause.id: facts_of_clause(library, pack, clause, on)
        for clause in pack.clauses
        if clause.in_force(on)
    }
    return plain | {
        "clauses": closed(plain["clauses"], clauses),
        "points": closed(plain["points"], {name: behind(name) for name in pack.points}),
        "amounts": closed(
            plain["amounts"], {name: behind(amount.expression) for name, amount in pack.amounts.items()}
        ),
        "parameters": closed(
            plain["parameters"], {each["name"]: behind(each["name"]) for each in plain["parameters"]}
        ),
        "facts": closed(plain["facts"], {each["name"]: behind(each["name"]) for each in plain["facts"]}),
        "classes": {
            name: close({"options": options}, decision_id=decision_id, items=sensitive(library, behind(name)))
            for name, options in plain["classes"].items()
        },
        "ways": [
            close(
                way,
                decision_id=decision_id,
                items=sensitive(library, {fact for move in way["moves"] for fact in behind(move["fact"])}),
            )
            for way in plain["ways"]
        ],
    }


def _citations(plain: Any, library: Library) -> dict[str, dict[str, str]]:
    """Return what every citation of the record said that day: document, clause, our summary, address."""
    found: dict[str, dict[str, str]] = {}
    for cites in sorted(_cites(plain)):
        key, _hash, anchor_key = cites.partition("#")
        source = library.sources.get(key)
        if source is not None:
            anchor = source.anchors.get(anchor_key)
            found[cites] = {
                "title": source.title,
                "number": source.number,
                "issuer": source.issuer,
                "label": anchor.label if anchor else "",
                "summary": anchor.summary if anchor else "",
                "address": anchor.address if anchor else source.address,
            }
    return found


def _cites(part: Any) -> set[str]:
    if isinstance(part, dict):
        own = {part["cites"]} if isinstance(part.get("cites"), str) else set()
        return own.union(*(_cites(value) for value in part.values()))
    if isinstance(part, list):
        return set().union(*(_cites(each) for each in part))
    return set()
