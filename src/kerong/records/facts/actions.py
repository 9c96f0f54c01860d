"""Changes to what is known of whom: store a synthetic firm, load a synthetic population."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from kerong.basics.identity_codes import is_credit_code
from kerong.engines.rules.quantities import QuantityError, read_quantity
from kerong.records.facts.models import FirmFacts, FirmHistory
from kerong.records.facts.queries import EVENT_KINDS, DemoFirm
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
    kept = {"name": name, "facts": dict(facts), "is_demo": True, "as_of": as_of, "source": source}
    FirmFacts.objects.update_or_create(uscc=uscc, defaults=kept | {"is_story": True})
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
    if is_loaded("facts", fingerprint):
        return False
    FirmFacts.objects.filter(is_demo=True, is_story=False).delete()
    rows = ((uscc, name, facts, True, as_of, source, False) for uscc, name, facts in firms)
    number = _copy("facts_firmfacts (uscc, name, facts, is_demo, as_of, source, is_story)", rows)
    note_load("facts", fingerprint, number)
    return True


@transaction.atomic
def load_demo_histories(*, histories: Iterable[tuple[str, str, str]], fingerprint: str) -> bool:
    """Replace the lives of the whole synthetic population (code, years and events as JSON); say whether it did."""
    if is_loaded("histories", fingerprint):
        return False
    FirmHistory.objects.filter(is_story=False).delete()
    rows = ((*history, False) for history in histories)
    note_load("histories", fingerprint, _copy("facts_firmhistory (uscc, years, events, is_story)", rows))
    return True


def _copy(place: str, rows: Iterable[tuple[Any, ...]]) -> int:
    """Write rows into a table in one go and return how many there were."""
    number = 0
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {place} FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
            number += 1
    return number


def _problems(uscc: str, name: str, facts: Mapping[str, int | str]) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not uscc.startswith(DEMO_DEPARTMENT) or not is_credit_code(uscc):
        problems["uscc"] = f"a demo code is a valid code that begins with {DEMO_DEPARTMENT}"
    if FICTITIOUS not in name:
        problems["name"] = f"the name of a demo firm says {FICTITIOUS}"
    known = current().library.facts
    for fact_name, value in facts.items():
        fact = known.get(fact_name)
        if fact is None:
            problems[fact_name] = "no such fact"
        elif fact.derived or fact.published_by:
            problems[fact_name] = "this fact is worked out, never stored"
        else:
            try:
                read_quantity(value, fact)
            except QuantityError as error:
                problems[fact_name] = str(error)
    return problems
