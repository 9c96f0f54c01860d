"""Reads the parts, states, transitions, reasons and clocks of one workflow file into the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.basics.yaml_places import is_null
from kerong.engines.workflows.keys import TASKS_MAX
from kerong.engines.workflows.model import (
    DAY_UNITS,
    OUTCOMES,
    PARTY_KINDS,
    SUPERVISOR,
    Clock,
    Length,
    Part,
    Reason,
    ReasonList,
    State,
    Transition,
    Workflow,
)
from kerong.engines.workflows.reading import DOTTED

if TYPE_CHECKING:
    from kerong.basics.yaml_places import Node
    from kerong.engines.workflows.model import DayUnit, Mark, PartyKind
    from kerong.engines.workflows.reading import Fields, Reading


def read_workflow(reading: Reading, root: Node, key: str) -> Workflow:
    """Return what a file says; whether it is sound is told by the reading's mistakes."""
    found = reading.fields(root, "workflow")
    reading.word(found, "schema", ("1",))
    reading.word(found, "kind", ("workflow",))
    own = reading.name(found, "workflow", DOTTED)
    if own and own != key:
        reading.wrong(found["workflow"], "the key differs from the path", key, f"write `workflow: {key}`")
    parts = {name: _part(reading, name, at, node) for name, at, node in reading.named(found, "parts")}
    state_names = [name for name, _at, _node in reading.named(found, "states")]
    move_names = [name for name, _at, _node in reading.named(found, "transitions")]
    reasons = {name: _reasons(reading, name, at, node) for name, at, node in reading.named(found, "reasons")}
    materials = _entries(reading, found, "materials")
    known = _Known(list(parts), state_names, move_names, list(reasons), list(materials))
    states = {
        name: _state(reading, name, at, node, known)
        for name, at, node in _again(reading, found, "states", len(reading.mistakes))
    }
    moves = {
        name: _transition(reading, name, at, node, known)
        for name, at, node in _again(reading, found, "transitions", len(reading.mistakes))
    }
    label, label_en = reading.text(found, "label"), reading.text(found, "label_en")
    return Workflow(
        key=key,
        label=label,
        label_en=label_en,
        summary=reading.text(found, "summary"),
        summary_en=reading.text(found, "summary_en"),
        tasks=_tasks(reading, found),
        mark=reading.mark(found),
        owner=_one(reading, found, "owner", known.parts, "part"),
        start=_one(reading, found, "start", known.states, "state"),
        line=reading.names(found, "line", known.states, "state"),
        parts=parts,
        states=states,
        materials=materials,
        transitions=moves,
        reasons=reasons,
        clocks={
            name: _clock(reading, name, at, node, known) for name, at, node in reading.named(found, "clocks")
        },
        pauses=_entries(reading, found, "pauses"),
        place=reading.place(root),
    )


class _Known:
    """The names that a file declares."""

    def __init__(
        self, parts: list[str], states: list[str], moves: list[str], reasons: list[str], materials: list[str]
    ) -> None:
        self.parts, self.states, self.moves, self.reasons, self.materials = (
            parts,
            states,
            moves,
            reasons,
            materials,
        )


def _again(reading: Reading, found: Fields, key: str, before: int) -> list[tuple[str, Node, Node]]:
    """Return named entries that were listed before, without noting the same mistakes twice."""
    entries = reading.named(found, key)
    del reading.mistakes[before:]
    return entries


def _part(reading: Reading, name: str, at: Node, node: Node) -> Part:
    inner = reading.fields(node, "part", at)
    wanted = reading.names(inner, "kinds", PARTY_KINDS, "kind of party")
    kinds: tuple[PartyKind, ...] = tuple(kind for kind in PARTY_KINDS if str(kind) in wanted)
    return Part(name, reading.text(inner, "label"), reading.text(inner, "label_en"), kinds)


def _state(reading: Reading, name: str, at: Node, node: Node, known: _Known) -> State:
    inner = reading.fields(node, "state", at)
    return State(
        name=name,
        label=reading.text(inner, "label"),
        label_en=reading.text(inner, "label_en"),
        phase=reading.text(inner, "phase"),
        phase_en=reading.text(inner, "phase_en"),
        turn=_one(reading, inner, "turn", known.parts, "part"),
        says=reading.text(inner, "says"),
        says_en=reading.text(inner, "says_en"),
        waits=reading.text(inner, "waits"),
        waits_en=reading.text(inner, "waits_en"),
        means_approved=reading.flag(inner, "means_approved"),
        final=reading.flag(inner, "final"),
        outcome=reading.word(inner, "outcome", OUTCOMES),
        place=reading.place(at),
    )


