"""Registered capital: every spelling seen in a real register, and those that must not be trusted."""

from __future__ import annotations

import pytest

from kerong.adapters.registers.capital import Capital, read_capital, shape_of

WAN = 1_000_000


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("100(万元)", 100 * WAN),
        ("100(万元人民币)", 100 * WAN),
        ("100(万)", 100 * WAN),
        ("100万", 100 * WAN),
        ("100万元", 100 * WAN),
        ("100万元人民币", 100 * WAN),
        ("100万人民币", 100 * WAN),
        ("100万人民币元", 100 * WAN),
        ("100(万人民币元)", 100 * WAN),
        ("100(万元(人民币))", 100 * WAN),
        ("人民币100万元", 100 * WAN),
        ("¥1,000,000元", 100 * WAN),
        ("1,000.5000(万元)", 100_050 * WAN // 100),
        ("１，０００（万元）", 1_000 * WAN),
        (" 1 000 000 元 ", 100 * WAN),
        ("1亿元", 10_000 * WAN),
        ("0.5亿", 5_000 * WAN),
        ("3百万元", 300 * WAN),
        ("1E+2万元", 100 * WAN),
        ("22,461,591(万)", 22_461_591 * WAN),
        ("30000万元人民币", 30_000 * WAN),
        ("500000元", 50 * WAN),
    ],
)
def test_capital_in_yuan_is_read(text: str, fen: int) -> None:
    assert read_capital(text) == Capital(fen, "CNY")


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1,050(万美元)", "USD"),
        ("800万美元", "USD"),
        ("美元100万元", "USD"),
        ("2,900(万港币)", "HKD"),
        ("50000万日元", "JPY"),
        ("38.7580(万欧元)", "EUR"),
        ("240(万英镑)", "GBP"),
        ("30(万澳大利亚元)", "AUD"),
        ("774(万法国法郎)", "FRF"),
        ("40(万瑞士法郎)", "CHF"),
        ("22(万加拿大元)", "CAD"),
        ("39(万新加坡元)", "SGD"),
    ],
)
def test_foreign_capital_stays_missing_with_its_currency(text: str, currency: str) -> None:
    assert read_capital(text) == Capital(None, currency, "capital_foreign")


@pytest.mark.parametrize("text", [None, "", "  ", "无", "-", "null", "暂无", "/"])
def test_blank_capital_is_missing_without_a_check(text: str | None) -> None:
    assert read_capital(text) == Capital(None)


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("10,0000000(万)", "capital_lost_point"),
        ("540,0000000(万元人民币)", "capital_lost_point"),
        ("500000(万)", "capital_lost_point"),
        ("30000(万元)", "capital_lost_point"),
        ("5000000万元", "capital_lost_point"),
        ("0(万元)", "capital_zero"),
        ("-5万元", "capital_negative"),
        ("100", "capital_without_unit"),
        ("某人", "capital_unreadable"),
        ("1,00万元", "capital_unreadable"),
        ("100万贝壳", "capital_unreadable"),
        ("约100万元", "capital_unreadable"),
        ("1E+99万元", "capital_unreadable"),
        ("100-200万元", "capital_unreadable"),
        ("999,999,999,999(万元)", "capital_out_of_range"),
    ],
)
def test_capital_not_to_be_trusted_is_left_out(text: str, check: str) -> None:
    found = read_capital(text, highest_fen=10**16)

    assert (found.fen, found.check) == (None, check)


def test_header_gives_bare_numbers_their_unit() -> None:
    assert read_capital("100", "万元") == Capital(100 * WAN, "CNY")
    assert read_capital("100元", "万元") == Capital(10_000, "CNY", "capital_tiny")


def test_small_and_rounded_values_are_kept_and_noted() -> None:
    assert read_capital("0.0001(万元人民币)") == Capital(100, "CNY", "capital_tiny")
    assert read_capital("33.33333333万元") == Capital(33_333_333, "CNY", "capital_rounded")


def test_shape_never_shows_a_word_that_is_not_of_money() -> None:
    assert shape_of("1,234.50(万元)") == "N(万元)"
    assert shape_of("张三") == "（其他文字）"
    assert shape_of("100万张三") == "（其他文字）"
