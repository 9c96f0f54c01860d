"""Stores a decision whole: what was found, every fact and value behind it, the law, and who decided."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kerong.basics.acting import current_actor
from kerong.basics.canonical import canonical
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.engines.rules.compiler import compile_library
from kerong.engines.rules.explain import explain
from kerong.engines.rules.moves import ways
from kerong.records.approvals.queries import name_of_account
from kerong.records.decisions.models import Decision
from kerong.records.decisions.queries import is_about_person
from kerong.records.decisions.queries.composing import evaluated_again, inputs_of, record_of
from kerong.records.evidence.actions import house, seal
from kerong.records.facts import queries as facts
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kerong.engines.rules.compiler import Catalogue
    from kerong.engines.rules.evaluation import Evaluation
    from kerong.engines.rules.model import Library
    from kerong.records.facts.queries import FactsView
    from kerong.records.packs.models import Release

WAYS_KEPT = 3
PRE_ASSESSMENT = "pre_assessment"


class NotRepeatableError(RuntimeError):
    """The evaluation does not come out again from the facts that would be stored with it."""


class RuleNotInForceError(LookupError):
    """No such rule about enterprises is in force."""


def decide(  # noqa: PLR0913 - what a decision is
    *,
    subject: str,
    kind: str,
    evaluation: Evaluation,
    by_what: str,
    facts_view: FactsView,
    readers: Sequence[str] = (),
) -> Decision:
    """Store a decision and return it.

    ``by_what`` says in Chinese words what decided (a rule by itself, a committee); who acted is the actor.
    ``readers`` are the parties, beside the subject and the actor's, that may read it. It is worked out again from
    what is stored before it is kept. Raises NotRepeatableError.
    """
    library, release = _law_of(evaluation)
    inputs = inputs_of(evaluation, library, facts_view)
    _check_repeatable(evaluation, library, release, inputs)
    actor, now = current_actor(), current_clock().now()
    identifier = new_identifier(now)
    with transaction.atomic(), house("the subject owns the decision, whoever makes it"):
        body = record_of(
            decision_id=str(identifier),
            subject=subject,
            kind=kind,
            evaluation=evaluation,
            inputs=inputs,
            view=facts_view,
            library=library,
            release=release,
            by_what=by_what,
            by_name=name_of_account(actor.user),
            decided_at=now,
        )
        text = canonical(body).decode()
        made = Decision.objects.create(
            id=identifier,
            owner=subject,
            readers=sorted({*readers, actor.party} - {subject, ""}),
            kind=kind,
            rule=evaluation.rule,
            on=evaluation.on,
            verdict=evaluation.verdict,
            decided_at=now,
            by_what=by_what,
            by_user=actor.user,
            by_person=actor.person,
            by_party=actor.party,
            by_role=actor.role,
            about_person=is_about_person(subject),
            release_number=release.number if release else None,
            texts_sha256=release.texts_sha256 if release else "",
            pack_sha256=evaluation.pack_sha256,
            library_sha256=evaluation.library_sha256,
            body=text,
            body_digest=hashlib.sha256(text.encode()).hexdigest(),
            sealed_items=sorted(_items(body)),
        )
        seal(made, stream="decisions", kind="decision_made", subject=subject, detail={"kind": kind})
    return made


def pre_assess(*, subject: str, rule: str, purpose: str = "pre_assessment") -> Decision:
    """Hold one rule in force against what is known of an enterprise, and store the result as a pre-assessment.

    The facts come through the door: the firm's own, or those that the actor's party may use for the purpose.
    Raises RuleNotInForceError, and NoBasisError of the facts.
    """
    law = packs.current()
    try:
        pack = law.catalogue.rule(rule).pack
    except KeyError:
        raise RuleNotInForceError(rule) from None
    actor = current_actor()
    is_own = actor.party == subject
    view = facts.own_facts(subject) if is_own else facts.facts_of(subject=subject, purpose=purpose)
    found = explain(law.catalogue, rule, view.values, ways(law.catalogue, rule, view.values, limit=WAYS_KEPT))
    return decide(
        subject=subject,
        kind=PRE_ASSESSMENT,
        evaluation=found,
        by_what=f"系统按《{pack.label}》自动计算",
        facts_view=view,
    )


def _law_of(evaluation: Evaluation) -> tuple[Library, Release | None]:
    law = packs.current(on=evaluation.on)
    release = packs.release_with(evaluation.library_sha256)
    if law.sha256 == evaluation.library_sha256:
        return law.library, release
    if release is None:
        raise NotRepeatableError("the law it was made under is neither released nor the current one")
    return packs.library_of(release), release


def _check_repeatable(
    evaluation: Evaluation, library: Library, release: Release | None, inputs: list[dict[str, Any]]
) -> None:
    catalogue: Catalogue = (
        packs.rule_of(release, evaluation.rule, evaluation.on)
        if release
        else compile_library(library, evaluation.on, [evaluation.rule])
    )
    known = {each["name"]: each["value"] for each in inputs}
    again = evaluated_again(catalogue, evaluation.rule, known, len(evaluation.ways))
    if json.loads(canonical(again)) != json.loads(canonical(evaluation.as_json())):
        raise NotRepeatableError(
            f"{evaluation.rule} does not come out the same from the facts it is said to read"
        )


def _items(part: Any) -> set[str]:
    """Return the names of the encrypted items of a record."""
    if isinstance(part, dict):
        own = set(part["items"]) if "sealed" in part and "items" in part else set()
        return own.union(*(_items(value) for value in part.values()))
    if isinstance(part, list):
        return set().union(*(_items(each) for each in part))
    return set()
