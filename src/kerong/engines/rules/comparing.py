"""The two sides of a comparison and the gap between them as one sentence says them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import starmap
from math import ceil, floor
from typing import TYPE_CHECKING

from kerong.engines.rules.quantities import Language, show_quantity
from kerong.engines.rules.together import rounded, shown_together, step_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kerong.engines.rules.model import Unit

Span = tuple[Fraction, Fraction]
"""The lowest and the highest value still possible."""

_LANGUAGES: tuple[Language, Language] = ("zh", "en")
_IN_PARTS = re.compile(r"(USD )?([0-9][0-9,.]*)(\D*)")
_FALLING = frozenset({"<=", "<"})


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str


NOTHING = Words("", "")


@dataclass(frozen=True, slots=True)
class Told:
    """What a sentence says of a comparison; ``is_exact`` when neither side had to be rounded."""

    actual: Words
    required: Words
    gap: Words
    is_exact: bool


def least_shortfall(operator: str, actual: Span, required: Span) -> int | None:
    """Return the least whole change that could meet a comparison that fails; None where none is needed or known.

    While facts are missing both sides are spans, and the nearest ends count.
    """
    if operator in _FALLING:
        away = actual[0] - required[1]
    elif operator in {">=", ">"}:
        away = required[0] - actual[1]
    else:
        return None
    short = ceil(away) if operator in {">=", "<="} else floor(away) + 1
    return short if short > 0 else None


def told(operator: str, actual: Span, required: Span, short: int | None, unit: Unit) -> Told:
    """Put a comparison into words: one unit, sums rounded so that the gap is never told too small."""
    sides = [list(dict.fromkeys(actual)), list(dict.fromkeys(required))]
    step = step_of(unit.type, [floor(value) for side in sides for value in side])
    falls = operator in _FALLING
    ups = (falls, not falls) if short else (False, False)
    whole = list(starmap(lambda side, up: _rounded(side, step, up=up), zip(sides, ups, strict=True)))
    if _order(whole[0][0], whole[1][0]) != _order(actual[0], required[0]):
        step, whole = 1, [_rounded(side, 1, up=False) for side in sides]
    distance = 0
    if short:
        certain = len(sides[0]) == len(sides[1]) == 1
        distance = max(rounded(short, step, up=True), abs(whole[0][0] - whole[1][0]) if certain else 0)
    texts = [_texts(whole, distance, unit, language) for language in _LANGUAGES]
    is_cut = [step == 1 and [*map(Fraction, ints)] != side for ints, side in zip(whole, sides, strict=True)]
    about = [Words("约 ", "about ") if cut else NOTHING for cut in is_cut]
    return Told(
        Words(about[0].zh + texts[0][0], about[0].en + texts[1][0]),
        Words(about[1].zh + texts[0][1], about[1].en + texts[1][1]),
        Words(texts[0][2], texts[1][2]),
        step == 1 or [[*map(Fraction, ints)] for ints in whole] == sides,
    )


def shown_span(span: Sequence[Fraction], unit: Unit) -> Words:
    """Print the values still possible; one value when it is certain."""
    values = list(dict.fromkeys(span))
    return Words(*(joined([shown(value, unit, x) for value in values], x) for x in _LANGUAGES))


def shown(value: Fraction, unit: Unit, language: Language, *, up: bool = False) -> str:
    """Print an exact number in a unit; what is no whole stored unit is cut, never past a threshold."""
    whole = ceil(value) if up else floor(value)
    text = show_quantity(whole, unit, language)
    return text if value == whole else f"约 {text}" if language == "zh" else f"about {text}"


def gap_words(operator: str, amount: Words, *, is_least: bool = False) -> Words:
    """Say what is missing or too much; ``is_least`` while it may turn out to be more."""
    zh, en = ("至少", "at least ") if is_least else ("", "")
    if operator in _FALLING:
        return Words(f"{zh}超出 {amount.zh}", f"{en}{amount.en} over")
    return Words(f"{zh}还差 {amount.zh}", f"{en}{amount.en} short")


def joined(texts: Sequence[str], language: Language) -> str:
    """Join the two ends of a span, the unit said once: 0–61分."""
    parts = [_IN_PARTS.fullmatch(text) for text in texts]
    if len(parts) == 2 and parts[0] and parts[1] and parts[0][1] == parts[1][1]:  # noqa: PLR2004 - two ends
        low, high = (part[3].removesuffix("s") if language == "en" else part[3] for part in parts if part)
        if low == high:
            return f"{parts[0][1] or ''}{parts[0][2]}–{parts[1][2]}{parts[1][3]}"
    return (" 至 " if language == "zh" else " to ").join(texts)


def _texts(whole: list[list[int]], distance: int, unit: Unit, language: Language) -> tuple[str, str, str]:
    """Print both sides and the gap, all in one unit."""
    flat = [value for side in whole for value in side]
    every = shown_together([*flat, distance] if distance else flat, unit, language)
    cut = len(whole[0])
    gap = every[-1] if distance else ""
    if distance and unit.type == "ratio":
        # Between two shares it is percentage points.
        points = f"{distance // 100}.{distance % 100:02}".rstrip("0").rstrip(".")
        gap = f"{points} 个百分点" if language == "zh" else f"{points} percentage points"
    return joined(every[:cut], language), joined(every[cut : len(flat)], language), gap


def _rounded(side: Sequence[Fraction], step: int, *, up: bool) -> list[int]:
    """Round both ends; to a whole stored unit always downwards, as a threshold is never told as reached."""
    return [
        floor(value) if step == 1 else rounded(ceil(value) if up else floor(value), step, up=up)
        for value in side
    ]


def _order(a: Fraction | int, b: Fraction | int) -> int:
    return (a > b) - (a < b)
