"""Regions found by what people write, and never by what could be elsewhere."""

from __future__ import annotations

from collections import Counter

import pytest

from kerong.basics import regions


def test_hubei_has_its_seventeen_prefectures() -> None:
    kinds = Counter(region.kind_label for region in regions.prefectures())

    assert kinds == {"地级市": 12, "省直管市": 3, "自治州": 1, "林区": 1}


def test_every_parent_exists_and_every_county_has_a_prefecture() -> None:
    table = regions.all_regions()

    assert {region.parent for region in table.values()} - set(table) == {""}
    assert all(
        regions.prefecture_of(code) in table
        for code, region in table.items()
        if region.level == regions.COUNTY
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("武汉", "420100"),
        ("武汉市", "420100"),
        ("湖北省武汉市江夏区", "420115"),
        ("湖北 武汉 江夏", "420115"),
        ("恩施", "422800"),
        ("恩施州", "422800"),
        ("恩施市", "422801"),
        ("荆州", "421000"),
        ("荆州区", "421003"),
        ("襄樊市", "420600"),
        ("京山县", "420882"),
        ("房县", "420325"),
        ("神农架", "429021"),
        ("仙桃", "429004"),
        ("东湖高新", "420100"),
        ("武汉市东湖新技术开发区", "420100"),
        ("420821", "420882"),
        ("长阳", "420528"),
        ("内蒙古", "150000"),
        ("西双版纳", "532800"),
    ],
)
def test_name_is_resolved(text: str, code: str) -> None:
    found = regions.resolve(text)

    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("text", ["", "房", "朝阳区", "火星市", "武汉火星", "999999"])
def test_unknown_name_is_not_guessed(text: str) -> None:
    assert regions.resolve(text) is None


def test_within_narrows_the_search() -> None:
    assert regions.resolve("江夏区", within="420500") is None
    assert regions.resolve("江夏区", within="420000") == regions.find("420115")


@pytest.mark.parametrize(
    ("code", "prefecture"),
    [
        ("420106", "420100"),
        ("429004", "429004"),
        ("420120", "420100"),
        ("420821", "420800"),
        ("110105", "110000"),
        ("330106", "330100"),
        ("420000", None),
        ("000000", None),
    ],
)
def test_prefecture_of_a_code(code: str, prefecture: str | None) -> None:
    assert regions.prefecture_of(code) == prefecture


def test_zone_has_a_key_and_a_parent_and_no_code() -> None:
    zone = regions.zone("光谷")

    assert zone is not None
    assert (zone.key, zone.parent) == ("wuhan_east_lake", "420100")
    assert zone.key not in regions.all_regions()


def test_no_alias_or_zone_points_nowhere() -> None:
    table = regions.all_regions()

    assert all(zone.parent in table for zone in regions.zones())
    assert all(code in table for _, code in regions.county_names())
    assert regions.full_name("420115") == "湖北省武汉市江夏区"
    assert regions.full_name("123456") == ""
