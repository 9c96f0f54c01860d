"""Every page of the house: both languages whole, nothing inline or from elsewhere, terse errors."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from django.test import Client
from journeys.page_reader import CHINESE, read

from kerong.basics.identity_codes import compose
from kerong.basics.policies_folder import policies_folder
from kerong.capabilities.policy_library.queries import topics
from kerong.demo.firms import SOURCE, read_firms
from kerong.records.facts.actions import store_demo_firm
from kerong.records.packs import queries as packs
from kerong.records.packs.actions import release_folder
from kerong.records.packs.queries import in_force
from kerong.records.parties.actions import DirectoryLine, load_demo_directory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper

REAL = ("/rules/", "/shelf/", "/sources/", "/unpublished/", "/comparison/", "/policy-search/")
ENGLISH = {"HTTP_COOKIE": "django_language=en"}


@pytest.fixture
def addresses(
    db: None, tmp_path: Path, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """Release the shipped law, store the demo firms, and name every page there is."""
    del db
    settings.KERONG_HOME = tmp_path / "home"
    settings.KERONG_FOLLOW_FILES = False
    monkeypatch.setattr(in_force, "SECONDS_BETWEEN_LOOKS", float("inf"))
    packs.forget()
    release_folder(
        folder=policies_folder(), by="测试", document_number="测试〔2026〕1号", in_force_from=date(2026, 1, 1)
    )
    law = packs.current()
    firms = read_firms(law.library.facts)
    for firm in firms:
        store_demo_firm(uscc=firm.uscc, name=firm.name, facts=firm.facts, as_of=firm.as_of, source=SOURCE)
    _load_directory()
    yield [
        *(
            "/",
            "/rules/",
            "/rules/?q=nothing",
            "/firms/",
            "/what-if/",
            "/what-if/?value=abc",
            "/what-if/?rule=nope",
        ),
        *(f"/rules/{key}/" for key in law.library.packs),
        # One number of every rule, and every table.
        *(
            f"/rules/{key}/values/{parameter.name}/"
            for key, pack in law.library.packs.items()
            for i, parameter in enumerate(pack.parameters.values())
            if i == 0 or parameter.by
        ),
        *(f"/sources/{key}/" for key in law.library.sources),
        *(f"/comparison/{line.topic}/" for line in topics(law.library)),
        *("/sources/", "/sources/?q=nothing", "/sources/?mark=press", "/unpublished/", "/unpublished/?q=B"),
        *("/comparison/", "/policy-search/", "/policy-search/?q=nothing-at-all", "/policy-search/?q=a"),
        f"/policy-search/?q={quote('贷款')}",
        "/rules/?kind=terms&task=47",
        *(f"/shelf/{page}" for page in ("", "?q=nothing", "?amount=abc&region=420500", "compare/")),
        f"/shelf/?firm={firms[0].uscc}&p=ccb_hubei.shanxin_loan&sort=amount&page=2",
        *(f"/shelf/{name}/{p.id}/" for name, bank in law.library.shelf.items() for p in bank.products),
        f"/shelf/hubei_partner_banks/talent_loan/?firm={firms[0].uscc}",
        f"/shelf/compare/?p=ccb_hubei.shanxin_loan&p=hubei.credit.talent_loan&firm={firms[0].uscc}",
        *(
            f"/firms/{page}"
            for page in ("?q=nothing", "?page=2&sort=name", "?size=-&stage=growth&industry=C")
        ),
        *(f"/firms/{firm.uscc}/" for firm in firms),
        f"/firms/{firms[0].uscc}/?requested_amount_fen=abc&rd_expense_fen=200",
        *(f"/firms/{firm.uscc}/rules/{rule.key}/" for firm in firms for rule in law.catalogue.rules),
    ]
    packs.forget()


def _load_directory() -> None:
    """Load more firms than a page holds, some of them with everything unknown."""
    lines = [
        DirectoryLine(
            compose("X", "9", "420500", f"T{number:07}"),
            f"宜昌样例{number}（虚构）有限公司",
            "420500",
            "C39" if number % 2 else "",
            date(2020, 1, 1) if number % 2 else None,
            "small" if number % 2 else None,
            "growth" if number % 2 else None,
        )
        for number in range(60)
    ]
    load_demo_directory(enterprises=lines, fingerprint="every page")


def test_english_pages_hold_chinese_only_where_it_is_marked(addresses: list[str]) -> None:
    left = {}
    for address in addresses:
        page = Client().get(address, **ENGLISH).content.decode()
        assert '<html lang="en"' in page
        found = [text.strip() for text in read(page).shown if CHINESE.search(text)]
        if found:
            left[address] = found[:3]

    assert left == {}


def test_pages_hold_nothing_inline_and_load_nothing_from_elsewhere(addresses: list[str]) -> None:
    for address in addresses:
        answer = Client().get(address)
        reader = read(answer.content.decode())

        policy = answer["Content-Security-Policy"]
        assert answer.status_code == 200
        assert "unsafe-inline" not in policy
        assert "unsafe-eval" not in policy
        assert reader.inline == []
        assert all(place.startswith("/static/") for place in reader.loaded), (address, reader.loaded)


def test_synthetic_pages_say_so(addresses: list[str]) -> None:
    # What the law and the institutions say is real; a firm held against it is not.
    for address in (a for a in addresses if not a.startswith(REAL) or "firm=" in a):
        # The home page leads to real policies: there only the firms and the what-if are invented.
        words = "演示企业和测算是虚构的，政策是公开信息" if address == "/" else "演示数据"
        assert words in Client().get(address).content.decode(), address


def test_following_files_is_said_on_every_page(addresses: list[str], settings: SettingsWrapper) -> None:
    settings.KERONG_FOLLOW_FILES = True
    packs.forget()

    for address in addresses[:12]:
        assert "正在跟随规则文件的修改" in Client().get(address).content.decode()


def test_language_is_the_reader_s_choice_and_stays(addresses: list[str]) -> None:
    client = Client()

    answer = client.post("/language/setlang/", {"language": "en", "next": "/rules/"}, follow=True)

    assert addresses
    assert '<html lang="en"' in answer.content.decode()
    assert '<html lang="en"' in client.get("/").content.decode()
    assert '<html lang="zh-Hans"' in Client(HTTP_ACCEPT_LANGUAGE="en").get("/").content.decode()


def test_large_text_is_kept_in_a_cookie_and_can_be_left(addresses: list[str]) -> None:
    client = Client()

    large = client.post("/text-size/", {"size": "large", "next": "/rules/"}, follow=True)
    normal = client.post("/text-size/", {"size": "normal", "next": "https://elsewhere.example/"})

    assert addresses
    assert 'class="large-text"' in large.content.decode()
    assert normal["Location"] == "/"
    assert 'class="large-text"' not in client.get("/").content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_missing_page_gives_a_number_and_nothing_else(language: str, db: None) -> None:
    del db

    answer = Client().get("/nope/secret-path", HTTP_COOKIE=f"django_language={language}")

    page = answer.content.decode()
    assert answer.status_code == 404
    assert answer["X-Request-ID"] in page
    assert "secret-path" not in page
    assert ("There is no such page" if language == "en" else "没有这个页面") in page


@pytest.mark.parametrize(
    ("status", "name"), [(400, "bad_request"), (403, "forbidden"), (500, "server_error")]
)
def test_other_errors_have_pages_in_both_languages(status: int, name: str) -> None:
    from django.test import RequestFactory
    from django.utils import translation

    from kerong.portal import pages

    for language, words in (("zh-hans", "回到首页"), ("en", "Home page")):
        with translation.override(language):
            answer = getattr(pages, name)(RequestFactory().get("/"))
        assert answer.status_code == status
        assert words in answer.content.decode()
        assert read(answer.content.decode()).inline == []


def test_form_without_its_token_is_refused_politely(db: None) -> None:
    del db

    answer = Client(enforce_csrf_checks=True).post("/text-size/", {"size": "large"})

    assert answer.status_code == 403
    assert "不能这样做" in answer.content.decode()


def test_first_load_is_small(addresses: list[str]) -> None:
    import gzip
    from pathlib import Path

    from django.contrib.staticfiles import finders

    page = Client().get("/").content
    files = [
        Path(str(finders.find(place.removeprefix("/static/").split("#")[0])))
        for place in set(read(page.decode()).loaded)
    ]
    size = sum(len(gzip.compress(content)) for content in (page, *(file.read_bytes() for file in files)))

    assert addresses
    assert size < 60_000


def test_without_a_release_the_page_says_so(db: None, settings: SettingsWrapper) -> None:
    del db
    settings.KERONG_FOLLOW_FILES = False
    packs.forget()

    answer = Client().get("/")

    packs.forget()
    assert answer.status_code == 503
    assert "还没有可用的规则" in answer.content.decode()


def test_broken_files_with_nothing_to_fall_back_on_are_listed(
    db: None, tmp_path: Path, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    del db
    (tmp_path / "facts.yaml").write_text("nonsense", encoding="utf-8")
    monkeypatch.setenv("KERONG_POLICIES", str(tmp_path))
    settings.KERONG_FOLLOW_FILES = True
    packs.forget()

    answer = Client().get("/rules/")

    packs.forget()
    assert answer.status_code == 503
    assert "facts.yaml" in answer.content.decode()
