"""An explanation in words: what is, what is required, what is missing and what is not published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kerong.engines.rules.model import Band, Pack
from kerong.engines.rules.tests.small_law import (
    Firm,
    amount,
    any_of,
    card,
    classes,
    clause,
    indicator,
    pack,
    table,
    value,
)
from kerong.engines.rules.tests.told import explained, only

RD = value("rd_min", 500, "percent", label="研发费用占比下限", label_en="least R&D share")


def rd_law() -> Pack:
    """Return the law of the well-known example, with an invented minimum."""
    says = clause(
        "rd",
        "rd * 10000 >= revenue * rd_min",
        label="研发费用占比不低于 {rd_min}",
        label_en="R&D at least {rd_min}",
        measure="研发费用占比",
    )
    return pack(says, parameters=[RD])


def test_share_that_is_short_says_what_is_and_what_is_required_and_what_is_missing() -> None:
    found = only(rd_law(), {"rd": 152 * 10**6, "revenue": 3_800 * 10**6})

    assert (found.label, found.label_en) == ("研发费用占比不低于 5.0%", "R&D at least 5.0%")
    assert found.sentence == "研发费用占比 4.0%，要求不低于 5.0%，研发费用还差 38万元"
    assert found.sentence_en == (
        "R&D expense to revenue: 4.0%, required at least 5.0%, R&D expense 380,000 yuan short"
    )
    assert (found.comparisons[0].gap, found.comparisons[0].gap_fact) == (38 * 10**6, "rd")


def test_share_that_lacks_a_fact_names_document_and_holder() -> None:
    found = only(rd_law(), {"rd": 1})

    assert (found.truth, found.sentence) == ("unknown", "缺少资料：“营业收入”（纳税申报表，税务）")
    assert [(m.name, m.holder_en, m.document_en) for m in found.missing] == [
        ("revenue", "tax office", "tax return")
    ]


def test_value_not_published_is_said_and_no_document_is_asked_for() -> None:
    law = pack(
        clause("k", "revenue >= floor_value", label="不低于 {floor_value}"),
        parameters=[value("floor_value", None, label="下限")],
    )

    found = explained(law, {"revenue": 5})

    (told,) = found.clauses
    assert (told.label, told.sentence, told.unpublished) == (
        "不低于（数值未公布）",
        "“下限”未公布",
        ("下限",),
    )
    assert (found.verdict, found.nearness, found.missing) == ("unknown", "none", ())
    assert told.comparisons[0].required == "未公布"


def test_flag_is_told_as_yes_or_no() -> None:
    wanted = only(pack("hnte"), {"hnte": 0})
    unwanted = only(pack("NOT hnte"), {"hnte": 1})

    assert (wanted.sentence, wanted.sentence_en) == (
        "高新技术企业：否，要求：是",
        "high-tech enterprise: no, required: yes",
    )
    assert unwanted.sentence == "高新技术企业：是，要求：否"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("grade = 'A'", "等级：码B，要求：码A"),
        ("grade IN ('A', 'C')", "等级：码B，要求：码A、码C"),
        ("grade NOT IN ('B')", "等级：码B，要求：非 码B"),
        ("grade LIKE 'A%'", "等级：码B，要求：A…"),
        ("grade IS NULL", "等级：码B，要求：未登记"),
        ("staff IN (-5, 300)", "职工人数：5人，要求：-5人、300人"),
        ("staff IN (p)", "职工人数：5人，要求：7人"),
        ("staff >= 10", "职工人数 5人，要求不低于 10人，还差 5人"),
        ("staff < 5", "职工人数 5人，要求低于 5人，超出 1人"),
        ("staff = 6", "职工人数 5人，要求等于 6人"),
        ("staff BETWEEN 6 AND 9", "职工人数 5人，要求不低于 6人，还差 1人"),
        ("registered <= DATE '2020-01-31'", "成立日期 2021年2月3日，要求不晚于 2020年1月31日"),
        ("age >= 120", "成立时间 5年9个月，要求不低于 10年，还差 4年3个月"),
    ],
)
def test_failed_condition_in_words(text: str, sentence: str) -> None:
    law = pack(text, parameters=[value("p", 7, "persons")])

    found = only(law, {"grade": "B", "staff": 5, "registered": 20210203})

    assert (found.truth, found.sentence) == ("not_met", sentence)


def test_alternatives_tell_the_branch_that_holds_or_all_that_fail() -> None:
    ways = any_of("either", ["hnte"], ["staff >= 10", "revenue >= 100"])

    held = only(pack(ways), {"hnte": 0, "staff": 10, "revenue": 100})
    failed = only(pack(ways), {"hnte": 0, "staff": 3, "revenue": None})
    unknown = only(pack(ways), {"hnte": 0, "staff": 10, "revenue": None})

    assert (held.truth, held.sentence) == ("met", "符合：b1")
    assert [b.truth for b in failed.branches] == ["not_met", "not_met"]
    assert failed.sentence == (
        "以下各项均未满足——b0：高新技术企业：否，要求：是；"
        "b1：职工人数 3人，要求不低于 10人，还差 7人，缺少资料：“营业收入”（纳税申报表，税务）"
    )
    assert (unknown.truth, [m.name for m in unknown.missing]) == ("unknown", ["revenue"])


def test_table_says_the_row_of_this_firm_or_on_what_it_depends() -> None:
    limits = table("limit", "grade", {"A": 100, "B": None})
    law = pack(clause("k", "revenue <= limit", label="不超过 {limit}"), parameters=[limits])

    of_a, of_b, of_c, of_nobody = (
        only(law, {"revenue": 500, "grade": grade}) for grade in ("A", "B", "C", None)
    )

    assert (of_a.label, of_a.truth) == ("不超过 1元", "not_met")
    assert (of_b.label, of_b.truth, of_b.unpublished, of_b.missing) == (
        "不超过（数值未公布）",
        "unknown",
        ("limit",),
        (),
    )
    assert (of_c.truth, of_c.unpublished) == ("unknown", ("limit",))
    assert (of_nobody.label, of_nobody.unpublished) == ("不超过（数值视等级而定）", ())
    assert [m.name for m in of_nobody.missing] == ["grade"]


def test_parameters_read_carry_the_mark_of_the_row() -> None:
    plain = table("t", "revenue", {(None, 9): 1, (10, None): 2})
    dated = plain.values[0]
    rows = (dated.rows[0], replace(dated.rows[1], mark=replace(dated.mark, cites="other#2")))
    law = pack("revenue >= t", parameters=[replace(plain, values=(replace(dated, rows=rows),))])

    (read,) = explained(law, {"revenue": 50}).parameters

    assert (read.value, read.mark.cites) == ("0.02元", "other#2")


def points_law() -> Pack:
    """Return a law of sixty points."""
    by_share = [Band(60, low=3_000), Band(20)]
    by_staff = [Band(40, low=10), Band(0)]
    points = card(
        "score",
        indicator("rd_line", 60, by_share, ratio_of=("rd", "revenue")),
        indicator("staff_line", 40, by_staff, of="staff"),
    )
    return pack("score >= 60", points=points)


@pytest.mark.parametrize(
    ("firm", "truth", "span", "missing"),
    [
        ({"rd": 30, "revenue": 100, "staff": 1}, "met", (60, 60), []),
        ({"rd": 30, "revenue": 100}, "met", (60, 100), []),
        ({"rd": 29, "revenue": 100}, "unknown", (20, 60), ["staff"]),
        ({"rd": 29, "revenue": 100, "staff": 1}, "not_met", (20, 20), []),
        ({"rd": 29, "revenue": 0, "staff": 10}, "unknown", (60, 100), None),
        ({"rd": 29, "revenue": 0, "staff": 1}, "unknown", (20, 60), ["revenue"]),
        ({"staff": 1}, "unknown", (20, 60), ["rd", "revenue"]),
    ],
)
def test_points_are_an_interval_while_facts_are_missing(
    firm: Firm, truth: str, span: tuple[int, int], missing: list[str] | None
) -> None:
    found = explained(points_law(), firm)

    (told,), (points,) = found.clauses, found.points
    assert (points.low, points.high) == span
    if missing is None:
        assert told.truth == "met"
    else:
        assert (told.truth, [m.name for m in told.missing]) == (truth, missing)


def test_points_short_of_the_minimum_are_told() -> None:
    found = only(points_law(), {"rd": 29, "revenue": 100, "staff": 1})

    assert found.sentence == "score 20分，要求不低于 60分，还差 40分"


def test_derived_fact_that_cannot_be_worked_out_is_named_itself() -> None:
    law = pack("share >= 500")

    lacking = only(law, {"rd": 5})
    undefined = only(law, {"rd": 5, "revenue": 0})

    assert [m.name for m in lacking.missing] == ["revenue"]
    assert [m.name for m in undefined.missing] == ["share"]


def test_published_fact_asks_for_what_the_other_pack_lacks() -> None:
    other = pack(
        "staff >= 10", "revenue >= p", key="law.recognition", publishes=[("branded", "")],
        parameters=[value("p", None, label="收入线")],
    )  # fmt: skip

    found = only(pack("branded"), {"revenue": 5}, other)
    given_one = only(pack("branded"), {"branded": 1}, other)

    assert ([m.name for m in found.missing], found.unpublished) == (["staff"], ("收入线",))
    assert given_one.truth == "met"


def test_published_fact_of_a_pack_not_in_force_is_asked_for_itself() -> None:
    other = pack("staff >= 10", key="law.recognition", publishes=[("branded", "")], until=date(2020, 1, 1))

    found = only(pack("branded"), {}, other)

    assert [m.name for m in found.missing] == ["branded"]


def test_class_in_doubt_asks_only_for_what_would_settle_it() -> None:
    tiers = classes("tier", one="hnte", two="staff >= 10", none="")

    settled = only(pack("tier = 'two'", classes=tiers), {"hnte": 1})
    open_one = only(pack("tier = 'two'", classes=tiers), {"staff": 3})

    assert (settled.truth, settled.sentence) == ("not_met", "tier：类one，要求：类two")
    assert (open_one.truth, open_one.sentence) == ("not_met", "tier：类none或类one，要求：类two")


def test_same_condition_twice_is_one_near_miss() -> None:
    found = explained(pack("staff >= 10", "staff >= 10", "hnte"), {"staff": 3, "hnte": 1})

    assert ([c.truth for c in found.clauses], found.nearness) == (["not_met", "not_met", "met"], "near_miss")


def test_amounts_are_told_with_their_rounding_and_what_cannot_be_worked_out() -> None:
    law = pack(
        "hnte",
        parameters=[value("p", 3_333, "percent"), value("q", None)],
        amounts={
            **amount("a", "share(revenue, p, 'up')"),
            **amount("b", "least(revenue, q)"),
            **amount("c", "-7 * 0.5"),
        },
    )

    found = explained(law, {"revenue": 10, "hnte": 1})

    assert [(a.name, a.value, a.text) for a in found.amounts] == [
        ("a", 4, "0.04元"),
        ("b", None, found.amounts[1].text),
        ("c", -4, "-0.04元"),
    ]


@pytest.mark.parametrize(
    "text", ["grade = NULL", "NULL <> grade", "grade IN (NULL)", "NULL", "revenue > NULL"]
)
def test_condition_on_nothing_is_unknown_and_does_not_fail(text: str) -> None:
    found = only(pack(text), {"grade": "A", "revenue": 5})

    assert (found.truth, bool(found.sentence)) == ("unknown", True)


def test_constant_conditions_have_a_sentence() -> None:
    found = explained(pack("TRUE", "FALSE", "1 > 2"), {})

    assert [(c.truth, c.sentence) for c in found.clauses] == [
        ("met", "k0"),
        ("not_met", "k1"),
        ("not_met", found.clauses[2].sentence),
    ]


def test_facts_unknown_to_the_dictionary_and_odd_flags_do_no_harm() -> None:
    truths = [only(pack("hnte"), {"hnte": flag, "nonsense": 5}).truth for flag in (True, False, 1, 0)]

    assert truths == ["met", "not_met", "met", "not_met"]


def test_gap_between_two_shares_is_told_in_percentage_points() -> None:
    law = pack(clause("share", "share >= rd_min"), parameters=[RD])

    found = only(law, {"rd": 215, "revenue": 10_000})

    assert found.comparisons[0].gap_text == "还差 2.85 个百分点"
    assert found.comparisons[0].gap_text_en == "2.85 percentage points short"


@pytest.mark.parametrize(
    ("text", "firm", "sentence"),
    [
        (
            "revenue >= 30000000000",
            {"revenue": 4_480_173_988},
            "营业收入 4,480.17万元，要求不低于 30,000万元，还差 25,519.83万元",
        ),
        (
            "revenue <= 3000000",
            {"revenue": 3_000_001},
            "营业收入 3.01万元，要求不超过 3万元，超出 0.01万元",
        ),
        ("revenue > 3000000", {"revenue": 3_000_000}, "营业收入 3万元，要求高于 3万元，还差 0.01万元"),
        # Rounded, the two would be the same.
        ("revenue > 3000000", {"revenue": 3_000_001}, "营业收入 30,000.01元，要求高于 30,000元"),
        ("age <= 60", {"registered": 20190523}, "成立时间 7年6个月，要求不超过 5年，超出 2年6个月"),
        ("age >= 12", {"registered": 20260523}, "成立时间 6个月，要求不低于 12个月，还差 6个月"),
    ],
)
def test_a_sentence_has_one_unit_and_rounds_to_the_safe_side(text: str, firm: Firm, sentence: str) -> None:
    assert only(pack(text), firm).sentence == sentence


def test_points_still_open_have_no_single_gap_but_the_least_one() -> None:
    law = pack(
        clause("k", "score > 70", label="得分"),
        points=card(
            "score",
            indicator("sure", 50, [Band(50, low=30), Band(11)], of="staff"),
            indicator("open", 50, [Band(50, when="hnte"), Band(0)]),
        ),
    )

    found = only(law, {"staff": 1})

    (told,) = found.comparisons
    assert found.sentence == "score 11–61分，要求高于 70分，至少还差 10分"
    assert found.sentence_en == "score: 11–61 points, required more than 70 points, at least 10 points short"
    assert (told.gap, told.gap_fact, told.actual) == (None, "", "11–61分")


def test_required_value_that_is_not_published_stands_without_an_operator() -> None:
    law = pack(clause("k", "revenue >= floor_value", label="k"), parameters=[value("floor_value", None)])

    (told,) = only(law, {"revenue": 5 * 10**8}).comparisons

    assert told.sentence == "营业收入 500万元，要求的数值未公布"
    assert told.sentence_en == "revenue: 5 million yuan, required: not published"
    assert (told.operator, told.operator_en, told.required) == ("为", "to be", "未公布")


def test_several_prefixes_of_one_code_are_told_as_one_list() -> None:
    found = only(pack(clause("graded", "grade LIKE 'A%' OR grade LIKE 'B%'")), {"grade": "C"})

    assert len(found.comparisons) == 1
    assert found.comparisons[0].required == "A…、B… 之一"


def test_amount_without_a_published_value_says_so_and_asks_for_nothing() -> None:
    law = pack(
        "staff >= 1", parameters=[value("top", None, "yuan", label="最高额度")], amounts=amount("sum", "top")
    )

    (told,) = explained(law, {"staff": 2}).amounts

    assert (told.value, told.text) == (None, "无法计算（“最高额度”未公布）")


def test_amount_that_lacks_a_fact_names_it() -> None:
    law = pack("staff >= 1", amounts=amount("sum", "rd * 2"))

    (told,) = explained(law, {"staff": 2}).amounts

    assert (told.value, told.text) == (None, "无法计算（缺“研发费用”）")
