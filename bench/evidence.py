"""The evidence: events a second recorded and numbered, a checkpoint, a proof, and the check over all of it."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.directory import _database
from bench.measuring import Report, timed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EVENTS, BATCH, ROUNDS = 100_000, 2_000, 5


def main(arguments: Sequence[str] = ()) -> int:
    """Measure, print a table and a line of JSON, return the number of missed goals."""
    parser = argparse.ArgumentParser(prog="make bench NAME=evidence")
    parser.add_argument("--events", type=int, default=EVENTS, help=f"events in the tree [{EVENTS:,}]")
    options = parser.parse_args(arguments)
    report = Report("evidence")
    with tempfile.TemporaryDirectory(prefix="kerong-bench-") as name, _database(Path(name)):
        _measure(report, options.events)
    return report.finish()


def _measure(report: Report, events: int) -> None:
    from django.db import transaction

    from kerong.basics.acting import house_actor
    from kerong.basics.crypto import MemoryKeyRing, SoftwareProvider
    from kerong.records.evidence.actions import (
        Happening,
        acting,
        check_integrity,
        make_checkpoint,
        record_many,
        sequence_events,
    )
    from kerong.records.evidence.queries import proof_of, tree_size

    def record() -> None:
        with transaction.atomic(), acting(house_actor("bench")):
            record_many(Happening("bench", "thing_done", "", {"number": number}) for number in range(BATCH))

    def number_all() -> None:
        with transaction.atomic(), acting(house_actor("bench")):
            sequence_events()

    signer = SoftwareProvider(MemoryKeyRing())

    def sign() -> None:
        record()
        number_all()
        with transaction.atomic(), acting(house_actor("bench")):
            make_checkpoint(signer=signer)

    recorded = report.add(f"record {BATCH:,} events", timed(record, ROUNDS))
    numbered = report.add(f"number {BATCH:,} events", timed(number_all, ROUNDS))
    report.figures["recorded_per_second"] = round(BATCH / recorded.median)
    report.figures["numbered_per_second"] = round(BATCH / numbered.median)
    while tree_size() < events:
        record()
        number_all()
    report.note(f"{tree_size():,} events in the tree")
    report.add(f"{BATCH:,} more, numbered and signed", timed(sign, ROUNDS))
    size = tree_size()
    proof = report.add("one proof of inclusion", timed(lambda: proof_of(size // 3, size), ROUNDS))
    checked = report.add("integrity check over all", timed(_in_house(check_integrity), 3, warm=0))
    report.figures["checked_per_second"] = round(size / checked.median)
    report.goals.append(("events numbered a second", BATCH / numbered.median, ">=", 5_000))
    report.at_most("one proof, milliseconds", proof.median * 1000, 50)


def _in_house(action: Callable[[], object]) -> Callable[[], None]:
    from django.db import transaction

    from kerong.basics.acting import house_actor
    from kerong.records.evidence.actions import acting

    def run() -> None:
        with transaction.atomic(), acting(house_actor("bench")):
            action()

    return run


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
