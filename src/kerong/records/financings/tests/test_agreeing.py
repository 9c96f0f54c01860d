"""Agreements and events are recorded once, by the creditor, and a story that cannot be is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from kerong.basics.acting import Actor
from kerong.basics.clock import SHANGHAI, FixedClock, using_clock
from kerong.records.evidence.actions import acting
from kerong.records.financings.actions import (
    DifferentAgreementError,
    FinancingError,
    agree,
    change,
    record_drawdown,
    record_repayment,
)
from kerong.records.financings.models import Event, Financing
from kerong.records.financings.queries import (
    KINDS,
    StoryError,
    TermsError,
    by_reference,
    financing,
    standing_is_true,
)
from kerong.records.parties.models import Enterprise
from kerong.records.parties.queries import NotAllowedError

USCC = "X9420100DEM000014E"
FIRM, BANK = f"enterprise:{USCC}", "institution:demo_bank_01"
LOAN = {
    "rate_millionths": 34_500,
    "method": "equal_principal",
    "day_count": "actual/360",
    "security": "credit",
    "purpose": "研发",
}


@pytest.fixture
def bank(person_in: Callable[..., Actor]) -> object:
    Enterprise.objects.create(uscc=USCC, name="光谷样例光电（虚构）", is_demo=True)
    with (
        using_clock(FixedClock(datetime(2026, 11, 23, 9, tzinfo=SHANGHAI))),
        acting(person_in("relationship_manager", BANK)) as actor,
    ):
        yield actor


def _loan(**changes: object) -> Financing:
    terms = {
        "kind": "loan",
        "debtor": FIRM,
        "creditor": BANK,
        "principal": 100_000_000,
        "terms": LOAN,
        "reference": "HT-2026-001",
        "agreed_on": date(2026, 1, 5),
        "matures_on": date(2027, 1, 5),
    }
    return agree(**(terms | changes))


@pytest.mark.usefixtures("bank")
def test_agreement_sent_twice_is_one() -> None:
    first = _loan()

    assert _loan() == first
    assert _loan(reference=" ｈｔ－2026 - 001 ") == first
    with pytest.raises(DifferentAgreementError):
        _loan(principal=200_000_000)


@pytest.mark.usefixtures("bank")
def test_event_sent_twice_is_one_and_the_standing_is_what_events_come_to() -> None:
    loan = _loan()
    record_drawdown(financing_id=loan.pk, amount=100_000_000, happened_on=date(2026, 1, 6), key="D1")
    record_drawdown(financing_id=loan.pk, amount=100_000_000, happened_on=date(2026, 1, 6), key="D1")
    record_repayment(
        financing_id=loan.pk, principal=25_000_000, interest=862_500, happened_on=date(2026, 4, 6), key="R1"
    )

    found = financing(loan.pk)
    assert Event.objects.count() == 2
    assert (found.standing.status, found.standing.drawn, found.standing.outstanding) == (
        "active",
        100_000_000,
        75_000_000,
    )
    assert standing_is_true(found)
    with pytest.raises(FinancingError):
        record_drawdown(financing_id=loan.pk, amount=1, happened_on=date(2026, 1, 6), key="D1")


@pytest.mark.usefixtures("bank")
def test_story_that_cannot_be_is_refused() -> None:
    loan = _loan()
    with pytest.raises(StoryError):
        record_drawdown(financing_id=loan.pk, amount=100_000_001, happened_on=date(2026, 1, 6), key="D1")
    with pytest.raises(StoryError):
        record_repayment(
            financing_id=loan.pk, principal=1, interest=0, happened_on=date(2026, 1, 6), key="R1"
        )
    with pytest.raises(StoryError):
        record_drawdown(financing_id=loan.pk, amount=1, happened_on=date(2026, 1, 4), key="D0")

    assert Event.objects.count() == 0


@pytest.mark.usefixtures("bank")
def test_mistake_is_voided_and_stays_to_be_read() -> None:
    loan = _loan()
    record_drawdown(financing_id=loan.pk, amount=90_000_000, happened_on=date(2026, 1, 6), key="D1")
    change(financing_id=loan.pk, kind="void", happened_on=date(2026, 1, 7), key="V1", said={"voids": 1})
    record_drawdown(financing_id=loan.pk, amount=80_000_000, happened_on=date(2026, 1, 6), key="D2")

    assert financing(loan.pk).standing.outstanding == 80_000_000
    assert Event.objects.count() == 3


@pytest.mark.usefixtures("bank")
def test_missing_and_strange_terms_are_named() -> None:
    with pytest.raises(TermsError) as caught:
        _loan(terms=LOAN | {"method": "by_feeling", "colour": "red", "purpose": ""})

    assert set(caught.value.problems) == {"method", "colour", "purpose"}


@pytest.mark.usefixtures("bank")
def test_only_the_creditor_records(person_in: Callable[..., Actor]) -> None:
    loan = _loan()
    for role, party in (("relationship_manager", "institution:demo_bank_02"), ("agent", FIRM)):
        with acting(person_in(role, party)), pytest.raises(NotAllowedError):
            record_drawdown(financing_id=loan.pk, amount=1, happened_on=date(2026, 1, 6), key="D1")


@pytest.mark.usefixtures("bank")
def test_others_see_nothing(person_in: Callable[..., Actor]) -> None:
    loan = _loan()
    record_drawdown(financing_id=loan.pk, amount=1, happened_on=date(2026, 1, 6), key="D1")

    with acting(person_in("agent", FIRM)):
        assert [financing(loan.pk), Event.objects.count()] == [loan, 1]
    with acting(person_in("relationship_manager", "institution:demo_bank_02")):
        assert [financing(loan.pk), Event.objects.count()] == [None, 0]
        assert by_reference(creditor=BANK, reference="HT-2026-001") is None


def test_nine_kinds() -> None:
    assert list(KINDS) == [
        *("loan", "guarantee", "insurance", "equity", "bond", "lease", "factoring", "bill", "trust"),
    ]
