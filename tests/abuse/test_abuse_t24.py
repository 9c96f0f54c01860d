"""T24: somebody tries out enterprise codes to harvest what stands behind them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from kerong.basics.clock import SHANGHAI, FixedClock, using_clock
from kerong.basics.identity_codes import compose
from kerong.portal.accounts.crawling import IN_VAIN_MAX
from kerong.records.evidence import queries as evidence
from kerong.records.evidence.actions import acting
from kerong.records.notices import queries as notices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kerong.basics.acting import Actor

BANK = "institution:demo_bank_01"
TOO_MANY, NOT_FOUND, FOUND = 429, 404, 200


@pytest.fixture
def clock() -> Iterator[FixedClock]:
    with using_clock(FixedClock(datetime(2026, 11, 23, 9, tzinfo=SHANGHAI))) as clock:
        yield clock


def codes(number: int) -> list[str]:
    """Return codes with right check digits that nobody has."""
    return [compose("X", "9", "420100", f"T{i:07}") for i in range(number)]


def crawl(client: Client, number: int) -> list[int]:
    return [client.get(f"/firms/{code}/").status_code for code in codes(number)]


@pytest.mark.usefixtures("law", "clock")
def test_abuse_T24_crawl_by_a_legal_bank_account_is_stopped_and_reported(
    sign_in: Callable[..., Client], person_in: Callable[..., Actor]
) -> None:
    watcher = person_in("security_admin", "platform")
    client = sign_in("relationship_manager", BANK)

    answers = crawl(client, 200)

    assert answers == [NOT_FOUND] * IN_VAIN_MAX + [TOO_MANY] * (200 - IN_VAIN_MAX)
    stopped = [
        event.detail["who"] for event in evidence.events(stream="access") if event.kind == "crawl_stopped"
    ]
    assert sorted(stopped) == ["address:127.0.0.1", f"user:{client.actor.user}"]
    with acting(watcher):
        told = [notice.kind for notice in notices.notices_of(watcher)]
    assert told.count("crawl_stopped") >= 1


@pytest.mark.usefixtures("law", "clock")
def test_abuse_T24_another_address_does_not_help_an_account_that_was_stopped(
    sign_in: Callable[..., Client],
) -> None:
    client = sign_in("relationship_manager", BANK)
    for number, code in enumerate(codes(IN_VAIN_MAX)):
        client.get(f"/firms/{code}/", REMOTE_ADDR=f"10.0.1.{number}")

    assert client.get(f"/firms/{codes(99)[-1]}/", REMOTE_ADDR="10.0.2.1").status_code == TOO_MANY


@pytest.mark.usefixtures("law")
def test_abuse_T24_visitors_are_counted_by_address_and_let_in_again_after_ten_minutes(
    clock: FixedClock,
) -> None:
    crawl(Client(), IN_VAIN_MAX)
    stopped = Client().get(f"/firms/{codes(99)[-1]}/")
    elsewhere = Client(REMOTE_ADDR="10.0.0.7").get(f"/firms/{codes(99)[-1]}/").status_code
    clock.move(timedelta(minutes=10, seconds=1))
    later = Client().get(f"/firms/{codes(99)[-1]}/").status_code

    assert (stopped.status_code, stopped.headers["Retry-After"]) == (TOO_MANY, "600")
    assert (elsewhere, later) == (NOT_FOUND, NOT_FOUND)


@pytest.mark.usefixtures("law", "clock")
def test_abuse_T24_the_same_wrong_code_many_times_is_no_crawl() -> None:
    code = codes(1)[0]
    answers = {Client().get(f"/firms/{code}/").status_code for _time in range(IN_VAIN_MAX + 5)}

    assert answers == {NOT_FOUND}


@pytest.mark.usefixtures("law", "clock")
def test_abuse_T24_pages_without_an_enterprise_stay_open() -> None:
    crawl(Client(), IN_VAIN_MAX)

    assert Client().get("/institutions/").status_code == FOUND
