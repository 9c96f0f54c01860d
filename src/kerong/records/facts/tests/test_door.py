"""The door shows what a ground reaches, refuses the rest, and writes down every look and every refusal."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction

from kerong.records.evidence.actions import acting, house
from kerong.records.evidence.queries import events
from kerong.records.facts import queries
from kerong.records.facts.actions import StatementRefusedError, state_facts
from kerong.records.facts.models import Dossier, FactLookup, Observation
from kerong.records.facts.tests.conftest import BANK, FIRM, OTHER

if TYPE_CHECKING:
    from collections.abc import Callable

    from kerong.basics.acting import Actor

DAY = date(2026, 10, 31)


def state(subject: str = FIRM, **more: Any) -> Observation:
    given = {
        "source": "tax",
        "as_of": DAY,
        "values": {"annual_revenue_fen": 123_456_700, "tax_credit_grade": "A"},
        "basis": "statute:test",
        **more,
    }
    with house("a test states facts"):
        return state_facts(subject=subject, **given)


def logged(subject: str = FIRM) -> list[FactLookup]:
    with house("a test reads the log"):
        return list(queries.lookups_of(subject))


def test_a_firm_reads_its_own_facts_with_source_age_and_a_log_line(person_in: Callable[..., Actor]) -> None:
    stated = state()
    agent = person_in("agent", FIRM)

    with acting(agent):
        view = queries.own_facts(FIRM)
        seen = queries.lookups_of(FIRM).get()

    assert view.values == {"annual_revenue_fen": 123_456_700, "tax_credit_grade": "A"}
    known = view.facts["annual_revenue_fen"]
    assert (known.observation, known.source, known.as_of) == (str(stated.id), "tax", DAY)
    assert (seen.kind, seen.purpose, seen.user, seen.person) == (
        "own_use",
        "own_use",
        agent.user,
        agent.person,
    )
    assert set(seen.fields) == {"annual_revenue_fen", "tax_credit_grade"}


def test_without_a_ground_nothing_is_shown_and_the_refusal_is_written_down(
    person_in: Callable[..., Actor],
) -> None:
    state()
    manager = person_in("relationship_manager", BANK)

    with acting(manager), pytest.raises(queries.NoBasisError) as refused:
        queries.facts_of(subject=FIRM, purpose="pre_assessment")

    assert "没有该主体对这一用途的有效授权" in str(refused.value)
    line = logged()[0]
    assert (line.kind, line.party, line.purpose, line.person) == (
        "refused",
        BANK,
        "pre_assessment",
        manager.person,
    )
    assert events(stream="facts", row_id=str(line.id)).get().kind == "look_refused"


def test_a_refusal_outlives_the_transaction_that_failed_of_it(person_in: Callable[..., Actor]) -> None:
    manager = person_in("relationship_manager", BANK)

    with acting(manager):
        with pytest.raises(queries.NoBasisError) as refused, transaction.atomic():
            queries.facts_of(subject=FIRM, purpose="pre_assessment")
        assert logged() == []
        queries.keep_refusal(refused.value)
        queries.keep_refusal(refused.value)

    assert [line.id for line in logged()] == [refused.value.lookup.id]


def test_a_foreign_firm_and_one_that_does_not_exist_are_refused_alike(
    person_in: Callable[..., Actor],
) -> None:
    state()
    said = []

    with acting(person_in("relationship_manager", BANK)):
        for subject in (FIRM, OTHER):
            with pytest.raises(queries.NoBasisError) as refused:
                queries.facts_of(subject=subject, purpose="pre_assessment")
            said.append((str(refused.value), refused.value.lookup.fields, refused.value.lookup.because))

    assert said[0] == said[1]


def test_a_person_of_another_firm_cannot_read_as_own(person_in: Callable[..., Actor]) -> None:
    state()

    with acting(person_in("agent", OTHER)), pytest.raises(queries.NoBasisError):
        queries.own_facts(FIRM)

    assert [line.kind for line in logged()] == ["refused"]


def test_what_an_office_published_at_the_public_level_needs_no_consent(
    person_in: Callable[..., Actor],
) -> None:
    state(source="registry_publication", values={"is_hnte": 1, "staff_count": 40}, basis="published")

    with acting(person_in("relationship_manager", BANK)):
        view = queries.facts_of(subject=FIRM, purpose="pre_assessment", names=["is_hnte"])
        with pytest.raises(queries.NoBasisError):
            queries.facts_of(subject=FIRM, purpose="pre_assessment", names=["is_hnte", "staff_count"])

    assert view.values == {"is_hnte": 1}


def test_demo_firms_are_shown_to_anybody_for_demonstration_only(person_in: Callable[..., Actor]) -> None:
    from kerong.basics.identity_codes import compose
    from kerong.basics.party_reference import enterprise

    demo = enterprise(compose("X", "9", "420100", "TEXT0001"))
    state(subject=demo, source="demo", values={"staff_count": 4}, basis="demonstration")
    state()

    with acting(person_in("relationship_manager", BANK)):
        view = queries.facts_of(subject=demo, purpose="demonstration")
        for subject, purpose in ((demo, "credit_approval"), (FIRM, "demonstration")):
            with pytest.raises(queries.NoBasisError):
                queries.facts_of(subject=subject, purpose=purpose)

    assert view.values == {"staff_count": 4}


@pytest.mark.usefixtures("house")
def test_words_that_mean_nothing_are_refused_before_anything_is_read() -> None:
    with pytest.raises(queries.UnknownFactError):
        queries.facts_of(subject=FIRM, purpose="pre_assessment", names=["nothing"])


def test_row_security_hides_foreign_facts_even_from_a_careless_query(person_in: Callable[..., Actor]) -> None:
    state()

    with acting(person_in("relationship_manager", BANK)):
        assert (Observation.objects.count(), Dossier.objects.count()) == (0, 0)
    with acting(person_in("agent", FIRM)):
        assert (Observation.objects.count(), Dossier.objects.count()) == (1, 1)


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("table", ["facts_observation", "facts_factlookup"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET basis = '\"x\"'", "DELETE FROM {}"])
def test_observations_and_log_lines_are_never_changed(
    person_in: Callable[..., Actor], table: str, statement: str
) -> None:
    state()
    with acting(person_in("agent", FIRM)):
        queries.own_facts(FIRM)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_sensitive_values_are_not_in_the_tables_in_clear(person_in: Callable[..., Actor]) -> None:
    state(source="market_regulation", values={"legal_representative_born_on": 19760203, "is_hnte": 1})

    with house("a test reads the raw tables"), connection.cursor() as cursor:
        cursor.execute(
            'SELECT "values"::text FROM facts_observation UNION ALL SELECT "values"::text FROM facts_dossier'
        )
        raw = " ".join(row for (row,) in cursor.fetchall())
    with acting(person_in("agent", FIRM)):
        view = queries.own_facts(FIRM)

    assert "19760203" not in raw
    assert view.values["legal_representative_born_on"] == 19760203


@pytest.mark.django_db
def test_everything_wrong_with_a_statement_is_reported_at_once() -> None:
    with pytest.raises(StatementRefusedError) as refused:
        state(
            subject="platform", source="hearsay", values={"nothing": 1, "staff_count": -1}, basis="",
            as_of=date(2126, 1, 1),
        )  # fmt: skip

    assert set(refused.value.problems) == {"subject", "source", "nothing", "staff_count", "basis", "as_of"}
