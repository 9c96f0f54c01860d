"""The list of rules: what stands on a line, and which lines match a search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kerong.capabilities.policy_library.queries.search_words import folded
from kerong.capabilities.policy_library.queries.unpublished import unpublished_count
from kerong.capabilities.policy_library.queries.uses import facts_used

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.utils.functional import Promise

    from kerong.engines.rules.model import DatedBands, DatedValue, Indicator, Library, Pack

KINDS: dict[str, Promise] = {
    "product": _("产品"),
    "recognition": _("认定"),
    "classification": _("分类"),
    "terms": _("政策参数"),
}
DOORS: dict[str, Promise] = {"equity": _("股权"), "debt": _("债权"), "listing": _("上市")}
# Enterprises are what most rules are about: nothing need be said of them.
SUBJECTS: dict[str, Promise] = {
    "person": _("自然人"),
    "pool": _("资金池"),
    "institution": _("金融机构"),
    "fund": _("投资基金"),
}
INSTRUMENTS: dict[str, Promise] = {
    "acquisition_credit": _("并购贷款"),
    "assumption": _("本软件假设"),
    "bond": _("债券"),
    "credit": _("信用贷款"),
    "credit_online": _("线上信用贷款"),
    "credit_stepup": _("利率先低后高的贷款"),
    "duty_exemption": _("尽职免责"),
    "equity": _("股权投资"),
    "equity_pilot": _("股权投资试点"),
    "foreign_debt": _("跨境融资"),
    "fund_evaluation": _("基金考核"),
    "fund_filing": _("私募基金备案"),
    "fund_of_funds": _("母基金"),
    "guarantee": _("担保"),
    "guaranteed_credit": _("担保贷款"),
    "insurance": _("保险"),
    "interest_subsidy": _("贴息"),
    "listing": _("上市"),
    "listing_cultivation": _("上市培育"),
    "points": _("积分评价"),
    "policy_onlending": _("再贷款和转贷"),
    "recognition": _("企业认定"),
    "regional_equity_market": _("区域性股权市场"),
    "risk_compensation": _("风险补偿"),
    "risk_sharing": _("风险分担"),
    "share_transfer": _("份额转让"),
    "standard": _("办理标准"),
    "target": _("目标"),
    "tax_relief": _("税收优惠"),
    "tech_transfer": _("技术转移"),
}
_OTHER_REGIONS = "regions."


@dataclass(frozen=True)
class Asked:
    """What a reader of the list asked for; empty words ask for everything."""

    text: str = ""
    kind: str = ""
    region: str = ""
    instrument: str = ""
    door: str = ""
    task: int = 0
    fact: str = ""


@dataclass(frozen=True)
class Since:
    """Since when the law of a pack stands as it does today.

    ``is_first_day`` false: the day by which it was seen in force. ``other_periods`` counts the earlier and later
    states of the same pack.
    """

    day: date | None
    is_first_day: bool
    other_periods: int


@dataclass(frozen=True)
class RuleLine:
    """One rule as the list shows it."""

    pack: Pack
    kind: Promise
    region: str
    is_of_another_region: bool
    document_number: str
    clause_count: int
    value_count: int
    unpublished_count: int
    since: Since
    in_force: bool


@dataclass(frozen=True)
class LinesOfRegion:
    """The lines of one part of the list: ours (no region), or those of another region."""

    region: str
    lines: tuple[RuleLine, ...]


def rules_matching(library: Library, on: date, asked: Asked | None = None) -> list[RuleLine]:
    """Return the lines of all packs that fit, ours before those of other regions, products first."""
    asked = asked or Asked()
    wanted = folded(asked.text.strip())
    kinds = list(KINDS)
    packs = sorted(library.packs.values(), key=lambda p: (is_of_another_region(p), kinds.index(p.kind)))
    return [
        rule_line(library, pack, on)
        for pack in packs
        if asked.kind in ("", pack.kind)
        and asked.region in ("", pack.facets.get("region", ""))
        and asked.instrument in ("", pack.facets.get("instrument", ""))
        and asked.door in ("", pack.door)
        and (not asked.task or asked.task in pack.tasks)
        and (not asked.fact or asked.fact in facts_used(library, pack))
        and (not wanted or wanted in _searched(library, pack))
    ]


def by_region(lines: Iterable[RuleLine]) -> tuple[LinesOfRegion, ...]:
    """Divide lines into ours and those of each other region."""
    groups: dict[str, list[RuleLine]] = {}
    for line in lines:
        groups.setdefault(line.region if line.is_of_another_region else "", []).append(line)
    return tuple(LinesOfRegion(region, tuple(found)) for region, found in groups.items())


def is_of_another_region(pack: Pack) -> bool:
    """Tell whether a pack is another region's rule, kept for comparison."""
    return pack.key.startswith(_OTHER_REGIONS)


