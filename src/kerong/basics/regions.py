"""Administrative divisions (GB/T 2260): lookup by code, and by the names people write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from kerong.basics import tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HUBEI = "420000"
PROVINCE, PREFECTURE, COUNTY = 1, 2, 3

KIND_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "province": "省",
        "autonomous_region": "自治区",
        "municipality": "直辖市",
        "special_administrative_region": "特别行政区",
        "prefecture_city": "地级市",
        "autonomous_prefecture": "自治州",
        "league": "盟",
        "prefecture_area": "地区",
        "direct_county_city": "省直管市",
        "direct_county": "省直管县",
        "forest_district": "林区",
        "district": "市辖区",
        "county_city": "县级市",
        "county": "县",
        "autonomous_county": "自治县",
    }
)
_PROVINCES = frozenset({"province", "autonomous_region", "municipality", "special_administrative_region"})
_PREFECTURES = frozenset(
    {
        "prefecture_city",
        "autonomous_prefecture",
        "league",
        "prefecture_area",
        "direct_county_city",
        "direct_county",
        "forest_district",
    }
)
_PEOPLES = re.compile(
    r"(?:土家|苗|布依|侗|彝|藏|羌|傣|景颇|哈尼|傈僳|白|壮|回|黎|蒙古|朝鲜)族|维吾尔|蒙古|哈萨克|柯尔克孜"
)
_CODE = re.compile(r"\d{6}")


@dataclass(frozen=True, slots=True)
class Region:
    """One division. ``parent`` is the code above it, empty for provinces."""

    code: str
    name: str
    parent: str
    kind: str

    @property
    def level(self) -> int:
        """1 province, 2 prefecture (市州, province-run counties included), 3 county."""
        if self.kind in _PROVINCES:
            return PROVINCE
        return PREFECTURE if self.kind in _PREFECTURES else COUNTY

    @property
    def kind_label(self) -> str:
        """The kind in Chinese."""
        return KIND_LABELS[self.kind]


@dataclass(frozen=True, slots=True)
class Zone:
    """A development zone: no division of GB/T 2260, our own ``key``, counted under ``parent``."""

    key: str
    name: str
    parent: str
    names: tuple[str, ...]


def find(code: str) -> Region | None:
    """Return the region of a six-digit code, following retired codes to their successor; None if unknown."""
    regions = all_regions()
    return regions.get(code) or regions.get(_successors().get(code, ""))


def resolve(text: str, within: str = "") -> Region | None:
    """Return the region that a name, code or string of names (湖北省武汉市江夏区) means, or None.

    Names may lack their ending or be former ones; a development zone answers with the region it is counted
    under. A name that several regions bear means the highest of them, and None when two are equally high.
    ``within`` is a code: only regions inside it are meant.
    """
    wanted = re.sub(r"\s+", "", text)
    if _CODE.fullmatch(wanted):
        found = find(wanted)
        return found if found is not None and contains(within, found.code) else None
    best: Region | None = None
    while wanted:
        step = _longest_start(wanted, best.code if best else within)
        if step is None:
            return None
        best, used = step
        wanted = wanted[used:]
    return best


def zone(text: str) -> Zone | None:
    """Return the development zone of exactly this name, or None."""
    return _zones_by_name().get(re.sub(r"\s+", "", text))


def prefecture_of(code: str) -> str | None:
    """Return the 市州 of a code (直辖市: the city itself); None for a province or an unknown code."""
    region = find(code)
    if region is None:
        return _unlisted_prefecture(code)
    if region.kind == "municipality" or region.level == PREFECTURE:
        return region.code
    return region.parent if region.level == COUNTY else None


def province_of(code: str) -> str | None:
    """Return the province code of any code in it, or None."""
    candidate = code[:2] + "0000"
    return candidate if candidate in all_regions() else None


def contains(outer: str, inner: str) -> bool:
    """Tell whether the region ``inner`` lies in ``outer`` or is it; an empty ``outer`` holds everything."""
    if not outer or outer == inner:
        return True
    region = all_regions().get(inner)
    return region is not None and bool(region.parent) and contains(outer, region.parent)


def prefectures(province: str = HUBEI) -> tuple[Region, ...]:
    """Return the 市州 of a province in code order; seventeen for Hubei."""
    return tuple(
        region
        for region in all_regions().values()
        if region.level == PREFECTURE and region.parent == province
    )


def full_name(code: str) -> str:
    """Return the names from the province down, such as 湖北省武汉市江夏区; empty for an unknown code."""
    region = find(code)
    return "" if region is None else full_name(region.parent) + region.name if region.parent else region.name


def county_names(province: str = HUBEI) -> Iterator[tuple[str, str]]:
    """Yield (full or former name, code) of every county-level division, for finding them in addresses."""
    below = {
        code for code, region in all_regions().items() if contains(province, code) and _is_county(region)
    }
    for code in sorted(below):
        yield all_regions()[code].name, code
    for row in tables.rows("region_aliases.tsv"):
        if row["code"] in below and row["name"][-1] in "市区县":
            yield row["name"], row["code"]


@cache
def all_regions() -> Mapping[str, Region]:
    """Return every region by code, in code order."""
    return MappingProxyType({row["code"]: Region(**row) for row in tables.rows("regions.tsv")})


@cache
def zones() -> tuple[Zone, ...]:
    """Return every development zone."""
    return tuple(
        Zone(row["key"], row["name"], row["parent"], tuple(row["names"].split("|")))
        for row in tables.rows("region_zones.tsv")
    )


def _is_county(region: Region) -> bool:
    return region.level == COUNTY or region.kind in {"direct_county_city", "direct_county", "forest_district"}


def _unlisted_prefecture(code: str) -> str | None:
    """A county code outside the table still shows its prefecture in the first four digits."""
    if not _CODE.fullmatch(code):
        return None
    candidate = code[:4] + "00"
    above = all_regions().get(candidate)
    if above is not None and above.level == PREFECTURE:
        return candidate
    municipality = all_regions().get(code[:2] + "0000")
    return municipality.code if municipality is not None and municipality.kind == "municipality" else None


def _longest_start(text: str, within: str) -> tuple[Region, int] | None:
    names = _codes_by_name()
    for length in range(min(len(text), _longest_name()), 1, -1):
        inside = [code for code in names.get(text[:length], ()) if contains(within, code)]
        if not inside:
            continue
        found = [all_regions()[code] for code in inside]
        top = min(region.level for region in found)
        highest = [region for region in found if region.level == top]
        return (highest[0], length) if len(highest) == 1 else None
    return None


@cache
def _codes_by_name() -> Mapping[str, tuple[str, ...]]:
    names: dict[str, dict[str, None]] = {}
    for region in all_regions().values():
        for name in {region.name, short_name(region.name)}:
            names.setdefault(name, {})[region.code] = None
    for row in tables.rows("region_aliases.tsv"):
        names.setdefault(row["name"], {})[row["code"]] = None
    for known in zones():
        for name in {known.name, *known.names}:
            names.setdefault(name, {})[known.parent] = None
    return {name: tuple(codes) for name, codes in names.items()}


@cache
def _longest_name() -> int:
    return max(map(len, _codes_by_name()))


def short_name(name: str) -> str:
    """Return a name without its ending (武汉, 恩施, 长阳), or whole where one character would be left."""
    cut = _PEOPLES.sub("", name) if "自治" in name and not name.startswith("内蒙古") else name
    cut = re.sub(r"自治[州县区]$|特别行政区$|林区$|地区$|[省市区县州盟]$", "", cut)
    return cut if len(cut) > 1 else name


@cache
def _zones_by_name() -> Mapping[str, Zone]:
    return {name: known for known in zones() for name in (known.name, *known.names)}


@cache
def _successors() -> Mapping[str, str]:
    return {row["code"]: row["successor"] for row in tables.rows("region_retired_codes.tsv")}
