"""Rules of one topic side by side: ours first, gaps in words, different units never compared."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from kerong.capabilities.policy_library import queries
from kerong.capabilities.policy_library.tests.small_law import ON, library, pack, parameter, value

if TYPE_CHECKING:
    from django.test import Client

    from kerong.capabilities.policy_library.queries.comparison import ComparedLine
    from kerong.engines.rules.model import Pack
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
    assert [column.pack.key for column in found.columns] == ["hubei.n", "regions.yi.n"]
    return found.lines[0].gaps[0]


def test_gaps_are_said_in_the_words_of_the_unit() -> None:
    assert gaps(("wan_yuan", 1_000_000_000), ("wan_yuan", 300_000_000)) == "湖北比乙高 700万元"
    assert gaps(("wan_yuan", 1_000_000_000), ("yi_yuan", 10_000_000_000)) == "湖北比乙低 9,000万元"
    assert gaps(("percent", 8000), ("percent", 7050)) == "湖北比乙高 9.5个百分点"
    assert gaps(("months", 36), ("years", 60)) == "湖北比乙短 2年"
    assert gaps(("persons", 5), ("persons", 5)) == "湖北与乙相同"


def test_different_units_are_never_compared() -> None:
    for ours, theirs in (
        ("wan_yuan", "percent"),
        ("wan_yuan", "wan_usd"),
        ("persons", "items"),
        ("bp", "percent"),
    ):
        assert gaps((ours, 100), (theirs, 200)) == "湖北和乙单位不同，不比较"


def test_what_is_not_published_is_said_and_not_compared() -> None:
    assert gaps(("percent", 8000), ("percent", None)) == "乙未公布"
    assert gaps(("percent", None), ("percent", 8000)) == "湖北未公布"
    assert gaps(("percent", None), ("percent", None)) == "湖北、乙都未公布"


def number(region: str, amount: int | None, *, key: str = "", **more: Any) -> Pack:
    """Return a pack of topic t with one number in percent, or with none at all when the amount is -1."""
    name = more.pop("name", "n")
    own = () if amount == -1 else (parameter(name, "percent", value(amount, START)),)
    facets = {"region": region}
    return pack(key or f"regions.{region}", *own, **{"topic": "t", "facets": facets, **more})


def lines(*packs: Pack) -> dict[str, ComparedLine]:
    found = queries.comparison(library(*packs), "t", ON)
    assert found is not None
    return {line.name: line for line in found.lines}


def test_the_sentence_names_the_region_whose_number_is_compared() -> None:
    whole = number("全国", 8000, key="national.n")

    line = lines(number("湖北", None, key="hubei.n"), whole, number("浙江", 9000))["n"]

    assert line.gaps == ("湖北未公布", "全国比浙江低 10个百分点")
    assert line.is_compared


def test_other_regions_are_not_compared_with_each_other_beside_ours() -> None:
    line = lines(number("湖北", None, key="hubei.n"), number("浙江", 9000), number("安徽", 8000))["n"]

    assert line.gaps == ("湖北未公布",)
    assert not line.is_compared


def test_columns_of_one_region_are_told_apart_by_their_rules() -> None:
    first, second = number("湖北", None, key="hubei.a"), number("湖北", 5000, key="hubei.b")

    line = lines(first, second, number("全国", 4000, key="national.n"), number("浙江", 5000))["n"]

    assert [n.column.name for n in line.numbers] == [
        "湖北“规则 hubei.a”",
        "湖北“规则 hubei.b”",
        "全国",
        "浙江",
    ]
    assert line.gaps == (
        "湖北“规则 hubei.a”未公布",
        "湖北“规则 hubei.b”比全国高 10个百分点",
        "湖北“规则 hubei.b”与浙江相同",
    )


def test_a_rule_that_has_ended_is_marked_and_not_the_measure() -> None:
    last = date(2026, 1, 1)
    ended = number("湖北", 1000, key="hubei.a", until=last)

    line = lines(ended, number("湖北", 5000, key="hubei.b"), number("浙江", 4000))["n"]

    assert [n.column.ended_on for n in line.numbers] == [last, None, None]
    assert line.gaps == (
        "湖北“规则 hubei.b”比湖北“规则 hubei.a”（已失效）高 40个百分点",
        "湖北“规则 hubei.b”比浙江高 10个百分点",
    )


def test_a_number_of_ours_in_a_rule_of_another_topic_is_pointed_to() -> None:
    elsewhere = number("湖北", 8000, key="hubei.credit", topic="")
    other_name = number("湖北", 8000, key="hubei.other", topic="", name="m")
    ended = number("湖北", 7000, key="hubei.old", topic="", until=date(2026, 1, 1))

    line = lines(number("湖北", -1, key="hubei.n"), number("安徽", 3000), elsewhere, other_name, ended)["n"]

    assert [(e.pack.key, e.text) for e in line.numbers[0].elsewhere] == [("hubei.credit", "80.0%")]
    assert line.gaps == ()
    alone = lines(number("湖北", -1, key="hubei.n"), number("安徽", 3000))["n"]
    assert alone.gaps == ("湖北未收录这一项",)


def test_the_list_counts_what_the_page_compares(law: CurrentLaw, client: Client) -> None:
    counted = queries.counted_topics(law.library, law.on)

    assert {line.topic for line, _count in counted} == {line.topic for line in queries.topics(law.library)}
    for line, count in counted:
        page = client.get(f"/comparison/{line.topic}/").content.decode()
        found = queries.comparison(law.library, line.topic, law.on)
        assert found is not None
        assert all(sum(n.is_published for n in one.numbers) > 1 for one in found.compared)
        assert (f'可比的数值 <span class="quiet">{count}<' in page) == (count > 0)
    listed = client.get("/comparison/").content.decode()
    assert [int(n) for n in re.findall(r'data-label="可比的数值" class="number">(\d+)<', listed)] == [
        count for _line, count in counted
    ]


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
    assert "湖北比重庆高 700万元" in page
    assert "各地数字的日期不同" in page
    assert "重庆未公布" in page
    assert client.get("/comparison/nope/").status_code == 404
    assert "/comparison/knowledge_value_loan/" in client.get("/comparison/").content.decode()
