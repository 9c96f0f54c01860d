"""Messages reach their endpoints signed, in order, with pauses; SEC-25 and SEC-26 with a receiver that checks."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from kerong.adapters.outbound import Answer, OutboundError
from kerong.adapters.webhooks import SignatureRefusedError
from kerong.basics.acting import house_actor
from kerong.basics.clock import FixedClock, current_clock, using_clock
from kerong.records.evidence.actions import acting
from kerong.records.outbox.actions import (
    EndpointError,
    RepeatedIdError,
    deliver_round,
    ping,
    publish,
    receive,
    redeliver,
    register_endpoint,
    rotate_secret,
)
from kerong.records.outbox.actions.delivering import JITTER, PAUSES
from kerong.records.outbox.models import Alarm, Attempt, Delivery, Endpoint, Received

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BANK = "institution:a"
pytestmark = pytest.mark.django_db(transaction=True)


class Partner:
    """A receiver that checks every signature with its own key and keeps an inbox; its next answers can be set."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.effects: list[str] = []
        self.calls = 0
        self.next: deque[int | Exception] = deque()

    def send(self, _method: str, _url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """Take a message as a partner's service would."""
        self.calls += 1
        said = self.next.popleft() if self.next else 200
        if isinstance(said, Exception):
            raise said
        if said == 200:
            with transaction.atomic(), acting(house_actor("partner")):
                receive(
                    sender="institution:partner",
                    headers=headers,
                    body=body,
                    keys=self.keys,
                    do=lambda _body: self.effects.append(headers["webhook-id"]),
                )
        return Answer(said, {}, b"answer")


@pytest.fixture
def partner() -> Partner:
    return Partner()


@pytest.fixture
def clock() -> Iterator[FixedClock]:
    with using_clock(FixedClock(current_clock().now())) as fixed:
        yield fixed


@pytest.fixture
def endpoint(partner: Partner, clock: FixedClock) -> Endpoint:
    del clock
    with transaction.atomic(), acting(house_actor("test")):
        made, key = register_endpoint(owner=BANK, url="https://hook.example.com/in", kinds=["*"])
    partner.keys = [key]
    return made


def told(number: int, *, aggregate: str = "case:1") -> str:
    with transaction.atomic(), acting(house_actor("test")):
        key = f"{aggregate}/{number}"
        return str(
            publish(
                kind="case_moved", subject="enterprise:A", payload={"n": number}, key=key, audience=[BANK],
                aggregate=aggregate,
            ).id
        )  # fmt: skip


def states() -> list[str]:
    with transaction.atomic(), acting(house_actor("test")):
        return list(Delivery.objects.order_by("position").values_list("state", flat=True))


def round_to(endpoint: Endpoint, partner: Partner) -> int:
    return deliver_round(endpoint_id=str(endpoint.id), client=partner)  # type: ignore[arg-type] - has `send`


def test_messages_arrive_signed_and_in_order(endpoint: Endpoint, partner: Partner) -> None:
    sent = [told(number) for number in range(5)]

    assert round_to(endpoint, partner) == 5
    assert partner.effects == sent
    assert states() == ["delivered"] * 5


def test_a_failed_message_holds_back_its_aggregate_and_no_other(
    endpoint: Endpoint, partner: Partner, clock: FixedClock
) -> None:
    first, second = told(1), told(2)
    elsewhere = told(1, aggregate="case:2")
    partner.next.extend([500])

    round_to(endpoint, partner)
    before = list(partner.effects)
    clock.move(timedelta(seconds=7))
    round_to(endpoint, partner)

    assert before == [elsewhere]
    assert partner.effects == [elsewhere, first, second]


def test_pauses_grow_as_standard_webhooks_says_and_end_with_an_alarm(
    endpoint: Endpoint, partner: Partner, clock: FixedClock
) -> None:
    told(1)
    partner.next.extend([OutboundError("refused")] * 10)
    pauses: list[timedelta] = []
    while True:
        round_to(endpoint, partner)
        with transaction.atomic(), acting(house_actor("test")):
            delivery = Delivery.objects.get()
        if delivery.state != Delivery.WAITING:
            break
        pauses.append(delivery.next_at - clock.now())
        clock.move(pauses[-1])

    expected = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    assert [pause.total_seconds() for pause in PAUSES] == [0, *expected]
    assert all(
        abs(pause.total_seconds() - seconds) <= seconds * JITTER + 1
        for pause, seconds in zip(pauses, expected, strict=True)
    )
    with transaction.atomic(), acting(house_actor("test")):
        assert (delivery.state, Attempt.objects.count()) == ("given_up", 10)
        assert Alarm.objects.get().kind == "delivery_given_up"


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 429, 500, 503])
def test_every_answer_but_success_is_tried_again(endpoint: Endpoint, partner: Partner, status: int) -> None:
    told(1)
    partner.next.append(status)

    round_to(endpoint, partner)

    with transaction.atomic(), acting(house_actor("test")):
        assert (states(), Attempt.objects.get().status) == (["waiting"], status)


