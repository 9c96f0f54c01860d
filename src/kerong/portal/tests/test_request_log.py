"""One line per request, in JSON, and nothing personal in it."""

from __future__ import annotations

import io
import json
import logging

import pytest
from django.test import Client

from kerong.portal.logs import LOGGING_BY_ENVIRONMENT


@pytest.fixture
def lines() -> io.StringIO:
    formatter = LOGGING_BY_ENVIRONMENT["production"]["formatters"]["json"]
    kind = formatter["()"]
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(kind(**{key: value for key, value in formatter.items() if key != "()"}))
    logger = logging.getLogger("kerong.requests")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler.stream
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_request_log_writes_one_json_line_that_says_what_happened(client: Client, lines: io.StringIO) -> None:
    answer = client.get("/no-such-page/")

    written = json.loads(lines.getvalue())
    assert (written["method"], written["path"], written["status"]) == ("GET", "/no-such-page/", 404)
    assert written["duration_ms"] >= 0
    assert written["request_id"] == answer["X-Request-ID"]


def test_request_log_leaves_out_query_and_address(client: Client, lines: io.StringIO) -> None:
    client.get("/no-such-page/?id_number=420106199001011234", headers={"user-agent": "phone"})

    assert "420106199001011234" not in lines.getvalue()
    assert "127.0.0.1" not in lines.getvalue()
    assert lines.getvalue().count("\n") == 1
