"""The law as Python sees it: frozen dataclasses that mirror the YAML of a pack, with values in stored integers.

Stored units: money in fen, ratios in basis points, durations in months or days, dates as the integer
``yyyymmdd``, flags as 0 or 1. The loader converts the units an official writes (万元, percent, years).
"""

from __future__ import annotations

from kerong.basics.mistakes import NOWHERE, Mistake, Place, PolicyMistakesError
from kerong.engines.rules.model.law import (
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
    Pack,
    Parameter,
    Period,
    Publication,
    Scorecard,
    Source,
    Subject,
)
from kerong.engines.rules.model.marks import VERIFIED, Door, Mark, Verified
from kerong.engines.rules.model.shelf import (
    INSTITUTION_KINDS,
    PRODUCT_KINDS,
    WHOLE_COUNTRY,
    Institution,
    ShelfProduct,
)
from kerong.engines.rules.model.units import FACT_TYPES, UNITS, FactType, Unit

__all__ = [
    "FACT_TYPES",
    "INSTITUTION_KINDS",
    "NOWHERE",
    "PRODUCT_KINDS",
    "UNITS",
    "VERIFIED",
    "WHOLE_COUNTRY",
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
    "Door",
    "Fact",
    "FactType",
    "Holder",
    "Indicator",
    "Institution",
    "Kind",
    "Library",
    "Mark",
    "Mistake",
    "Pack",
    "Parameter",
    "Period",
    "Place",
    "PolicyMistakesError",
    "Publication",
    "Scorecard",
    "ShelfProduct",
    "Source",
    "Subject",
    "Unit",
    "Verified",
]
