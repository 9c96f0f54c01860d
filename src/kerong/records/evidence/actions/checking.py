"""Runs the integrity check and writes down what it found."""

from __future__ import annotations

from django.db import transaction

from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions.acting import house
from kerong.records.evidence.models import Check, Finding
from kerong.records.evidence.queries.integrity import Tally, breaches

FINDINGS_MAX = 1_000


@transaction.atomic
def check_integrity() -> tuple[Check, list[Finding]]:
    """Read all evidence and every sealed row, and return the run with what does not hold.

    At most 1,000 findings are written down: more than that is one answer, not a list.
    """
    clock = current_clock()
    began, tally = clock.now(), Tally()
    with house("an integrity check reads every row"):
        found = [
            Finding(
                id=new_identifier(began), found_at=began, what=each.what, place=each.place, detail=each.detail
            )
            for each, _number in zip(breaches(tally), range(FINDINGS_MAX), strict=False)
        ]
    Finding.objects.bulk_create(found)
    check = Check.objects.create(
        id=new_identifier(began),
        began_at=began,
        ended_at=clock.now(),
        event_count=tally.events,
        row_count=tally.rows,
        finding_count=len(found),
    )
    return check, found
