"""Events are never changed by anybody, sealed rows carry their digest, and the database knows who acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from kerong.basics.acting import Actor, current_actor, house_actor
from kerong.basics.canonical import digest
from kerong.records.evidence.actions import NotInTransactionError, acting, house, record
from kerong.records.evidence.models import Event

if TYPE_CHECKING:
    from collections.abc import Callable


def told(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name}")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_database_knows_the_actor_inside_the_block_only() -> None:
    someone = Actor(user="u", party="enterprise:A", role="agent", duties=frozenset({"firm.act", "x"}))

    with acting(someone):
        inside = (
            told("kerong_party()"),
            told("kerong_has('firm.act')"),
            told("kerong_is_house()"),
            current_actor(),
        )
        with acting(Actor(party="institution:b")):
            nested = told("kerong_party()")
        back = told("kerong_party()")
        with house("a test"):
            elevated = (told("kerong_is_house()"), told("kerong_party()"), current_actor())

    assert inside == ("enterprise:A", True, False, someone)
    assert (nested, back) == ("institution:b", "enterprise:A")
    assert elevated == (True, "enterprise:A", someone)
    assert told("kerong_party()") is None
    assert current_actor().is_visitor


@pytest.mark.django_db
def test_a_failed_statement_inside_the_block_keeps_its_own_error() -> None:
    with (
        pytest.raises(DatabaseError, match="division by zero"),
        transaction.atomic(),
        acting(house_actor("test")),
    ):
        told("1/0")

    assert not told("kerong_is_house()")


@pytest.mark.django_db(transaction=True)
def test_acting_needs_a_transaction() -> None:
    with pytest.raises(NotInTransactionError), acting(Actor(party="enterprise:A")):
        pass


def test_event_says_who_and_keeps_only_the_digest(person_in: Callable[..., Actor]) -> None:
    agent = person_in("agent", "enterprise:A")

    with acting(agent):
        event = record(stream="test", kind="thing_done", subject="enterprise:A", content={"amount_fen": 5})

    stored = Event.objects.get(id=event.id)
    assert (stored.actor_user, stored.actor_person, stored.actor_role) == (agent.user, agent.person, "agent")
    assert stored.content_digest == digest({"amount_fen": 5})


@pytest.mark.parametrize("statement", ["UPDATE evidence_event SET kind = 'x'", "DELETE FROM evidence_event"])
@pytest.mark.usefixtures("house")
def test_events_are_never_changed(statement: str) -> None:
    record(stream="test", kind="thing_done", content={})

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
