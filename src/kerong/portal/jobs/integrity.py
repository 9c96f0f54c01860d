"""Reads all evidence and every sealed row by the clock, and raises an alarm for what does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.portal import witness
from kerong.records.evidence.actions import check_integrity, house
from kerong.records.evidence.queries import Breach
from kerong.records.ledger import queries as ledger
from kerong.records.outbox.actions import raise_alarm

if TYPE_CHECKING:
    from kerong.records.evidence.queries.integrity import Check, Finding

NAMED_MAX = 5
PLACE_MAX = 160


def check_all() -> tuple[Check, list[Finding]]:
    """Check evidence, sealed rows and the books in one run; return the run and its findings.

    The job, the page and the command all call this. The legs of an entry have no seals of their own: the
    entry's digest covers them, and only the ledger can read it.
    """
    with house("an integrity check reads every book"):
        books = [
            Breach("ledger", f"{each.invariant} {each.where}"[:PLACE_MAX], each.found)
            for each in ledger.check_invariants()
        ]
    return check_integrity(more=books)


def check_and_tell() -> None:
    """Run the integrity check; what it names becomes one alarm for each kind, so that a flood is one call."""
    contradiction = witness.disagreement()
    if contradiction:
        _alarm("witness", contradiction)
    _check, findings = check_all()
    for kind in sorted({finding.what for finding in findings}):
        places = [finding.place for finding in findings if finding.what == kind]
        more = f" 等 {len(places)} 处" if len(places) > NAMED_MAX else ""
        _alarm(kind, f"完整性核验发现不符：{'、'.join(places[:NAMED_MAX])}{more}")


def _alarm(kind: str, what: str) -> None:
    raise_alarm(
        kind="evidence.integrity",
        what=what,
        severity="serious",
        key=f"integrity:{kind}",
        addressee="evidence.verify",
    )
