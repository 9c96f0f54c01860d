"""Reads about decisions: one with its record, lists, whether it is intact, final, and repeatable."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kerong.basics import party_reference
from kerong.basics.canonical import canonical
from kerong.records.decisions.models import Decision, Review
from kerong.records.decisions.queries.composing import evaluated_again
from kerong.records.decisions.queries.sealing import is_whole, opened
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

_SOLE_TRADER = "92"
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Replay:
    """What came out when a decision was worked out again from its record.

    ``outcome`` is ``identical``, ``different`` (``differences`` says where), ``removed`` (the law had part of it
    removed, so it cannot be repeated), ``no_release`` (made from files that were never released) or ``damaged``
    (the record or the release's texts do not match their digests).
    """

    decision: str
    outcome: str
    differences: tuple[str, ...] = ()


def decision(decision_id: str | UUID) -> Decision | None:
    """Return one decision that the actor may see, or None."""
    try:
        wanted = UUID(str(decision_id))
    except ValueError:
        return None
    return Decision.objects.filter(id=wanted).first()


def decisions(*, subject: str = "", kind: str = "", verdict: str = "", rule: str = "") -> QuerySet[Decision]:
    """Return the decisions that the actor may see, the latest first, narrowed."""
    wanted = {"owner": subject, "kind": kind, "verdict": verdict, "rule": rule}
    return Decision.objects.filter(**{name: value for name, value in wanted.items() if value})


def decisions_with(*, subject: str, item: str) -> QuerySet[Decision]:
    """Return the decisions about a subject that keep an item encrypted."""
    return Decision.objects.filter(owner=subject, sealed_items__contains=[item])


def record(found: Decision) -> dict[str, Any]:
    """Return a decision's record, readable; what the law had removed says so."""
    whole: dict[str, Any] = opened(json.loads(found.body), decision_id=str(found.id))
    return whole


def is_intact(found: Decision) -> bool:
    """Tell whether the stored record is what was digested when the decision was made."""
    return hashlib.sha256(found.body.encode()).hexdigest() == found.body_digest


def is_final(found: Decision) -> bool:
    """Tell whether it stands: a machine's result about a natural person does not until a person has confirmed it."""
    return not found.about_person or found.reviews.filter(step=Review.Step.CONFIRMED).exists()


def is_about_person(subject: str) -> bool:
    """Tell whether a subject is a natural person, sole traders included (GB 32100: their codes begin with 92)."""
    kind, key = party_reference.parse(subject)
    return kind == "person" or (kind == "enterprise" and key.startswith(_SOLE_TRADER))


def replay(decision_id: str | UUID) -> Replay | None:  # noqa: PLR0911 - a line for each outcome
    """Work a decision out again from its stored facts, with the stored release's texts; None where not seen."""
    found = decision(decision_id)
    if found is None:
        return None
    name = str(found.id)
    if not is_intact(found):
        return Replay(name, "damaged", ("the record does not match its digest",))
    if found.release_number is None:
        return Replay(name, "no_release")
    kept = record(found)
    if not is_whole(kept):
        return Replay(name, "removed")
    release = packs.release(found.release_number)
    try:
        if release is None or release.texts_sha256 != found.texts_sha256:
            return Replay(name, "damaged", (f"release {found.release_number} is not the one that was used",))
        catalogue = packs.rule_of(release, found.rule, found.on)
    except packs.TextsDamagedError as error:
        return Replay(name, "damaged", (str(error),))
    facts = {each["name"]: each["value"] for each in kept["inputs"]}
    stored = _options_back(kept["evaluation"])
    again = json.loads(canonical(evaluated_again(catalogue, found.rule, facts, len(stored["ways"]))))
    if canonical(stored) == canonical(again):
        return Replay(name, "identical")
    return Replay(name, "different", tuple(_differences(stored, again)))


def _options_back(evaluation: dict[str, Any]) -> dict[str, Any]:
    """Return the evaluation as the engine gives it; classes stand in the record as closable elements."""
    return evaluation | {"classes": {name: each["options"] for name, each in evaluation["classes"].items()}}


def _differences(stored: Any, again: Any, place: str = "") -> Iterator[str]:
    if isinstance(stored, dict) and isinstance(again, dict):
        for name in dict.fromkeys([*stored, *again]):
            yield from _differences(stored.get(name, _MISSING), again.get(name, _MISSING), f"{place}.{name}")
    elif isinstance(stored, list) and isinstance(again, list) and len(stored) == len(again):
        for number, (one, other) in enumerate(zip(stored, again, strict=True)):
            yield from _differences(one, other, f"{place}[{number}]")
    elif stored != again:
        said = [
            "nothing" if each is _MISSING else json.dumps(each, ensure_ascii=False)
            for each in (stored, again)
        ]
        yield f"{place.lstrip('.')}: stored {said[0]}, now {said[1]}"
