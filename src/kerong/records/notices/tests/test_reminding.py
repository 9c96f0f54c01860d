"""Reminders 90, 60 and 30 days before, each once, and mail that says only the title."""

from __future__ import annotations

import smtplib
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.core import mail

from kerong.adapters import mail as outgoing
from kerong.basics.acting import house_actor
from kerong.basics.clock import SHANGHAI, FixedClock, using_clock
from kerong.records.evidence.actions import acting
from kerong.records.notices.actions import (
    forget_reminder,
    prefer,
    remind_due,
    reminder,
    send_waiting_mail,
    tell,
)
from kerong.records.notices.models import Mail
from kerong.records.notices.queries import todos_of
from kerong.records.parties.models import User

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from pytest_django.fixtures import SettingsWrapper

    from kerong.basics.acting import Actor

FIRM = "enterprise:X9420100DEM000014E"
DUE = date(2027, 3, 1)


def at(year: int, month: int, day: int) -> FixedClock:
    return FixedClock(datetime(year, month, day, 8, tzinfo=SHANGHAI))


def titles_on(clock: FixedClock, firm: Actor) -> list[str]:
    with using_clock(clock):
        with acting(house_actor("reminders")):
            remind_due()
        with acting(firm):
            return [each.key for each in todos_of(firm)]


def test_each_term_reminds_once(person_in: Callable[..., Actor]) -> None:
    firm = person_in("agent", FIRM)
    with using_clock(at(2026, 11, 1)), acting(house_actor("a loan")):
        reminder(key="loan:1", due_on=DUE, title="贷款到期", to_party=FIRM)

    seen = [
        titles_on(at(*day), firm)
        for day in ((2026, 11, 30), (2026, 12, 1), (2026, 12, 2), (2026, 12, 31), (2027, 3, 2))
    ]

    ninety, sixty = "loan:1@2027-03-01-90", "loan:1@2027-03-01-60"
    assert seen == [[], [ninety], [ninety], [ninety, sixty], [ninety, sixty]]


def test_a_service_that_stood_still_reminds_of_the_nearest_term_only(person_in: Callable[..., Actor]) -> None:
    firm = person_in("agent", FIRM)
    with using_clock(at(2026, 11, 1)), acting(house_actor("a loan")):
        reminder(key="loan:1", due_on=DUE, title="贷款到期", to_party=FIRM)

    assert titles_on(at(2027, 2, 10), firm) == ["loan:1@2027-03-01-30"]


def test_a_moved_day_reminds_anew_and_an_ended_reminder_no_more(person_in: Callable[..., Actor]) -> None:
    firm = person_in("agent", FIRM)
    with using_clock(at(2026, 11, 1)), acting(house_actor("a loan")):
        reminder(key="loan:1", due_on=date(2026, 11, 20), title="贷款到期", to_party=FIRM, days=(30,))
        reminder(key="loan:1", due_on=DUE, title="贷款展期后到期", to_party=FIRM, days=(30,))
        reminder(key="loan:2", due_on=DUE, title="别的", to_party=FIRM)
        forget_reminder(key="loan:2")

    assert titles_on(at(2026, 11, 10), firm) == []
    assert titles_on(at(2027, 2, 10), firm) == ["loan:1@2027-03-01-30"]


def with_mailbox(actor: Actor, address: str) -> Actor:
    User.objects.filter(pk=actor.user).update(email=address)
    return actor


def test_mail_goes_to_those_it_is_for_and_says_no_body(
    person_in: Callable[..., Actor], settings: SettingsWrapper
) -> None:
    settings.KERONG_ADDRESS = "https://kerong.example"
    agent = with_mailbox(person_in("agent", FIRM), "agent@example.org")
    boss = with_mailbox(person_in("legal_representative", FIRM), "boss@example.org")
    quiet = with_mailbox(person_in("agent", FIRM), "quiet@example.org")
    with_mailbox(person_in("agent", "enterprise:X9420100DEM0000229"), "other@example.org")
    with acting(quiet):
        prefer(by_mail=False, todos_only=False)
    with acting(boss):
        prefer(by_mail=True, todos_only=True)
    with acting(agent):
        tell(to_party=FIRM, kind="case", title="标题\n一行", body="秘密内容", link="/materials/")

    with acting(house_actor("mail")):
        assert (send_waiting_mail(), send_waiting_mail()) == (1, 0)

    [letter] = mail.outbox
    assert letter.to == ["agent@example.org"]
    assert letter.subject == "[科融] 标题 一行"
    assert "https://kerong.example/materials/" in letter.body
    assert "秘密内容" not in letter.body


def test_a_mail_that_fails_waits_and_is_given_up_after_six(
    person_in: Callable[..., Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = with_mailbox(person_in("agent", FIRM), "agent@example.org")

    class Broken:
        def __init__(self, **_more: object) -> None: ...

        def send(self) -> None:
            raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(outgoing, "EmailMessage", Broken)
    with using_clock(at(2027, 1, 1)), acting(agent):
        tell(to_party=FIRM, kind="case", title="标题")

    states = []
    for day in range(1, 9):
        with using_clock(at(2027, 1, day)), acting(house_actor("mail")):
            assert send_waiting_mail() == 0
            waiting = Mail.objects.get()
            states.append((waiting.state, waiting.attempts))

    assert states[4:] == [("waiting", 5), ("failed", 6), ("failed", 6), ("failed", 6)]
