"""T19: a bank officer cannot make a consent for a firm, and the attempt is recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client

from kerong.basics.acting import Actor
from kerong.basics.clock import SHANGHAI, FixedClock, using_clock
from kerong.records.consents.actions import NotTheSubjectError, give, prepare, refuse, withdraw
from kerong.records.consents.models import Consent, UnsignedConsent
from kerong.records.evidence.actions import acting, house
from kerong.records.evidence.queries import events

FIRM, BANK = "enterprise:X9420100DEM000014E", "institution:demo_bank_01"
TERMS = {
    "subject": FIRM,
    "recipient": BANK,
    "purposes": ["credit_approval"],
    "data_types": ["tax"],
    "until": date(2027, 11, 22),
}
CLOCK = FixedClock(datetime(2026, 11, 23, 9, tzinfo=SHANGHAI))
STRANGERS = [
    ("relationship_manager", BANK),
    ("approver", BANK),
    ("institution_admin", BANK),
    ("operator", "platform"),
    ("finance_approver", "office:dept_finance"),
    ("system_admin", "platform"),
    ("legal_representative", "enterprise:X9420100DEM0000229"),
]


@pytest.mark.parametrize(("role", "party"), STRANGERS)
def test_abuse_T19_no_session_but_the_firms_makes_a_consent(
    person_in: Callable[..., Actor], role: str, party: str
) -> None:
    with using_clock(CLOCK), acting(person_in(role, party)):
        with pytest.raises(NotTheSubjectError):
            give(**TERMS)
        with pytest.raises(NotTheSubjectError):
            prepare(**TERMS, signer_name="测试", signer_phone="13800000000")
        with pytest.raises(NotTheSubjectError):
            refuse(subject=FIRM, recipient=BANK, purpose="credit_approval")

        with house("to see whether anything was made"):
            assert Consent.objects.count() == UnsignedConsent.objects.count() == 0
            tried = events(subject=FIRM).filter(kind="consent_by_stranger_refused")
            assert sorted(event.detail["verb"] for event in tried) == ["give", "prepare", "refuse"]
            assert {event.actor_party for event in tried} == {party}


def test_abuse_T19_bank_cannot_withdraw_what_it_was_given(person_in: Callable[..., Actor]) -> None:
    with using_clock(CLOCK):
        with acting(person_in("legal_representative", FIRM)):
            consent = give(**TERMS)
        with acting(person_in("relationship_manager", BANK)), pytest.raises(NotTheSubjectError):
            withdraw(consent_id=consent.pk)


def test_abuse_T19_row_security_refuses_what_the_action_would(person_in: Callable[..., Actor]) -> None:
    with using_clock(CLOCK):
        with acting(person_in("legal_representative", FIRM)):
            consent = give(**TERMS)
        with acting(person_in("relationship_manager", BANK)):
            forged = Consent.objects.get(pk=consent.pk)
            forged.pk = None
            forged.id = "0193a1b2-0000-7000-8000-000000000001"
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                forged.save(force_insert=True)


def test_abuse_T19_form_posted_from_a_bank_session_is_refused(sign_in: Callable[..., Client]) -> None:
    bank = sign_in("relationship_manager", BANK)

    answer = bank.post(
        "/consents/give/",
        {
            "subject": FIRM,
            "recipient": BANK,
            "purposes": ["credit_approval"],
            "data_types": ["tax"],
            "until": "2027-11-22",
        },
    )

    assert answer.status_code == 403
    with transaction.atomic(), house("to see whether anything was made"):
        assert Consent.objects.count() == 0
