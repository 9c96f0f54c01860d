"""What somebody changes in the books behind the guards, as the owner of the tables, is found, named and alarmed."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from kerong.basics.acting import house_actor
from kerong.portal.owner_connection import as_owner
from kerong.records.evidence.actions import acting
from kerong.records.ledger import jobs, queries
from kerong.records.ledger.models import Inspection
from kerong.records.ledger.tests.pool import fund, open_pool, pay
from kerong.records.outbox.models import Alarm

TAMPERED = (
    ("UPDATE ledger_leg SET amount_minor = amount_minor + 1 WHERE position = 0", {"I1", "I2", "I7", "I9"}),
    ("UPDATE ledger_leg SET amount_minor = amount_minor * 2", {"I2", "I7", "I9"}),
    ("DELETE FROM ledger_leg", {"I1", "I2", "I7", "I9"}),
    ("UPDATE ledger_entry SET what = 'x'", {"I7"}),
    ("UPDATE ledger_balance SET debit = debit + 1", {"I2", "I9"}),
    ("UPDATE ledger_balance SET floor = NULL", {"I3"}),
    ("UPDATE ledger_daytotal SET debit = debit + 1", {"I2"}),
)


@pytest.mark.django_db(transaction=True)
def test_what_was_changed_is_named_and_alarms() -> None:
    with transaction.atomic(), acting(house_actor("test")):
        open_pool()
        fund(1_000)
        pay(10, key="p")
        jobs.check_books()
        assert Inspection.objects.get().breaches == []
        assert not Alarm.objects.exists()
    with as_owner():
        for statement, invariants in TAMPERED:
            with transaction.atomic(), acting(house_actor("test")):
                with connection.cursor() as cursor:
                    for table in ("ledger_leg", "ledger_entry"):
                        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                    cursor.execute(statement)
                assert {breach.invariant for breach in queries.check_invariants()} == invariants, statement
                jobs.check_books()
                kept = Inspection.objects.order_by("-made_at", "-id")[0].breaches
                assert {each["invariant"] for each in kept} == invariants
                assert set(Alarm.objects.values_list("kind", flat=True)) == {"ledger_breach"}
                transaction.set_rollback(True)
