"""What happened after a backup, as far as a bundle of evidence that was taken out later knows it (SEC-35)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from kerong.portal.backups.manifest import BackupError

if TYPE_CHECKING:
    from pathlib import Path

EVENTS = "events.jsonl"
# What a person asked to end or to have removed, and what must therefore be done again before anybody looks.
URGENT = ("withdrawn", "removed", "destroyed", "ended", "refused", "disabled")


class Lost(NamedTuple):
    """One event that the restored database does not have: what happened, not with which words."""

    number: int
    at: str
    kind: str
    subject: str
    row: str

    @property
    def is_urgent(self) -> bool:
        """Tell whether something was ended or removed."""
        return any(word in self.kind for word in URGENT)


def lost_events(bundle: Path, *, size: int) -> list[Lost]:
    """Return the events of a bundle from number ``size`` on, urgent ones first. Raises BackupError."""
    try:
        with (bundle / EVENTS).open(encoding="utf-8") as lines:
            found = [_lost(line) for line in lines]
    except (OSError, ValueError, KeyError) as error:
        raise BackupError(f"{bundle} is no bundle of evidence: {error}") from error
    return sorted(
        (each for each in found if each.number >= size), key=lambda each: (not each.is_urgent, each.number)
    )


def _lost(line: str) -> Lost:
    entry = json.loads(line)
    event = json.loads(entry["event"])
    return Lost(
        int(entry["number"]),
        str(event["occurred_at"]),
        f"{event['stream']}.{event['kind']}",
        str(event["subject"]),
        f"{event['row_table']}:{event['row_id']}" if event["row_table"] else "",
    )
