"""Whoever owns the database can change it; the check names the first place that does not hold (SEC-21)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction

from kerong.basics.acting import house_actor
from kerong.portal.owner_connection import as_owner
from kerong.records.evidence.actions import acting, check_integrity, record_many, sequence_events
from kerong.records.evidence.actions.recording import Happening
from kerong.records.evidence.models import Event
from kerong.records.facts.actions import load_demo_facts
from kerong.records.facts.models import Observation

pytestmark = pytest.mark.django_db(transaction=True)


def tamper(*statements: str) -> None:
    """Change tables as their owner would, past triggers and foreign keys."""
    tables = ("evidence_event", "evidence_link", "evidence_checkpoint", "facts_observation")
    with as_owner(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        # Row security is forced on the owner too; whoever owns the table may also say it is the house.
        cursor.execute("SELECT set_config('kerong.house', 'on', false)")
        for statement in statements:
            cursor.execute(statement)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def ten_events(db: None) -> list[Event]:
    del db
    with transaction.atomic(), acting(house_actor("test")):
        record_many(Happening("test", "thing_done", "", {"number": number}) for number in range(10))
        sequence_events()
        return list(Event.objects.order_by("link__number"))


def found() -> list[tuple[str, str]]:
    with transaction.atomic(), acting(house_actor("test")):
        return [(each.what, each.place) for each in check_integrity()[1]]


ALTERED = ("UPDATE evidence_event SET kind = 'nothing_happened' WHERE id = '{}'",)
REMOVED = ("DELETE FROM evidence_link WHERE number = 4", "DELETE FROM evidence_event WHERE id = '{}'")
INSERTED = (
    "CREATE TEMP TABLE copied AS SELECT * FROM evidence_event WHERE id = '{}'",
    "UPDATE copied SET id = gen_random_uuid()",
    "INSERT INTO evidence_event SELECT * FROM copied",
)
SWAPPED = (
    "CREATE TEMP TABLE kept AS SELECT * FROM evidence_link WHERE number IN (4, 5)",
    "DELETE FROM evidence_link WHERE number IN (4, 5)",
    "UPDATE kept SET number = 9 - number, position = 9 - position",
    "INSERT INTO evidence_link SELECT * FROM kept",
)


@pytest.mark.parametrize(
    ("statements", "first"),
    [(ALTERED, ("event", "test#4")), (REMOVED, ("chain", "#4")), (SWAPPED, ("chain", "test#4"))],
    ids=["altered", "removed", "swapped"],
)
def test_first_bad_place_is_named(
    ten_events: list[Event], statements: tuple[str, ...], first: tuple[str, str]
) -> None:
    assert found() == []

    tamper(*(statement.format(ten_events[4].id) for statement in statements))

    assert found()[0] == first


def test_event_slipped_in_past_the_queue_is_named(ten_events: list[Event]) -> None:
    tamper(*(statement.format(ten_events[4].id) for statement in INSERTED))

    ((what, place),) = found()
    assert what == "event"
    assert place not in {str(event.id) for event in ten_events}


@pytest.mark.usefixtures("ten_events")
def test_event_removed_before_it_had_its_place_is_named() -> None:
    with transaction.atomic(), acting(house_actor("test")):
        (event,) = record_many([Happening("test", "thing_done", "", {"number": 11})])

    tamper(f"DELETE FROM evidence_event WHERE id = '{event.id}'")  # noqa: S608 - our own identifier

    assert found() == [("event", str(event.id))]


# ── rows that came in batches ─────────────────────────────────────────────────

CODES = ("X9420100DEM000014E", "X9420100DEM0000229", "X9420500DEM000030Q")
BATCH_GONE = "这一批现有 2 行，与入库时的批次摘要不符：有行被改写、移除或插入"


def a_population(mark: str) -> list[tuple[str, str]]:
    """Load three synthetic firms as one batch and return id and batch of their rows."""
    firms = [(code, f"演示企业{number}（虚构）", '{"staff_count": 40}') for number, code in enumerate(CODES)]
    with transaction.atomic(), acting(house_actor("test")):
        load_demo_facts(firms=firms, as_of=date(2026, 11, 1), source="测试", fingerprint=mark)
        return [(str(row.id), row.batch) for row in Observation.objects.order_by("id")]


def facts_found() -> list[tuple[str, str]]:
    with transaction.atomic(), acting(house_actor("test")):
        found = [each for each in check_integrity()[1] if each.place.startswith("facts_observation:")]
        return [(each.place.removeprefix("facts_observation:"), each.detail) for each in found]


@pytest.mark.django_db(transaction=True)
def test_rows_of_a_batch_are_named_and_whoever_hides_them_gives_the_batch_away() -> None:
    a_population("one")
    assert facts_found() == []
    rows = a_population("two")
    assert facts_found() == []
    (first, batch), (second, _batch), _third = rows

    tamper(f"UPDATE facts_observation SET values = '{{}}' WHERE id = '{first}'")  # noqa: S608 - our own identifier
    assert facts_found()[0] == (first, "行的内容与随批次入库时的摘要不符")

    tamper(f"UPDATE facts_observation t SET row_seal = facts_observation_seal(t) WHERE id = '{first}'")  # noqa: S608 - as above
    assert [place for place, _detail in facts_found()] == [f"batch:{batch}"]

    tamper(f"DELETE FROM facts_observation WHERE id = '{second}'")  # noqa: S608 - as above
    assert facts_found() == [(f"batch:{batch}", BATCH_GONE)]
