"""Fixtures of the outbox's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.outbox.models import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def make_endpoint(house: None) -> Callable[..., Endpoint]:
    """Return a maker of endpoints that go nowhere."""
    del house

    def make(*, owner: str, kinds: list[str] | None = None, disabled: bool = False) -> Endpoint:
        now = current_clock().now()
        return Endpoint.objects.create(
            id=new_identifier(now),
            owner=owner,
            url="https://receiver.example/hook",
            kinds=kinds or ["*"],
            secret_sealed="",
            created_at=now,
            disabled_at=now if disabled else None,
        )

    return make
