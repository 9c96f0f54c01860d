"""An objection marks its fact at once, its clock reminds and escalates, and it ends with a written answer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kerong.basics.acting import PLATFORM, house_actor
from kerong.basics.clock import FixedClock, using_clock
from kerong.records.consents.actions import register_basis
from kerong.records.evidence.actions import acting, house
from kerong.records.facts import actions, queries
from kerong.records.facts.tests.conftest import BANK, FIRM, OTHER
from kerong.records.notices.models import Notice
from kerong.records.parties.queries import NotAllowedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kerong.basics.acting import Actor
    from kerong.records.facts.models import Dispute

FILED = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
NAME = "staff_count"


@pytest.fixture
def clock() -> Iterator[FixedClock]:
    with using_clock(FixedClock(FILED)) as fixed:
        yield fixed


@pytest.fixture
def agent(person_in: Callable[..., Actor], clock: FixedClock) -> Actor:
    del clock
    with house("a test states a fact"):
        actions.state_facts(
            subject=FIRM,
            source="social_security",
            as_of=date(2026, 10, 31),
            values={NAME: 40},
            basis="statute:test",
        )
    return person_in("agent", FIRM)


@pytest.fixture
def operator(person_in: Callable[..., Actor]) -> Actor:
    return person_in("operator", PLATFORM)


def filed(agent: Actor, **more: Any) -> Dispute:
    with acting(agent):
        return actions.dispute(subject=FIRM, name=NAME, **{"reason": "少算了研发中心的人", **more})


def own(agent: Actor) -> queries.KnownFact:
    with acting(agent):
        return queries.own_facts(FIRM).facts[NAME]


def told(kind: str) -> list[tuple[str, str]]:
    with house("a test reads all notices"):
        return list(Notice.objects.filter(kind=kind).values_list("to_party", "for_duty"))


def test_a_mark_shows_at_once_and_the_answer_is_due_in_twenty_days(agent: Actor) -> None:
    made = filed(agent)

    mark = own(agent).disputed
    assert mark is not None
    assert (mark.dispute, mark.state, mark.due_on) == (str(made.id), "open", date(2026, 11, 22))
    assert told("facts.dispute") == [(PLATFORM, "disputes.handle")]


def test_the_mark_goes_to_every_reader(agent: Actor, person_in: Callable[..., Actor]) -> None:
    with acting(house_actor("test")):
        register_basis(
            kind="contract", subject=FIRM, recipient=BANK, purposes=["post_loan"], cites="测试", words="测试"
        )
    filed(agent)
    with acting(agent):
        actions.declare(subject=FIRM, name=NAME, text="研发中心 12 人未计入")

    with acting(person_in("relationship_manager", BANK)):
        view = queries.facts_of(subject=FIRM, purpose="post_loan")

    assert view.disputed == (NAME,)
    assert view.facts[NAME].declaration == "研发中心 12 人未计入"
    assert view.facts[NAME].as_plain()["disputed"] == {"state": "open", "filed_on": "2026-11-02"}


def test_the_clock_reminds_on_day_fifteen_and_escalates_on_day_twenty_once_each(
    agent: Actor, clock: FixedClock
) -> None:
    filed(agent)
    moved = []

    for day in range(1, 23):
        clock.move(timedelta(days=1))
        if actions.watch_disputes():
            moved.append(day)
        actions.watch_disputes()

    assert moved == [15, 20]
    assert told("facts.dispute_reminded") == [(PLATFORM, "disputes.handle")]
    assert told("facts.dispute_escalated") == [("office:provincial_finance_office", "cases.supervise")]


def test_lights_follow_the_clock(agent: Actor) -> None:
    made = filed(agent)

    lights = [queries.light_of(made, date(2026, 11, day)) for day in (2, 16, 17, 21, 22, 30)]

    assert lights == ["green", "green", "yellow", "yellow", "red", "red"]


def test_an_answered_objection_is_neither_reminded_of_nor_escalated(
    agent: Actor, operator: Actor, clock: FixedClock
) -> None:
    made = filed(agent)
    with acting(operator):
        actions.answer_dispute(dispute_id=made.id, outcome="mark_removed", answer="社保缴费人数核对无误。")
    clock.move(timedelta(days=40))

    assert actions.watch_disputes() == 0


def test_a_correction_states_the_right_value_in_the_name_of_the_source(agent: Actor, operator: Actor) -> None:
    made = filed(agent)

    with acting(operator):
        actions.answer_dispute(dispute_id=made.id, outcome="corrected", answer="已更正为 52 人。", value=52)

    known = own(agent)
    assert (known.value, known.source, known.as_of, known.disputed) == (
        52,
        "social_security",
        date(2026, 10, 31),
        None,
    )
    with acting(agent):
        story = [step.kind for step in queries.steps_of(queries.dispute_by_id(str(made.id)))]
    assert story == ["filed", "answered"]


def test_a_fact_can_be_taken_back_and_is_then_nowhere(agent: Actor, operator: Actor) -> None:
    made = filed(agent)

    with acting(operator):
        actions.answer_dispute(dispute_id=made.id, outcome="corrected", answer="删除。", is_taken_back=True)

    with acting(agent):
        assert NAME not in queries.own_facts(FIRM).facts


def test_what_cannot_be_settled_stays_marked(agent: Actor, operator: Actor) -> None:
    made = filed(agent)

    with acting(operator):
        actions.answer_dispute(dispute_id=made.id, outcome="recorded", answer="双方材料不一致，予以记载。")

    mark = own(agent).disputed
    assert mark is not None
    assert mark.state == "recorded"


def test_only_the_subject_objects_and_only_the_operator_answers(
    agent: Actor, person_in: Callable[..., Actor]
) -> None:
    made = filed(agent)

    with acting(person_in("agent", OTHER)), pytest.raises(NotAllowedError):
        actions.dispute(subject=FIRM, name=NAME, reason="不是我的企业")
    with acting(agent), pytest.raises(NotAllowedError):
        actions.answer_dispute(dispute_id=made.id, outcome="mark_removed", answer="自己答复自己")


@pytest.mark.parametrize(
    ("said", "field"), [({"reason": " "}, "reason"), ({"reason": "x", "name": "tax_credit_grade"}, "name")]
)
def test_an_objection_needs_a_reason_and_a_fact_that_is_held(
    agent: Actor, said: dict[str, str], field: str
) -> None:
    with acting(agent), pytest.raises(actions.DisputeRefusedError) as refused:
        actions.dispute(**{"subject": FIRM, "name": NAME, **said})

    assert set(refused.value.problems) == {field}


def test_one_fact_has_one_open_objection(agent: Actor) -> None:
    filed(agent)

    with pytest.raises(actions.DisputeRefusedError):
        filed(agent)


def test_a_declaration_is_taken_back_by_empty_words(agent: Actor) -> None:
    with acting(agent):
        actions.declare(subject=FIRM, name=NAME, text="说明")
    first = own(agent).declaration
    with acting(agent):
        actions.declare(subject=FIRM, name=NAME, text="")

    assert (first, own(agent).declaration) == ("说明", "")
