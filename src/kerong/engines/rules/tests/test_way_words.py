"""Ways in words: closed books are left alone, one unit in a sentence, rounded so that nobody falls short."""

from __future__ import annotations

from typing import Any

import pytest

from kerong.basics.policies_folder import policies_folder
from kerong.engines.rules.loading import load_library
from kerong.engines.rules.moves import ways
from kerong.engines.rules.tests.small_law import Firm, compiled, fact, pack


def test_moves_are_told_in_words() -> None:
    facts = {
        "rd": fact("rd", "wan_yuan", 0, 10**12, label="研发费用", label_en="R&D expense", act="up", effort=3),
        "lab": fact("lab", "flag", 0, 1, label="研发机构", label_en="R&D body", act="up", effort=1),
    }
    law = compiled(pack("rd >= 5000000", "lab"), facts=facts)

    (way,) = ways(law, "law.one", {"rd": 2_000_000, "lab": 0})

    assert (
        way.sentence == "“研发机构”由否变为是，并且研发费用由 2万元 增至 5万元（增加 3万元），即符合全部条件"
    )
    assert way.sentence_en == (
        "R&D body: from no to yes and R&D expense from 20,000 yuan up to 50,000 yuan (30,000 yuan more); "
        "then every condition is met"
    )


@pytest.mark.parametrize(
    ("more", "zh", "en"),
    [
        (
            {"label": "研发费用（上一年度）", "label_en": "R&D expense, last year", "period": "past_year"},
            "下次申报时，若研发费用达到 5万元（现为 2万元，增加 3万元），即符合全部条件",
            (
                "if at the next declaration R&D expense reaches 50,000 yuan (now 20,000 yuan, 30,000 yuan more); "
                "then every condition is met"
            ),
        ),
        (
            {
                "label": "净利润（上一年度，孰低）",
                "label_en": "net profit of last year, the lower",
                "period": "past_year",
            },
            "下次申报时，若净利润（孰低）达到 5万元（现为 2万元，增加 3万元），即符合全部条件",
            (
                "if at the next declaration net profit, the lower reaches 50,000 yuan (now 20,000 yuan, "
                "30,000 yuan more); then every condition is met"
            ),
        ),
    ],
)
def test_closed_books_are_not_restated_but_looked_at_again_next_time(
    more: dict[str, Any], zh: str, en: str
) -> None:
    facts = {"rd": fact("rd", "wan_yuan", 0, 10**12, act="up", **more)}
    law = compiled(pack("rd >= 5000000"), facts=facts)

    (way,) = ways(law, "law.one", {"rd": 2_000_000})

    assert (way.sentence, way.sentence_en) == (zh, en)


def test_what_can_be_done_now_comes_before_what_the_next_declaration_must_show() -> None:
    facts = {
        "debt": fact(
            "debt",
            "wan_yuan",
            0,
            10**12,
            label="负债总额（上一年末）",
            act="down",
            effort=1,
            period="past_year",
        ),
        "named": fact("named", "flag", 0, 1, label="是高企", act="up", effort=2, period="past_years"),
        "staff": fact("staff", "persons", 0, 999, label="从业人员", act="up", effort=3),
        "other": fact("other", "persons", 0, 999),
    }
    law = compiled(pack("debt <= 1000000", "staff >= 9", "named", "other >= 1"), facts=facts)

    (way,) = ways(law, "law.one", {"debt": 3_000_000, "staff": 5, "named": 0})

    assert way.sentence == (
        "从业人员由 5人 增至 9人（增加 4人），并且下次申报时，若负债总额降到 1万元（现为 3万元，减少 2万元），"
        "且“是高企”为是（现为否），即不再有不符合的条件，但仍有条件缺资料"
    )


@pytest.mark.parametrize(
    ("predicate", "firm", "after", "told", "sentence"),
    [
        (
            "debt < 2860000000",
            {"debt": 3_120_000_000},
            2_859_999_999,
            2_859_990_000,
            "debt由 3,120万元 降至 2,859.99万元（减少 260.01万元）",
        ),
        (
            "debt >= 30000000000",
            {"debt": 4_480_173_988},
            30_000_000_000,
            30_000_000_000,
            "debt由 4,480.17万元 增至 30,000万元（增加 25,519.83万元）",
        ),
        # The rounded value would fail the other condition: the exact one is told.
        (
            "debt < 2860000000 AND debt >= 2859999999",
            {"debt": 3_120_000_000},
            2_859_999_999,
            2_859_999_999,
            "debt由 31,200,000元 降至 28,599,999.99元（减少 2,600,000.01元）",
        ),
        ("share >= 500", {"share": 415}, 500, 500, "share由 4.15% 增至 5.0%（增加 0.85 个百分点）"),
        ("age >= 90", {"age": 69}, 90, 90, "age由 5年9个月 增至 7年6个月（增加 1年9个月）"),
    ],
)
def test_move_is_told_in_one_unit_and_rounded_to_the_safe_side(
    predicate: str, firm: Firm, after: int, told: int, sentence: str
) -> None:
    facts = {
        "debt": fact("debt", "wan_yuan", 0, 10**12, act="either"),
        "share": fact("share", "percent", 0, 10**6, act="up"),
        "age": fact("age", "months", 0, 2400, act="up"),
    }
    law = compiled(pack(predicate), facts=facts)

    (way,) = ways(law, "law.one", firm)

    (move,) = way.moves
    assert (move.after, move.told, move.sentence) == (after, told, sentence)


def test_shipped_facts_of_closed_years_say_so() -> None:
    facts = load_library(policies_folder()).facts.values()

    closed = [f for f in facts if any(words in f.label for words in ("上一年度", "上一年末", "前一年度"))]

    assert closed
    assert [f.name for f in closed if not f.period] == []
