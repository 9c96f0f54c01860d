"""Money as whole fen: shares, splits that lose nothing, and exact reading and printing of amounts."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Rounding: TypeAlias = Literal["down", "up", "half_up", "half_even"]
TieRule: TypeAlias = Literal["first", "last", "largest_weight"]

BASIS_POINTS = 10_000
FEN_PER: dict[str, int] = {
    "分": 1,
    "元": 100,
    "千元": 100_000,
    "万元": 1_000_000,
    "百万元": 100_000_000,
    "亿元": 10_000_000_000,
}
_DIGITS_MAX = 40
_EXPONENT_MAX = 30


class MoneyError(ValueError):
    """An amount that cannot be read, split or shared exactly."""


def share(amount: int, bp: int, rounding: Rounding) -> int:
    """Return ``bp`` basis points of an amount in fen, rounded to a whole fen.

    ``down`` goes towards zero and ``up`` away from zero, for negative amounts too; the halves go away from
    zero (``half_up``) or to the even neighbour (``half_even``).
    """
    product = amount * bp
    whole, rest = divmod(abs(product), BASIS_POINTS)
    if rest and _goes_up(whole, rest, rounding):
        whole += 1
    return -whole if product < 0 else whole


def _goes_up(whole: int, rest: int, rounding: Rounding) -> bool:
    if rounding == "down":
        return False
    if rounding == "up":
        return True
    twice = rest * 2
    if twice != BASIS_POINTS:
        return twice > BASIS_POINTS
    if rounding == "half_up":
        return True
    if rounding == "half_even":
        return whole % 2 == 1
    raise MoneyError(f"no rounding {rounding!r}; there are down, up, half_up and half_even")


def split(amount: int, weights: Sequence[int], ties: TieRule = "first") -> list[int]:
    """Divide an amount in fen by integer weights so that the parts always add up to the whole.

    Largest remainder: everyone gets the exact part cut towards zero, and the fen left over go one each to
    the largest fractions. Equal fractions are served by ``ties``: ``first`` and ``last`` by position,
    ``largest_weight`` by weight and then position. Raises MoneyError on negative or all-zero weights.
    """
    if not weights or min(weights) < 0 or sum(weights) == 0:
        raise MoneyError("weights must be whole numbers, none negative and at least one positive")
    total = sum(weights)
    sign = -1 if amount < 0 else 1
    cut = [divmod(abs(amount) * weight, total) for weight in weights]
    left = abs(amount) - sum(whole for whole, _ in cut)

    def turn(position: int) -> tuple[int, int, int]:
        by_weight = -weights[position] if ties == "largest_weight" else 0
        return (-cut[position][1], by_weight, -position if ties == "last" else position)

    lucky = set(sorted(range(len(weights)), key=turn)[:left])
    return [sign * (whole + (position in lucky)) for position, (whole, _) in enumerate(cut)]


def parse_money(text: str, unit: str = "元") -> int:
    """Read an amount written as a plain number in ``unit`` (元, 万元 …) and return whole fen.

    Accepts thousands separators and surrounding spaces. Raises MoneyError when the text is not a number or
    would not be a whole number of fen: nothing is rounded here.
    """
    if unit not in FEN_PER:
        raise MoneyError(f"unit {unit!r} is not known; there are {'、'.join(FEN_PER)}")
    fen = parse_number(text) * FEN_PER[unit]
    if fen != fen.to_integral_value():
        raise MoneyError(f"{text!r}{unit} is not a whole number of fen")
    return int(fen)


def parse_number(text: str) -> Decimal:
    """Read a decimal number exactly; commas must stand as thousands separators. Raises MoneyError."""
    plain = text.strip()
    if "," in plain:
        plain = _without_separators(plain)
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise MoneyError(f"{text!r} is not a number") from None
    # The bound keeps 1e999999999 from becoming a million-digit integer.
    if not number.is_finite() or len(plain) > _DIGITS_MAX or abs(number.adjusted()) > _EXPONENT_MAX:
        raise MoneyError(f"{text!r} is not a number of reasonable size")
    return number


def format_money(fen: int, unit: str = "万元", *, separators: bool = True) -> str:
    """Print fen in ``unit`` exactly, without trailing zeros and without ever rounding: ``1,234.5万元``."""
    if unit not in FEN_PER:
        raise MoneyError(f"unit {unit!r} is not known; there are {'、'.join(FEN_PER)}")
    whole, rest = divmod(abs(fen), FEN_PER[unit])
    places = len(str(FEN_PER[unit])) - 1
    fraction = str(rest).zfill(places).rstrip("0") if rest else ""
    head = f"{whole:,}" if separators else str(whole)
    return ("-" if fen < 0 else "") + head + ("." + fraction if fraction else "") + unit


def _without_separators(text: str) -> str:
    sign, body = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, dot, fraction = body.partition(".")
    first, *groups = whole.split(",")
    if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups) or "," in fraction:  # noqa: PLR2004 - thousands
        raise MoneyError(f"the commas of {text!r} do not separate thousands")
    return sign + first + "".join(groups) + dot + fraction
