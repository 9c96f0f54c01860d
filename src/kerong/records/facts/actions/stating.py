"""States facts: one more observation of a subject, and what holds now worked out anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from kerong.basics import party_reference
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions import house, seal
from kerong.records.facts.actions.demo import FirmRefusedError, problems_of
from kerong.records.facts.models import Dossier, Observation
from kerong.records.facts.queries.sealing import close
from kerong.records.facts.queries.sources import SOURCES
from kerong.records.facts.queries.standing import Observed, standing
from kerong.records.packs.queries import current

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

_INVENTED = "enterprise:X"
_CHUNK = 1_000


class StatementRefusedError(FirmRefusedError):
    """Facts cannot be stated; ``problems`` maps each field or fact to what is wrong with it."""


@transaction.atomic
def state_facts(  # noqa: PLR0913 - what a statement says
    *,
    subject: str,
    source: str,
    as_of: date,
    values: Mapping[str, int | str | None],
    basis: str,
    batch: str = "",
    origin: str = "",
    name: str = "",
) -> Observation:
    """State what a source says of a subject as of a day, in stored units; None takes an earlier word back.

    The row is new and stays; what holds now follows from all rows. ``basis`` says why it may be kept. ``name`` is what
    the source calls the subject. Raises StatementRefusedError naming everything wrong at once.
    """
    problems: dict[str, str] = dict(problems_of(values))
    if source not in SOURCES:
        problems["source"] = f"one of {', '.join(SOURCES)}"
    if not basis:
        problems["basis"] = "say why it may be kept"
    if not values:
        problems["values"] = "at least one fact"
    try:
        kind = party_reference.parse(subject).kind
    except party_reference.PartyReferenceError as error:
        problems["subject"] = str(error)
    else:
        if kind == "platform":
            problems["subject"] = "the platform has no dossier"
    if as_of > current_clock().today():
        problems["as_of"] = "nothing is known of a day to come"
    if problems:
        raise StatementRefusedError(problems)
    now = current_clock().now()
    is_demo = subject.startswith(_INVENTED)
    law = current().library.facts
    seen = Observation(
        id=new_identifier(now),
        owner=subject,
        source=source,
        origin=origin,
        as_of=as_of,
        stated_at=now,
        basis=basis,
        batch=batch,
        values=dict(values) if is_demo else close(values, owner=subject, facts=law),
        is_demo=is_demo,
    )
    with house("a source speaks of somebody else"):
        _one_at_a_time(subject)
        seen.save(force_insert=True)
        counts = {"facts": len(values), "source": source}
        seal(seen, stream="facts", kind="facts_stated", subject=subject, detail=counts)
        project([subject], names={subject: name}, at=now)
    return seen


def project(subjects: Iterable[str], *, at: datetime, names: Mapping[str, str] | None = None) -> int:
    """Work out anew what holds of subjects, from all that was observed, and return of how many; as the house."""
    wanted, number = list(subjects), 0
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        observed: dict[str, list[Observed]] = {}
        rows = Observation.objects.filter(owner__in=chunk).values_list(
            "owner", "id", "source", "as_of", "stated_at", "values"
        )
        for owner, key, *rest in rows:
            observed.setdefault(owner, []).append(Observed(str(key), *rest))
        known = {row.owner: row for row in Dossier.objects.filter(owner__in=chunk)}
        made: list[Dossier] = []
        for owner in chunk:
            holds = standing(observed.get(owner, ()))
            old = known.get(owner)
            called = (names or {}).get(owner) or (old.name if old else "")
            made.append(
                Dossier(
                    owner=owner,
                    name=called,
                    values=holds.values,
                    origins=holds.origins,
                    is_demo=owner.startswith(_INVENTED),
                    is_story=old.is_story if old else False,
                    changed_at=at,
                )
            )
        Dossier.objects.bulk_create(
            made,
            update_conflicts=True,
            unique_fields=["owner"],
            update_fields=["name", "values", "origins", "changed_at"],
        )
        number += len(made)
    return number


def _one_at_a_time(subject: str) -> None:
    """Let statements about one subject follow each other: the later one sees all earlier rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4))", [f"facts {subject}"])
