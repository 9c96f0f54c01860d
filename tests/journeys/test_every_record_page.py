"""Every kind of page of the records, as the people of the demo find it by following links from their work page."""

from __future__ import annotations

import importlib
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import Resolver404, resolve
from journeys.page_reader import CHINESE, read

from kerong.demo.cast import cast
from kerong.portal.preparation import PREPARATION, Preparation
from kerong.records.packs import queries as packs
from kerong.records.parties.queries import find_user

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker

DEMO = Preparation("demo", "http://127.0.0.1:8000/")
PEOPLE = (
    *("guanggu.agent", "bank01.manager", "finance.officer", "province.officer"),
    *("bank01.admin", "system.admin", "security.admin", "auditor.one"),
)
# Pages about the law and the shelf are walked by the test beside this one.
ELSEWHERE = ("policy_library", "matchmaking")
PAGES_OF_A_KIND = 1
# What it says on pages whose records are invented.
SAYS_SO = ("Demonstration data", "demonstration data", "Demo data")
# Pages that show no record of anybody: settings of one's own account, a form, the law itself, digests.
WITHOUT_RECORDS = (
    *("account_", "mfa_", "usersessions_", "socialaccount_"),
    *("documents:verify", "packs:release", "evidence"),
)


@dataclass(frozen=True)
class Page:
    """A page as one person saw it, in English."""

    person: str
    address: str
    view: str
    status: int
    policy: str
    text: str

    def __str__(self) -> str:
        return f"{self.person} {self.address}"


@pytest.fixture(scope="module")
def pages(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Page]]:
    """Make the demo once, let each person walk, and put everything back."""
    del django_db_setup
    home = tmp_path_factory.mktemp("walk")
    with (
        pytest.MonkeyPatch.context() as patch,
        override_settings(KERONG_HOME=home, KERONG_FOLLOW_FILES=False),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        patch.setenv("KERONG_HOME", str(home))
        patch.setenv("KERONG_DEMO_FIRMS", "300")
        packs.forget()
        for step in PREPARATION:
            module, _, name = step.place.partition(":")
            if module.startswith("kerong.demo."):
                list(getattr(importlib.import_module(module), name)(DEMO))
        yield [page for person in PEOPLE for page in walk(person)]
        transaction.set_rollback(True)
    packs.forget()


def walk(person: str) -> Iterator[Page]:
    """Follow links from the work page, one address of each kind."""
    client = Client(raise_request_exception=False)
    user = find_user(username=person)
    assert user is not None
    client.force_login(user)
    client.cookies["django_language"] = "en"
    waiting, seen, kinds = deque(["/work/"]), {"/work/"}, Counter[str]()
    while waiting:
        address = waiting.popleft()
        view = view_of(address)
        if kinds[view] >= PAGES_OF_A_KIND:
            continue
        answer = client.get(address)
        kinds[view] += 1
        if not answer.headers.get("Content-Type", "").startswith("text/html") or "Location" in answer.headers:
            continue
        text = answer.content.decode()
        yield Page(person, address, view, answer.status_code, answer["Content-Security-Policy"], text)
        for link in read(text).links:
            found = urldefrag(urljoin(address, link)).url
            if found not in seen and leads_to_a_record(found):
                seen.add(found)
                waiting.append(found)


def view_of(address: str) -> str:
    return resolve(urlsplit(address).path).view_name


def leads_to_a_record(address: str) -> bool:
    try:
        view = view_of(address)
    except Resolver404:
        return False
    return not (urlsplit(address).netloc or view.startswith(ELSEWHERE) or view in {"home", "account_logout"})


def test_the_walk_reaches_every_record(pages: list[Page]) -> None:
    spaces = {page.view.partition(":")[0] for page in pages if ":" in page.view}

    assert {page.person for page in pages} == set(PEOPLE) <= {player.username for player in cast()}
    assert spaces == {
        *("approvals", "cases", "consents", "decisions", "documents", "facts"),
        *("financings", "ledger", "notices", "outbox", "packs", "parties"),
    }
    assert {page.view for page in pages} >= {"evidence", "system", "work", "cases:case", "ledger:account"}


def test_no_link_leads_to_an_error(pages: list[Page]) -> None:
    assert {str(page): page.status for page in pages if page.status != 200} == {}


def test_english_record_pages_hold_chinese_only_where_it_is_marked(pages: list[Page]) -> None:
    left = {}
    for page in pages:
        assert '<html lang="en"' in page.text
        found = [text.strip() for text in read(page.text).shown if CHINESE.search(text)]
        if found:
            left[str(page)] = found[:3]

    assert left == {}


def test_record_pages_hold_nothing_inline_and_load_nothing_from_elsewhere(pages: list[Page]) -> None:
    for page in pages:
        reader = read(page.text)

        assert "unsafe" not in page.policy
        assert reader.inline == [], str(page)
        assert all(place.startswith("/static/") for place in reader.loaded), (str(page), reader.loaded)


def test_record_pages_say_that_the_demo_is_invented(pages: list[Page]) -> None:
    silent = {
        page.view
        for page in pages
        if not page.view.startswith(WITHOUT_RECORDS)
        and 'class="empty' not in page.text
        and not any(words in page.text for words in SAYS_SO)
    }

    assert silent == set()