def _transition(reading: Reading, name: str, at: Node, node: Node, known: _Known) -> Transition:
    inner = reading.fields(node, "transition", at)
    return Transition(
        name=name,
        label=reading.text(inner, "label"),
        label_en=reading.text(inner, "label_en"),
        origins=reading.names(inner, "from", known.states, "state"),
        to=_one(reading, inner, "to", known.states, "state"),
        who=reading.names(inner, "who", known.parts, "part"),
        duties=reading.names(inner, "duties"),
        needs=reading.names(inner, "needs", known.materials, "material"),
        remark_required=reading.word(inner, "remark", ("required",)) is not None,
        reasons=_one(reading, inner, "reasons", known.reasons, "list of reasons"),
        approval=reading.name(inner, "approval", DOTTED),
        is_exit=reading.flag(inner, "exit"),
        different_person_from=reading.names(inner, "different_person_from", known.moves, "transition"),
        place=reading.place(at),
    )


def _reasons(reading: Reading, name: str, at: Node, node: Node) -> ReasonList:
    inner = reading.fields(node, "reason_list", at)
    for_firm: dict[str, Reason] = {}
    for code, code_at, value in reading.named(inner, "for_firm"):
        fields = reading.fields(value, "firm_reason", code_at)
        plain = _reason(reading, code, fields)
        next_step, next_step_en = reading.text(fields, "next_step"), reading.text(fields, "next_step_en")
        for_firm[code] = Reason(code, plain.label, plain.label_en, next_step, next_step_en)
    return ReasonList(name, for_firm, _entries(reading, inner, "internal"))


def _entries(reading: Reading, found: Fields, key: str) -> dict[str, Reason]:
    return {
        name: _reason(reading, name, reading.fields(node, "reason", at))
        for name, at, node in reading.named(found, key)
    }


def _reason(reading: Reading, code: str, fields: Fields) -> Reason:
    return Reason(code, reading.text(fields, "label"), reading.text(fields, "label_en"))


def _clock(reading: Reading, name: str, at: Node, node: Node, known: _Known) -> Clock:
    inner = reading.fields(node, "clock", at)
    mark = reading.mark(inner)
    days = reading.days(inner, "value")
    _check_published(reading, inner, mark, days)
    assumed = None
    if "assumed" in inner:
        fields = reading.fields(inner["assumed"], "assumed", at)
        assumed = Length(reading.days(fields, "value"), reading.mark(fields))
        if "verified" in fields and assumed.mark.verified != "assumption":
            reading.wrong(
                fields["verified"], "an assumed length is not called so", "assumption", "write `assumption`"
            )
        if days is not None:
            what = f"the length of `{name}` is published and assumed at once"
            reading.wrong(inner["assumed"], what, "one of the two", "remove `assumed`")
    unit: DayUnit | None = reading.word(inner, "unit", DAY_UNITS)
    return Clock(
        name=name,
        label=reading.text(inner, "label"),
        label_en=reading.text(inner, "label_en"),
        during=reading.names(inner, "during", known.states, "state"),
        starts_with=reading.names(inner, "starts_with", known.moves, "transition"),
        stops_with=reading.names(inner, "stops_with", known.moves, "transition"),
        unit=unit or "working_days",
        published=Length(days, mark),
        assumed=assumed,
        yellow_before=reading.days(inner, "yellow_before") or 0,
        escalate_to=_one(reading, inner, "escalate_to", [*known.parts, SUPERVISOR], "part"),
        pauses=reading.flag(inner, "pauses", default=True),
        place=reading.place(at),
    )


def _check_published(reading: Reading, inner: Fields, mark: Mark, days: int | None) -> None:
    if "value" not in inner or "verified" not in inner:
        return
    null = is_null(inner["value"])
    if null and mark.verified != "not_found":
        what = f"the value is null and `verified` is {mark.verified}"
        reading.wrong(
            inner["verified"], what, "not_found for a null", "write not_found, or the published days"
        )
    elif not null and days is not None and mark.verified == "not_found":
        reading.wrong(inner["value"], "`verified` is not_found and a value is given", "null", "write null")
    elif not null and mark.verified == "assumption":
        cure = "write null with not_found, and the number under `assumed`"
        reading.wrong(inner["value"], "an assumption stands where a published number belongs", "null", cure)
    elif null and not mark.note:
        what, cure = "not_found without a note", "add `note: …`, where it was looked for"
        reading.wrong(inner["verified"], what, "a note that says where it was looked for", cure)


def _one(reading: Reading, found: Fields, key: str, options: list[str], called: str) -> str:
    name = reading.name(found, key)
    if name and name not in options:
        reading.unknown(found[key], name, options, called)
        return ""
    return name


def _tasks(reading: Reading, found: Fields) -> tuple[int, ...]:
    tasks: list[int] = []
    for node in reading.scalars(found, "tasks"):
        text = str(node.value)
        if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= TASKS_MAX):
            reading.wrong(
                node, f"`{text[:20]}` is not a task", f"1 to {TASKS_MAX}", "write the task's number"
            )
        else:
            tasks.append(int(text))
    return tuple(tasks)
