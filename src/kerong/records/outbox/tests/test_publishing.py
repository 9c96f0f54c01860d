"""Messages commit with what happened, in order, once per key, and only their audience sees them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from kerong.basics.acting import PLATFORM, Actor
from kerong.records.evidence.actions import acting
from kerong.records.outbox.actions import MessageTooLargeError, publish
from kerong.records.outbox.actions.publishing import send_to
from kerong.records.outbox.models import Endpoint, Message

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("house")


def test_envelope_is_cloudevents() -> None:
    message = publish(kind="case_moved", subject="enterprise:A", payload={"to": "done"}, key="k")

    body = json.loads(message.body)

    assert {name: body[name] for name in ("specversion", "type", "subject", "data", "id", "sequence")} == {
        "specversion": "1.0",
        "type": "case_moved",
        "subject": "enterprise:A",
        "data": {"to": "done"},
        "id": str(message.id),
        "sequence": "enterprise:A#1",
    }


def test_same_key_is_the_same_message() -> None:
    first = publish(kind="a_done", subject="s", payload={"n": 1}, key="k")
    again = publish(kind="a_done", subject="s", payload={"n": 2}, key="k")

    assert again == first
    assert Message.objects.count() == 1


def test_positions_of_an_aggregate_follow_each_other() -> None:
    made = [
        publish(kind="a_done", subject=s, payload={}, key=f"{s}{n}") for n in range(3) for s in ("x", "y")
    ]

    assert [(message.aggregate, message.position) for message in made] == [
        ("x", 1),
        ("y", 1),
        ("x", 2),
        ("y", 2),
        ("x", 3),
        ("y", 3),
    ]


def test_only_the_audience_sees_a_message(person_in: Callable[..., Actor]) -> None:
    publish(kind="a_done", subject="enterprise:A", payload={}, key="k", audience=["institution:b"])

    seen = {}
    for party in ("institution:b", "institution:c"):
        with acting(person_in("institution_admin", party)):
            seen[party] = Message.objects.count()

    assert seen == {"institution:b": 1, "institution:c": 0}


def test_a_message_never_changes() -> None:
    publish(kind="a_done", subject="s", payload={}, key="k")

    with pytest.raises(DatabaseError), transaction.atomic():
        Message.objects.update(body="{}")
    with pytest.raises(DatabaseError), transaction.atomic():
        Message.objects.all().delete()


def test_a_message_stays_small() -> None:
    with pytest.raises(MessageTooLargeError):
        publish(kind="a_done", subject="s", payload={"text": "科" * 7000}, key="k")


def test_rolled_back_business_publishes_nothing_and_queues_nothing(
    make_endpoint: Callable[..., Endpoint],
) -> None:
    make_endpoint(owner=PLATFORM)
    before = ProcrastinateJob.objects.count()

    with transaction.atomic():
        publish(kind="a_done", subject="s", payload={}, key="k")
        in_between = ProcrastinateJob.objects.count()
        transaction.set_rollback(True)

    assert (in_between - before, ProcrastinateJob.objects.count() - before, Message.objects.count()) == (
        1,
        0,
        0,
    )


@pytest.mark.parametrize(
    ("owner", "kinds", "disabled", "expected"),
    [
        ("institution:b", ["*"], False, 1),
        ("institution:b", ["a_done"], False, 1),
        ("institution:b", ["b_done"], False, 0),
        ("institution:c", ["*"], False, 0),
        ("institution:b", ["*"], True, 0),
    ],
)
def test_endpoints_of_the_audience_get_a_delivery(
    make_endpoint: Callable[..., Endpoint],
    owner: str,
    kinds: list[str],
    disabled: bool,  # noqa: FBT001 - a column of the table
    expected: int,
) -> None:
    make_endpoint(owner=owner, kinds=kinds, disabled=disabled)

    message = publish(kind="a_done", subject="s", payload={}, key="k", audience=["institution:b"])

    assert message.deliveries.count() == expected


def test_database_refuses_a_delivery_to_whom_a_message_is_not_meant_for(
    make_endpoint: Callable[..., Endpoint],
) -> None:
    stranger = make_endpoint(owner="institution:c", kinds=["*"], disabled=False)
    message = publish(kind="a_done", subject="s", payload={}, key="k", audience=["institution:b"])

    with pytest.raises(IntegrityError, match="is not meant for institution:c"), transaction.atomic():
        send_to(stranger, message)
