"""Changes to synthetic firms: store one of a story, load a whole population."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.basics.identity_codes import is_credit_code
from kerong.basics.party_reference import enterprise
from kerong.engines.rules.quantities import QuantityError, read_quantity
from kerong.records.evidence.actions import house, record, seal, unseal_batch, unseal_rows
from kerong.records.facts.actions.copying import copy_observations, make_dossiers
from kerong.records.facts.models import Dossier, FirmHistory, Observation
from kerong.records.facts.queries import EVENT_KINDS, DemoFirm
from kerong.records.facts.queries.sources import DEMO
from kerong.records.packs.queries import current
from kerong.records.parties.actions import note_load
from kerong.records.parties.queries import is_loaded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from typing import Any

DEMO_DEPARTMENT = "X"
"""The first character of demo codes; GB 32100 assigns it to no registration department."""
FICTITIOUS = "虚构"
DEMONSTRATION = "demonstration"
"""The basis on which synthetic firms are kept."""
# Another name than the table before: whoever loaded that one loads again.
POPULATION = "dossiers"


class FirmRefusedError(ValueError):
    """The firm cannot be stored; ``problems`` maps each field or fact to what is wrong with it."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in problems.items()))


@transaction.atomic
def store_demo_firm(
    *, uscc: str, name: str, facts: Mapping[str, int | str], as_of: date, source: str
) -> DemoFirm:
    """Store a synthetic firm, or replace what is known of it, and return it. Values are in stored units.

    Raises FirmRefusedError naming everything wrong at once: a code that a registrar could have given, a
    name that does not say it is fictitious, a fact that the law in force does not know, works out itself or
    finds out of range.
    """
    problems = _problems(uscc, name, facts)
    if problems:
        raise FirmRefusedError(problems)
    owner, now = enterprise(uscc), current_clock().now()
    with house("a synthetic firm belongs to nobody"):
        same = {"owner": owner, "source": DEMO, "origin": source, "as_of": as_of, "values": dict(facts)}
        if (
            Dossier.objects.filter(owner=owner, name=name).exists()
            and Observation.objects.filter(**same).exists()
        ):
            return DemoFirm(uscc, name, dict(facts), as_of, source)
        unseal_rows(
            Observation.objects.filter(owner=owner, is_demo=True, batch=""),
            stream="facts",
            kind="demo_facts_removed",
        )
        Observation.objects.filter(owner=owner, is_demo=True).delete()
        seen = Observation.objects.create(
            id=new_identifier(now),
            owner=owner,
            source=DEMO,
            origin=source,
            as_of=as_of,
            stated_at=now,
            basis=DEMONSTRATION,
            values=dict(facts),
            is_demo=True,
        )
        seal(seen, stream="facts", kind="facts_stated", subject=owner)
        Dossier.objects.update_or_create(
            owner=owner,
            defaults={
                "name": name,
                "values": dict(facts),
                "origins": {"": str(seen.id)},
                "is_demo": True,
                "is_story": True,
                "changed_at": now,
            },
        )
    return DemoFirm(uscc, name, dict(facts), as_of, source)


@transaction.atomic
def store_demo_history(
    *, uscc: str, years: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]]
) -> None:
    """Store what a synthetic firm of a story did and what happened to it, the earliest first.

    Raises FirmRefusedError for events out of order or of an unknown kind.
    """
    problems = {
        event["kind"]: "no such kind of event" for event in events if event["kind"] not in EVENT_KINDS
    }
    days = [event["day"] for event in events]
    if days != sorted(days):
        problems["events"] = "the earliest comes first"
    if problems:
        raise FirmRefusedError(problems)
    kept = {"years": list(years), "events": list(events), "is_story": True}
    FirmHistory.objects.update_or_create(uscc=uscc, defaults=kept)


@transaction.atomic
def load_demo_facts(
    *, firms: Iterable[tuple[str, str, str]], as_of: date, source: str, fingerprint: str
) -> bool:
    """Replace the facts of the whole synthetic population (code, name, facts as JSON); say whether it did.

    Nothing happens when exactly these were loaded last. The facts are taken as drawn, inside the ranges of the
    law they were drawn for. Raises IntegrityError for a code that a registrar could give.
    """
    if is_loaded(POPULATION, fingerprint):
        return False
    with house("a synthetic population belongs to nobody"):
        old = Dossier.objects.filter(is_demo=True, is_story=False)
        gone = Observation.objects.filter(is_demo=True, owner__in=old.values("owner"))
        batches = sorted(set(gone.exclude(batch="").values_list("batch", flat=True)))
        gone.delete()
        for batch in batches:
            unseal_batch(Observation, batch, stream="facts", kind="demo_population_removed")
        old.delete()
        now = current_clock().now()
        stated = {
            "source": DEMO, "origin": source, "as_of": as_of, "stated_at": now, "basis": DEMONSTRATION,
            "batch": str(new_identifier(now)),
        }  # fmt: skip
        rows = ((enterprise(uscc), name, facts) for uscc, name, facts in firms)
        with copy_observations(rows, stated) as number:
            make_dossiers(at=now)
        content = {"fingerprint": fingerprint, "firms": number}
        record(stream="facts", kind="demo_population_loaded", content=content, detail=content)
    note_load(POPULATION, fingerprint, number)
    return True


@transaction.atomic
def load_demo_histories(*, histories: Iterable[tuple[str, str, str]], fingerprint: str) -> bool:
    """Replace the lives of the whole synthetic population (code, years and events as JSON); say whether it did."""
    if is_loaded("histories", fingerprint):
        return False
    FirmHistory.objects.filter(is_story=False).delete()
    number = 0
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy("COPY facts_firmhistory (uscc, years, events, is_story) FROM STDIN") as copy,
    ):
        for history in histories:
            copy.write_row((*history, False))
            number += 1
    note_load("histories", fingerprint, number)
    return True


def _problems(uscc: str, name: str, facts: Mapping[str, int | str]) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not uscc.startswith(DEMO_DEPARTMENT) or not is_credit_code(uscc):
        problems["uscc"] = f"a demo code is a valid code that begins with {DEMO_DEPARTMENT}"
    if FICTITIOUS not in name:
        problems["name"] = f"the name of a demo firm says {FICTITIOUS}"
    return problems | problems_of(facts)


def problems_of(facts: Mapping[str, int | str | None]) -> dict[str, str]:
    """Return what is wrong with each fact by the law in force; null is right for every stored fact."""
    problems: dict[str, str] = {}
    known = current().library.facts
    for fact_name, value in facts.items():
        fact = known.get(fact_name)
        if fact is None:
            problems[fact_name] = "no such fact"
        elif fact.derived or fact.published_by:
            problems[fact_name] = "this fact is worked out, never stored"
        elif value is not None:
            try:
                read_quantity(value, fact)
            except QuantityError as error:
                problems[fact_name] = str(error)
    return problems
