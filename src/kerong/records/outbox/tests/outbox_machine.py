"""A state machine over the outbox: publish, roll back, deliver, fail, die, pass time; what must hold after every step.

`test_machine.py` runs it in `make test`; `tests/adversity` runs it longer.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kerong.adapters.outbound import Answer, OutboundError
from kerong.basics.acting import house_actor
from kerong.basics.clock import FixedClock, SystemClock, using_clock
from kerong.records.evidence.actions import acting
from kerong.records.outbox.actions import deliver_round, publish, receive, register_endpoint
from kerong.records.outbox.models import Delivery

if TYPE_CHECKING:
    from collections.abc import Mapping

AGGREGATES = ("case:1", "case:2", "case:3")


class DiedError(BaseException):
    """Stands for kill -9: nothing catches it, and nothing after it runs."""


class OutboxMachine(RuleBasedStateMachine):
    """Publishers, one sender that may die at the worst moments, and a receiver with an inbox."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FixedClock(SystemClock().now())
        self._using = using_clock(self.clock)
        self._using.__enter__()
        self.published: dict[str, list[str]] = defaultdict(list)
        self.effects: dict[str, list[str]] = defaultdict(list)
        self.rolled_back: set[str] = set()
        self.behaviour = "ok"
        # A party of its own, so that sequences do not send to each other's endpoints.
        self.bank = f"institution:machine_{uuid4().hex}"
        self.number = 0

    @initialize()
    def register(self) -> None:
        """Register one endpoint; aggregates are this sequence's own as well."""
        with transaction.atomic(), acting(house_actor("machine")):
            endpoint, self.key = register_endpoint(
                owner=self.bank, url="https://hook.example.com/", kinds=["*"]
            )
        self.endpoint = str(endpoint.id)

    @rule(aggregate=st.sampled_from(AGGREGATES), committed=st.booleans())
    def publish_one(self, aggregate: str, committed: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        """Publish in a business transaction that commits or falls."""
        self.number += 1
        with transaction.atomic(), acting(house_actor("machine")):
            message = publish(
                kind="thing_done",
                subject=self.bank,
                aggregate=f"{self.bank}/{aggregate}",
                payload={"n": self.number},
                key=f"{self.endpoint}:{self.number}",
                audience=[self.bank],
            )
            if not committed:
                transaction.set_rollback(True)
        if committed:
            self.published[aggregate].append(str(message.id))
        else:
            self.rolled_back.add(str(message.id))

    @rule(
        behaviour=st.sampled_from(
            ("ok", "ok", "refused", "redirected", "dies before sending", "dies after sending")
        )
    )
    def deliver(self, behaviour: str) -> None:
        """Run a round of deliveries; the first call behaves as drawn, later ones are good."""
        self.behaviour = behaviour
        try:
            deliver_round(endpoint_id=self.endpoint, client=self)  # type: ignore[arg-type] - has `send`
        except DiedError:
            connection.close()

    @rule(seconds=st.sampled_from((1, 61, 400, 100_000)))
    def pass_time(self, seconds: int) -> None:
        """Let time pass: claims run out, pauses end."""
        self.clock.move(timedelta(seconds=seconds))

    def send(self, _method: str, _url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """Be the receiver."""
        behaviour, self.behaviour = self.behaviour, "ok"
        if behaviour == "dies before sending":
            raise DiedError
        if behaviour == "refused":
            raise OutboundError("connection refused")
        if behaviour == "redirected":
            return Answer(302, {}, b"")
        with transaction.atomic(), acting(house_actor("receiver")):
            identifier = headers["webhook-id"]
            receive(
                sender=f"institution:{self.endpoint}",
                headers=headers,
                body=body,
                keys=[self.key],
                do=lambda _body: self._effect(identifier),
            )
        if behaviour == "dies after sending":
            raise DiedError
        return Answer(204, {}, b"")

    def _effect(self, identifier: str) -> None:
        aggregate = next((name for name, all_ in self.published.items() if identifier in all_), "unknown")
        self.effects[aggregate].append(identifier)

    @invariant()
    def effects_are_the_beginning_of_what_was_published_in_order(self) -> None:
        """Nothing twice, nothing out of order, nothing that was rolled back."""
        for aggregate, seen in self.effects.items():
            assert seen == self.published[aggregate][: len(seen)]
            assert not self.rolled_back & set(seen)

    def teardown(self) -> None:
        """In the end, whatever was not given up arrives once and in order."""
        try:
            for _ in range(12):
                if dict(self.effects) == dict(self.published):
                    break
                self.clock.move(timedelta(days=2))
                self.behaviour = "ok"
                if hasattr(self, "endpoint"):
                    deliver_round(endpoint_id=self.endpoint, client=self)  # type: ignore[arg-type] - has `send`
            with transaction.atomic(), acting(house_actor("machine")):
                given_up = Delivery.objects.filter(state=Delivery.GIVEN_UP, owner=self.bank).count()
            if not given_up:
                assert {name: all_ for name, all_ in self.effects.items() if all_} == {
                    name: all_ for name, all_ in self.published.items() if all_
                }
        finally:
            self._using.__exit__(None, None, None)
