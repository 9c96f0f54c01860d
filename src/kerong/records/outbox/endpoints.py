"""For machines: a decorator by which an endpoint honours Idempotency-Key."""

from __future__ import annotations

import json
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from kerong.basics.acting import current_actor
from kerong.records.outbox.actions import Answer, IdempotencyError, once

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
FAILED = 500


def idempotent(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a repeated request have no second effect: the first answer is given again, byte by byte.

    Missing key 400, the same key for another request 422, a request while the first one runs 409. Keys belong to the
    party that asks. An answer of 500 and above is not kept, because its transaction falls.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = current_actor()

        def do() -> Answer:
            answer = view(request, *args, **kwargs)
            if answer.status_code >= FAILED:
                raise _NotKeptError(answer)
            return Answer(answer.status_code, bytes(answer.content), answer.get("Content-Type", ""))

        asked = {"method": request.method, "path": request.get_full_path(), "body": request.body}
        try:
            given = once(
                client=actor.party or f"user:{actor.user}",
                key=request.headers.get(HEADER, ""),
                payload=asked,
                do=do,
            )
        except _NotKeptError as error:
            return error.answer
        except IdempotencyError as error:
            return _problem(error)
        answer = HttpResponse(given.body, status=given.status, content_type=given.content_type)
        if given.is_replayed:
            answer[REPLAYED] = "true"
        return answer

    return guarded


class _NotKeptError(Exception):
    """Carries an answer of 500 and above past the store."""

    def __init__(self, answer: HttpResponse) -> None:
        self.answer = answer


def _problem(error: IdempotencyError) -> HttpResponse:
    body = json.dumps({"type": "about:blank", "title": str(error), "status": error.status})
    return HttpResponse(body, status=error.status, content_type="application/problem+json")
