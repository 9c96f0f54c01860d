"""The what-if page's reads: which numbers can be moved, how far, and the worker's answer in print."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kerong.adapters import worker_client
from kerong.basics import regions
from kerong.capabilities.policy_library.queries.expressions import language
from kerong.capabilities.policy_library.queries.uses import names_moving_a_result
from kerong.capabilities.policy_library.queries.what_if_sums import (
    Cell,
    Sum,
    cell_of,
    group_label,
    shade_of,
    sum_of,
)
from kerong.engines.rules.quantities import show_quantity

if TYPE_CHECKING:
    from datetime import date

    from kerong.engines.rules.model import Pack, Parameter
    from kerong.records.packs.queries import CurrentLaw

_MOVABLE = frozenset(
    {"money", "money_usd", "ratio", "count", "months", "days", "seconds", "points", "number"}
)
_PERCENT = 10_000
_SLIDER_STEPS = 100


@dataclass(frozen=True)
class Range:
    """How far a parameter can be moved, in stored units; the slider speaks in the parameter's own unit."""

    current: int
    low: int
    high: int
    step: int
    floor: int
    ceiling: int
    factor: int

    @property
    def current_number(self) -> str:
        """The value in force as a bare number of the parameter's unit."""
        return self.number(self.current)

    @property
    def low_number(self) -> str:
        """The slider's lower end."""
        return self.number(self.low)

    @property
    def high_number(self) -> str:
        """The slider's upper end."""
        return self.number(self.high)

    @property
    def step_number(self) -> str:
        """The slider's step."""
        return self.number(self.step)

    def number(self, stored: int) -> str:
        """Return a stored value as a bare number of the parameter's unit, exactly."""
        whole, rest = divmod(abs(stored), self.factor)
        places = len(str(self.factor)) - 1
        fraction = f".{rest:0{places}}".rstrip("0") if rest and self.factor % 10 == 0 else ""
        return f"{'-' if stored < 0 else ''}{whole}{fraction}"


@dataclass(frozen=True)
class Line:
    """One group of firms: how many qualify before and after, and the colour of its tile."""

    key: str
    label: str
    before: Cell
    after: Cell
    gained: Cell
    lost: Cell
    shade: str = ""


@dataclass(frozen=True)
class Answer:
    """What the worker found, ready to print."""

    firm_count: int
    is_unchanged: bool
    total: Line
    tiles: tuple[Line, ...]
    by_region: tuple[Line, ...]
    by_industry: tuple[Line, ...]
    by_stage: tuple[Line, ...]
    sums: tuple[Sum, ...]
    others: tuple[Line, ...]
    snapshot_sha256: str

    @property
    def moves_nobody(self) -> bool:
        """Tell whether no firm gains or loses eligibility."""
        return not self.is_unchanged and not self.total.gained and not self.total.lost

    @property
    def moves_only_amounts(self) -> bool:
        """Tell whether amounts change and no firm's eligibility does."""
        return self.moves_nobody and any(item.is_changed for item in self.sums)


def movable_rules(law: CurrentLaw) -> list[Pack]:
    """Return the rules that decide about firms and hold a number that can be moved."""
    return [
        rule.pack
        for rule in law.catalogue.rules
        if rule.pack.subject == "enterprise" and movable_parameters(rule.pack, law.on)
    ]


def movable_parameters(pack: Pack, on: date) -> list[Parameter]:
    """Return the single published numbers that a clause in force or an amount mentions."""
    mentioned = names_moving_a_result(pack, on)
    return [
        parameter
        for parameter in pack.parameters.values()
        if parameter.name in mentioned
        and not parameter.by
        and parameter.unit.type in _MOVABLE
        and (dated := parameter.in_force(on)) is not None
        and isinstance(dated.value, int)
    ]


