"""Pages of the library: upload with a phone's photo, errors at the field, downloads that no page opens."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kerong.basics.clock import current_clock
from kerong.records.documents.actions import upload
from kerong.records.documents.models import Document, Share
from kerong.records.documents.queries import materials_of
from kerong.records.evidence.actions import acting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

FIRM, BANK = "enterprise:X9420100DEM000014E", "institution:demo_bank_01"
PHOTO = b"\xff\xd8\xff\xe0" + b"0" * 64


@pytest.fixture(autouse=True)
def _home(settings: SettingsWrapper, tmp_path: Path) -> None:
    settings.KERONG_HOME = tmp_path / "home"


def photo(name: str = "执照.jpg", content: bytes = PHOTO, declared: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, declared)


def test_a_photo_is_kept_and_its_usual_end_proposed(sign_in: Callable[..., Client]) -> None:
    client = sign_in("agent", FIRM)

    answer = client.post(
        "/materials/new/",
        {"kind": "audit_report", "valid_from": "2026-03-01", "file": photo(), "owner": BANK},
    )

    with acting(client.actor):
        document = Document.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/materials/{document.id}/")
    assert (document.owner, document.name, document.content_type) == (FIRM, "执照.jpg", "image/jpeg")
    assert document.valid_until.isoformat() == "2027-03-01"


def test_errors_stand_at_the_field_and_nothing_typed_is_lost(sign_in: Callable[..., Client]) -> None:
    client = sign_in("agent", FIRM)

    answer = client.post(
        "/materials/new/",
        {"kind": "contract", "valid_from": "2026-03-02", "valid_until": "2026-03-01", "file": photo("a.exe")},
    )

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "有效期不能早于出具日期" in text
    assert '<option value="contract" selected>' in text
    assert 'value="2026-03-02"' in text
    refused = client.post(
        "/materials/new/", {"kind": "contract", "file": photo("a.exe", declared="image/jpeg")}
    )
    assert "不收这种文件" in refused.content.decode()


def test_a_download_is_saved_and_never_opened_cached_or_sniffed(sign_in: Callable[..., Client]) -> None:
    client = sign_in("agent", FIRM)
    with acting(client.actor):
        document = upload(owner=FIRM, name='引"号\r\nX: y.jpg', content=PHOTO, kind="other")

    answer = client.get(f"/materials/{document.id}/file/")

    assert answer.content == PHOTO
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert set(answer["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "X" not in answer.headers


def test_a_stranger_gets_404_whatever_is_asked(sign_in: Callable[..., Client]) -> None:
    client = sign_in("agent", FIRM)
    with acting(client.actor):
        document = upload(owner=FIRM, name="执照.jpg", content=PHOTO, kind="other")
    stranger = sign_in("agent", "enterprise:X9420100DEM0000229")
    here = f"/materials/{document.id}/"

    statuses = [stranger.get(here).status_code, stranger.get(f"{here}file/").status_code]
    statuses += [
        stranger.post(f"{here}{verb}/", {"file": photo(), "reader": BANK}).status_code
        for verb in ("replace", "withdraw", "share")
    ]

    assert statuses == [404] * 5


def test_replace_share_take_back_and_withdraw(sign_in: Callable[..., Client], house: None) -> None:
    from kerong.records.parties.models import Institution

    del house
    Institution.objects.get_or_create(
        key="demo_bank_01",
        defaults={"name": "演示银行（虚构）", "kind": "bank", "region_code": "420000", "is_demo": True},
    )
    client, bank = sign_in("agent", FIRM), sign_in("relationship_manager", BANK)
    with acting(client.actor):
        first = upload(owner=FIRM, name="旧.jpg", content=PHOTO, kind="other")

    replaced = client.post(f"/materials/{first.id}/replace/", {"file": photo("新.jpg", PHOTO + b"1")})
    newest = replaced["Location"]
    shared = client.post(f"{newest}share/", {"reader": BANK})
    seen = [bank.get(newest).status_code, bank.get(f"{newest}file/").content]
    with acting(client.actor):
        share_id = Share.objects.get().id
    story = client.get(newest).content.decode()
    taken_back = client.post(f"{newest}share/{share_id}/end/")
    unseen = bank.get(newest).status_code
    withdrawn = client.post(f"{newest}withdraw/")

    assert [replaced.status_code, shared.status_code, taken_back.status_code, withdrawn.status_code] == [
        302
    ] * 4
    assert seen == [200, PHOTO + b"1"]
    assert unseen == 404
    assert story.count("演示银行（虚构）") >= 2
    assert "第 1 版" in story
    with acting(client.actor):
        assert not materials_of(FIRM).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_whatever_it_holds(
    sign_in: Callable[..., Client], django_assert_max_num_queries: Callable[..., object], count: int
) -> None:
    client = sign_in("agent", FIRM)
    today = current_clock().today()
    with acting(client.actor):
        for i in range(count):
            upload(
                owner=FIRM,
                name=f"{i}.jpg",
                content=PHOTO + bytes([i]),
                kind="other",
                valid_until=today + timedelta(i),
            )

    with django_assert_max_num_queries(25):
        page = client.get("/materials/")

    assert page.content.decode().count("light-yellow") == count


def test_a_request_larger_than_any_page_takes_is_refused(
    sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kerong.adapters.uploads import receiving

    monkeypatch.setattr(receiving, "REQUEST_MAX", 1000)

    answer = sign_in("agent", FIRM).post(
        "/materials/new/", {"kind": "other", "file": photo(content=PHOTO + b"0" * 2000)}
    )

    assert answer.status_code in {400, 413}
