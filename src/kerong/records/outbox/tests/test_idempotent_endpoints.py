"""SEC-24 over HTTP: the decorator answers 400, 422 and replays byte by byte; keys belong to the party."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.http import HttpResponse, JsonResponse
from django.test import RequestFactory

from kerong.basics.acting import Actor
from kerong.records.evidence.actions import acting
from kerong.records.outbox.endpoints import idempotent

if TYPE_CHECKING:
    from django.http import HttpRequest

pytestmark = pytest.mark.django_db
done: list[str] = []


@idempotent
def pay(request: HttpRequest) -> HttpResponse:
    asked = json.loads(request.body)
    if asked.get("broken"):
        return JsonResponse({"broken": True}, status=500)
    done.append(asked["to"])
    return JsonResponse({"number": len(done)}, status=201)


@pytest.fixture(autouse=True)
def _forget() -> None:
    done.clear()


def post(
    body: dict[str, object], key: str | None, *, party: str = "institution:a", path: str = "/pay/"
) -> HttpResponse:
    headers = {} if key is None else {"Idempotency-Key": key}
    request = RequestFactory().post(path, json.dumps(body), content_type="application/json", headers=headers)
    with acting(Actor(user="u", party=party, role="relationship_manager")):
        return pay(request)


def test_SEC_24_repeated_request_has_one_effect_and_one_answer() -> None:  # noqa: N802 - named after its id
    answers = [post({"to": "x"}, '"k-1"') for _ in range(3)]

    assert [(each.status_code, each.content) for each in answers] == [(201, b'{"number": 1}')] * 3
    assert [each.get("Idempotent-Replayed") for each in answers] == [None, "true", "true"]
    assert done == ["x"]


def test_SEC_24_refusals_are_problem_documents() -> None:  # noqa: N802 - named after its id
    post({"to": "x"}, "k-1")
    missing, changed, elsewhere = (
        post({"to": "x"}, None),
        post({"to": "y"}, "k-1"),
        post({"to": "x"}, "k-1", path="/pay/?urgent=1"),
    )

    assert [each.status_code for each in (missing, changed, elsewhere)] == [400, 422, 422]
    assert {each["Content-Type"] for each in (missing, changed)} == {"application/problem+json"}
    assert done == ["x"]


def test_SEC_24_keys_of_two_parties_do_not_meet() -> None:  # noqa: N802 - named after its id
    for party in ("institution:a", "institution:b"):
        post({"to": party}, "k-1", party=party)

    assert done == ["institution:a", "institution:b"]


def test_SEC_24_an_answer_of_500_is_not_kept() -> None:  # noqa: N802 - named after its id
    first = post({"broken": True}, "k-1")
    again = post({"to": "x"}, "k-1")

    assert (first.status_code, again.status_code) == (500, 201)
