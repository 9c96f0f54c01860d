"""Two hundred random sequences: the database says what the book in memory says, and every invariant holds."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from kerong.records.ledger.tests.machine import LedgerMachine


@pytest.mark.django_db(transaction=True)
def test_database_and_model_say_the_same() -> None:
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=200, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
