"""Worked examples beside a pack: what is known of a firm, and what must come out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from kerong.basics.yaml_places import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    compose,
    decode,
    is_null,
)
from kerong.engines.rules.loading.keys import CASE_SHAPES, VERDICT_WORDS, words
from kerong.engines.rules.loading.reading import CODE, PACK_KEY, Fields, Reading, near
from kerong.engines.rules.model import NOWHERE, UNITS, Library, Mistake, Pack, Place, Scorecard
from kerong.engines.rules.quantities import QuantityError, read_quantity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

Verdict: TypeAlias = Literal["met", "not_met", "unknown"]
Nearness: TypeAlias = Literal["near_miss", "one_document_away", "none"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a case says must come out; what is empty or None is not stated.

    ``points`` are intervals (lowest, highest), by ``scorecard`` or ``scorecard.part``. ``classes`` and
    ``amounts`` hold None where nothing can be worked out; amounts are in stored units.
    """

    verdict: Verdict | None = None
    nearness: Nearness | None = None
    clauses: Mapping[str, Verdict] = field(default_factory=dict[str, Verdict])
    points: Mapping[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    classes: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])
    amounts: Mapping[str, int | None] = field(default_factory=dict[str, "int | None"])


@dataclass(frozen=True, slots=True)
class Case:
    """One worked example: stored values of facts on a day, and the expected result of a pack."""

    pack: str
    name: str
    on: date
    facts: Mapping[str, int | str]
    expect: Expectation
    place: Place = NOWHERE


def read_cases(path: Path, library: Library, folder: Path | None = None) -> tuple[list[Case], list[Mistake]]:
    """Return the cases that could be read, and every mistake; messages name the file as in ``folder``."""
    file = (path.relative_to(folder) if folder is not None else path).as_posix()
    try:
        raw = path.read_bytes()
    except OSError as error:
        what = f"the file cannot be read: {error.strerror}"
        return [], [Mistake(Place(file, 1), what, "a readable file", "check its name and permissions")]
    text, mistakes = decode(raw, file)
    return ([], mistakes) if text is None else read_cases_text(text, library, file=file)


def read_cases_text(text: str, library: Library, *, file: str = "<text>") -> tuple[list[Case], list[Mistake]]:
    """Return the cases of a text that could be read, and every mistake."""
    root, broken = compose(text, file)
    if root is None:
        return [], broken
    reading = Reading(file)
    found = reading.fields(root, CASE_SHAPES["cases_file"])
    if found is None:
        return [], reading.mistakes
    reading.one(found)
    key = reading.name(found, "pack", PACK_KEY)
    pack = library.packs.get(key)
    if key and pack is None:
        cure = near(key, library.packs) or "correct the key, or first mend the pack"
        reading.wrong(found["pack"], f"no pack `{key}` could be read", "the key of a pack", cure)
    if pack is not None and pack.kind == "terms":
        what, expected = f"the pack `{key}` holds terms, which judge nobody", "a pack that judges"
        reading.wrong(found["pack"], what, expected, "remove the cases")
        return [], reading.mistakes
    cases: list[Case] = []
    lines: dict[str, int] = {}
    for node in reading.items(found, "cases"):
        before = len(reading.mistakes)
        case = _case(reading, node, key, pack, library)
        if case is not None and case.name in lines:
            what = f"the case `{case.name}` stands twice (also in line {lines[case.name]})"
            reading.wrong(node, what, "each name once", "rename one of the two")
        if case is not None and len(reading.mistakes) == before:
            lines[case.name] = case.place.line
            cases.append(case)
    reading.mistakes.sort(key=lambda mistake: mistake.place.line)
    return (cases if pack is not None else []), reading.mistakes


def _case(reading: Reading, node: Node, key: str, pack: Pack | None, library: Library) -> Case | None:
    found = reading.fields(node, CASE_SHAPES["case"])
    if found is None:
        return None
    name, on = reading.text(found, "name"), reading.day(found, "on")
    facts = _facts(reading, found, library, pack)
    inner = reading.fields(found["expect"], CASE_SHAPES["expect"]) if "expect" in found else None
    if inner is None or on is None:
        return None
    if not inner:
        reading.wrong(
            found["expect"], "nothing is expected", "a verdict, clauses, points …", "state the result"
        )
    expect = _expectation(reading, inner, pack) if pack is not None else Expectation()
    return Case(key, name, on, facts, expect, reading.place(node))


