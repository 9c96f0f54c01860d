"""Consents are given by their subject alone, say exactly what they say, and end at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from kerong.basics.acting import Actor
from kerong.basics.clock import SHANGHAI, FixedClock, using_clock
from kerong.records.consents.actions import ConsentError, give, withdraw
from kerong.records.consents.models import Consent
from kerong.records.consents.queries import basis_for, check_consent
from kerong.records.evidence.actions import acting

FIRM, BANK, OTHER_BANK = (
    "enterprise:X9420100DEM000014E",
    "institution:demo_bank_01",
    "institution:demo_bank_02",
)
NOON = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)


def _given(**changes: object) -> Consent:
    terms = {
        "subject": FIRM,
        "recipient": BANK,
        "purposes": ["pre_assessment"],
        "data_types": ["tax"],
        "until": date(2027, 11, 22),
    }
    return give(**(terms | changes))


def _ground(**changes: str) -> object:
    terms = {"subject": FIRM, "recipient": BANK, "purpose": "pre_assessment", "data_type": "tax"}
    return basis_for(**(terms | changes))


def test_consent_covers_what_it_names_and_nothing_else(person_in: Callable[..., Actor]) -> None:
    with using_clock(FixedClock(NOON)), acting(person_in("legal_representative", FIRM)):
        consent = _given()

        assert _ground().reference == f"consent:{consent.pk}"
        assert check_consent(consent).is_intact
        assert _ground(recipient=OTHER_BANK) is None
        assert _ground(purpose="credit_approval") is None
        assert _ground(data_type="social_security") is None
        assert _ground(subject="enterprise:X9420100DEM0000229") is None


def test_consent_ends_with_its_last_day(person_in: Callable[..., Actor]) -> None:
    clock = FixedClock(NOON)
    with using_clock(clock), acting(person_in("legal_representative", FIRM)):
        _given(until=date(2026, 12, 31))

        clock.at = datetime(2026, 12, 31, 23, 59, tzinfo=SHANGHAI)
        assert _ground() is not None
        clock.move(timedelta(minutes=1))
        assert _ground() is None


def test_withdrawal_ends_a_consent_at_once_and_twice_is_once(person_in: Callable[..., Actor]) -> None:
    with using_clock(FixedClock(NOON)), acting(person_in("legal_representative", FIRM)):
        consent = _given()
        first = withdraw(consent_id=consent.pk)

        assert withdraw(consent_id=consent.pk) == first
        assert _ground() is None


def test_agent_alone_cannot_give(person_in: Callable[..., Actor]) -> None:
    with (
        using_clock(FixedClock(NOON)),
        acting(person_in("agent", FIRM)),
        pytest.raises(ConsentError, match="needs a signature"),
    ):
        _given()


def test_flagged_data_need_their_own_flag(person_in: Callable[..., Actor]) -> None:
    with using_clock(FixedClock(NOON)), acting(person_in("legal_representative", FIRM)):
        _given(data_types=["finance_credit", "personal"], flags=["sensitive"])

        assert _ground(data_type="personal") is not None
        assert _ground(data_type="finance_credit") is None
