"""Clocks run in working days, remind and escalate once, stand still while a case pauses, and stop when it moves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from kerong.basics.acting import house_actor
from kerong.records.cases.actions import move, open_case, pause, resume, return_note, watch_clocks
from kerong.records.cases.queries import case as find
from kerong.records.cases.queries import cases_of, lights_of
from kerong.records.cases.queries.lists import CaseFilter
from kerong.records.cases.queries.page import case_page
from kerong.records.cases.tests.conftest import BANK, CLAIM, FINANCE, FIRM, SCIENCE
from kerong.records.evidence.actions import acting
from kerong.records.notices.models import Notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from kerong.basics.acting import Actor
    from kerong.basics.clock import FixedClock
    from kerong.records.cases.tests.conftest import Loan


def colours(loan: Loan) -> list[tuple[str, str, date | None]]:
    with acting(loan.agent):
        found = find(loan.case.id)
        return [(light.clock.name, light.colour, light.due_on) for light in lights_of(found)]


def watched() -> int:
    with acting(house_actor("test")):
        return watch_clocks()


def test_the_light_turns_with_the_days(loan: Loan, clock: FixedClock) -> None:
    # Three working days from Monday 2 March end on Thursday; yellow from one day before.
    assert colours(loan) == [("take_on", "green", date(2026, 3, 5))]
    clock.move(timedelta(days=2))
    assert colours(loan) == [("take_on", "yellow", date(2026, 3, 5))]
    clock.move(timedelta(days=2))
    assert colours(loan) == [("take_on", "red", date(2026, 3, 5))]


def test_a_move_stops_one_clock_and_starts_the_next(loan: Loan) -> None:
    with acting(loan.manager):
        move(case_id=loan.case.id, transition="take")

    assert colours(loan) == [("acceptance", "green", date(2026, 3, 9))]


def test_reminds_once_and_escalates_once(
    loan: Loan, clock: FixedClock, person_in: Callable[..., Actor]
) -> None:
    supervisor = person_in("provincial_officer", "office:provincial_finance_office")
    assert watched() == 0
    clock.move(timedelta(days=2))
    assert [watched(), watched()] == [1, 0]
    with acting(supervisor):
        assert find(loan.case.id) is None
    clock.move(timedelta(days=2))
    assert [watched(), watched()] == [1, 0]

    with acting(supervisor):
        found = find(loan.case.id)
        assert found is not None
        assert [line.kind for line in found.events.all()] == ["opened", "escalated"]
        assert list(cases_of(supervisor)) == [found]
    with acting(house_actor("test")):
        told = Notice.objects.filter(kind__in=["case_due", "case_late"]).order_by("kind", "to_party")
        assert [(one.kind, one.to_party, one.is_todo) for one in told] == [
            ("case_due", BANK, True),
            ("case_late", BANK, True),
            ("case_late", "office:provincial_finance_office", False),
            ("case_late", "platform", False),
        ]


def test_a_move_closes_the_reminder(loan: Loan, clock: FixedClock) -> None:
    clock.move(timedelta(days=2))
    watched()
    with acting(loan.manager):
        move(case_id=loan.case.id, transition="take")
    with acting(house_actor("test")):
        assert [one.done_at is not None for one in Notice.objects.filter(kind="case_due")] == [True]


def test_days_of_a_pause_do_not_count(loan: Loan, clock: FixedClock) -> None:
    clock.move(timedelta(days=1))
    with acting(loan.manager):
        pause(case_id=loan.case.id, reason="materials")
    clock.move(timedelta(days=7))
    # Seven days later, five of them worked: Thursday 5 March has become Thursday 12 March.
    assert colours(loan) == [("take_on", "paused", date(2026, 3, 12))]
    with acting(loan.manager):
        resume(case_id=loan.case.id)
    assert colours(loan) == [("take_on", "green", date(2026, 3, 12))]


def test_what_is_late_does_not_become_early_by_pausing(loan: Loan, clock: FixedClock) -> None:
    clock.move(timedelta(days=10))
    with acting(loan.manager):
        pause(case_id=loan.case.id, reason="materials")
    clock.move(timedelta(days=10))
    assert colours(loan) == [("take_on", "red", date(2026, 3, 5))]
    with acting(loan.manager):
        resume(case_id=loan.case.id)
    assert colours(loan) == [("take_on", "red", date(2026, 3, 5))]


def test_the_page_says_that_nothing_came_back_until_something_did(
    clock: FixedClock, person_in: Callable[..., Actor]
) -> None:
    del clock
    bank = person_in("relationship_manager", BANK)
    science = person_in("science_officer", SCIENCE)
    finance = person_in("finance_officer", FINANCE)
    with acting(bank):
        case = open_case(
            workflow=CLAIM,
            subject=BANK,
            title="补偿申报",
            owner=BANK,
            participants={"creditor": BANK, "operator": SCIENCE, "finance": FINANCE},
        )
    with acting(science):
        move(case_id=case.id, transition="accept")
        move(case_id=case.id, transition="pass_first", evidence={"first_review_opinion": "1"})
    with acting(finance):
        move(case_id=case.id, transition="pass_second", evidence={"second_review_opinion": "1"})
        move(case_id=case.id, transition="end_notice", evidence={"notice_record": "1"})
    with acting(bank):
        page = case_page(find(case.id), bank)
        assert (page.waits_for_return, page.state.waits) == (True, "回单未回传")
        return_note(case_id=case.id, source="国库", text="回单已到")
        assert not case_page(find(case.id), bank).waits_for_return


def test_the_flag_when_a_clock_runs_into_an_unpublished_year(
    clock: FixedClock, person_in: Callable[..., Actor]
) -> None:
    clock.move(timedelta(days=303))
    assert clock.today() == date(2026, 12, 30)
    agent = person_in("agent", FIRM)
    with acting(agent):
        case = open_case(
            workflow="hubei.workflows.loan_application",
            subject=FIRM,
            title="跨年",
            owner=FIRM,
            participants={"firm": FIRM, "creditor": BANK},
        )
        (light,) = lights_of(case)
    assert (light.due_on, light.is_calendar_published, light.is_assumed) == (date(2027, 1, 4), False, True)


def test_lists_are_narrowed(loan: Loan, clock: FixedClock) -> None:
    def listed(which: str, **more: str) -> int:
        with acting(loan.manager):
            return cases_of(loan.manager, CaseFilter(which, **more)).count()

    assert [listed("open"), listed("due"), listed("late"), listed("ended"), listed("mine")] == [1, 0, 0, 0, 0]
    assert [listed("open", text=loan.case.number), listed("open", text="KR1999")] == [1, 0]
    assert [listed("open", workflow=CLAIM), listed("all", workflow=loan.case.workflow)] == [0, 1]
    clock.move(timedelta(days=3))
    assert [listed("due"), listed("late")] == [1, 0]
    clock.move(timedelta(days=1))
    assert [listed("due"), listed("late")] == [0, 1]
