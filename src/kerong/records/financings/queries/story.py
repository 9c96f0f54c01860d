"""What the events of a financing come to: one fold, for adding an event, for checking, and for pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kerong.records.financings.queries.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kerong.records.financings.models import Event, Financing

ENDED = ("settled", "terminated")


class StoryError(ValueError):
    """An event that cannot have happened: more repaid than was lent, or something after the end. Says so in words."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a financing stands after some of its events."""

    status: str
    principal: int
    matures_on: date | None
    drawn: int = 0
    outstanding: int = 0
    interest_paid: int = 0
    overdue_since: date | None = None
    five_class: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One event with the state after it; ``state`` is None for an event that was voided, or that voids."""

    event: Event
    state: State | None


def tell(financing: Financing, events: Iterable[Event]) -> list[Step]:
    """Return the events in the order they happened, each with the state after it. Raises StoryError."""
    ordered = sorted(events, key=lambda event: (event.happened_on, event.number))
    voided = {event.said["voids"] for event in ordered if event.kind == "void"}
    numbers = {event.number for event in ordered if event.kind != "void"}
    if voided - numbers:
        raise StoryError(_("要更正的那一条不存在。"))
    state, steps = opening(financing), []
    for event in ordered:
        if event.kind == "void" or event.number in voided:
            steps.append(Step(event, None))
            continue
        state = after(financing, state, event)
        steps.append(Step(event, state))
    return steps


def state_after(financing: Financing, events: Iterable[Event]) -> State:
    """Return where a financing stands after all its events. Raises StoryError."""
    told = [step.state for step in tell(financing, events) if step.state is not None]
    return told[-1] if told else opening(financing)


def opening(financing: Financing) -> State:
    """Return where a financing stands before anything happened."""
    is_drawn = KINDS[financing.kind].is_drawn
    return State("agreed" if is_drawn else "active", financing.principal, financing.matures_on)


def after(financing: Financing, state: State, event: Event) -> State:
    """Return the state after one more event. Raises StoryError."""
    if state.status in ENDED:
        raise StoryError(_("已经结清或终止，不能再记事项。"))
    if event.happened_on < financing.agreed_on:
        raise StoryError(_("发生日早于签约日。"))
    return _STEPS[event.kind](financing, state, event)


def _drawdown(financing: Financing, state: State, event: Event) -> State:
    if not KINDS[financing.kind].is_drawn:
        raise StoryError(_("这类融资没有放款。"))
    if event.amount <= 0:
        raise StoryError(_("放款金额须大于零。"))
    used = state.outstanding if financing.terms.get("is_revolving") else state.drawn
    if used + event.amount > state.principal:
        raise StoryError(_("累计放款超过合同金额。"))
    status = "overdue" if state.overdue_since else "active"
    return replace(
        state,
        status=status,
        drawn=state.drawn + event.amount,
        outstanding=state.outstanding + event.amount,
        five_class=state.five_class or ("normal" if financing.kind == "loan" else ""),
    )


def _repayment(_financing: Financing, state: State, event: Event) -> State:
    if event.amount + event.interest <= 0:
        raise StoryError(_("还款金额须大于零。"))
    if event.amount > state.outstanding:
        raise StoryError(_("归还的本金超过余额。"))
    return replace(
        state,
        outstanding=state.outstanding - event.amount,
        interest_paid=state.interest_paid + event.interest,
    )


def _later(_financing: Financing, state: State, event: Event) -> State:
    day = _day(event, "matures_on")
    if state.matures_on is not None and day <= state.matures_on:
        raise StoryError(_("新的到期日须晚于原到期日。"))
    return replace(
        state, matures_on=day, overdue_since=None, status="active" if state.overdue_since else state.status
    )


def _refinancing(_financing: Financing, state: State, event: Event) -> State:
    # The new loan repays this one: the amount is what it took over; the number of the new contract is in `said`.
    if event.amount > state.outstanding or event.amount <= 0:
        raise StoryError(_("借新还旧的金额须大于零且不超过余额。"))
    left = state.outstanding - event.amount
    return replace(state, outstanding=left, status=state.status if left else "settled", overdue_since=None)


def _overdue(_financing: Financing, state: State, event: Event) -> State:
    return replace(state, status="overdue", overdue_since=state.overdue_since or event.happened_on)


def _overdue_cleared(_financing: Financing, state: State, _event: Event) -> State:
    if state.overdue_since is None:
        raise StoryError(_("没有逾期，不能记逾期归还。"))
    return replace(state, status="active", overdue_since=None)


def _five_class(_financing: Financing, state: State, event: Event) -> State:
    return replace(state, five_class=event.said["five_class"])


def _settlement(_financing: Financing, state: State, _event: Event) -> State:
    if state.outstanding:
        raise StoryError(_("还有余额，不能结清；请先记还款。"))
    return replace(state, status="settled", overdue_since=None)


def _termination(_financing: Financing, state: State, _event: Event) -> State:
    if state.outstanding:
        raise StoryError(_("还有余额，不能终止；请先记还款。"))
    return replace(state, status="terminated", overdue_since=None)


def _day(event: Event, name: str) -> date:
    return date.fromisoformat(event.said[name])


_STEPS: dict[str, Any] = {
    "drawdown": _drawdown,
    "repayment": _repayment,
    "extension": _later,
    "rollover": _later,
    "refinancing": _refinancing,
    "overdue": _overdue,
    "overdue_cleared": _overdue_cleared,
    "five_class": _five_class,
    "settlement": _settlement,
    "termination": _termination,
}
