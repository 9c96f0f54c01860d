"""What holds of a workflow as a whole: every state reachable, every end final, approval only by an institution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.basics.mistakes import Mistake
from kerong.engines.workflows.model import APPROVE_DUTY

if TYPE_CHECKING:
    from kerong.basics.mistakes import Place
    from kerong.basics.yaml_places import Node
    from kerong.engines.workflows.model import Clock, State, Transition, Workflow
    from kerong.engines.workflows.reading import Reading


def check_workflow(reading: Reading, workflow: Workflow, root: Node) -> None:
    """Note what is wrong with the states, transitions and clocks taken together."""
    if not workflow.states or not workflow.transitions:
        return
    for state in workflow.states.values():
        _check_state(reading, workflow, state)
    for move in workflow.transitions.values():
        _check_transition(reading, workflow, move)
    for clock in workflow.clocks.values():
        _check_clock(reading, workflow, clock)
    if workflow.start:
        _check_reachable(reading, workflow, root)
    if workflow.line and workflow.start and workflow.line[0] != workflow.start:
        _wrong(
            reading, workflow.place, "`line` does not begin at `start`", workflow.start, "put the start first"
        )


def _check_state(reading: Reading, workflow: Workflow, state: State) -> None:
    leaves = [move for move in workflow.transitions.values() if state.name in move.origins]
    if state.final:
        if leaves:
            what = f"the state `{state.name}` is final and `{leaves[0].name}` leaves it"
            _wrong(
                reading, state.place, what, "no way out of a final state", "remove `final`, or the transition"
            )
        if state.outcome is None:
            what = f"the final state `{state.name}` has no outcome"
            _wrong(reading, state.place, what, "done, refused or withdrawn", "add `outcome: …`")
        if state.turn:
            what = f"the final state `{state.name}` is somebody's turn"
            _wrong(reading, state.place, what, "no `turn` at the end", "remove `turn`")
        return
    if not leaves:
        what = f"nothing leads out of the state `{state.name}`"
        _wrong(reading, state.place, what, "a transition, or `final: true`", "add one of the two")
    if not state.turn:
        what = f"the state `{state.name}` is nobody's turn"
        _wrong(reading, state.place, what, "`turn: part`", "say who is to act")
    elif leaves and not any(state.turn in move.who for move in leaves):
        what = f"`{state.turn}` is to act in `{state.name}` and may make none of its moves"
        _wrong(
            reading,
            state.place,
            what,
            "one move by whose turn it is",
            "correct `turn`, or a transition's `who`",
        )
    if bool(state.waits) != bool(state.waits_en):
        _wrong(reading, state.place, "`waits` is said in one language", "both languages", "add the other")


def _check_transition(reading: Reading, workflow: Workflow, move: Transition) -> None:
    target = workflow.states.get(move.to)
    if target is None:
        return
    if target.means_approved:
        kinds = {kind for name in move.who if name in workflow.parts for kind in workflow.parts[name].kinds}
        if kinds - {"institution"} or move.duties != (APPROVE_DUTY,):
            what = f"`{move.name}` leads to `{target.name}`, which means approved"
            expected = f"parts of kind institution alone, and duties: [{APPROVE_DUTY}]"
            _wrong(
                reading,
                move.place,
                what,
                expected,
                "only the institution approves: correct `who` and `duties`",
            )
    if target.outcome == "refused" and not move.reasons:
        what = f"`{move.name}` refuses without reasons"
        _wrong(reading, move.place, what, "`reasons: list`", "name the list of reasons that the firm is told")


def _check_clock(reading: Reading, workflow: Workflow, clock: Clock) -> None:
    if bool(clock.during) == bool(clock.starts_with):
        what = f"the clock `{clock.name}` says when it runs twice, or not at all"
        expected = "`during: [states]`, or `starts_with` and `stops_with`"
        _wrong(reading, clock.place, what, expected, "write one of the two")
    elif clock.starts_with and not clock.stops_with:
        what = f"the clock `{clock.name}` never stops"
        _wrong(reading, clock.place, what, "`stops_with: [transitions]`", "say which transition stops it")
    for name in clock.during:
        if name in workflow.states and workflow.states[name].final:
            what = f"the clock `{clock.name}` runs in the final state `{name}`"
            _wrong(reading, clock.place, what, "states that are not final", "remove the state")
    days = clock.length.days
    if days is not None and clock.yellow_before > days:
        what = f"the clock `{clock.name}` is yellow {clock.yellow_before} days before the end of {days}"
        _wrong(reading, clock.place, what, f"at most {days}", "make `yellow_before` smaller")


def _check_reachable(reading: Reading, workflow: Workflow, root: Node) -> None:
    seen, waiting = {workflow.start}, [workflow.start]
    while waiting:
        here = waiting.pop()
        for move in workflow.transitions.values():
            if here in move.origins and move.to and move.to not in seen:
                seen.add(move.to)
                waiting.append(move.to)
    for name, state in workflow.states.items():
        if name not in seen:
            what = f"no way leads from `{workflow.start}` to `{name}`"
            _wrong(
                reading, state.place, what, "every state reachable", "add a transition to it, or remove it"
            )
    if not any(workflow.states[name].final for name in seen if name in workflow.states):
        reading.wrong(
            root, "the workflow never ends", "a final state that can be reached", "add `final: true`"
        )


def _wrong(reading: Reading, place: Place, what: str, expected: str, cure: str) -> None:
    reading.mistakes.append(Mistake(place, what, expected, cure))