def facet_values(library: Library, name: str) -> list[str]:
    """Return the values of a facet, those of our own packs first, in the order of the packs."""
    packs = sorted(library.packs.values(), key=is_of_another_region)
    return [value for value in dict.fromkeys(pack.facets.get(name, "") for pack in packs) if value]


def tasks_named(library: Library) -> list[int]:
    """Return the tasks of the plan that packs name."""
    return sorted({task for pack in library.packs.values() for task in pack.tasks})


def document_number(library: Library, pack: Pack) -> str:
    """Return the number of the governing document, or its title where it has none."""
    source = library.sources.get(pack.document)
    return (source.number or source.title) if source else ""


def since(pack: Pack, on: date) -> Since:
    """Tell since when a pack stands as it does today, and how many other states it has."""
    changes = sorted(set(_changes(pack)))
    first = _first(pack)
    begun = [day for day in changes if day <= on and (first is None or day > first)]
    later = [day for day in changes if day > on]
    if begun:
        return Since(begun[-1], _has_first_day(pack, begun[-1]), len(begun) + len(later))
    return Since(first, first is not None and _has_first_day(pack, first), len(later))


def rule_line(library: Library, pack: Pack, on: date) -> RuleLine:
    """Return the line of one pack."""
    return RuleLine(
        pack=pack,
        kind=KINDS[pack.kind],
        region=pack.facets.get("region", ""),
        is_of_another_region=is_of_another_region(pack),
        document_number=document_number(library, pack),
        clause_count=sum(clause.in_force(on) for clause in pack.clauses),
        value_count=len(pack.parameters),
        unpublished_count=unpublished_count(library, pack, on),
        since=since(pack, on),
        in_force=pack.in_force(on),
    )


def _first(pack: Pack) -> date | None:
    """Return the first day of which anything of the pack is known."""
    if pack.start is not None:
        return pack.start
    days = [value.effective for series in _series(pack) for value in series]
    days += [clause.start for clause in pack.clauses if clause.start is not None]
    return min((day for day in days if day > date.min), default=None)


def _has_first_day(pack: Pack, day: date) -> bool:
    """Tell whether something is said to begin on a day, and not only to have been seen by it."""
    starts = {pack.start} | {value.start for series in _series(pack) for value in series}
    starts |= {clause.start for clause in pack.clauses}
    starts |= {clause.until + timedelta(days=1) for clause in pack.clauses if clause.until is not None}
    return day in starts


def _changes(pack: Pack) -> Iterator[date]:
    """Return the days on which something replaces something else, begins later than the rest, or ends."""
    for series in _series(pack):
        yield from sorted(value.effective for value in series)[1:]
    spans = [*pack.clauses, *(option for c in pack.classes.values() for option in c.options)]
    for span in spans:
        if span.start is not None:
            yield span.start
        if span.until is not None:
            yield span.until + timedelta(days=1)


def _series(pack: Pack) -> Iterator[tuple[DatedValue, ...] | tuple[DatedBands, ...]]:
    yield from (parameter.values for parameter in pack.parameters.values())
    for card in pack.points.values():
        for indicator in card.indicators:
            yield from _lines(indicator)


def _lines(indicator: Indicator) -> Iterator[tuple[DatedBands, ...]]:
    yield indicator.values
    for line in indicator.best_of:
        yield line.values


def _searched(library: Library, pack: Pack) -> str:
    number = document_number(library, pack)
    return folded(f"{pack.label}\n{pack.label_en}\n{pack.summary}\n{pack.key}\n{number}")
