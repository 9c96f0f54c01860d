"""Dates: several spellings, and no guessing."""

from __future__ import annotations

import pytest

from kerong.adapters.registers.dates import ReadDate, read_date
from kerong.adapters.registers.tests.invented import ON


@pytest.mark.parametrize(
    "text",
    [
        "2019-03-01",
        "2019/3/1",
        "2019.3.1",
        "20190301",
        "2019年3月1日",
        "2019年03月01日",
        "２０１９－０３－０１",
        "2019-03-01 00:00:00",
        "2019-03-01T08:30:00+08:00",
        " 2019-03-01 ",
    ],
)
def test_date_is_read(text: str) -> None:
    assert read_date(text, ON) == ReadDate(20190301)


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("2019-02-30", "date_no_such_day"),
        ("2026-11-24", "date_in_future"),
        ("9999-12-31", "date_in_future"),
        ("1900-01-01", "date_placeholder"),
        ("01/03/2019", "date_ambiguous"),
        ("3.1.19", "date_ambiguous"),
        ("43525", "date_serial"),
        ("2019", "date_incomplete"),
        ("2019-03", "date_incomplete"),
        ("去年", "date_unreadable"),
    ],
)
def test_date_is_not_guessed(text: str, check: str) -> None:
    assert read_date(text, ON) == ReadDate(None, check)


def test_old_date_is_kept_and_noted() -> None:
    assert read_date("1935-05-01", ON) == ReadDate(19350501, "date_before_1949")


@pytest.mark.parametrize("text", [None, "", "无", "NaT"])
def test_blank_date_is_missing_without_a_check(text: str | None) -> None:
    assert read_date(text, ON) == ReadDate(None)
