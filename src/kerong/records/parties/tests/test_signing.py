"""Signatures by one-time link: what is signed stands, the code must be right, and the link works once (T20)."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from kerong.adapters.e_sign import DEMO_LABEL, NoSignerError, demo_code
from kerong.basics import crypto
from kerong.basics.acting import house_actor
from kerong.basics.clock import SHANGHAI, FixedClock, using_clock
from kerong.records.evidence import queries as evidence
from kerong.records.evidence.actions import acting
from kerong.records.parties.actions import (
    DirectoryLine,
    SigningError,
    load_demo_directory,
    open_link,
    request_signature,
    resend,
    sign,
    verify_signature,
    withdraw_request,
)
from kerong.records.parties.models import Person, SigningRequest, User
from kerong.records.parties.queries import (
    claims_of,
    live_memberships,
    signature_holds,
    signing_request,
    signing_requests,
    state_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from kerong.basics.acting import Actor

FIRM, OTHER = "enterprise:X9420100DEM000014E", "enterprise:X9420100DEM0000229"
USCC = FIRM.partition(":")[2]
TEXT = "本企业同意。"
NOON = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)


@pytest.fixture
def clock() -> Iterator[FixedClock]:
    with using_clock(FixedClock(NOON)) as clock:
        yield clock


@pytest.fixture
def agent(person_in: Callable[..., Actor], clock: FixedClock) -> Iterator[Actor]:
    del clock
    with acting(person_in("agent", FIRM)) as actor:
        yield actor


def ask(text: str = TEXT) -> SigningRequest:
    return request_signature(
        kind="test",
        subject=FIRM,
        signer_name="光大明（虚构）",
        signer_phone="19900000002",
        title="同意书",
        text=text,
        reference="1",
    )


def signed(text: str = TEXT) -> SigningRequest:
    asked = ask(text)
    return sign(token=asked.token, signer_code=demo_code(asked.id))


@pytest.mark.usefixtures("agent")
def test_signature_covers_exactly_the_text_that_was_shown() -> None:
    made = signed()

    assert verify_signature(request_id=made.id, text=TEXT)
    assert not verify_signature(request_id=made.id, text=TEXT + " ")
    assert (made.signed_with, state_of(made)) == (DEMO_LABEL, "signed")


@pytest.mark.usefixtures("agent")
def test_only_the_digest_of_the_link_is_kept_and_the_phone_is_encrypted() -> None:
    asked = ask()
    stored = SigningRequest.objects.get(id=asked.id)

    assert stored.token_digest == hashlib.sha256(asked.token.encode()).hexdigest()
    assert "19900000002" not in stored.signer_phone_sealed
    assert asked.token not in str(vars(stored))


@pytest.mark.usefixtures("agent")
def test_link_works_once() -> None:
    asked = ask()
    sign(token=asked.token, signer_code=demo_code(asked.id))

    with pytest.raises(SigningError, match="signed"):
        sign(token=asked.token, signer_code=demo_code(asked.id))


@pytest.mark.usefixtures("agent")
def test_five_wrong_codes_close_the_link() -> None:
    asked = ask()
    wrong = f"{(int(demo_code(asked.id)) + 1) % 1_000_000:06}"
    reasons = []
    for _time in range(5):
        with pytest.raises(SigningError) as refused:
            sign(token=asked.token, signer_code=wrong)
        reasons.append(refused.value.reason)

    assert reasons == ["wrong_code"] * 4 + ["too_many"]
    with pytest.raises(SigningError, match="too_many"):
        sign(token=asked.token, signer_code=demo_code(asked.id))


@pytest.mark.usefixtures("agent")
def test_link_ends_after_72_hours_and_can_be_sent_again(clock: FixedClock) -> None:
    asked = ask()
    clock.move(timedelta(hours=72))
    with pytest.raises(SigningError, match="expired"):
        open_link(token=asked.token)

    again = resend(request_id=asked.id)

    with pytest.raises(SigningError, match="gone"):
        open_link(token=asked.token)
    assert sign(token=again.token, signer_code=demo_code(again.id)).signed_at


@pytest.mark.usefixtures("agent")
def test_withdrawn_request_is_signed_by_nobody() -> None:
    asked = ask()
    withdraw_request(request_id=asked.id)

    with pytest.raises(SigningError, match="withdrawn"):
        sign(token=asked.token, signer_code=demo_code(asked.id))


@pytest.mark.usefixtures("agent")
def test_strangers_neither_see_nor_withdraw_a_request(person_in: Callable[..., Actor]) -> None:
    asked = ask()

    with acting(person_in("agent", OTHER)):
        assert signing_request(asked.id) is None
        with pytest.raises(SigningError, match="gone"):
            withdraw_request(request_id=asked.id)
    assert list(signing_requests(open_only=True)) == [asked]


@pytest.mark.usefixtures("agent")
def test_what_was_shown_to_the_signer_never_changes() -> None:
    waiting, made = ask(), signed("另一份")

    for key, change in ((waiting.id, {"text": "换"}), (made.id, {"signer_name": "别人"})):
        with acting(house_actor("test")), pytest.raises(DatabaseError), transaction.atomic():
            SigningRequest.objects.filter(id=key).update(**change)


@pytest.mark.usefixtures("agent")
def test_swapped_text_is_found_by_the_signature() -> None:
    made = signed()
    # What somebody with the owner's password could do: text and digest changed together.
    made.text, made.text_digest = "换", hashlib.sha256("换".encode()).hexdigest()

    assert not signature_holds(made)


@pytest.mark.usefixtures("agent")
def test_asking_opening_and_signing_are_in_the_evidence() -> None:
    asked = ask()
    open_link(token=asked.token)
    sign(token=asked.token, signer_code=demo_code(asked.id))

    kinds = {event.kind for event in evidence.events(row_id=str(asked.id))}
    assert kinds == {"signature_requested", "signing_link_opened", "signed"}


@pytest.mark.usefixtures("agent")
def test_production_without_a_signature_service_asks_nobody(settings: SettingsWrapper) -> None:
    settings.KERONG_ENV = "production"

    with pytest.raises(NoSignerError):
        ask()


# ── a firm is claimed ─────────────────────────────────────────────────────────


@pytest.fixture
def firm(house: None) -> None:
    del house
    line = DirectoryLine(USCC, "演示企业·光谷样例光电（虚构）", "420111", "C39", None, None, None)
    load_demo_directory(enterprises=[line], fingerprint="test")


def claim(client: Client, **more: str) -> object:
    typed = {"uscc": USCC, "position": "财务经理", "representative": "光大明（虚构）", "phone": "19900000002"}
    return client.post("/claim/new/", typed | more)


def newcomer(sign_in: Callable[..., Client]) -> tuple[Client, User]:
    client = sign_in("agent", OTHER)
    return client, User.objects.get(id=client.actor.user)


@pytest.mark.usefixtures("firm")
def test_claim_goes_to_the_registered_representative_alone(
    person_in: Callable[..., Actor], sign_in: Callable[..., Client]
) -> None:
    boss = person_in("legal_representative", FIRM)
    someone = Person.objects.get(id=boss.person)
    someone.phone_sealed = crypto.provider().seal(
        "19900000002", purpose="person.phone", context=f"person:{boss.person}"
    )
    someone.save()
    asker, _user = newcomer(sign_in)

    other = claim(asker, phone="19900000077")

    assert "这不是平台登记的法定代表人手机号" in other.content.decode()
    assert 'value="19900000077"' in other.content.decode()
    assert claim(asker).context["signing"].signer_name == "光大明（虚构）"


@pytest.mark.usefixtures("firm")
def test_firm_is_claimed_when_its_legal_representative_signed(
    sign_in: Callable[..., Client], client: Client
) -> None:
    asker, user = newcomer(sign_in)
    page = claim(asker)
    link = page.context["signing"].address
    waiting = asker.get("/claim/").content.decode()

    first = client.get(link)
    client.post(f"{link}confirm/")
    code = demo_code(page.context["signing"].id)
    last = client.post(f"{link}confirm/", {"code": code})

    assert "等待 光大明（虚构） 签署" in waiting
    assert "data:image/svg+xml;base64," in page.content.decode()
    for screen in (first, last):
        assert DEMO_LABEL in screen.content.decode()
    assert user.display_name in first.content.decode()
    assert live_memberships(user=user, party=FIRM, role="agent").count() == 1
    assert "已签署，您是经办人" in asker.get("/claim/").content.decode()


@pytest.mark.usefixtures("firm")
def test_expired_claim_says_so_and_a_withdrawn_one_too(
    sign_in: Callable[..., Client], clock: FixedClock
) -> None:
    asker, user = newcomer(sign_in)
    claim(asker)
    clock.move(timedelta(hours=73))
    expired = asker.get("/claim/").content.decode()
    with acting(house_actor("test")):
        key = claims_of(f"person:{user.person_id}").get().id
    asker.post(f"/claim/{key}/withdraw/")

    assert "链接已过期，没有签署" in expired
    assert "已撤回" in asker.get("/claim/").content.decode()
    assert live_memberships(user=user, party=FIRM).count() == 0


@pytest.mark.usefixtures("firm")
def test_claim_of_an_unknown_firm_keeps_what_was_typed(sign_in: Callable[..., Client]) -> None:
    asker, _user = newcomer(sign_in)
    page = claim(asker, uscc="X9420100DEM999999A")

    assert page.status_code == 422
    assert "没有这家企业" in page.content.decode()
    assert "财务经理" in page.content.decode()


@pytest.mark.usefixtures("firm")
def test_two_open_claims_of_one_person_on_one_firm_are_refused(sign_in: Callable[..., Client]) -> None:
    asker, _user = newcomer(sign_in)

    assert [claim(asker).status_code, claim(asker).status_code] == [200, 422]
