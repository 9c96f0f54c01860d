"""Runs the integrity check and writes down what it found."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from django.db import transaction

from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions.acting import house
from kerong.records.evidence.models import Check, Finding
from kerong.records.evidence.queries.integrity import Tally, breaches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kerong.records.evidence.queries.integrity import Breach

FINDINGS_MAX = 1_000


@transaction.atomic
def check_integrity(more: Iterable[Breach] = ()) -> tuple[Check, list[Finding]]:
    """Read all evidence and every sealed row, and return the run with what does not hold.

    ``more`` is what other checks of the same run found, such as those of the ledger. At most 1,000 findings are written
    down: more than that is one answer, not a list.
    """
    clock = current_clock()
    began, tally = clock.now(), Tally()
    with house("an integrity check reads every row"):
        found = [
            Finding(
                id=new_identifier(began), found_at=began, what=each.what, place=each.place, detail=each.detail
            )
            for each, _number in zip(chain(more, breaches(tally)), range(FINDINGS_MAX), strict=False)
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