def _facts(reading: Reading, found: Fields, library: Library, pack: Pack | None) -> dict[str, int | str]:
    facts: dict[str, int | str] = {}
    node = found.get("facts")
    if node is None or (type(node) is MappingNode and not node.value):
        # Nothing known of the firm is a fair case.
        return facts
    for name, name_node, value in reading.named(found, "facts"):
        fact = library.facts.get(name)
        if fact is None:
            cure = near(name, library.facts) or "see facts.yaml"
            reading.wrong(name_node, f"no fact `{name}`", "a fact of facts.yaml", cure)
        elif pack is not None and fact.subject != pack.subject:
            what = f"the subject of `{name}` is {fact.subject}, of the pack {pack.subject}"
            reading.wrong(name_node, what, f"a fact with `subject: {pack.subject}`", "leave the fact out")
        elif type(value) is not ScalarNode:
            reading.wrong(
                value, f"`{name}` is not one value", "one value", "write 5000万元, 4.2%, true or a code"
            )
        elif is_null(value):
            reading.wrong(
                name_node, f"`{name}` is empty", "a value", "leave the fact out when it is not known"
            )
        else:
            try:
                facts[name] = read_quantity(value.value, fact)
            except QuantityError as error:
                reading.wrong(value, f"`{name}`: {error.what}", error.expected, error.cure)
    return facts


def _expectation(reading: Reading, found: Fields, pack: Pack) -> Expectation:
    verdicts = words(VERDICT_WORDS)
    clauses: dict[str, Verdict] = {}
    ids = [clause.id for clause in pack.clauses]
    for name, name_node, value in reading.named(found, "clauses"):
        word = reading.word({"verdict": value}, "verdict", verdicts)
        if _known(reading, name_node, name, ids, "clause") and word is not None:
            clauses[name] = cast("Verdict", word)
    points: dict[str, tuple[int, int]] = {}
    most = _most_points(pack)
    for name, name_node, value in reading.named(found, "points", PACK_KEY):
        if _known(reading, name_node, name, most, "points"):
            interval = _interval(reading, value, most[name])
            if interval is not None:
                points[name] = interval
    nearness = words(CASE_SHAPES["expect"].keys["nearness"].holds)
    return Expectation(
        verdict=cast("Verdict | None", reading.word(found, "verdict", verdicts)),
        nearness=cast("Nearness | None", reading.word(found, "nearness", nearness)),
        clauses=clauses,
        points=points,
        classes=_classes(reading, found, pack),
        amounts=_amounts(reading, found, pack),
    )


def _classes(reading: Reading, found: Fields, pack: Pack) -> dict[str, str | None]:
    classes: dict[str, str | None] = {}
    for name, name_node, value in reading.named(found, "classes"):
        if not _known(reading, name_node, name, pack.classes, "class"):
            continue
        if is_null(value):
            classes[name] = None
            continue
        code = reading.pattern(value, CODE)
        options = [option.value for option in pack.classes[name].options]
        if code is not None and _known(reading, value, code, options, f"option of {name}"):
            classes[name] = code
    return classes


def _amounts(reading: Reading, found: Fields, pack: Pack) -> dict[str, int | None]:
    amounts: dict[str, int | None] = {}
    for name, name_node, value in reading.named(found, "amounts"):
        if not _known(reading, name_node, name, pack.amounts, "amount"):
            continue
        if is_null(value):
            amounts[name] = None
            continue
        stored = reading.quantity(value, pack.amounts[name].unit, name)
        if isinstance(stored, int):
            amounts[name] = stored
    return amounts


def _known(
    reading: Reading, node: Node, name: str, options: Mapping[str, object] | list[str], called: str
) -> bool:
    if name in options:
        return True
    cure = near(name, options) or "see the pack"
    reading.wrong(node, f"the pack has no {called} `{name}`", ", ".join(options) or "nothing here", cure)
    return False


def _most_points(pack: Pack) -> dict[str, int]:
    """Return the most points of every name under points: the whole, each indicator, each group."""
    most: dict[str, int] = {}
    card: Scorecard
    for card in pack.points.values():
        most[card.name] = card.max
        for indicator in card.indicators:
            most[f"{card.name}.{indicator.name}"] = indicator.max
            if indicator.group:
                group = f"{card.name}.{indicator.group}"
                most[group] = most.get(group, 0) + indicator.max
    return most


def _interval(reading: Reading, node: Node, most: int) -> tuple[int, int] | None:
    """Return one number of points, or the lowest and the highest."""
    ends: list[Node] = list(node.value) if type(node) is SequenceNode else [node]
    if len(ends) not in (1, 2) or (type(node) is SequenceNode and len(ends) == 1):
        reading.wrong(
            node, "these points are not an interval", "78, or [62, 78]", "write the lowest and the highest"
        )
        return None
    values = [reading.quantity(end, UNITS["points"], "points") for end in ends]
    if not all(isinstance(value, int) for value in values):
        return None
    low, high = cast("int", values[0]), cast("int", values[-1])
    if not 0 <= low <= high <= most:
        reading.wrong(
            node, f"points from {low} to {high}", f"0 ≤ lowest ≤ highest ≤ {most}", "correct the points"
        )
        return None
    return low, high
