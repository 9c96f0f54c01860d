"""The region of every row of a batch: from a code, names, the address and the digits of the credit code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from kerong.basics import regions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kerong.adapters.registers.sources import RawBatch

METHODS: Mapping[str, str] = {
    "code": "行政区划代码列",
    "names": "省、市、区县名称",
    "address": "住所中的区县名称",
    "zone": "住所中的开发区（无行政区划代码，计入所属地）",
    "uscc": "统一社会信用代码第 3–8 位（登记机关）",
    "": "未能确定",
}
_ADDRESS_HEAD = 24
_SEPARATOR = "\x1f"
_EVIDENCE = ("region", "province", "city", "district")


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a firm is counted. ``zone`` is our key of a development zone, or empty."""

    code: str
    method: str
    zone: str = ""
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Places:
    """Per distinct evidence one answer, and per row which one."""

    answers: list[Placed]
    index: pa.Array[Any]

    def column(self, values: list[str]) -> pa.Array[Any]:
        """Spread one value per answer over the rows, empty becoming null."""
        return pa.array([value or None for value in values], pa.string()).take(self.index)


def place(batch: RawBatch, columns: Mapping[str, str], codes: list[str]) -> Places:
    """Resolve the regions of a batch, alike evidence once; ``columns`` maps roles to column names."""
    rows = len(codes)
    blank = pa.repeat(pa.scalar(""), rows)
    parts = [_plain(batch.columns[columns[role]]) if role in columns else blank for role in _EVIDENCE]
    parts.append(_named_in(batch.columns[columns["address"]]) if "address" in columns else blank)
    parts.append(pa.array([code[2:8] for code in codes], pa.string()))
    evidence = pc.binary_join_element_wise(*parts, _SEPARATOR).dictionary_encode()
    answers: list[Placed] = []
    for text in evidence.dictionary.to_pylist():
        code, province, city, district, in_address, registrar = text.split(_SEPARATOR)
        answers.append(_decide(code, (province, city, district), in_address, registrar))
    return Places(answers, evidence.indices)


def _plain(column: pa.Array[Any]) -> pa.Array[Any]:
    return pc.replace_substring_regex(pc.fill_null(column, ""), r"[\s\x1f]+", "")


def _named_in(address: pa.Array[Any]) -> pa.Array[Any]:
    """Return the first county or development zone that stands near the beginning of each address."""
    head = pc.utf8_slice_codeunits(_plain(address), 0, _ADDRESS_HEAD)
    found = pc.extract_regex(head, _county_pattern())
    return pc.fill_null(pc.struct_field(found, "place"), "")


@cache
def _county_pattern() -> str:
    # RE2 takes the first alternative that fits, so longer names stand first.
    names = sorted(_places_by_name(), key=lambda name: (-len(name), name))
    return f"(?P<place>{'|'.join(map(re.escape, names))})"


@cache
def _places_by_name() -> Mapping[str, tuple[str, str]]:
    """Names that stand in addresses, with the region's code and the key of the zone if it is one."""
    names = {name: (code, "") for name, code in regions.county_names()}
    for zone in regions.zones():
        # 光谷 alone also names streets elsewhere; in addresses only what calls itself a zone counts.
        spoken = (name for name in (zone.name, *zone.names) if name.endswith("区"))
        names.update(dict.fromkeys(spoken, (zone.parent, zone.key)))
    return names


def _decide(code: str, names: tuple[str, str, str], in_address: str, registrar: str) -> Placed:
    if code:
        known = regions.find(code)
        if known is not None:
            return Placed(known.code, "code")
        answer = _decide("", names, in_address, registrar)
        return Placed(answer.code, answer.method, answer.zone, ("region_code_unknown", *answer.checks))
    named = _by_names(*names)
    by_registrar = _by_registrar(registrar)
    place_code, zone = _places_by_name().get(in_address, ("", ""))
    if named is not None and named.level != regions.PROVINCE:
        return _decide_with_city(named, place_code, zone, by_registrar)
    # Without a city, a county's name alone could lie in another province: the registrar must agree.
    if place_code and by_registrar and regions.province_of(by_registrar) == regions.province_of(place_code):
        return Placed(place_code, "zone" if zone else "address", zone)
    if by_registrar or named is not None:
        return Placed(by_registrar, "uscc") if by_registrar else Placed(named.code if named else "", "names")
    return Placed("", "", "", ("region_unknown",))


def _decide_with_city(named: regions.Region, place_code: str, zone: str, by_registrar: str) -> Placed:
    in_address: regions.Region | None = regions.find(place_code) if place_code else None
    method = "zone" if zone else "address"
    apart_from_address = in_address is not None and _apart(named.code, in_address.code)
    if in_address is not None and apart_from_address and _same_prefecture(in_address.code, by_registrar):
        return Placed(in_address.code, method, zone, ("region_city_outvoted",))
    checks: tuple[str, ...] = ("region_address_conflict",) if apart_from_address else ()
    if by_registrar and _apart(named.code, by_registrar):
        checks = ("region_code_conflict", *checks)
    if in_address is not None and regions.contains(named.code, in_address.code):
        finer = in_address.code if named.level == regions.PREFECTURE else named.code
        return Placed(finer, method, zone, checks)
    return Placed(named.code, "names", "", checks)


def _by_names(province: str, city: str, district: str) -> regions.Region | None:
    together = regions.resolve(f"{province}{city}{district}")
    if together is not None:
        return together
    for text in (f"{province}{city}", city, f"{province}{district}", district, province):
        found = regions.resolve(text)
        if found is not None:
            return found
    return None


def _by_registrar(digits: str) -> str:
    found = regions.find(digits)
    return found.code if found is not None else regions.prefecture_of(digits) or ""


def _same_prefecture(one: str, other: str) -> bool:
    prefecture = regions.prefecture_of(one)
    return prefecture is not None and prefecture == regions.prefecture_of(other)


def _apart(one: str, other: str) -> bool:
    """Tell whether two codes lie in different prefectures; a whole province is apart from nothing in it."""
    first, second = regions.prefecture_of(one), regions.prefecture_of(other)
    if first is None or second is None:
        return regions.province_of(one) != regions.province_of(other)
    return first != second
