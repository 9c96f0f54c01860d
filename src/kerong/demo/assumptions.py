"""What the synthetic population assumes: published targets (calibration.yaml) and our own guesses, read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

CALIBRATION_FILE = Path(__file__).with_name("calibration.yaml")
ASSUMPTIONS_FILE = Path(__file__).with_name("assumptions.yaml")
WAN = 1_000_000
"""Fen in 万元."""


@dataclass(frozen=True, slots=True)
class Target:
    """One published number: what it counts, how sure we are of it, and what it is used for."""

    id: str
    label: str
    use: str
    value: float
    unit: str
    period: str
    region: str
    mark: str
    source: Mapping[str, str | None]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Every published number the population leans on, and what leans on none."""

    targets: Mapping[str, Target]
    regions: Mapping[str, Any]
    ages: Mapping[str, Any]
    not_used: tuple[Mapping[str, str], ...]
    uncalibrated: tuple[str, ...]

    @property
    def scale(self) -> float:
        """The number of firms that the published counts refer to."""
        return self.targets["tech_enterprises"].value

    def share(self, target: str) -> float:
        """Return a published count as a share of all firms, or a published percentage as a share."""
        found = self.targets[target]
        return found.value / 100 if found.unit == "%" else found.value / self.scale


@dataclass(frozen=True, slots=True)
class Industry:
    """One industry: weight, medians (万元), who does research and how much, words for names."""

    code: str
    size_industry: str
    weight: float
    revenue: float
    revenue_a_head: float
    does_rd: float
    rd_share: float
    strategic: float
    trades: tuple[str, ...]

    @property
    def is_farm(self) -> bool:
        """Whether a farmers' cooperative can be one of its firms."""
        return self.code.startswith("A")


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely a flag is, how much more for an innovative firm, how often it is not known."""

    share: float | None = None
    pull: float = 0.0
    missing: float = 0.0
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The shares of a code, and how often it is not known."""

    shares: Mapping[str, float]
    missing: float = 0.0


@dataclass(frozen=True, slots=True)
class Figure:
    """How a number is drawn; see the words above ``figures`` in assumptions.yaml."""

    some: float = 1.0
    of: str = ""
    times: float = 1.0
    median: float | None = None
    normal: tuple[float, float] | None = None
    beta: tuple[float, float, float] | None = None
    poisson: float | None = None
    choice: tuple[int, ...] = ()
    days_ago: tuple[int, int] | None = None
    spread: float = 0.0
    pull: float = 0.0
    size: float = 0.0
    whole: float = 0.0
    missing: float = 0.0
    together: str = ""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Everything that is ours."""

    industries: tuple[Industry, ...]
    titles: Mapping[str, Chance]
    flags: Mapping[str, Chance]
    codes: Mapping[str, Choice]
    figures: Mapping[str, Figure]
    lives: Mapping[str, float]
    not_drawn: Mapping[str, str] = field(default_factory=dict[str, str])


@cache
def calibration() -> Calibration:
    """Read the published targets."""
    written = _read(CALIBRATION_FILE)
    targets = {entry["id"]: Target(**entry) for entry in written["targets"]}
    return Calibration(
        targets,
        written["regions"],
        written["ages"],
        tuple(written["not_used"]),
        tuple(written["uncalibrated"]),
    )


@cache
def assumptions() -> Assumptions:
    """Read our own guesses."""
    written = _read(ASSUMPTIONS_FILE)
    return Assumptions(
        industries=tuple(
            Industry(**{**entry, "trades": tuple(entry["trades"])}) for entry in written["industries"]
        ),
        titles={name: Chance(**entry) for name, entry in written["titles"].items()},
        flags={name: Chance(**entry) for name, entry in written["flags"].items()},
        codes={name: Choice(**entry) for name, entry in written["codes"].items()},
        figures={name: Figure(**_tuples(entry)) for name, entry in written["figures"].items()},
        lives=written["lives"],
        not_drawn=written["not_drawn"] or {},
    )


def _tuples(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
