"""SEC-12: random walks over every move by every kind of person never reach a state without the ones before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerong.records.cases.actions import CaseNotFoundError, CaseRefusedError, move, open_case
from kerong.records.cases.models import CaseEvent
from kerong.records.cases.queries import case as find
from kerong.records.cases.queries import workflow_of
from kerong.records.cases.tests.conftest import BANK, FIRM, LOAN
from kerong.records.evidence.actions import acting

if TYPE_CHECKING:
    from collections.abc import Callable

    from kerong.basics.acting import Actor
    from kerong.basics.clock import FixedClock

MOVES = (
    *("take", "accept", "begin_diligence", "submit_review", "approve", "sign", "fulfil", "draw_down"),
    *("begin_after_loan", "settle", "not_accept", "decline", "reassign", "withdraw", "nonsense"),
)
ROLES = (
    *(("agent", FIRM), ("legal_representative", FIRM), ("relationship_manager", BANK), ("approver", BANK)),
    *(
        ("operator", "platform"),
        ("agent", "enterprise:X9420100DEM0000229"),
        ("approver", "institution:demo_bank_02"),
    ),
)
# What every state of the line needs to have been in before: the order of the trade, written here a second time.
BEFORE = {
    "matched": "posted",
    "accepted": "matched",
    "diligence": "accepted",
    "review": "diligence",
    "approved": "review",
    "signed": "approved",
    "conditions_met": "signed",
    "drawn_down": "conditions_met",
    "after_loan": "drawn_down",
    "settled": "after_loan",
}


def test_sec_12_no_later_state_without_the_earlier_ones(
    clock: FixedClock, person_in: Callable[..., Actor]
) -> None:
    del clock
    actors = [person_in(role, party, stepped_up=True) for role, party in ROLES]
    step = st.tuples(st.sampled_from(MOVES), st.integers(0, len(actors) - 1), st.booleans())

    # Along the line more often than chance would, or no walk would leave the first states.
    @given(st.lists(step, max_size=25), st.integers(0, 10))
    @settings(
        max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    )
    def walk(steps: list[tuple[str, int, bool]], ahead: int) -> None:
        with acting(actors[0]):
            case = open_case(
                workflow=LOAN,
                subject=FIRM,
                title="随机",
                owner=FIRM,
                participants={"firm": FIRM, "creditor": BANK},
            )
        along = [
            (name, 3 if name == "approve" else 1 if name == "sign" else 2, True) for name in MOVES[:ahead]
        ]
        for name, who, is_complete in [*along, *steps]:
            more = (
                {"remark": "说明", "evidence": _evidence(name), "reasons": _reasons(name)}
                if is_complete
                else {}
            )
            try:
                with acting(actors[who]):
                    move(case_id=case.id, transition=name, **more)
            except (CaseRefusedError, CaseNotFoundError):
                continue
            else:
                assert actors[who].party in (FIRM, BANK)
        with acting(actors[0]):
            _check_story(find(case.id), actors)

    walk()


def _check_story(case: object, actors: list[Actor]) -> None:
    lines = list(CaseEvent.objects.filter(case=case).order_by("sequence"))
    workflow = workflow_of(case)
    assert [line.sequence for line in lines] == list(range(1, len(lines) + 1))
    assert lines[0].to_state == "posted"
    seen = {"posted"}
    here = "posted"
    for line in lines[1:]:
        assert line.from_state == here
        here = line.to_state
        assert BEFORE.get(here, here) in {*seen, here}
        seen.add(here)
        if here == "approved":
            assert (line.actor_role, line.actor_party) == ("approver", BANK)
            assert line.actor_user in {actor.user for actor in actors}
    assert case.state == here
    assert (case.closed_at is not None) == workflow.states[here].final


def _evidence(name: str) -> dict[str, str]:
    if name == "submit_review":
        return {"diligence_report": "1"}
    return {"receipt": "1"} if name in ("draw_down", "settle") else {}


def _reasons(name: str) -> list[str]:
    return ["materials"] if name in ("not_accept", "decline", "reassign") else []
