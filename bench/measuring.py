"""Time things fairly: medians, spread and processor time, one table, and one line of JSON."""

from __future__ import annotations

import json
import os
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(slots=True)
class Timing:
    """Wall and processor seconds of every round of one thing."""

    wall: list[float] = field(default_factory=list)
    core: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median wall time."""
        return statistics.median(self.wall)

    @property
    def median_core(self) -> float:
        """The median processor time of the whole process."""
        return statistics.median(self.core)


def timed(call: Callable[[], Any], rounds: int = 5, *, warm: int = 1) -> Timing:
    """Run something several times; the warming runs are not counted."""
    timing = Timing()
    for number in range(warm + rounds):
        core, wall = time.process_time(), time.perf_counter()
        call()
        wall, core = time.perf_counter() - wall, time.process_time() - core
        if number >= warm:
            timing.wall.append(wall)
            timing.core.append(core)
    return timing


def interleaved(
    calls: Mapping[str, Callable[[], Any]], rounds: int = 5, *, warm: int = 1
) -> dict[str, Timing]:
    """Run several things in turn, round by round, so that all meet the same noise of the machine."""
    timings = {label: Timing() for label in calls}
    for number in range(warm + rounds):
        for label, call in calls.items():
            made = timed(call, 1, warm=0)
            if number >= warm:
                timings[label].wall += made.wall
                timings[label].core += made.core
    return timings


@dataclass(slots=True)
class Report:
    """Collects what one benchmark measured."""

    name: str
    timings: dict[str, Timing] = field(default_factory=dict)
    ratios: dict[str, float] = field(default_factory=dict)
    goals: list[tuple[str, float, str, float]] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def add(self, label: str, timing: Timing) -> Timing:
        """Note a timing and print it at once: some peers take long."""
        self.timings[label] = timing
        low, high = min(timing.wall), max(timing.wall)
        print(
            f"{label:58} {_seconds(timing.median):>10}  {_seconds(low):>10} … {_seconds(high):<10}"
            f" core {_seconds(timing.median_core):>10}  n={len(timing.wall)}",
            flush=True,
        )
        return timing

    def note(self, text: str) -> None:
        """Print a line of context."""
        print(f"# {text}", flush=True)

    def at_most(self, what: str, measured: float, goal: float) -> None:
        """State a goal that must not be exceeded."""
        self.goals.append((what, measured, "<=", goal))

    def ratio(self, key: str, measured: float, goal: float) -> None:
        """State a ratio to a peer that must be reached."""
        self.ratios[key] = round(measured, 2)
        self.goals.append((f"ratio {key}", measured, ">=", goal))

    def finish(self) -> int:
        """Print goals and the line of JSON; return how many goals were missed."""
        missed = 0
        print(f"\n{'goal':58} {'measured':>12}    {'goal':>12}")
        for what, measured, relation, goal in self.goals:
            met = measured <= goal if relation == "<=" else measured >= goal
            missed += not met
            print(f"{what:58} {measured:12.5g} {relation} {goal:12.5g}  {'met' if met else 'MISSED'}")
        medians = {label: round(t.median, 7) for label, t in self.timings.items()}
        core = {label: round(t.median_core, 7) for label, t in self.timings.items()}
        line = {
            "bench": self.name, "machine": machine(), "medians": medians, "core": core, "ratios": self.ratios,
            "figures": self.figures, "goals_missed": missed,
        }  # fmt: skip
        print(json.dumps(line, ensure_ascii=False))
        return missed


def same(label: str, ours: Any, theirs: Any) -> None:
    """Fail loudly when a peer does not give our answers."""
    if ours != theirs:
        wrong = [(a, b) for a, b in zip(ours, theirs, strict=False) if a != b][:3]
        raise SystemExit(
            f"{label} disagrees: {len(ours)} and {len(theirs)} answers, first differences {wrong}"
        )


def machine() -> Mapping[str, Any]:
    """Say on what this was measured."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": os.cpu_count(),
        "model": model,
        "memory_gib": round(memory, 1),
        "load": round(os.getloadavg()[0], 2),
    }


def _seconds(value: float) -> str:
    if value < 0.001:
        return f"{value * 1e6:.1f} µs"
    return f"{value * 1e3:.2f} ms" if value < 1 else f"{value:.3f} s"
