"""Telling once, to a party or a person; done and read; nobody sees somebody else's box."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from kerong.basics.clock import current_clock
from kerong.records.evidence.actions import acting
from kerong.records.evidence.models import Event
from kerong.records.notices.actions import NobodyToldError, done, read, tell
from kerong.records.notices.models import Notice
from kerong.records.notices.queries import light_of, notices_of, todos_of, unread_count

if TYPE_CHECKING:
    from collections.abc import Callable

    from kerong.basics.acting import Actor

FIRM, BANK = "enterprise:X9420100DEM000014E", "institution:demo_bank_01"


def test_telling_twice_under_one_key_tells_once(person_in: Callable[..., Actor]) -> None:
    bank, firm = person_in("relationship_manager", BANK), person_in("agent", FIRM)

    with acting(bank):
        first = tell(to_party=FIRM, kind="case", title="请补材料", key="case:1:documents")
        second = tell(to_party=FIRM, kind="case", title="另一句话", key="case:1:documents")

    assert second.id == first.id
    with acting(firm):
        assert [each.title for each in notices_of(firm)] == ["请补材料"]
    assert Event.objects.filter(stream="notices", kind="told").count() == 1


def test_teller_does_not_see_the_box_it_wrote_into(person_in: Callable[..., Actor]) -> None:
    bank = person_in("relationship_manager", BANK)

    with acting(bank):
        tell(to_party=FIRM, kind="case", title="只给企业")

        assert not Notice.objects.exists()
        assert not notices_of(bank).exists()


def test_a_person_is_told_whomever_the_person_acts_for(person_in: Callable[..., Actor]) -> None:
    at_firm = person_in("agent", FIRM, username="both")
    at_bank = person_in("relationship_manager", BANK, username="both")
    colleague = person_in("agent", FIRM)
    with acting(colleague):
        tell(to_person=f"person:{at_firm.person}", kind="mandate", title="给本人")
        tell(to_person=at_firm.person, to_party=FIRM, kind="mandate", title="给本人在企业时")

    seen = {}
    for name, actor in {"firm": at_firm, "bank": at_bank, "colleague": colleague}.items():
        with acting(actor):
            seen[name] = {each.title for each in Notice.objects.all()}

    assert seen == {"firm": {"给本人", "给本人在企业时"}, "bank": {"给本人"}, "colleague": set()}


def test_a_notice_for_a_duty_reaches_those_who_have_it(person_in: Callable[..., Actor]) -> None:
    agent, boss = person_in("agent", FIRM), person_in("legal_representative", FIRM)
    with acting(agent):
        tell(to_party=FIRM, kind="signature", title="请签字", for_duty="firm.sign", is_todo=True)

        assert not todos_of(agent).exists()
    with acting(boss):
        assert [each.title for each in todos_of(boss)] == ["请签字"]


def test_done_closes_a_todo_once_whoever_did_it(person_in: Callable[..., Actor]) -> None:
    firm, bank = person_in("agent", FIRM), person_in("approver", BANK)
    with acting(bank):
        tell(to_party=FIRM, kind="case", title="待办", is_todo=True, key="k")

        assert (done(key="k"), done(key="k"), done(key="nothing")) == (True, False, False)
    with acting(firm):
        assert not todos_of(firm).exists()
        assert [each.title for each in notices_of(firm, state="done")] == ["待办"]
    happened = Event.objects.filter(stream="notices").order_by("id").values_list("kind", flat=True)
    assert list(happened) == ["told", "done"]


def test_read_marks_are_each_account_s_own(person_in: Callable[..., Actor]) -> None:
    one, two = person_in("agent", FIRM), person_in("legal_representative", FIRM)
    stranger = person_in("approver", BANK)
    with acting(one):
        told = tell(to_party=FIRM, kind="case", title="消息")
        read(notice_ids=[told.id])
        read(notice_ids=[told.id])

        assert unread_count(one) == 0
    with acting(two):
        assert unread_count(two) == 1
    with acting(stranger):
        assert read(notice_ids=[told.id]) == 0


def test_todos_come_by_day_and_those_without_a_day_last(person_in: Callable[..., Actor]) -> None:
    firm, today = person_in("agent", FIRM), current_clock().today()
    with acting(firm):
        for title, due in (("无期限", None), ("明天", 1), ("昨天", -1), ("下月", 30)):
            day = None if due is None else today + timedelta(days=due)
            tell(to_party=FIRM, kind="case", title=title, due_on=day, is_todo=True)

        assert [(each.title, light_of(each.due_on)) for each in todos_of(firm)] == [
            ("昨天", "red"),
            ("明天", "yellow"),
            ("下月", "green"),
            ("无期限", "green"),
        ]


def test_a_notice_for_nobody_and_a_link_elsewhere_are_refused(person_in: Callable[..., Actor]) -> None:
    from django.db import IntegrityError, transaction

    with acting(person_in("agent", FIRM)):
        with pytest.raises(NobodyToldError):
            tell(kind="case", title="给谁？")
        for address in ("https://example.org/", "//example.org/", "/\\example.org"):
            with pytest.raises(IntegrityError), transaction.atomic():
                tell(to_party=FIRM, kind="case", title="链接", link=address)


def test_due_days_are_days(person_in: Callable[..., Actor]) -> None:
    firm = person_in("agent", FIRM)
    with acting(firm):
        told = tell(to_party=FIRM, kind="case", title="待办", due_on=date(2026, 12, 1), is_todo=True)

    assert told.due_on == date(2026, 12, 1)
