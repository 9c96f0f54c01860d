"""The outbox under attack: many random sequences; the two hundred of `make test` are with the record."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from kerong.records.outbox.tests.outbox_machine import OutboxMachine

SEQUENCES = int(os.environ.get("KERONG_ADVERSITY_SEQUENCES", "10"))
STEPS = 12


@pytest.mark.adversity
@pytest.mark.django_db(transaction=True)
def test_many_sequences_have_each_effect_once_and_in_order() -> None:
    run_state_machine_as_test(
        OutboxMachine,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
