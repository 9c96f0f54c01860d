"""What the page of one case shows to one actor: where it stands, whose turn, what can be done, and the whole story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from kerong.engines.workflows.progress import moves_for, worst
from kerong.records.cases.models import CaseEvent
from kerong.records.cases.queries.lights import lights_of
from kerong.records.cases.queries.one_case import internal_reasons, parts_of, workflow_of
from kerong.records.documents.queries import material, material_list
from kerong.records.parties.queries import ROLES, name_of_party

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from kerong.basics.acting import Actor
    from kerong.engines.workflows.model import Part, Reason, State, Transition, Workflow
    from kerong.engines.workflows.progress import Light as Colour
    from kerong.records.cases.models import Case, InternalReason
    from kerong.records.cases.queries.lights import Light

Where: TypeAlias = Literal["done", "here", "later"]


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One line of the story in words."""

    line: CaseEvent
    kind: str
    move: Transition | None
    to: State | None
    party: str
    role: Promise | str
    reasons: tuple[Reason, ...]
    evidence: tuple[tuple[Reason, str, str], ...]


@dataclass(frozen=True, slots=True)
class Seat:
    """A participant in words."""

    part: Part
    party: str
    name: str
    person: str
    is_turn: bool


@dataclass(frozen=True, slots=True)
class Needed:
    """A material that a move of the actor needs, and whether the actor's party has it."""

    material: Reason
    state: Literal["there", "missing", "expired"]


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything on the page."""

    case: Case
    workflow: Workflow
    state: State
    steps: tuple[tuple[State, Where], ...]
    lights: tuple[Light, ...]
    colour: Colour
    turn: Part | None
    is_my_turn: bool
    moves: tuple[Transition, ...]
    exits: tuple[Transition, ...]
    needed: tuple[Needed, ...]
    seats: tuple[Seat, ...]
    story: tuple[StoryLine, ...]
    refusal: StoryLine | None
    pause: Reason | None
    kept: tuple[tuple[InternalReason, tuple[Reason, ...]], ...]
    may_write: bool
    may_pause: bool
    waits_for_return: bool


def case_page(case: Case, actor: Actor) -> CasePage:
    """Return the page of a case for an actor, with the internal reasons of the actor's own institution only."""
    workflow = workflow_of(case)
    state = workflow.states[case.state]
    parts = parts_of(case, actor) if case.closed_at is None else frozenset[str]()
    moves = moves_for(workflow, case.state, parts, actor.duties)
    lights = tuple(lights_of(case))
    story = tuple(_line(workflow, line) for line in case.events.all())
    last_move = next((line for line in reversed(story) if line.move is not None), None)
    is_my_turn = bool(state.turn) and state.turn in parts
    return CasePage(
        case=case,
        workflow=workflow,
        state=state,
        steps=_steps(workflow, state, {line.to_state for line in case.events.all()}),
        lights=lights,
        colour=worst(light.colour for light in lights),
        turn=workflow.parts.get(state.turn),
        is_my_turn=is_my_turn,
        moves=tuple(move for move in moves if not move.is_exit),
        exits=tuple(move for move in moves if move.is_exit),
        needed=_needed(workflow, moves, actor),
        seats=_seats(case, workflow, state),
        story=tuple(reversed(story)),
        refusal=last_move if state.outcome == "refused" else None,
        pause=workflow.pauses.get(case.pause_reason),
        kept=tuple((row, _internal(workflow, row)) for row in internal_reasons(case, actor)),
        may_write=bool(parts),
        may_pause=is_my_turn and case.paused_on is None and bool(workflow.pauses) and bool(lights),
        waits_for_return=bool(state.waits) and not case.returned,
    )


def _steps(workflow: Workflow, state: State, seen: set[str]) -> tuple[tuple[State, Where], ...]:
    line = workflow.line
    here = line.index(state.name) if state.name in line else -1
    steps: list[tuple[State, Where]] = []
    for i, name in enumerate(line):
        if here >= 0:
            where: Where = "here" if i == here else "done" if i < here else "later"
        else:
            where = "done" if name in seen else "later"
        steps.append((workflow.states[name], where))
    # Off the line, the steps that will not come any more are not promised.
    if here < 0:
        steps = [step for step in steps if step[1] == "done" or not state.final]
        steps.append((state, "here"))
    return tuple(steps)


def _needed(workflow: Workflow, moves: list[Transition], actor: Actor) -> tuple[Needed, ...]:
    kinds = [kind for move in moves for kind in move.needs]
    if not kinds:
        return ()
    held = material_list(actor.party, kinds)
    expired = {kind for kind, _document in held.expired}
    return tuple(
        Needed(
            workflow.materials[kind],
            "missing" if kind in held.missing else "expired" if kind in expired else "there",
        )
        for kind in dict.fromkeys(kinds)
    )


def _seats(case: Case, workflow: Workflow, state: State) -> tuple[Seat, ...]:
    order = list(workflow.parts)
    rows = sorted(case.participants.all(), key=lambda row: (order.index(row.part), row.since))
    return tuple(
        Seat(
            part=workflow.parts[row.part],
            party=row.party,
            name=name_of_party(row.party),
            person=row.user_name,
            is_turn=row.part == state.turn,
        )
        for row in rows
    )


def _line(workflow: Workflow, line: CaseEvent) -> StoryLine:
    move = workflow.transitions.get(line.transition)
    listed = workflow.reasons[move.reasons].for_firm if move is not None and move.reasons else workflow.pauses
    role = ROLES.get(line.actor_role)
    return StoryLine(
        line=line,
        kind=CaseEvent.Kind(line.kind).label,
        move=move,
        to=workflow.states.get(line.to_state),
        party=name_of_party(line.actor_party) if line.actor_party else "",
        role=role.label if role else "",
        reasons=tuple(listed[code] for code in line.reasons if code in listed),
        evidence=tuple(
            (workflow.materials[kind], *shown_evidence(text)) for kind, text in line.evidence.items()
        ),
    )


def shown_evidence(text: str) -> tuple[str, str]:
    """Return how a given piece of evidence is printed, and the id of the material where the actor may read it."""
    if not text.startswith("document:"):
        return text, ""
    key = text.removeprefix("document:")
    found = material(key)
    return (found.name, key) if found else (f"材料库 {key[-8:]}", "")


def _internal(workflow: Workflow, row: InternalReason) -> tuple[Reason, ...]:
    listed = {code: reason for one in workflow.reasons.values() for code, reason in one.internal.items()}
    return tuple(listed[code] for code in row.codes if code in listed)
