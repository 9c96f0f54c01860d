"""Materials: kept once, replaced by versions, shared on purpose, encrypted on disk, never changed."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from kerong.adapters.file_store import ContentAlteredError, fetch
from kerong.adapters.uploads import UploadRefusedError
from kerong.basics.clock import current_clock
from kerong.records.documents.actions import NotYoursError, end_share, replace, share, take, upload, withdraw
from kerong.records.documents.models import Document, Share
from kerong.records.documents.queries import (
    downloads_of,
    material,
    material_list,
    materials_of,
    shared_with,
    validity_of,
    versions_of,
)
from kerong.records.evidence.actions import acting
from kerong.records.evidence.models import Event

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django.fixtures import SettingsWrapper

    from kerong.basics.acting import Actor

FIRM, OTHER = "enterprise:X9420100DEM000014E", "enterprise:X9420100DEM0000229"
BANK = "institution:demo_bank_01"
PDF = b"%PDF-1.7\n" + "营业执照".encode()


@pytest.fixture(autouse=True)
def _home(settings: SettingsWrapper, tmp_path: Path) -> None:
    settings.KERONG_HOME = tmp_path / "home"


def put(kind: str = "business_licence", content: bytes = PDF, **more: object) -> Document:
    return upload(owner=FIRM, name="执照.pdf", content=content, kind=kind, **more)


def test_upload_keeps_content_encrypted_and_sealed(
    person_in: Callable[..., Actor], settings: SettingsWrapper
) -> None:
    agent = person_in("agent", FIRM)

    with acting(agent):
        document = put()

    stored = [path for path in (settings.KERONG_HOME / "files").rglob("*") if path.is_file()]
    assert [path.name for path in stored] == [document.place]
    assert PDF not in stored[0].read_bytes()
    assert "营业执照".encode() not in stored[0].read_bytes()
    assert document.sha256 == hashlib.sha256(PDF).hexdigest()
    assert fetch(document.place, owner=FIRM, sha256=document.sha256) == PDF
    event = Event.objects.get(stream="documents")
    assert (event.kind, event.subject, event.row_id) == ("material_uploaded", FIRM, str(document.id))


def test_content_altered_on_disk_is_refused(
    person_in: Callable[..., Actor], settings: SettingsWrapper
) -> None:
    with acting(person_in("agent", FIRM)):
        document = put()
        path = settings.KERONG_HOME / "files" / document.place[:2] / document.place
        path.write_bytes(path.read_bytes()[:-1] + b"\0")

        with pytest.raises(ContentAlteredError):
            take(document_id=document.id)


def test_two_owners_of_one_file_have_two_places(person_in: Callable[..., Actor]) -> None:
    with acting(person_in("agent", FIRM)):
        mine = put()
        again = put()
    with acting(person_in("agent", OTHER)):
        theirs = upload(owner=OTHER, name="执照.pdf", content=PDF, kind="business_licence")

    assert again.place == mine.place
    assert theirs.place != mine.place


def test_a_new_version_supersedes_and_the_old_one_stays(person_in: Callable[..., Actor]) -> None:
    with acting(person_in("agent", FIRM)):
        first = put()
        second = replace(document_id=first.id, name="新执照.pdf", content=PDF + b"2")
        third = replace(document_id=first.id, name="再新.pdf", content=PDF + b"3")

        assert [each.id for each in materials_of(FIRM)] == [third.id]
        assert [each.version for each in versions_of(first)] == [3, 2, 1]
        assert take(document_id=second.id)[1] == PDF + b"2"


def test_rows_are_never_changed_or_removed(person_in: Callable[..., Actor]) -> None:
    with acting(person_in("agent", FIRM)):
        document = put()

        with pytest.raises(DatabaseError), transaction.atomic():
            Document.objects.filter(pk=document.pk).update(name="改.pdf")
        with pytest.raises(DatabaseError), transaction.atomic():
            Document.objects.filter(pk=document.pk).delete()


def test_nobody_reads_or_writes_somebody_else_s_library(person_in: Callable[..., Actor]) -> None:
    with acting(person_in("agent", FIRM)):
        document = put()
    stranger = person_in("agent", OTHER)

    with acting(stranger):
        assert material(document.id) is None
        assert take(document_id=document.id) is None
        assert not materials_of(FIRM).exists()
        with pytest.raises(NotYoursError):
            put()
        with pytest.raises(NotYoursError):
            replace(document_id=document.id, name="x.pdf", content=PDF)
        with pytest.raises(NotYoursError):
            share(document_id=document.id, reader=OTHER)
        with pytest.raises(DatabaseError), transaction.atomic():
            Document(
                id=document.series, series=document.series, version=1, owner=FIRM, kind="other", name="x", size=1,
                content_type="", sha256="0" * 64, place="", uploaded_at=current_clock().now(),
            ).save(force_insert=True)  # fmt: skip


def test_a_share_lets_one_reader_in_until_it_ends_and_leaves_a_mark(person_in: Callable[..., Actor]) -> None:
    firm, bank = person_in("agent", FIRM), person_in("relationship_manager", BANK)
    other_bank = person_in("relationship_manager", "institution:demo_bank_02")
    with acting(firm):
        document = put()
        put("audit_report")
        given = share(document_id=document.id, reader=BANK, reference="case:1")
        assert share(document_id=document.id, reader=BANK, reference="case:1").id == given.id

    with acting(bank):
        assert [each.id for each in shared_with(BANK)] == [document.id]
        assert take(document_id=document.id)[1] == PDF
        assert not end_share_allowed(given.id)
    with acting(other_bank):
        assert material(document.id) is None
    with acting(firm):
        assert [mark.reader for mark in downloads_of(document.id)] == [BANK]
        assert end_share(share_id=given.id)
    with acting(bank):
        assert material(document.id) is None


def end_share_allowed(share_id: object) -> bool:
    try:
        return end_share(share_id=share_id)
    except NotYoursError:
        return False


def test_the_database_refuses_a_share_of_somebody_else_s_material(person_in: Callable[..., Actor]) -> None:
    with acting(person_in("agent", FIRM)):
        document = put()
    stranger = person_in("agent", OTHER)

    with acting(stranger), pytest.raises(IntegrityError), transaction.atomic():
        Share.objects.create(
            id=document.series,
            owner=OTHER,
            series=document.series,
            reader=OTHER,
            shared_at=current_clock().now(),
        )


def test_a_share_past_its_day_lets_nobody_in(person_in: Callable[..., Actor]) -> None:
    firm, bank = person_in("agent", FIRM), person_in("relationship_manager", BANK)
    with acting(firm):
        document = put()
        share(document_id=document.id, reader=BANK, until=current_clock().today() - timedelta(days=1))

    with acting(bank):
        assert material(document.id) is None
        assert not shared_with(BANK).exists()


def test_withdrawn_material_leaves_the_library_and_its_shares_end(person_in: Callable[..., Actor]) -> None:
    firm, bank = person_in("agent", FIRM), person_in("relationship_manager", BANK)
    with acting(firm):
        document = put()
        share(document_id=document.id, reader=BANK)
        withdraw(document_id=document.id)

        assert not materials_of(FIRM).exists()
        assert versions_of(document).count() == 2
    with acting(bank):
        assert material(document.id) is None


def test_material_list_tells_there_missing_and_expired(person_in: Callable[..., Actor]) -> None:
    today = current_clock().today()
    with acting(person_in("agent", FIRM)):
        licence = put()
        put("audit_report", valid_until=today - timedelta(days=400))
        report = put("audit_report", content=PDF + b"2", valid_until=today - timedelta(days=1))
        statement = put("financial_statements", valid_until=today)

        found = material_list(
            FIRM, ["business_licence", "audit_report", "contract", "financial_statements", "contract"]
        )

    assert found.there == (("business_licence", licence), ("financial_statements", statement))
    assert found.expired == (("audit_report", report),)
    assert found.missing == ("contract",)
    assert not found.is_complete


@pytest.mark.parametrize(
    ("until", "light"),
    [
        (None, "endless"),
        (date(2026, 11, 22), "expired"),
        (date(2026, 11, 23), "soon"),
        (date(2026, 12, 23), "soon"),
        (date(2026, 12, 24), "valid"),
    ],
)
def test_the_last_day_of_validity_counts(until: date | None, light: str) -> None:
    assert validity_of(until, on=date(2026, 11, 23)) == light


def test_a_refused_file_leaves_nothing_behind(
    person_in: Callable[..., Actor], settings: SettingsWrapper
) -> None:
    with acting(person_in("agent", FIRM)):
        with pytest.raises(UploadRefusedError):
            upload(owner=FIRM, name="执照.pdf", content=b"MZ\x90", kind="business_licence")

        assert not Document.objects.exists()
    assert not (settings.KERONG_HOME / "files").exists()
