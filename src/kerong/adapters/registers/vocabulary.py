"""The facts a register may fill, as plain descriptions, and the units that headers may name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from kerong.basics import industries, regions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class DescribedUnit(Protocol):
    """A unit as the rules engine describes it; ``factor`` stored units make one of it."""

    @property
    def key(self) -> str:
        """The name packs use: wan_yuan."""
        ...

    @property
    def type(self) -> str:
        """The type of fact it measures: money, ratio, …."""
        ...

    @property
    def factor(self) -> int:
        """How many stored units one of it is."""
        ...

    @property
    def label(self) -> str:
        """How a reader writes it: 万元."""
        ...


class DescribedFact(Protocol):
    """A fact as the rules engine describes it; this storey may not import the engine."""

    @property
    def name(self) -> str:
        """The name rules use."""
        ...

    @property
    def label(self) -> str:
        """The name readers see."""
        ...

    @property
    def type(self) -> str:
        """The type: money, code, flag, date, …."""
        ...

    @property
    def low(self) -> int:
        """The lowest stored value."""
        ...

    @property
    def high(self) -> int:
        """The highest stored value."""
        ...

    @property
    def codes(self) -> Mapping[str, str]:
        """The permitted codes with their labels; empty when open."""
        ...

    @property
    def code_system(self) -> str:
        """The classification of an open code: gbt2260, gbt4754."""
        ...

    @property
    def derived(self) -> str:
        """The function that works it out; empty for facts from outside."""
        ...


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every fact by name, and the factor of every unit by type and spelling."""

    facts: Mapping[str, DescribedFact]
    units: Mapping[tuple[str, str], int]

    def factor(self, fact: DescribedFact, unit: str) -> int | None:
        """Return how many stored units one ``unit`` of a fact is, or None when it is no unit of that fact."""
        return self.units.get((fact.type, unit.strip().lower()))


def make_vocabulary(facts: Iterable[DescribedFact], units: Iterable[DescribedUnit]) -> Vocabulary:
    """Collect facts and units; a unit is known by its key and its label."""
    spellings: dict[tuple[str, str], int] = {}
    for unit in units:
        for spelling in (unit.key, unit.label):
            if spelling:
                spellings[unit.type, spelling.lower()] = unit.factor
    for spelling, months in (("月", 1), ("年", 12)):
        spellings.setdefault(("months", spelling), months)
    return Vocabulary({fact.name: fact for fact in facts}, spellings)


def is_known_code(fact: DescribedFact, code: str) -> bool:
    """Tell whether a code is one the fact may have."""
    if fact.codes:
        return code in fact.codes
    if fact.code_system == "gbt2260":
        return regions.find(code) is not None or regions.prefecture_of(code) is not None
    if fact.code_system == "gbt4754":
        return industries.find(code) is not None
    return True
