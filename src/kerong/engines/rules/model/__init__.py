"""The law as Python sees it: frozen dataclasses that mirror the YAML of a pack, with values in stored integers.

Stored units: money in fen, ratios in basis points, durations in months or days, dates as the integer
``yyyymmdd``, flags as 0 or 1. The loader converts the units an official writes (万元, percent, years).
"""

from __future__ import annotations

from kerong.engines.rules.model.law import (
    VERIFIED,
    Act,
    Alternative,
    Amount,
    Anchor,
    Band,
    Bracket,
    Branch,
    Classification,
    ClassOption,
    Clause,
    Column,
    DatedBands,
    DatedValue,
    Fact,
    Holder,
    Indicator,
    Kind,
    Library,
    Mark,
    Pack,
    Parameter,
    Publication,
    Scorecard,
    Source,
    Verified,
)
from kerong.engines.rules.model.mistakes import NOWHERE, Mistake, Place, PolicyMistakesError
from kerong.engines.rules.model.units import FACT_TYPES, UNITS, FactType, Unit

__all__ = [
    "FACT_TYPES",
    "NOWHERE",
    "UNITS",
    "VERIFIED",
    "Act",
    "Alternative",
    "Amount",
    "Anchor",
    "Band",
    "Bracket",
    "Branch",
    "ClassOption",
    "Classification",
    "Clause",
    "Column",
    "DatedBands",
    "DatedValue",
    "Fact",
    "FactType",
    "Holder",
    "Indicator",
    "Kind",
    "Library",
    "Mark",
    "Mistake",
    "Pack",
    "Parameter",
    "Place",
    "PolicyMistakesError",
    "Publication",
    "Scorecard",
    "Source",
    "Unit",
    "Verified",
]
