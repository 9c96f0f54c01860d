"""Columns: what a header means, what a mapping file may say, and that nothing is dropped in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kerong.adapters.registers.columns import ColumnsError, make_plan, read_mapping
from kerong.adapters.registers.tests.invented import VOCABULARY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "column", ["统一社会信用代码", "USCC", "credit_code", " 统一社会信用代码* ", "Credit Code"]
)
def test_code_column_is_known_by_many_names(column: str) -> None:
    assert make_plan([column], VOCABULARY).assigned[0].target == "uscc"


@pytest.mark.parametrize(
    ("column", "target", "factor"),
    [
        ("annual_revenue_fen", "annual_revenue_fen", 1),
        ("annual_revenue(万元)", "annual_revenue_fen", 1_000_000),
        ("营业收入（万元）", "annual_revenue_fen", 1_000_000),
        ("营业收入（上一年度）(元)", "annual_revenue_fen", 100),
        ("从业人员", "staff_count", 1),
        ("从业人员(人)", "staff_count", 1),
        ("研发费用占比(%)", "rd_share_bp", 100),
        ("is_hnte", "is_hnte", 1),
    ],
)
def test_fact_column_carries_its_unit(column: str, target: str, factor: int) -> None:
    plan = make_plan(["uscc", column], VOCABULARY)

    assert [(one.target, one.factor) for one in plan.facts] == [(target, factor)]


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("营业收入", "缺少单位"),
        ("营业收入(吨)", "单位"),
        ("成立月数", "由系统计算"),
        ("备注", "不认识的列"),
        ("企业名称 2", "不认识的列"),
    ],
)
def test_column_left_out_says_why(column: str, reason: str) -> None:
    plan = make_plan(["uscc", column], VOCABULARY)

    assert plan.left_out[0][0] == column
    assert reason in plan.left_out[0][1]


def test_second_column_of_the_same_meaning_is_reported() -> None:
    plan = make_plan(["uscc", "名称", "企业名称"], VOCABULARY)

    assert plan.left_out == (("企业名称", "与“名称”含义相同，已用后者"),)


def test_mapping_wins_over_synonyms() -> None:
    plan = make_plan(
        ["代码", "uscc", "资本"],
        VOCABULARY,
        {"代码": "uscc", "资本": {"role": "registered_capital", "unit": "万元"}},
    )

    assert [(one.column, one.target, one.unit) for one in plan.assigned] == [
        ("代码", "uscc", ""),
        ("资本", "registered_capital", "万元"),
    ]


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"不存在": "uscc"}, "文件中没有“不存在”列"),
        ({"a": "no_such_fact"}, "没有叫 'no_such_fact' 的事实"),
        ({"a": "uscc", "b": "uscc"}, "都指向 uscc"),
        ({"a": {"fact": "annual_revenue_fen", "unit": "吨"}}, "单位 '吨'"),
    ],
)
def test_mistakes_of_a_mapping_are_told(mapping: dict[str, object], said: str) -> None:
    with pytest.raises(ColumnsError, match=said):
        make_plan(["a", "b", "uscc"], VOCABULARY, mapping)


def test_missing_code_column_tells_what_was_seen_and_what_is_accepted() -> None:
    with pytest.raises(ColumnsError) as caught:
        make_plan(["甲", "乙"], VOCABULARY)

    assert "甲、乙" in str(caught.value)
    assert "统一社会信用代码、" in str(caught.value)
    assert "--mapping" in str(caught.value)


@pytest.mark.parametrize("text", ["", "- a\n", "columns: 3\n", "columns: {1: uscc}\n", "{"])
def test_mapping_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ColumnsError):
        read_mapping(path)
