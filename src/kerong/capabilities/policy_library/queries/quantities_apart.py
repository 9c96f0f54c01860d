"""How far two values of the law are apart, in words; values of different units are never compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kerong.capabilities.policy_library.queries.expressions import language
from kerong.engines.rules.quantities import show_quantity

if TYPE_CHECKING:
    from kerong.engines.rules.model import Unit

# One stored unit behind each of these, so that 万元 and 亿元, 月 and 年 may be compared.
_ONE_MEASURE = frozenset({"money", "money_usd", "months", "seconds"})
_PERCENT = frozenset({"percent", "permille"})


def are_comparable(one: Unit, other: Unit) -> bool:
    """Tell whether two values written in these units may be compared."""
    if one.type != other.type or one.type in {"flag", "code", "date"}:
        return False
    if one.key == other.key or one.type in _ONE_MEASURE:
        return True
    return {one.key, other.key} <= _PERCENT


def apart(ours: int, theirs: int, unit: Unit) -> str:
    """Return how much ours differs from theirs, without its sign: 700万元, 10个百分点."""
    size = abs(ours - theirs)
    if unit.key in _PERCENT | {"share"}:
        points = show_quantity(size, "ratio").removesuffix("%").removesuffix(".0")
        return _("%s个百分点") % points
    return show_quantity(size, unit, language())


def compared(ours: int, theirs: int, unit: Unit, names: dict[str, str]) -> str:
    """Say how ours stands to theirs, both named: 湖北比重庆高 700万元, 湖北与重庆相同."""
    if ours == theirs:
        return _("%(ours)s与%(theirs)s相同") % names
    words = names | {"size": apart(ours, theirs, unit)}
    if unit.type in {"months", "days", "seconds"}:
        longer, shorter = _("%(ours)s比%(theirs)s长 %(size)s"), _("%(ours)s比%(theirs)s短 %(size)s")
        return (longer if ours > theirs else shorter) % words
    if unit.type in {"count", "number"}:
        more, fewer = _("%(ours)s比%(theirs)s多 %(size)s"), _("%(ours)s比%(theirs)s少 %(size)s")
        return (more if ours > theirs else fewer) % words
    higher, lower = _("%(ours)s比%(theirs)s高 %(size)s"), _("%(ours)s比%(theirs)s低 %(size)s")
    return (higher if ours > theirs else lower) % words
