"""The directory of firms: found by name, code and filters, true counts, bounded pages, files to take away."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import TYPE_CHECKING

import openpyxl
import pytest

from kerong.basics.identity_codes import compose
from kerong.capabilities.matchmaking import queries
from kerong.capabilities.matchmaking.queries import directory
from kerong.capabilities.matchmaking.tests.conftest import store_firm
from kerong.records.parties.actions import DirectoryLine, load_demo_directory

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from django.test import Client

    from kerong.records.packs.queries import CurrentLaw


SWAP = {"HX-Request": "true"}


def load(number: int) -> list[DirectoryLine]:
    lines = [
        DirectoryLine(
            compose("X", "9", "420100" if i % 2 else "420500", f"T{i:07}"),
            f"{'武汉' if i % 2 else '宜昌'}样例{i:04}{'软件' if i % 3 else '新材料'}（虚构）有限公司",
            "420100" if i % 2 else "420500",
            "I65" if i % 3 else "C26",
            date(2000 + i % 20, 1, 1),
            "micro" if i % 2 else None,
            "growth",
        )
        for i in range(number)
    ]
    load_demo_directory(enterprises=lines, fingerprint=str(number))
    return lines


def count_on(page: str) -> str:
    found = re.search(r'class="count">\s*符合 ([\d,]+) 家', page)
    return found.group(1) if found else "0"


@pytest.mark.parametrize("firms", [1, 120])
def test_list_takes_the_same_queries_for_any_number_of_firms(
    law: CurrentLaw, client: Client, assert_reads: Callable[[int], AbstractContextManager[None]], firms: int
) -> None:
    lines = load(firms)

    with assert_reads(3):
        page = client.get("/firms/").content.decode()

    assert law
    assert count_on(page) == str(firms)
    assert f"/firms/{lines[0].uscc}/" in client.get("/firms/?sort=code").content.decode() or firms > 1


def test_pages_hold_fifty_and_together_everybody_once(law: CurrentLaw, client: Client) -> None:
    lines = load(120)

    seen: list[str] = []
    for number in (1, 2, 3):
        page = client.get(f"/firms/?page={number}").content.decode()
        seen += re.findall(r'href="/firms/(X[0-9A-Z]{17})/"', page)

    assert law
    assert len(seen) == 120
    assert set(seen) == {line.uscc for line in lines}


@pytest.mark.parametrize(
    ("page", "start"),
    [("0", 1), ("-3", 1), ("999", 51), ("abc", 1), ("1.5", 1), ("９", 51), ("", 1), ("2", 51)],
)
def test_a_page_that_does_not_exist_is_the_nearest(
    law: CurrentLaw, client: Client, page: str, start: int
) -> None:
    load(60)

    answer = client.get("/firms/", {"page": page})

    assert law
    assert answer.status_code == 200
    assert count_on(answer.content.decode()) == "60"
    assert f"这里是第 {start} 至" in answer.content.decode()


def test_search_and_filters_narrow_the_list(law: CurrentLaw, client: Client) -> None:
    lines = load(60)

    def counted(**asked: str) -> str:
        return count_on(client.get("/firms/", asked).content.decode())

    assert law
    assert counted(q="新材料") == "20"
    assert counted(q=lines[7].uscc) == "1"
    assert counted(region="420500") == "30"
    assert counted(industry="C") == "20"
    assert counted(industry="I65", region="420100") == "20"
    assert counted(size="-") == "30"
    assert counted(size="micro", stage="growth") == "30"
    # A choice that does not exist asks for everything, and the page says so.
    strange = {"region": "999999", "industry": "ZZ", "size": "x", "stage": "y", "sort": "z"}
    assert counted(**strange) == "60"
    assert client.get("/firms/", strange).content.decode().count("没有这个筛选值") == 5
    assert "没有这个筛选值" not in client.get("/firms/", {"region": "420500"}).content.decode()


@pytest.mark.parametrize("text", ["不存在的", "%", "\0", "'\";--", "<script>", "x" * 5_000, "\ud83d\ude00"])
def test_nonsense_is_answered_politely(law: CurrentLaw, client: Client, text: str) -> None:
    load(3)

    answer = client.get("/firms/", {"q": text.encode("utf-16", "surrogatepass").decode("utf-16")})

    assert law
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().replace('<script src="', "")


def test_nothing_found_and_an_empty_directory_say_so(law: CurrentLaw, client: Client) -> None:
    assert law
    assert "名录里还没有企业" in client.get("/firms/").content.decode()
    load(3)
    assert "没有找到这样的企业" in client.get("/firms/?q=不存在").content.decode()


def test_firms_of_stories_stand_on_top_with_their_tally(law: CurrentLaw, client: Client) -> None:
    firm = store_firm()
    load(3)

    whole = client.get("/firms/").content.decode()
    swapped = client.get("/firms/", headers=SWAP)

    stories = whole[whole.index('id="stories"') : whole.index("directory-form")]
    assert firm.uscc in stories
    assert f"> {queries.tally(law, firm.facts)[0][1]}</td>" in stories
    assert 'id="stories"' not in swapped.content.decode()
    assert "HX-Request" in swapped["Vary"]


def test_a_tally_follows_the_facts_of_the_firm(law: CurrentLaw) -> None:
    firm = store_firm()
    before = queries.story_tallies(law)
    changed = store_firm(has_hard_collateral=1)

    assert before == [(firm, queries.tally(law, firm.facts))]
    assert queries.story_tallies(law) == [(changed, queries.tally(law, changed.facts))]
    assert before != queries.story_tallies(law)


def test_pages_end_at_a_limit_that_is_said(
    law: CurrentLaw, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(120)
    monkeypatch.setattr(directory, "PAGES_MAX", 2)

    page = client.get("/firms/?page=3").content.decode()

    assert law
    assert count_on(page) == "120"
    assert "这里是第 51 至 100 家" in page
    assert "只能翻到第 100 家" in page


def test_files_hold_what_was_found_up_to_a_limit_that_is_said(
    law: CurrentLaw, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(60)
    monkeypatch.setattr(directory, "EXPORTED_MAX", 25)
    monkeypatch.setattr(queries, "EXPORTED_MAX", 25)

    text = client.get("/firms/export.csv?region=420100").content.decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/firms/export.xlsx?q=新材料").content))

    assert law
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 26
    assert all(row[2] == "武汉" and "虚构" in row[0] for row in rows[1:])
    assert book.active.max_row == 21
    notes = dict(book.worksheets[1].iter_rows(values_only=True))
    assert book.worksheets[1].title == "说明"
    assert (notes["查找"], notes["符合的企业"], notes["最多导出"]) == ("新材料", "20", "25")
    assert notes["规则日期"] == law.on.isoformat()
    assert "演示数据" in notes["声明"]
    assert "只导出前 25 家" in client.get("/firms/").content.decode()
    assert client.get("/firms/export.pdf").status_code == 404


def test_links_to_pages_and_files_keep_the_search(law: CurrentLaw, client: Client) -> None:
    load(200)

    page = client.get("/firms/?q=样例&region=420100&sort=name").content.decode()

    query = "?q=%E6%A0%B7%E4%BE%8B&amp;region=420100&amp;sort=name"
    assert law
    assert f'href="{query}&amp;page=2"' in page
    assert f'/firms/export.csv{query}"' in page
