"""What the worker holds: the current law, a snapshot, and the verdicts of the whole population by it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import structlog
from django.db import connections

from kerong.engines.rules.population import PopulationKernel
from kerong.engines.rules.snapshot import Snapshot, SnapshotError, open_snapshot
from kerong.portal.worker.protocol import RequestRefusedError
from kerong.records.packs.queries import CurrentLaw, current

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kerong.engines.rules.population import PopulationVerdicts

SECONDS_BETWEEN_LOOKS = 1.0
WARMING = "预热中：正在装入政策和数据，首次启动还要编译，请稍候"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RuleCounts:
    """What a rule finds of how many firms; ``near`` is part of ``not_met``, ``document`` of ``unknown``."""

    eligible: int
    near: int
    document: int
    not_met: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Held:
    """One law over one snapshot, ready to answer."""

    law: CurrentLaw
    snapshot: Snapshot
    counts: Mapping[str, RuleCounts]
    seconds_to_warm: float


class Holding:
    """Loads in the background, watches law and snapshot, and swaps what it holds in one step."""

    def __init__(self, snapshot_folder: Path) -> None:
        self.snapshot_folder = snapshot_folder
        self.held: Held | None = None
        self.problem = ""
        self.mistakes: tuple[str, ...] = ()
        self._seen: object = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="holding", daemon=True)

    def start(self) -> None:
        """Begin to load."""
        self._thread.start()

    def stop(self) -> None:
        """End the watch; what is held stays until the process ends."""
        self._stop.set()

    def ready(self) -> Held:
        """Return what is held. Raises RequestRefusedError (kind ``cold``) while there is nothing yet."""
        if self.held is None:
            raise RequestRefusedError(f"{WARMING}（{self.problem}）" if self.problem else WARMING, "cold")
        return self.held

    def _watch(self) -> None:
        while not self._stop.is_set():
            try:
                self._look()
            except Exception as error:  # noqa: BLE001 - whatever is wrong today may be mended tomorrow
                self._note(error)
            finally:
                # Nothing is held open between two looks: the database may be restarted at any time.
                connections.close_all()
            self._stop.wait(SECONDS_BETWEEN_LOOKS)

    def _look(self) -> None:
        manifest = (self.snapshot_folder / "manifest.json").stat()
        snapshot_seen = (manifest.st_mtime_ns, manifest.st_ino)
        held = self.held
        same_snapshot = held is not None and self._seen == snapshot_seen
        snapshot = held.snapshot if held and same_snapshot else open_snapshot(self.snapshot_folder)
        law = current(on=snapshot.on)
        self.mistakes = tuple(str(mistake) for mistake in law.mistakes)
        if held and same_snapshot and held.law.catalogue is law.catalogue:
            self.problem = ""
            return
        self.held = _warmed(law, snapshot)
        self._seen = snapshot_seen
        self.problem = ""
        log.info("worker.ready", rows=snapshot.rows, law=law.sha256, seconds=self.held.seconds_to_warm)

    def _note(self, error: Exception) -> None:
        if isinstance(error, FileNotFoundError):
            problem = f"还没有数据快照：{self.snapshot_folder}"
        elif isinstance(error, SnapshotError):
            problem = f"数据快照不能使用：{error}"
        else:
            problem = f"{type(error).__name__}: {str(error)[:300]}"
        if problem != self.problem:
            log.warning("worker.cannot_load", problem=problem)
        self.problem = problem


def _warmed(law: CurrentLaw, snapshot: Snapshot) -> Held:
    began = time.perf_counter()
    verdicts = PopulationKernel(law.catalogue, snapshot).run(keep=True, keep_criteria=True)
    counts = _counts(law, snapshot.rows, verdicts)
    return Held(law, snapshot, counts, round(time.perf_counter() - began, 3))


def _counts(law: CurrentLaw, rows: int, verdicts: PopulationVerdicts) -> dict[str, RuleCounts]:
    found: dict[str, RuleCounts] = {}
    for position, rule in enumerate(law.catalogue.rules):
        eligible, near, document = (int(count) for count in verdicts.counts[position])
        failing = np.bitwise_or.reduce(verdicts.criteria_false[list(rule.criteria)], axis=0)
        not_met = int(np.unpackbits(failing.view(np.uint8), bitorder="little")[:rows].sum())
        found[rule.key] = RuleCounts(eligible, near, document, not_met, rows - eligible - not_met)
    return found


__all__ = ["Held", "Holding", "RuleCounts"]
