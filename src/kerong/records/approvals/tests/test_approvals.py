"""Each step needs its duty, a fresh proof of who one is, and another natural person than every step before."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from kerong.basics.canonical import digest
from kerong.basics.clock import FixedClock, current_clock, using_clock
from kerong.records.approvals import actions, queries
from kerong.records.approvals.models import Approval, StepDecision
from kerong.records.evidence.actions import acting, seal
from kerong.records.evidence.models import Event
from kerong.records.parties.models import Membership, User
from kerong.records.parties.queries import actor_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kerong.basics.acting import Actor

OFFICE = "office:dept_finance"
CONTENT = digest({"texts": "一"})
OTHER_CONTENT = digest({"texts": "二"})


@pytest.fixture(autouse=True)
def standing_clock(db: None) -> Iterator[FixedClock]:
    del db
    with using_clock(FixedClock(current_clock().now())) as clock:
        yield clock


@pytest.fixture
def officer(person_in: Callable[..., Actor]) -> Actor:
    return person_in("finance_officer", OFFICE)


@pytest.fixture
def reviewer(person_in: Callable[..., Actor]) -> Actor:
    return person_in("finance_reviewer", OFFICE, stepped_up=True)


@pytest.fixture
def approver(person_in: Callable[..., Actor]) -> Actor:
    return person_in("finance_approver", OFFICE, stepped_up=True)


def asked(officer: Actor, kind: str = "packs.release") -> Approval:
    with acting(officer):
        return actions.ask(kind=kind, subject="draft:1", what="调整补偿比例", content_digest=CONTENT)


def decided(actor: Actor, found: Approval, step: str, *, agreed: bool = True, remark: str = "") -> Approval:
    with acting(actor):
        return actions.decide(approval_id=found.id, step=step, agreed=agreed, remark=remark)


def refused(actor: Actor, found: Approval, step: str = "review", **said: object) -> str:
    with pytest.raises(actions.DecisionRefusedError) as error:
        decided(actor, found, step, **said)
    return error.value.reason


def is_approved(actor: Actor, found: Approval, content: str = CONTENT) -> bool:
    with acting(actor):
        return queries.approved(approval_id=found.id, content_digest=content)


def test_two_other_persons_agree_and_the_content_is_approved(
    officer: Actor, reviewer: Actor, approver: Actor
) -> None:
    found = asked(officer)
    assert (found.step, is_approved(officer, found)) == ("review", False)

    decided(reviewer, found, "review")
    assert is_approved(officer, found) is False
    decided(approver, found, "approve", remark="同意")

    assert is_approved(officer, found) is True
    assert is_approved(officer, found, OTHER_CONTENT) is False
    with acting(officer):
        story = queries.approval(found.id).decisions.all()
        assert [(each.step, each.person, each.agreed) for each in story] == [
            ("review", reviewer.person, True),
            ("approve", approver.person, True),
        ]
    sealed = (
        Event.objects.filter(stream="approvals").order_by("occurred_at", "id").values_list("kind", flat=True)
    )
    assert sorted(sealed) == sorted(
        ["approval_asked", "step_decided", "approval_moved", "step_decided", "approval_moved"]
    )


def test_the_asker_is_refused_through_a_second_account_of_the_same_person(
    officer: Actor, person_in: Callable[..., Actor]
) -> None:
    found = asked(officer)
    other = person_in("finance_reviewer", OFFICE, username="second", stepped_up=True)
    User.objects.filter(id=other.user).update(person_id=officer.person)
    account = User.objects.get(id=other.user)
    mandate = Membership.objects.get(user=account)
    second = actor_for(account, mandate, stepped_up_at=other.stepped_up_at)

    assert second.user != officer.user
    assert refused(second, found) == "asker"


def test_one_person_never_takes_two_steps(
    officer: Actor, reviewer: Actor, person_in: Callable[..., Actor]
) -> None:
    found = asked(officer)
    decided(reviewer, found, "review")
    name = User.objects.get(id=reviewer.user).username
    as_approver = person_in("finance_approver", OFFICE, username=name, stepped_up=True)

    assert as_approver.person == reviewer.person
    assert refused(as_approver, found, "approve") == "decided"


def test_whoever_was_appointed_by_the_asker_is_no_other_eye(officer: Actor, reviewer: Actor) -> None:
    found = asked(officer)
    with acting(officer):
        seal(Membership.objects.get(user_id=reviewer.user), stream="parties", kind="membership_granted")

    assert refused(reviewer, found) == "delegate"


@pytest.mark.parametrize(
    ("role", "party", "reason"),
    [
        ("finance_officer", OFFICE, "duty"),
        ("finance_approver", OFFICE, "duty"),
        ("auditor", "office:audit_office", "duty"),
        ("agent", "enterprise:X9420100DEM000014E", "gone"),
        ("relationship_manager", "institution:demo_bank_01", "gone"),
    ],
)
def test_a_step_needs_its_duty(
    officer: Actor, person_in: Callable[..., Actor], role: str, party: str, reason: str
) -> None:
    assert refused(person_in(role, party, stepped_up=True), asked(officer)) == reason


def test_matters_of_a_party_are_decided_inside_it_and_releases_by_any_holder_of_the_duty(
    officer: Actor, person_in: Callable[..., Actor]
) -> None:
    elsewhere = person_in("provincial_reviewer", "office:provincial_finance_office", stepped_up=True)
    finance_elsewhere = person_in("finance_reviewer", "office:other", stepped_up=True)

    assert refused(finance_elsewhere, asked(officer, "ledger.entry")) == "gone"
    assert decided(elsewhere, asked(officer), "review").step == "approve"


@pytest.mark.parametrize("minutes", [None, 6, -1])
def test_a_decision_needs_a_fresh_step_up(
    officer: Actor, person_in: Callable[..., Actor], standing_clock: FixedClock, minutes: int | None
) -> None:
    found = asked(officer)
    reviewer = person_in("finance_reviewer", OFFICE, stepped_up=minutes is not None)
    if minutes is not None:
        standing_clock.move(timedelta(minutes=minutes))

    with pytest.raises(actions.StepUpNeededError):
        decided(reviewer, found, "review")

    assert StepDecision.objects.count() == 0


def test_changed_content_ends_the_approval(officer: Actor, reviewer: Actor, approver: Actor) -> None:
    found = asked(officer)
    decided(reviewer, found, "review")
    decided(approver, found, "approve")

    with acting(officer):
        actions.void(approval_id=found.id, because="内容已修改")

    assert is_approved(officer, found) is False
    with acting(officer):
        assert queries.approval(found.id).state == Approval.State.VOID


def test_what_was_shown_must_be_what_is_asked(officer: Actor, reviewer: Actor) -> None:
    found = asked(officer)
    with acting(reviewer), pytest.raises(actions.DecisionRefusedError) as error:
        actions.decide(
            approval_id=found.id, step="review", agreed=True, remark="", content_digest=OTHER_CONTENT
        )
    assert error.value.reason == "changed"


def test_returning_needs_a_remark_and_ends_it(officer: Actor, reviewer: Actor, approver: Actor) -> None:
    found = asked(officer)
    assert refused(reviewer, found, agreed=False, remark=" ") == "remark"

    assert (
        decided(reviewer, found, "review", agreed=False, remark="依据不足").state == Approval.State.RETURNED
    )
    assert refused(approver, found, "approve") == "taken"


def test_only_the_asker_withdraws_what_is_open(officer: Actor, reviewer: Actor) -> None:
    found = asked(officer)
    with acting(reviewer), pytest.raises(actions.AskRefusedError):
        actions.withdraw(approval_id=found.id, because="我不是经办")
    with acting(officer):
        assert actions.withdraw(approval_id=found.id, because="重拟").state == Approval.State.WITHDRAWN


def test_waiting_lists_what_the_actor_can_decide_now(
    officer: Actor, reviewer: Actor, approver: Actor
) -> None:
    found = asked(officer)

    def waiting(actor: Actor) -> list[Approval]:
        with acting(actor):
            return queries.waiting_for(actor)

    assert (waiting(officer), waiting(reviewer), waiting(approver)) == ([], [found], [])
    decided(reviewer, found, "review")
    assert (waiting(reviewer), waiting(approver)) == ([], [found])


@pytest.mark.parametrize(
    "said", [{"kind": "none"}, {"steps": ()}, {"steps": ("review", "review")}, {"content_digest": "x"}]
)
def test_a_question_that_cannot_be_asked_is_refused(officer: Actor, said: dict[str, object]) -> None:
    given = {"kind": "packs.release", "subject": "draft:1", "what": "x", "content_digest": CONTENT} | said
    with acting(officer), pytest.raises(actions.AskRefusedError):
        actions.ask(**given)


def test_decisions_never_change(officer: Actor, reviewer: Actor) -> None:
    decided(reviewer, asked(officer), "review")
    for statement in (
        "UPDATE approvals_stepdecision SET agreed = false",
        "DELETE FROM approvals_stepdecision",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_one_step_at_once_one_wins(person_in: Callable[..., Actor]) -> None:
    with transaction.atomic():
        found = asked(person_in("finance_officer", OFFICE))
    reviewers = [person_in("finance_reviewer", OFFICE, stepped_up=True) for _ in range(2)]
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def take(actor: Actor) -> None:
        try:
            with transaction.atomic():
                start.wait()
                decided(actor, found, "review")
            outcomes.append("agreed")
        except actions.DecisionRefusedError as error:
            outcomes.append(error.reason)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[each]) for each in reviewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["agreed", "taken"]
