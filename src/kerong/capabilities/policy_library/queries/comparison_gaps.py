"""The gaps of one line of a comparison in words: every sentence names both regions, or says who has no number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kerong.capabilities.policy_library.queries.quantities_apart import are_comparable, compared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kerong.capabilities.policy_library.queries.comparison_columns import Number


def gaps_between(numbers: Sequence[Number]) -> tuple[tuple[str, ...], bool]:
    """Say how our number stands to each of the others, and whether any two could be compared.

    Ours is the first column of our province, or else of the whole country, that has a number in force; where no
    column is ours, the first. Other regions are not compared with each other beside ours.
    """
    if not any(number.is_published for number in numbers):
        return (_none_published([n for n in numbers if not n.is_absent]),), False
    is_ours_there = any(number.column.is_ours for number in numbers)
    ours = [n for n in numbers if n.is_published and (n.column.is_ours or not is_ours_there)]
    base = next((number for number in ours if number.column.ended_on is None), ours[0] if ours else None)
    sentences: list[str] = []
    is_compared = False
    for number in numbers:
        if number is base:
            continue
        if number.is_absent:
            if number.column.is_home and not number.elsewhere and _is_lacking_at_home(numbers):
                sentences.append(_("%(region)s未收录这一项") % {"region": number.column.name})
        elif not number.is_published:
            sentences.append(_("%(region)s未公布") % {"region": number.column.name})
        elif base is not None:
            sentences.append(_gap(base, number))
            is_compared = is_compared or _may_be_compared(base, number)
    return tuple(dict.fromkeys(sentences)), is_compared


def _is_lacking_at_home(numbers: Sequence[Number]) -> bool:
    """Tell whether no rule of our province on this topic has the line, here or elsewhere."""
    return all(n.is_absent and not n.elsewhere for n in numbers if n.column.is_home)


def _none_published(held: list[Number]) -> str:
    if len(held) == 1:
        return _("%(region)s未公布") % {"region": held[0].column.name}
    return _("%(regions)s都未公布") % {"regions": _("、").join(number.column.name for number in held)}


def _may_be_compared(base: Number, other: Number) -> bool:
    """Tell whether two published numbers are of one measure; flags, codes and days are told same or different."""
    if base.unit is None or other.unit is None or base.unit.type != other.unit.type:
        return False
    return _are_told_apart_only(base, other) or are_comparable(base.unit, other.unit)


def _are_told_apart_only(base: Number, other: Number) -> bool:
    return (
        base.value is None
        or other.value is None
        or (base.unit is not None and base.unit.type in {"flag", "code", "date"})
    )


def _gap(base: Number, other: Number) -> str:
    """Say in words how one published number stands to another."""
    names = {"ours": _name(base), "theirs": _name(other)}
    if base.unit is None or not _may_be_compared(base, other):
        return _("%(ours)s和%(theirs)s单位不同，不比较") % names
    if base.value is None or other.value is None or _are_told_apart_only(base, other):
        same, different = _("%(ours)s与%(theirs)s相同"), _("%(ours)s与%(theirs)s不同")
        return (same if base.text == other.text else different) % names
    return compared(base.value, other.value, base.unit, names)


def _name(number: Number) -> str:
    """Name a column in a sentence; one that has ended is said to have."""
    name = number.column.name
    return name if number.column.ended_on is None else _("%s（已失效）") % name
