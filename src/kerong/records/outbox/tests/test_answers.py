"""SEC-24: idempotency keys, by client: replay, refusal of a changed request, of a concurrent one, of no key."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from kerong.basics.acting import house_actor
from kerong.basics.clock import FixedClock, current_clock, using_clock
from kerong.records.evidence.actions import acting
from kerong.records.outbox.actions import (
    Answer,
    ConcurrentRequestError,
    KeyMissingError,
    KeyReusedError,
    once,
)

HOUSE = pytest.mark.usefixtures("house")


class Counted:
    """Work that says how often it was done."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> dict[str, int]:
        self.times += 1
        return {"times": self.times}


@HOUSE
def test_SEC_24_same_request_is_answered_with_the_same_bytes() -> None:  # noqa: N802 - named after its id
    work = Counted()

    answers = [once(client="institution:a", key="k", payload={"n": 1}, do=work) for _ in range(3)]

    assert [(a.status, a.body, a.is_replayed) for a in answers] == [
        (200, b'{"times":1}', False),
        (200, b'{"times":1}', True),
        (200, b'{"times":1}', True),
    ]
    assert work.times == 1


@HOUSE
def test_SEC_24_an_answered_error_is_replayed_too() -> None:  # noqa: N802 - named after its id
    answers = [
        once(client="institution:a", key="k", payload={}, do=lambda: Answer(422, b'{"title":"no"}'))
        for _ in range(2)
    ]

    assert [(a.status, a.body, a.is_replayed) for a in answers] == [
        (422, b'{"title":"no"}', False),
        (422, b'{"title":"no"}', True),
    ]


@HOUSE
def test_SEC_24_quoted_and_bare_spelling_are_one_key() -> None:  # noqa: N802 - named after its id
    work = Counted()
    for key in ('"k"', "k"):
        once(client="institution:a", key=key, payload={}, do=work)

    assert work.times == 1


@HOUSE
@pytest.mark.parametrize("key", ["", '""', " ", "k" * 256, "键", "a\x00b"])
def test_SEC_24_missing_or_impossible_key_is_refused_with_400(key: str) -> None:  # noqa: N802 - as above
    with pytest.raises(KeyMissingError) as refused:
        once(client="institution:a", key=key, payload={}, do=Counted())

    assert refused.value.status == 400


@HOUSE
def test_SEC_24_changed_request_is_refused_with_422() -> None:  # noqa: N802 - named after its id
    work = Counted()
    once(client="institution:a", key="k", payload={"n": 1}, do=work)

    with pytest.raises(KeyReusedError) as refused:
        once(client="institution:a", key="k", payload={"n": 2}, do=work)

    assert (refused.value.status, work.times) == (422, 1)


@HOUSE
def test_SEC_24_keys_belong_to_their_client() -> None:  # noqa: N802 - named after its id
    work = Counted()

    for client in ("institution:a", "institution:b"):
        once(client=client, key="k", payload={}, do=work)

    assert work.times == 2


@HOUSE
def test_SEC_24_answers_are_kept_for_thirty_days_and_more() -> None:  # noqa: N802 - named after its id
    work, start = Counted(), current_clock().now()

    for days in (0, 31, 36):
        with using_clock(FixedClock(start + timedelta(days=days))):
            once(client="institution:a", key="k", payload={}, do=work)

    assert work.times == 2


@HOUSE
def test_SEC_24_what_failed_may_be_tried_again() -> None:  # noqa: N802 - named after its id
    def fails() -> Any:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError), transaction.atomic():
        once(client="institution:a", key="k", payload={}, do=fails)

    assert once(client="institution:a", key="k", payload={}, do=Counted()).content == {"times": 1}


@pytest.mark.django_db(transaction=True)
def test_SEC_24_a_second_request_while_the_first_runs_is_refused_with_409() -> None:  # noqa: N802 - named after its id
    running, finish = threading.Event(), threading.Event()
    answers: list[Answer] = []

    def slow() -> dict[str, str]:
        running.set()
        assert finish.wait(20)
        return {"by": "first"}

    def first() -> None:
        try:
            with transaction.atomic(), acting(house_actor("test")):
                answers.append(once(client="institution:a", key="k", payload={}, do=slow))
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert running.wait(20)
    try:
        with (
            transaction.atomic(),
            acting(house_actor("test")),
            pytest.raises(ConcurrentRequestError) as refused,
        ):
            once(client="institution:a", key="k", payload={}, do=Counted())
    finally:
        finish.set()
        thread.join()
    with transaction.atomic(), acting(house_actor("test")):
        again = once(client="institution:a", key="k", payload={}, do=Counted())

    assert refused.value.status == 409
    assert (again.body, again.is_replayed) == (answers[0].body, True)
