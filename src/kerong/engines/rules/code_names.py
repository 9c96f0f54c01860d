"""What a code of a fact is called: the dictionary's own label, a region of GB/T 2260 or an industry of GB/T 4754."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.basics import industries, regions

if TYPE_CHECKING:
    from kerong.engines.rules.model import Fact
    from kerong.engines.rules.quantities import Language

_REGION_DIGITS = 6


def code_name(fact: Fact, code: str, language: Language = "zh") -> str:
    """Return a code's name in a language, or the code itself where it has none."""
    if language == "en":
        return fact.codes_en.get(code, code)
    if code in fact.codes:
        return fact.codes[code]
    if fact.code_system == "gbt2260":
        return regions.full_name(code) if regions.find(code) else code
    if fact.code_system == "gbt4754" and industries.find(code):
        return industries.label_of(code)
    return code


def prefix_name(fact: Fact, prefix: str) -> str:
    """Return what all codes with a prefix lie in, or the prefix with a mark that more follows."""
    if fact.code_system == "gbt2260" and (region := regions.find(prefix.ljust(_REGION_DIGITS, "0"))):
        return region.name
    if fact.code_system == "gbt4754" and industries.find(prefix):
        return industries.label_of(prefix)
    return f"{prefix}…"
