"""Names and codes that nobody can have: every name says 虚构, every code begins with X."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kerong.basics.identity_codes import (
    ALPHABET,
    MODULUS,
    ORGANISATION_ALPHABET,
    ORGANISATION_MODULUS,
    ORGANISATION_WEIGHTS,
    WEIGHTS,
)
from kerong.basics.regions import find, short_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DEPARTMENT, CATEGORY = "X", "9"
"""GB 32100 assigns the department X to nobody; see README.md."""
FICTITIOUS = "（虚构）"

# Rare characters, so that no two or three of them make a known brand.
FIRST = "澜翊铄樾珩霁岚栩晗翎澍霖弈烨瑾昱祺珞芃琰砚棠槿漪澈汐渊屿峤嵘曜昶暄晔煜熠璟瑄璇珺韫筠笙箬"
SECOND = "舟衡岳川峰嵩泓泽沅淇湛溪漠陌野原垣城台阁辰宸宇寰宙朔望弦毅弘彦彬谦诺恒承启朗阔远翰博睿哲"
FORMER = ("实业", "商贸", "投资")
"""Trades of former names; none of them is a trade of today's names."""
_TWO_SHARE = 0.6


def codes(regions: Sequence[str]) -> list[str]:
    """Return a valid code for each firm, by its number and region, as ``identity_codes.compose`` would."""
    number = len(regions)
    values = np.zeros((number, 18), np.int64)
    values[:, 0], values[:, 1] = ALPHABET.index(DEPARTMENT), ALPHABET.index(CATEGORY)
    digits = np.array(regions, dtype="U6").view(np.uint32).reshape(number, 6).astype(np.int64) - ord("0")
    values[:, 2:8] = digits
    values[:, 8] = ALPHABET.index("P")
    serial = np.arange(number)
    for place in range(7):
        values[:, 15 - place] = serial // 10**place % 10
    organisation = values[:, 8:16].copy()
    organisation[:, 0] = ORGANISATION_ALPHABET.index("P")
    check = ORGANISATION_MODULUS - organisation @ np.array(ORGANISATION_WEIGHTS) % ORGANISATION_MODULUS
    values[:, 16] = np.where(
        check == ORGANISATION_MODULUS - 1, ALPHABET.index("X"), check % ORGANISATION_MODULUS
    )
    values[:, 17] = -(values[:, :17] @ np.array(WEIGHTS)) % MODULUS
    letters = np.array([ord(letter) for letter in ALPHABET], np.uint32)[values]
    return letters.astype(np.uint32).view("U18").reshape(number).tolist()


def names(  # noqa: PLR0913, PLR0917 - the parts of a name
    regions: Sequence[str],
    industries: NDArray[np.int64],
    trades: Sequence[Sequence[str]],
    forms: Sequence[str],
    is_stock: NDArray[np.bool_],
    rng: np.random.Generator,
) -> list[str]:
    """Return a name for each firm, all different: 武汉澜舟光电（虚构）有限公司."""
    number = len(regions)
    chosen = (rng.random(number) * np.array([len(words) for words in trades])[industries]).astype(int)
    is_short = rng.random(number) < _TWO_SHARE
    cities = {code: short_name(region.name) for code in set(regions) if (region := find(code))}
    taken: dict[tuple[str, int, int], int] = {}
    found: list[str] = []
    for i, region in enumerate(regions):
        industry, trade = int(industries[i]), int(chosen[i])
        key = (region, industry, trade)
        serial = taken.get(key, 0)
        taken[key] = serial + 1
        brand = _brand(serial, industry * 31 + trade * 7, short=bool(is_short[i]))
        ending = _ending(forms[i], stock=bool(is_stock[i]))
        found.append(f"{cities[region]}{brand}{trades[industry][trade]}{FICTITIOUS}{ending}")
    return found


def former_name(name: str, trade: str) -> str:
    """Return what a firm was called before, which no firm is called today."""
    return f"{name.split('（', maxsplit=1)[0]}{trade}{FICTITIOUS}有限公司"


def _brand(serial: int, shift: int, *, short: bool) -> str:
    """Return the brand of a firm of a city and trade; no two numbers below the limits give the same one."""
    first, second = len(FIRST), len(SECOND)
    if short and serial < first * second:
        step = (serial * 1_009 + shift) % (first * second)
        return FIRST[step % first] + SECOND[step // first]
    step = (serial * 36_473 + shift) % (first * second * first)
    return FIRST[step % first] + SECOND[step // first % second] + FIRST[step // (first * second)]


def _ending(form: str, *, stock: bool) -> str:
    if form == "cooperative":
        return "专业合作社"
    return "股份有限公司" if stock else "有限公司"
