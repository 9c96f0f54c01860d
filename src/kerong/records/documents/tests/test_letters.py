"""Letters: kept whole and sealed, made again to the byte, read by their readers, verified by anybody."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kerong.adapters.letters import LetterTable, letter_pdf, shown_code
from kerong.basics import crypto
from kerong.records.documents.actions import NotYoursError, write_letter
from kerong.records.documents.actions.letters import address_of_code
from kerong.records.documents.models import Letter
from kerong.records.documents.queries import content_of, letter, letters_of
from kerong.records.documents.views.verifying import A_MINUTE
from kerong.records.evidence.actions import acting
from kerong.records.evidence.models import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper

    from kerong.basics.acting import Actor

FIRM, BANK = "enterprise:X9420100DEM000014E", "institution:demo_bank_01"
SECRET = "授信额度三百万元"


@pytest.fixture(autouse=True)
def _home(settings: SettingsWrapper, tmp_path: Path) -> Iterator[None]:
    settings.KERONG_HOME = tmp_path / "home"
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def issued(person_in: Callable[..., Actor]) -> Letter:
    with acting(person_in("relationship_manager", BANK)):
        return write_letter(
            owner=BANK,
            recipients=[FIRM],
            kind="reply",
            title="秘密标题",
            paragraphs=[SECRET],
            table=LetterTable(("甲",), (("乙",),)),
        )


def test_a_letter_is_kept_sealed_and_can_be_made_again_to_the_byte(
    issued: Letter, person_in: Callable[..., Actor]
) -> None:
    assert SECRET not in issued.content_sealed
    event = Event.objects.get(stream="documents")
    assert (event.kind, event.row_id, event.subject) == ("letter_issued", str(issued.id), BANK)
    with acting(person_in("agent", FIRM)):
        found = letter(issued.id)
        pdf = found.pdf_bytes()

        assert content_of(found).paragraphs == (SECRET,)
        assert hashlib.sha256(pdf).hexdigest() == found.pdf_sha256
        assert letter_pdf(content_of(found), code=found.code, address=address_of_code(found.code)) == pdf


def test_only_sender_and_readers_see_a_letter(issued: Letter, person_in: Callable[..., Actor]) -> None:
    with acting(person_in("agent", FIRM)):
        assert [each.id for each in letters_of(FIRM)] == [issued.id]
    with acting(person_in("approver", "institution:demo_bank_02")):
        assert letter(issued.id) is None
        with pytest.raises(NotYoursError):
            write_letter(owner=BANK, recipients=[], kind="reply", title="假", paragraphs=[])


def test_a_destroyed_key_leaves_the_row_and_takes_the_words(person_in: Callable[..., Actor]) -> None:
    someone = person_in("agent", FIRM)
    party = f"person:{someone.person}"
    with acting(person_in("operator", party)):
        made = write_letter(owner=party, recipients=[], kind="certificate", title="证明", paragraphs=[SECRET])
        crypto.provider().destroy_key(party)

        with pytest.raises(crypto.DestroyedKeyError):
            content_of(letter(made.id))
        assert letter(made.id).content_digest == made.content_digest


def test_anybody_verifies_a_code_and_learns_nothing_else(issued: Letter, client: Client) -> None:
    page = client.get(f"/verify/{shown_code(issued.code)}/")

    text = page.content.decode()
    assert page.status_code == 200
    assert "验证码属实" in text
    assert issued.pdf_sha256 in text
    for secret in (SECRET, "秘密标题", "X9420100DEM000014E", "demo_bank_01", str(issued.id)):
        assert secret not in text
    assert "no-store" in page["Cache-Control"]


def test_a_typed_code_finds_its_page_and_a_slip_is_named(issued: Letter, client: Client) -> None:
    right = client.get("/verify/", {"code": f" {issued.code.lower()} "})
    wrong = client.get("/verify/", {"code": issued.code[:-1] + ("0" if issued.code[-1] != "0" else "1")})

    assert (right.status_code, right["Location"]) == (302, f"/verify/{shown_code(issued.code)}/")
    assert wrong.status_code == 422
    assert "可能输错了一位" in wrong.content.decode()


def test_an_altered_pdf_fails_the_check(
    issued: Letter, client: Client, person_in: Callable[..., Actor]
) -> None:
    with acting(person_in("agent", FIRM)):
        pdf = letter(issued.id).pdf_bytes()
    address = f"/verify/{shown_code(issued.code)}/"

    def compared(content: bytes) -> str:
        return client.post(
            address, {"file": SimpleUploadedFile("a.pdf", content, "application/pdf")}
        ).content.decode()

    assert "一个字节都不差" in compared(pdf)
    assert "不一致" in compared(pdf[:-1] + bytes([pdf[-1] ^ 1]))
    assert "不一致" in compared(pdf + b"\n")


def test_guessing_is_slowed_down(db: None, client: Client) -> None:
    del db
    statuses = [client.get("/verify/0000-0000-0000-0000/").status_code for _ in range(A_MINUTE + 2)]

    assert statuses == [404] * A_MINUTE + [429] * 2
