"""T20: a text changed after it was signed no longer verifies, wherever it was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest
from django.db import connection

from kerong.adapters import e_sign
from kerong.basics.acting import Actor
from kerong.basics.canonical import digest
from kerong.basics.clock import SHANGHAI, FixedClock, using_clock
from kerong.records.consents.actions import ConsentError, consent_signed, give, prepare
from kerong.records.consents.models import Consent, ConsentText
from kerong.records.consents.queries import check_consent
from kerong.records.evidence.actions import acting, house
from kerong.records.parties.actions import sign

FIRM, BANK = "enterprise:X9420100DEM000014E", "institution:demo_bank_01"
TERMS = {
    "subject": FIRM,
    "recipient": BANK,
    "purposes": ["credit_query"],
    "data_types": ["credit_report"],
    "until": date(2027, 11, 22),
    "text_key": "credit_report.demo_bank_01",
}


@pytest.fixture
def signed(person_in: Callable[..., Actor]) -> Iterator[Consent]:
    """Return an authorisation that the legal representative signed on a phone."""
    with using_clock(FixedClock(datetime(2026, 11, 23, 9, tzinfo=SHANGHAI))):
        with acting(person_in("agent", FIRM)):
            waiting, address = prepare(**TERMS, signer_name="测试（虚构）", signer_phone="13800000000")
        token = address.rstrip("/").rpartition("/")[2]
        sign(token=token, signer_code=e_sign.demo_code(waiting.signing_request_id))
        with acting(person_in("legal_representative", FIRM)):
            yield Consent.objects.get(signature_id=waiting.signing_request_id)


def test_abuse_T20_what_was_signed_verifies(signed: Consent) -> None:
    found = check_consent(signed)

    assert (found.text, found.wording, found.signature) == (True, True, True)


@pytest.mark.parametrize(
    "swap",
    [
        {"wording": "本人同意一切。"},
        {"recipient": "institution:demo_bank_02"},
        {"until": date(2036, 1, 1)},
        {"purposes": ["credit_query", "statistics"]},
        {"publish": True},
    ],
    ids=lambda swap: next(iter(swap)),
)
def test_abuse_T20_swapped_consent_does_not_verify(signed: Consent, swap: dict[str, object]) -> None:
    for name, value in swap.items():
        setattr(signed, name, value)

    assert not check_consent(signed).is_intact


def test_abuse_T20_swapped_wording_with_a_fresh_digest_does_not_verify(signed: Consent) -> None:
    signed.wording = signed.wording.replace("不得提供给他人", "可以提供给他人")
    signed.wording_digest = digest(signed.wording)

    found = check_consent(signed)
    assert (found.signature, found.is_intact) == (False, False)


def test_abuse_T20_swapped_text_version_does_not_verify(signed: Consent) -> None:
    """The stored text is swapped by whoever owns the database, past trigger and privilege."""
    stored = ConsentText.objects.get(key=signed.text_key)
    swapped = ConsentText(
        id=stored.id,
        key=stored.key,
        version=stored.version,
        kind=stored.kind,
        words="同意一切。",
        words_en=stored.words_en,
        digest=stored.digest,
        stored_at=stored.stored_at,
    )

    assert check_consent(signed, stored=swapped).text is False


def test_abuse_T20_signature_of_another_wording_makes_no_consent(
    signed: Consent, person_in: Callable[..., Actor]
) -> None:
    with acting(person_in("agent", FIRM)), pytest.raises(ConsentError, match="does not belong"):
        give(**(TERMS | {"until": date(2027, 1, 1)}), signature_id=signed.signature_id)


def test_abuse_T20_signature_makes_one_consent_however_often_it_is_followed(signed: Consent) -> None:
    assert consent_signed(signing_request_id=signed.signature_id) == signed
    with house("to count"):
        assert Consent.objects.count() == 1


@pytest.mark.usefixtures("signed")
def test_abuse_T20_database_refuses_to_change_a_consent() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('consents_consent', 'UPDATE'),"
            " has_table_privilege('consents_consent', 'DELETE')"
        )
        assert cursor.fetchone() == (False, False)
