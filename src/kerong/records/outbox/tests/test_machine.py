"""SEC-25: 200 random sequences of publishing, rolling back, sending, failing and dying."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from kerong.records.outbox.tests.outbox_machine import OutboxMachine

SEQUENCES, STEPS = 200, 12


@pytest.mark.django_db(transaction=True)
def test_SEC_25_every_message_has_its_effect_once_and_in_order() -> None:  # noqa: N802 - named after its id
    run_state_machine_as_test(
        OutboxMachine,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
