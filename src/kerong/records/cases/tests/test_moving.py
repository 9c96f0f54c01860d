"""A case moves only by who may, from where it stands, with what the move needs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from kerong.records.cases.actions import (
    CaseNotFoundError,
    CaseRefusedError,
    ChangedMeanwhileError,
    StepUpNeededError,
    move,
    note,
    open_case,
    pause,
)
from kerong.records.cases.models import CaseEvent, InternalReason
from kerong.records.cases.queries import case as find
from kerong.records.cases.queries import internal_reasons
from kerong.records.cases.tests.conftest import BANK, CLAIM, FINANCE, FIRM, LOAN, OTHER_BANK, SCIENCE
from kerong.records.evidence.actions import acting
from kerong.records.evidence.models import Event

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django.test import Client

    from kerong.basics.acting import Actor
    from kerong.basics.clock import FixedClock
    from kerong.records.cases.tests.conftest import Loan

WAY = ("take", "accept", "begin_diligence", "submit_review")


def step(loan: Loan, actor: Actor, name: str, **more: object) -> None:
    with acting(actor):
        move(case_id=loan.case.id, transition=name, **more)


def walk_to_review(loan: Loan) -> None:
    for name in WAY:
        step(
            loan, loan.manager, name, evidence={"diligence_report": "尽调报告1号"} if name == WAY[-1] else {}
        )


def test_approval_needs_a_fresh_proof_of_who_decides(
    loan: Loan, clock: FixedClock, sign_in: Callable[..., Client]
) -> None:
    walk_to_review(loan)
    clock.move(timedelta(minutes=6))

    with pytest.raises(StepUpNeededError):
        step(loan, loan.approver, "approve", remark="同意")
    address = f"/cases/{loan.case.number}/do/approve/"
    late = sign_in("approver", BANK)
    answer = late.post(address, {"remark": "同意，年息三点四五", "seen_events": 5})

    assert answer.status_code == 409
    page = answer.content.decode()
    assert f"/accounts/step-up/?next={address}" in page
    assert "同意，年息三点四五" in page
    assert step_up_is_not_asked(sign_in("approver", BANK, stepped_up=True).get(address))


def step_up_is_not_asked(answer: HttpResponse) -> bool:
    return answer.status_code == 200 and "/accounts/step-up/" not in answer.content.decode()


def test_a_loan_goes_all_the_way(loan: Loan) -> None:
    walk_to_review(loan)
    step(loan, loan.approver, "approve", remark="同意授信300万元")
    step(loan, loan.boss, "sign")
    step(loan, loan.manager, "fulfil", remark="抵押登记已办")
    step(loan, loan.manager, "draw_down", evidence={"receipt": "回单20260302"})
    step(loan, loan.manager, "begin_after_loan")
    step(loan, loan.manager, "settle", evidence={"receipt": "回单20270302"})

    with acting(loan.agent):
        stored = find(loan.case.id)
        assert stored is not None
        assert (stored.state, stored.closed_at is not None, stored.events_count) == ("settled", True, 11)
        story = [(line.sequence, line.transition) for line in stored.events.all()]
    assert story == list(
        enumerate(
            ["", *WAY, "approve", "sign", "fulfil", "draw_down", "begin_after_loan", "settle"],
            start=1,
        )
    )


def test_only_the_banks_approver_approves(loan: Loan, person_in: Callable[..., Actor]) -> None:
    walk_to_review(loan)
    for actor in (loan.agent, loan.boss, loan.manager):
        with pytest.raises(CaseRefusedError):
            step(loan, actor, "approve", remark="同意")
    with pytest.raises(CaseNotFoundError):
        step(loan, person_in("approver", OTHER_BANK), "approve", remark="同意")
    with acting(loan.agent):
        assert find(loan.case.id).state == "review"


def test_whoever_submitted_does_not_approve_under_another_role(
    loan: Loan, person_in: Callable[..., Actor]
) -> None:
    approver_too = person_in("approver", BANK, username="both")
    for name in WAY:
        step(loan, approver_too, name, evidence={"diligence_report": "1"} if name == WAY[-1] else {})

    with pytest.raises(CaseRefusedError, match="另一个人"):
        step(loan, approver_too, "approve", remark="同意")


def test_every_problem_is_told_at_once_and_nothing_moves(loan: Loan) -> None:
    step(loan, loan.manager, "take")

    with pytest.raises(CaseRefusedError) as told:
        step(loan, loan.manager, "not_accept", internal_reasons=["gossip"], evidence={"receipt": "1"})

    assert set(told.value.problems) == {"reasons", "internal_reasons", "evidence_receipt"}
    with acting(loan.agent):
        assert find(loan.case.id).state == "matched"


def test_a_move_made_on_an_old_page_is_refused(loan: Loan) -> None:
    step(loan, loan.manager, "take", seen_events=1)

    with pytest.raises(ChangedMeanwhileError):
        step(loan, loan.manager, "accept", seen_events=1)


def test_an_ended_case_does_not_move(loan: Loan) -> None:
    step(loan, loan.agent, "withdraw")

    with pytest.raises(CaseRefusedError, match="已经结束"):
        step(loan, loan.manager, "take")


def test_strangers_see_nothing_and_may_not_open_for_others(
    loan: Loan, person_in: Callable[..., Actor]
) -> None:
    stranger = person_in("agent", "enterprise:X9420100DEM0000229")
    with acting(stranger):
        assert find(loan.case.id) is None
        assert CaseEvent.objects.count() == 0
        with pytest.raises(CaseRefusedError):
            open_case(
                workflow=LOAN,
                subject=FIRM,
                title="代办",
                owner=FIRM,
                participants={"firm": FIRM, "creditor": BANK},
            )


def test_the_internal_reason_never_leaves_the_bank(loan: Loan, person_in: Callable[..., Actor]) -> None:
    step(loan, loan.manager, "take")
    step(
        loan,
        loan.manager,
        "not_accept",
        reasons=["ability"],
        internal_reasons=["aml"],
        internal_note="命中名单",
    )
    with acting(loan.manager):
        (kept,) = internal_reasons(loan.case, loan.manager)
        assert (kept.codes, kept.note) == (["aml"], "命中名单")
    for reader in (
        loan.agent,
        loan.boss,
        person_in("approver", OTHER_BANK),
        person_in("operator", "platform"),
    ):
        with acting(reader):
            assert InternalReason.objects.count() == 0
    with acting(loan.agent):
        (line,) = CaseEvent.objects.filter(transition="not_accept")
        assert (line.reasons, line.remark) == (["ability"], "")


def test_an_internal_note_leaves_no_line_in_the_story(loan: Loan) -> None:
    with acting(loan.manager):
        note(case_id=loan.case.id, text="老板口碑一般", internal=True)
        assert [row.note for row in internal_reasons(loan.case, loan.manager)] == ["老板口碑一般"]
    with acting(loan.agent):
        assert find(loan.case.id).events_count == 1


def test_the_story_is_never_changed(loan: Loan) -> None:
    with (
        acting(loan.manager),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE cases_caseevent SET remark = 'x'")


def test_a_reader_cannot_change_the_state_past_the_actions(loan: Loan) -> None:
    with acting(loan.manager), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET state = 'approved'")
        assert cursor.rowcount == 0


def test_every_line_and_the_case_are_sealed(loan: Loan, house: None) -> None:
    del house
    step(loan, loan.manager, "take")

    kinds = list(
        Event.objects.filter(stream="cases").order_by("occurred_at", "id").values_list("kind", flat=True)
    )
    assert sorted(kinds) == ["case_moved", "case_opened", "case_stored", "case_stored"]


def test_one_external_number_is_one_case(clock: object, person_in: Callable[..., Actor]) -> None:
    del clock
    agent = person_in("agent", FIRM)
    stranger = person_in("agent", "enterprise:X9420100DEM0000229")
    with acting(agent):
        first, second = (
            open_case(
                workflow=LOAN,
                subject=FIRM,
                title="来自汉融通的需求",
                owner=FIRM,
                participants={"firm": FIRM, "creditor": BANK},
                external=[("汉融通", "HRT-1", True)],
            )
            for _ in range(2)
        )
    assert first.id == second.id
    with acting(stranger), pytest.raises(CaseRefusedError, match="外部编号"):
        open_case(
            workflow=LOAN,
            subject=stranger.party,
            title="别人的编号",
            owner=stranger.party,
            participants={"firm": stranger.party, "creditor": BANK},
            external=[("汉融通", "HRT-1", True)],
        )


def test_numbers_count_up_by_year(loan: Loan) -> None:
    with acting(loan.agent):
        second = open_case(
            workflow=LOAN,
            subject=FIRM,
            title="第二件",
            owner=FIRM,
            participants={"firm": FIRM, "creditor": BANK},
        )
    assert (loan.case.number, second.number) == ("KR2026-000001", "KR2026-000002")


def test_a_claim_is_checked_twice_by_two_persons(clock: object, person_in: Callable[..., Actor]) -> None:
    del clock
    bank = person_in("relationship_manager", BANK)
    both = person_in("finance_officer", FINANCE, username="one-person")
    with acting(bank):
        case = open_case(
            workflow=CLAIM,
            subject=BANK,
            title="补偿申报",
            owner=BANK,
            participants={"creditor": BANK, "operator": [FINANCE, SCIENCE], "finance": FINANCE},
        )
    with acting(both):
        move(case_id=case.id, transition="accept")
        move(case_id=case.id, transition="pass_first", evidence={"first_review_opinion": "1"})
        with pytest.raises(CaseRefusedError, match="另一个人"):
            move(case_id=case.id, transition="pass_second", evidence={"second_review_opinion": "1"})


def test_only_whose_turn_it_is_pauses(loan: Loan) -> None:
    with acting(loan.agent), pytest.raises(CaseRefusedError, match="轮到"):
        pause(case_id=loan.case.id, reason="materials")
