"""Changes to what is known of whom: store a synthetic firm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kerong.basics.identity_codes import is_credit_code
from kerong.engines.rules.quantities import QuantityError, read_quantity
from kerong.records.facts.models import FirmFacts
from kerong.records.facts.queries import DemoFirm
from kerong.records.packs.queries import current

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

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
    FirmFacts.objects.update_or_create(uscc=uscc, defaults=kept)
    return DemoFirm(uscc, name, dict(facts), as_of, source)


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