def test_gone_stops_the_endpoint(endpoint: Endpoint, partner: Partner, clock: FixedClock) -> None:
    told(1)
    partner.next.append(410)
    round_to(endpoint, partner)
    clock.move(timedelta(days=1))

    assert (round_to(endpoint, partner), partner.calls) == (0, 1)
    with transaction.atomic(), acting(house_actor("test")):
        assert Endpoint.objects.get().disabled_at is not None


def test_SEC_25_sender_that_dies_after_sending_sends_again_with_one_effect(  # noqa: N802 - named after its id
    endpoint: Endpoint, partner: Partner, clock: FixedClock
) -> None:
    """The process ends between the answer and the note of it: the claim runs out, the inbox knows the id."""
    message = told(1)

    class Dies(Partner):
        def send(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
            partner.send(method, url, headers=headers, body=body)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        round_to(endpoint, Dies())
    while_claimed = round_to(endpoint, partner)
    clock.move(timedelta(seconds=61))
    afterwards = round_to(endpoint, partner)

    assert (while_claimed, afterwards) == (0, 1)
    assert (partner.calls, partner.effects) == (2, [message])


def test_SEC_26_rotation_two_keys_sign_until_the_former_ends(  # noqa: N802 - named after its id
    endpoint: Endpoint, partner: Partner, clock: FixedClock
) -> None:
    with transaction.atomic(), acting(house_actor("test")):
        _endpoint, new_key = rotate_secret(endpoint_id=endpoint.id)
    old_key = partner.keys[0]
    first = told(1)
    round_to(endpoint, partner)  # still knows the old key only
    partner.keys = [new_key]
    second = told(2)
    round_to(endpoint, partner)
    partner.keys = [old_key]
    clock.move(timedelta(days=2, seconds=1))
    told(3)

    with pytest.raises(SignatureRefusedError):
        round_to(endpoint, partner)
    assert partner.effects == [first, second]


@pytest.mark.usefixtures("endpoint")
def test_SEC_26_reused_id_with_other_content_is_refused(partner: Partner) -> None:  # noqa: N802 - as above
    from kerong.adapters.webhooks import signature_headers

    def take(body: bytes) -> bool:
        made = signature_headers(identifier="m1", at=current_clock().now(), body=body, keys=partner.keys)
        with transaction.atomic(), acting(house_actor("test")):
            return receive(sender="s", headers=made, body=body, keys=partner.keys, do=lambda _: None)

    assert [take(b"{}"), take(b"{}")] == [True, False]
    with pytest.raises(RepeatedIdError):
        take(b'{"changed":1}')


@pytest.mark.usefixtures("endpoint")
def test_an_effect_that_fails_leaves_the_message_to_be_taken_again(partner: Partner) -> None:
    from kerong.adapters.webhooks import signature_headers

    made = signature_headers(identifier="m1", at=current_clock().now(), body=b"{}", keys=partner.keys)
    done: list[bytes] = []

    def fails(_body: bytes) -> None:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError), transaction.atomic(), acting(house_actor("test")):
        receive(sender="s", headers=made, body=b"{}", keys=partner.keys, do=fails)
    with transaction.atomic(), acting(house_actor("test")):
        receive(sender="s", headers=made, body=b"{}", keys=partner.keys, do=done.append)
        assert (done, Received.objects.count()) == ([b"{}"], 1)


def test_a_ping_goes_to_one_endpoint_whatever_it_wants(endpoint: Endpoint, partner: Partner) -> None:
    with transaction.atomic(), acting(house_actor("test")):
        register_endpoint(owner=BANK, url="https://other.example.com/in", kinds=["*"])
        ping(endpoint_id=endpoint.id)
        targets = list(Delivery.objects.values_list("endpoint_id", flat=True))

    assert targets == [endpoint.id]
    assert round_to(endpoint, partner) == 1


def test_redelivery_sends_the_same_message_again(endpoint: Endpoint, partner: Partner) -> None:
    message = told(1)
    round_to(endpoint, partner)
    with transaction.atomic(), acting(house_actor("test")):
        redeliver(delivery_id=Delivery.objects.get().id)
    round_to(endpoint, partner)

    assert (partner.calls, partner.effects) == (2, [message])
    with transaction.atomic(), acting(house_actor("test")), pytest.raises(EndpointError):
        redeliver(delivery_id=endpoint.id)


@pytest.mark.usefixtures("endpoint")
def test_secrets_are_sealed_in_the_table(partner: Partner) -> None:
    with transaction.atomic(), acting(house_actor("test")):
        assert partner.keys[0].removeprefix("whsec_") not in Endpoint.objects.get().secret_sealed
