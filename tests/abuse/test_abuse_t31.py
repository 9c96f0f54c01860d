"""T31: nobody switches the audit off or trims it, and without it nothing else is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from kerong.basics.clock import current_clock
from kerong.portal.owner_connection import as_owner
from kerong.records.evidence.actions import acting, record
from kerong.records.evidence.models import Event
from kerong.records.parties.actions import create_person
from kerong.records.parties.models import Person
from kerong.records.parties.queries import ROLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from kerong.basics.acting import Actor

TABLES = ("evidence_event", "evidence_link", "evidence_checkpoint", "evidence_finding", "evidence_check")
ATTEMPTS = (
    "DELETE FROM {}",
    "TRUNCATE {}",
    "DROP TABLE {}",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "CREATE OR REPLACE FUNCTION kerong_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "SET session_replication_role = replica",
)
PARTY_OF_KIND = {
    "enterprise": "enterprise:X9420100DEM000014E",
    "institution": "institution:demo_bank_01",
    "office": "office:dept_finance",
    "platform": "platform",
}


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(ROLES))
def test_abuse_T31_no_role_trims_the_audit(role: str, person_in: Callable[..., Actor]) -> None:
    actor = person_in(role, PARTY_OF_KIND[ROLES[role].party_kind])

    for table in TABLES:
        for attempt in ATTEMPTS:
            with (
                pytest.raises(DatabaseError),
                transaction.atomic(),
                acting(actor),
                connection.cursor() as cursor,
            ):
                cursor.execute(attempt.format(table))


@pytest.mark.django_db(transaction=True)
def test_abuse_T31_business_stops_where_the_audit_cannot_be_written() -> None:
    application = connection.settings_dict["USER"]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"REVOKE INSERT ON evidence_event FROM {application}")
    try:
        with pytest.raises(DatabaseError):
            create_person(name="测试人员")
        assert Person.objects.count() == 0
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(f"GRANT INSERT ON evidence_event TO {application}")


@pytest.mark.django_db
def test_abuse_T31_events_of_today_are_kept_for_their_time(house: None) -> None:
    """No action deletes evidence at all, so nothing younger than the legal six months can go."""
    del house
    record(stream="test", kind="thing_done", content={})

    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.filter(occurred_at__lte=current_clock().now()).delete()

    assert Event.objects.filter(stream="test").count() == 1
