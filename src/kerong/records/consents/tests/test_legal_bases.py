"""LAW-4: whatever consents there are, nothing is read beyond them; and the other grounds reach as far as they say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerong.basics.acting import Actor
from kerong.basics.clock import SHANGHAI, FixedClock, using_clock
from kerong.records.consents.actions import end_basis, give, register_basis, withdraw
from kerong.records.consents.queries import (
    CATEGORIES,
    WordError,
    basis_for,
    consents,
    current_text,
    state_of,
    still_holds,
)
from kerong.records.consents.queries.words import FLAG_NEEDED_BY, FLAG_WORDS, TextsFileError, read_texts
from kerong.records.evidence.actions import acting
from kerong.records.parties.models import Institution
from kerong.records.parties.queries import NotAllowedError

FIRMS = ("enterprise:X9420100DEM000014E", "enterprise:X9420100DEM0000229")
BANKS = ("institution:demo_bank_01", "institution:demo_bank_02")
NOON = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)
PURPOSES = ("matching", "pre_assessment", "credit_approval")
TYPES = ("tax", "social_security", "finance_credit", "personal")
FLAGS = ("sensitive", "credit_query", "publish")

wishes = st.fixed_dictionaries(
    {
        "subject": st.sampled_from(FIRMS),
        "recipient": st.sampled_from((*BANKS, "category:bank")),
        "purposes": st.sets(st.sampled_from(PURPOSES), min_size=1),
        "data_types": st.sets(st.sampled_from(TYPES), min_size=1),
        "days": st.integers(0, 5),
        "flags": st.sets(st.sampled_from(FLAGS)),
        "is_withdrawn": st.booleans(),
    }
)
question = st.fixed_dictionaries(
    {
        "subject": st.sampled_from(FIRMS),
        "recipient": st.sampled_from(BANKS),
        "purpose": st.sampled_from(PURPOSES),
        "data_type": st.sampled_from(TYPES),
        "flags": st.sets(st.sampled_from(["publish", "cross_border"]), max_size=1),
    }
)


@pytest.fixture
def banks(db: None) -> None:
    del db
    for number in (1, 2):
        Institution.objects.create(
            key=f"demo_bank_0{number}",
            name=f"测试银行{number}（虚构）",
            kind="bank",
            region_code="420100",
            is_demo=True,
        )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(wishes, max_size=4), st.lists(question, min_size=5, max_size=5), st.integers(0, 6))
@pytest.mark.usefixtures("banks")
def test_nothing_is_read_without_a_live_consent_for_it(
    person_in: Callable[..., Actor], given_: list[dict], asked: list[dict], later: int
) -> None:
    clock = FixedClock(NOON)
    with transaction.atomic(), using_clock(clock):
        bosses = {firm: person_in("legal_representative", firm) for firm in FIRMS}
        for wish in given_:
            with acting(bosses[wish["subject"]]):
                consent = give(
                    **{
                        name: wish[name]
                        for name in ("subject", "recipient", "purposes", "data_types", "flags")
                    },
                    until=clock.today() + timedelta(days=wish["days"]),
                )
                if wish["is_withdrawn"]:
                    withdraw(consent_id=consent.pk)
        clock.move(timedelta(days=later))

        for each in asked:
            with acting(person_in("relationship_manager", each["recipient"])):
                found = basis_for(**each)

            needed = set(each["flags"])
            if each["data_type"] in FLAG_NEEDED_BY:
                needed.add(FLAG_NEEDED_BY[each["data_type"]])
            expected = any(
                wish["subject"] == each["subject"]
                and wish["recipient"] in {each["recipient"], "category:bank"}
                and each["purpose"] in wish["purposes"]
                and each["data_type"] in wish["data_types"]
                and needed <= wish["flags"]
                and wish["days"] >= later
                and not wish["is_withdrawn"]
                for wish in given_
            )
            assert (found is not None) == expected
        transaction.set_rollback(True)


@pytest.mark.usefixtures("house")
def test_subject_reads_itself_and_unregistered_words_are_refused() -> None:
    found = basis_for(subject=FIRMS[0], recipient=FIRMS[0], purpose="own_use", data_type="tax")

    assert found.kind == "own"
    with pytest.raises(WordError):
        basis_for(subject=FIRMS[0], recipient=BANKS[0], purpose="curiosity", data_type="tax")


@pytest.mark.usefixtures("house")
def test_statutory_duty_reaches_its_office_and_purpose_until_it_ends() -> None:
    basis = register_basis(
        kind="statutory_duty",
        subject="*",
        recipient="office:dept_finance",
        purposes=["compensation_review"],
        data_types=["tax"],
        cites="测试办法第三条",
        words="审核风险补偿申请",
    )
    asked = {
        "subject": FIRMS[0],
        "recipient": "office:dept_finance",
        "purpose": "compensation_review",
        "data_type": "tax",
    }

    found = basis_for(**asked)
    assert (found.kind, found.cites, found.reference) == (
        "statutory_duty",
        "测试办法第三条",
        f"basis:{basis.pk}",
    )
    assert basis_for(**(asked | {"recipient": "office:dept_science"})) is None
    assert basis_for(**(asked | {"data_type": "finance_credit"})) is None
    assert basis_for(**asked, flags=["publish"]) is None
    end_basis(basis_id=basis.pk, because="测试")
    assert basis_for(**asked) is None
    assert not still_holds(reference=found.reference)


@pytest.mark.usefixtures("house")
def test_ground_of_invented_data_covers_invented_firms_only() -> None:
    register_basis(
        kind="synthetic",
        subject="synthetic",
        recipient="*",
        purposes=["demonstration"],
        cites="kerong-assumptions",
        words="虚构的企业",
    )

    def ground(subject: str) -> object:
        return basis_for(subject=subject, recipient=BANKS[0], purpose="demonstration", data_type="tax")

    assert ground(FIRMS[0]).kind == "synthetic"
    assert ground("enterprise:91420100MA4KABCD12") is None


def test_nobody_registers_a_ground_without_the_duty(person_in: Callable[..., Actor]) -> None:
    with acting(person_in("relationship_manager", BANKS[0])), pytest.raises(NotAllowedError):
        register_basis(
            kind="contract", subject=FIRMS[0], recipient=BANKS[0], purposes=["matching"], cites="x", words="x"
        )


@pytest.mark.usefixtures("banks")
def test_withdrawal_of_a_consent_for_all_banks_is_seen_by_each(person_in: Callable[..., Actor]) -> None:
    with using_clock(FixedClock(NOON)):
        with acting(person_in("legal_representative", FIRMS[0])):
            consent = give(
                subject=FIRMS[0],
                recipient="category:bank",
                purposes=["matching"],
                data_types=["tax"],
                until=date(2026, 12, 1),
            )
        with acting(person_in("relationship_manager", BANKS[1])):
            assert [state_of(each) for each in consents()] == ["live"]
        with acting(person_in("legal_representative", FIRMS[0])):
            withdraw(consent_id=consent.pk)
        with acting(person_in("relationship_manager", BANKS[1])):
            assert [state_of(each) for each in consents()] == ["withdrawn"]
        with acting(person_in("relationship_manager", "institution:demo_fund_01")):
            assert list(consents()) == []


def test_changed_coverage_ends_old_consents_and_the_file_says_so() -> None:
    version = {
        "version": 1,
        "kind": "platform_data",
        "title": "t",
        "title_en": "t",
        "words": "w",
        "words_en": "w",
        "method": "look",
        "purposes": ["matching"],
        "data_types": ["tax"],
        "counts_from": 1,
        "days_max": 10,
    }

    def read(**changes: object) -> object:
        import yaml

        return read_texts(yaml.safe_dump({"texts": {"k": [version, version | {"version": 2} | changes]}}))

    assert read(words="better words")["k"][-1].counts_from == 1
    assert read(purposes=["matching", "statistics"], counts_from=2)["k"][-1].counts_from == 2
    for changed in ({"purposes": ["statistics"]}, {"data_types": ["tax", "personal"]}, {"method": "export"}):
        with pytest.raises(TextsFileError):
            read(**changed)


def test_consent_of_an_older_text_does_not_count(
    person_in: Callable[..., Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from kerong.records.consents.queries import words

    with using_clock(FixedClock(NOON)), acting(person_in("legal_representative", FIRMS[0])):
        consent = give(
            subject=FIRMS[0],
            recipient=BANKS[0],
            purposes=["matching"],
            data_types=["tax"],
            until=date(2026, 12, 1),
        )
        asked = {"subject": FIRMS[0], "recipient": BANKS[0], "purpose": "matching", "data_type": "tax"}
        assert basis_for(**asked) is not None

        first = current_text("platform_data")
        newer = {**words.texts(), "platform_data": (first, replace(first, version=2, counts_from=2))}
        monkeypatch.setattr(words, "_cached", lambda: newer)

        assert basis_for(**asked) is None
        assert state_of(consent) == "outdated"


def test_every_flag_has_words_and_every_category_a_name() -> None:
    from kerong.records.consents.models import FLAGS as COLUMNS

    assert tuple(FLAG_WORDS) == COLUMNS
    assert {key.removeprefix("category:") for key in CATEGORIES} == {
        kind for kind, _words in Institution.KINDS
    }
