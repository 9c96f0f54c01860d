"""A request keeps or drops its writes as a whole: a failure drops them, a refused look leaves its log line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from kerong.basics.acting import VISITOR, current_actor, house_actor
from kerong.portal.jobs.worker import attempt
from kerong.portal.pages import forbidden, server_error
from kerong.records.evidence.actions import acting, house, record
from kerong.records.evidence.queries import events
from kerong.records.facts.queries import NoBasisError, facts_of, lookups_of
from kerong.records.outbox.jobs import Job
from kerong.records.parties.queries import needs

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

FIRM, BANK = "enterprise:X9420100DEM000014E", "institution:demo_bank_01"
handler403, handler500 = forbidden, server_error


def write_and_answer_500(_request: HttpRequest) -> HttpResponse:
    record(stream="test", kind="written", subject=FIRM, content={})
    return HttpResponse("failed", status=500)


def write_and_raise(_request: HttpRequest) -> HttpResponse:
    record(stream="test", kind="written", subject=FIRM, content={})
    raise RuntimeError("broken")


def write_and_break_the_transaction(_request: HttpRequest) -> HttpResponse:
    record(stream="test", kind="written", subject=FIRM, content={})
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
    except DatabaseError:
        return HttpResponse("failed", status=503)
    raise AssertionError


def write_and_refuse(_request: HttpRequest) -> HttpResponse:
    record(stream="test", kind="written", subject=FIRM, content={})
    return HttpResponse("no", status=409)


def look(_request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        facts_of(subject=FIRM, purpose="pre_assessment")
    raise AssertionError


def look_without_a_savepoint(_request: HttpRequest) -> HttpResponse:
    with transaction.atomic(savepoint=False):
        facts_of(subject=FIRM, purpose="pre_assessment")
    raise AssertionError


@needs("ledger.post")
def keep_books(_request: HttpRequest) -> HttpResponse:
    raise AssertionError


urlpatterns = [
    path("answer-500/", write_and_answer_500),
    path("raise/", write_and_raise),
    path("break/", write_and_break_the_transaction),
    path("refuse/", write_and_refuse),
    path("look/", look),
    path("look-without/", look_without_a_savepoint),
    path("books/", keep_books),
    path("", include("kerong.portal.urls")),
]


@pytest.fixture(autouse=True)
def _own_addresses(settings: SettingsWrapper) -> None:
    settings.ROOT_URLCONF = __name__


def written() -> int:
    with transaction.atomic(), acting(house_actor("test")):
        return events(stream="test").count()


def refusals() -> list[tuple[str, str]]:
    with transaction.atomic(), acting(house_actor("test")):
        return list(lookups_of(FIRM).filter(kind="refused").values_list("party", "purpose"))


def test_an_answer_of_500_drops_what_was_written_and_the_connection_stays_good(
    sign_in: Callable[..., Client], transactional_db: None
) -> None:
    del transactional_db
    client = sign_in("relationship_manager", BANK)
    client.raise_request_exception = False

    answers = [client.get(f"/{address}/").status_code for address in ("answer-500", "raise", "break")]

    assert (answers, written()) == ([500, 500, 500], 0)
    assert (connection.in_atomic_block, connection.needs_rollback) == (False, False)
    assert current_actor() == VISITOR
    assert client.get("/people/").status_code == 200
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('kerong.party', true), current_setting('kerong.house', true)")
        assert [each or "" for each in cursor.fetchone()] == ["", ""]


def test_an_answer_below_500_keeps_what_was_written(
    sign_in: Callable[..., Client], transactional_db: None
) -> None:
    del transactional_db

    assert sign_in("relationship_manager", BANK).get("/refuse/").status_code == 409
    assert written() == 1


@pytest.mark.usefixtures("law")
@pytest.mark.parametrize("address", ["/look/", "/look-without/"])
def test_a_refused_look_that_no_view_catches_is_logged_and_says_why(
    address: str, sign_in: Callable[..., Client]
) -> None:
    answer = sign_in("relationship_manager", BANK).get(address)

    assert answer.status_code == 403
    assert "没有该主体对这一用途的有效授权" in answer.content.decode()
    assert refusals() == [(BANK, "pre_assessment")]


@pytest.mark.usefixtures("law")
def test_a_refused_look_in_a_job_is_logged_although_the_job_failed() -> None:
    def work() -> None:
        with house("a job looks in nobody's name"):
            facts_of(subject=FIRM, purpose="pre_assessment")

    made = Job("test.look", work)
    with pytest.raises(NoBasisError):
        attempt(made, number=1, attempts=0, arguments={})

    assert [purpose for _party, purpose in refusals()] == ["pre_assessment"]


@pytest.mark.usefixtures("db")
def test_a_page_outside_one_s_role_does_not_speak_of_an_old_form(sign_in: Callable[..., Client]) -> None:
    page = sign_in("relationship_manager", BANK).get("/books/").content.decode()

    assert "您现在的身份没有这一页的权限" in page
    assert "表单已失效" not in page
