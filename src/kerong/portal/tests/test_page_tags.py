"""What every page says in the same way: days of any precision, highlights, sums that move, addresses."""

from __future__ import annotations

import pytest
from django.utils import translation

from kerong.engines.rules.model import UNITS
from kerong.portal.figure_tags import sum_change
from kerong.portal.page_tags import address_of, highlighted, task_chips, written_day


class Piece:
    """A piece of a text, as the search cuts it."""

    def __init__(self, text: str, *, is_hit: bool) -> None:
        self.text = text
        self.is_hit = is_hit


@pytest.mark.parametrize(
    ("written", "chinese", "english"),
    [
        ("2024-10-15", "2024年10月15日", "15 October 2024"),
        ("2022-08", "2022年8月", "August 2022"),
        ("2016", "2016年", "2016"),
        ("2022-13", "2022-13", "2022-13"),
        ("约2016年", "约2016年", "约2016年"),
        ("", "", ""),
    ],
)
def test_days_are_as_exact_as_they_were_written(written: str, chinese: str, english: str) -> None:
    with translation.override("zh-hans"):
        assert written_day(written) == chinese
    with translation.override("en"):
        assert written_day(written) == english


def test_pieces_are_escaped_and_only_hits_are_marked() -> None:
    pieces = [Piece("<b>", is_hit=False), Piece("&贷", is_hit=True)]

    with translation.override("zh-hans"):
        assert highlighted(pieces) == "&lt;b&gt;<mark>&amp;贷</mark>"
    with translation.override("en"):
        assert highlighted(pieces) == '<span lang="zh-Hans">&lt;b&gt;<mark>&amp;贷</mark></span>'


def test_sums_say_their_sign_and_keep_the_fen_behind() -> None:
    yuan = UNITS["yuan"]

    with translation.override("zh-hans"):
        assert sum_change(-75_000_000_050, yuan) == '<abbr title="-¥750,000,000.50">−7.50亿元</abbr>'
        assert sum_change(0, yuan) == "±0"
        assert sum_change(None, yuan) == ""


def test_empty_arguments_of_an_address_are_left_out() -> None:
    assert address_of("rule", "a.b", "") == "/rules/a.b/"


def test_tasks_are_handed_on_in_order() -> None:
    assert task_chips([51, 47]) == {"tasks": (51, 47)}
