"""Reads all evidence and every sealed row by the clock, and raises an alarm for what does not hold."""

from __future__ import annotations

from kerong.portal import witness
from kerong.records.evidence.actions import check_integrity
from kerong.records.outbox.actions import raise_alarm

NAMED_MAX = 5


def check_and_tell() -> None:
    """Run the integrity check; what it names becomes one alarm for each kind, so that a flood is one call."""
    contradiction = witness.disagreement()
    if contradiction:
        _alarm("witness", contradiction)
    _check, findings = check_integrity()
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
