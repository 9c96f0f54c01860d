"""Rules of one topic side by side: ours first, gaps in words, different units never compared."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kerong.capabilities.policy_library import queries
from kerong.capabilities.policy_library.tests.small_law import ON, library, pack, parameter, value

if TYPE_CHECKING:
    from django.test import Client

    from kerong.records.packs.queries import CurrentLaw

START = date(2025, 1, 1)


def gaps(ours: tuple[str, int | None], theirs: tuple[str, int | None]) -> str:
    """Return the gap in words between a number of ours and one of 乙地, each written in a unit."""
    packs = [
        pack(key, parameter("n", unit, value(number, START)), topic="t", facets={"region": region})
        for key, region, (unit, number) in (("regions.yi.n", "乙", theirs), ("hubei.n", "湖北", ours))
    ]
    found = queries.comparison(library(*packs), "t", ON)
    assert found is not None
    assert [p.key for p in found.packs] == ["hubei.n", "regions.yi.n"]
    return found.lines[0].gaps[0]


def test_gaps_are_said_in_the_words_of_the_unit() -> None:
    assert gaps(("wan_yuan", 1_000_000_000), ("wan_yuan", 300_000_000)) == "比乙高 700万元"
    assert gaps(("wan_yuan", 1_000_000_000), ("yi_yuan", 10_000_000_000)) == "比乙低 9,000万元"
    assert gaps(("percent", 8000), ("percent", 7050)) == "比乙高 9.5个百分点"
    assert gaps(("months", 36), ("years", 60)) == "比乙短 2年"
    assert gaps(("persons", 5), ("persons", 5)) == "与乙相同"


def test_different_units_are_never_compared() -> None:
    for ours, theirs in (
        ("wan_yuan", "percent"),
        ("wan_yuan", "wan_usd"),
        ("persons", "items"),
        ("bp", "percent"),
    ):
        assert gaps((ours, 100), (theirs, 200)) == "单位不同，不比较"


def test_what_is_not_published_is_said_and_not_compared() -> None:
    assert gaps(("percent", 8000), ("percent", None)) == "乙未公布"
    assert gaps(("percent", None), ("percent", 8000)) == "湖北未公布"
    assert gaps(("percent", None), ("percent", None)) == "湖北和乙都未公布"


def test_one_region_alone_is_no_topic() -> None:
    both = [
        pack(key, parameter("n", "bp", value(1, START)), topic="t", facets={"region": "湖北"}) for key in "ab"
    ]

    assert queries.topics(library(*both)) == ()
    assert queries.comparison(library(*both), "t", ON) is None


def test_differing_days_are_said() -> None:
    ours = pack("a", parameter("n", "bp", value(1, START)), topic="t", facets={"region": "湖北"})
    theirs = pack(
        "regions.b", parameter("n", "bp", value(1, date(2017, 5, 17))), topic="t", facets={"region": "乙"}
    )
    same = pack("regions.b", parameter("n", "bp", value(1, START)), topic="t", facets={"region": "乙"})

    differing, equal = (queries.comparison(library(ours, other), "t", ON) for other in (theirs, same))

    assert differing is not None
    assert equal is not None
    assert differing.days_differ
    assert not equal.days_differ


def test_shipped_comparison_shows_ours_beside_chongqing(law: CurrentLaw, client: Client) -> None:
    page = client.get("/comparison/knowledge_value_loan/").content.decode()

    assert law
    assert "比重庆高 700万元" in page
    assert "各地数字的日期不同" in page
    assert "重庆未公布" in page
    assert client.get("/comparison/nope/").status_code == 404
    assert "/comparison/knowledge_value_loan/" in client.get("/comparison/").content.decode()