def is_movable(law: CurrentLaw, pack: Pack, parameter: Parameter) -> bool:
    """Tell whether the what-if page can try another value of a parameter."""
    return parameter in movable_parameters(pack, law.on) and pack in movable_rules(law)


def range_of(parameter: Parameter, on: date) -> Range:
    """Return a slider's range around the value in force."""
    dated = parameter.in_force(on)
    current = dated.value if dated is not None and isinstance(dated.value, int) else 0
    unit = parameter.unit
    ceiling = 10**15 if unit.type in {"money", "money_usd"} else 10**6
    high = max(2 * abs(current), unit.factor * 10)
    if unit.type == "ratio" and abs(current) <= _PERCENT:
        high = min(high, _PERCENT)
    step = unit.factor
    while high // step > _SLIDER_STEPS and unit.type in {"money", "money_usd", "count", "number", "days"}:
        step *= 10 if high // step > _SLIDER_STEPS * 5 else 5
    return Range(
        current=current,
        low=min(0, 2 * current),
        high=-(-high // step) * step,
        step=step,
        floor=min(0, 10 * current),
        ceiling=ceiling,
        factor=unit.factor,
    )


def what_if(pack: Pack, parameter: Parameter, value: int, current: int) -> Answer:
    """Ask the resident worker who would qualify with another value.

    Raises worker_client.WorkerCold while it warms up, WorkerGone when it does not answer, and WorkerRefused
    when it cannot work with the value.
    """
    if value == current:
        return _unchanged(pack)
    found = worker_client.ask(
        {
            "request": "what_if",
            "changes": {f"{pack.key}:{parameter.name}": show_quantity(value, parameter.unit)},
            "group_by": ["region", "industry", "stage"],
        }
    )
    own = next((rule for rule in found["rules"] if rule["rule"] == pack.key), None)
    if own is None:
        return _unchanged(pack)
    groups = {
        name: tuple(_line(row, row["key"], group_label(row)) for row in rows)
        for name, rows in own["groups"].items()
    }
    return Answer(
        firm_count=found["rows"],
        is_unchanged=False,
        total=_line(own, pack.key, pack.label),
        tiles=_tiles(groups["region"]),
        by_region=groups["region"],
        by_industry=groups["industry"],
        by_stage=groups["stage"],
        sums=tuple(sum_of(pack.amounts[row["name"]], row, own["groups"]) for row in own["amounts"]),
        others=tuple(
            _line(rule, rule["rule"], rule["label_en"] if language() == "en" else rule["label"])
            for rule in found["rules"]
            if rule is not own
        ),
        snapshot_sha256=found["snapshot_sha256"],
    )


def _unchanged(pack: Pack) -> Answer:
    """Nothing differs from the law in force: say how many qualify today."""
    counts = worker_client.ask({"request": "counts"})
    eligible = next(
        (cell_of(rule["eligible"]) for rule in counts["rules"] if rule["rule"] == pack.key), Cell(None)
    )
    total = Line(pack.key, pack.label, eligible, eligible, Cell(0), Cell(0))
    return Answer(counts["rows"], True, total, (), (), (), (), (), (), counts["snapshot_sha256"])


def _line(row: dict[str, Any], key: str, label: str) -> Line:
    return Line(key, label, *(cell_of(row[name]) for name in ("before", "after", "gained", "lost")))


def _tiles(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return a tile for each of the seventeen prefectures, also for those without any firm."""
    by_key = {line.key: line for line in lines}
    most = max((abs(_net(line)) for line in lines), default=0)
    tiles: list[Line] = []
    for region in regions.prefectures():
        nothing = Cell(0)
        line = by_key.get(region.code) or Line(region.code, region.name, nothing, nothing, nothing, nothing)
        shade = shade_of(_net(line), most)
        tiles.append(replace(line, key=region.code, label=regions.short_name(region.name), shade=shade))
    return tuple(tiles)


def _net(line: Line) -> int:
    return (line.gained.value or 0) - (line.lost.value or 0)
