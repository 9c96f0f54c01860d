"""Read the clauses, classes, amounts and publications of a pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.basics.yaml_places import MappingNode, Node
from kerong.engines.rules.loading.keys import PACK_SHAPES, SUBJECT_WORDS, words
from kerong.engines.rules.loading.marks import NO_MARK, read_mark, refuse_not_found, require_mark
from kerong.engines.rules.loading.reading import CODE, Fields, Reading, near
from kerong.engines.rules.loading.spans import read_span
from kerong.engines.rules.model import (
    UNITS,
    Amount,
    Branch,
    Classification,
    ClassOption,
    Clause,
    Mark,
    Publication,
    Scorecard,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_clauses(reading: Reading, found: Fields) -> tuple[Clause, ...]:
    """Return the clauses that could be read."""
    clauses: list[Clause] = []
    lines: dict[str, int] = {}
    for node in reading.items(found, "clauses"):
        inner = reading.fields(node, PACK_SHAPES["clause"])
        if inner is None:
            continue
        own = _own_id(reading, inner, lines, "clause")
        start, until = read_span(reading, inner)
        mark = read_mark(reading, inner)
        refuse_not_found(reading, inner, mark)
        branches: tuple[Branch, ...] = ()
        if ("holds_when" in inner) == ("any_of" in inner):
            _wrong_condition(reading, node, inner, "clause", "any_of")
        elif "any_of" in inner:
            branches = _branches(reading, inner, mark)
        clauses.append(
            Clause(
                id=own,
                label=reading.text(inner, "label"),
                label_en=reading.text(inner, "label_en"),
                holds_when=reading.text(inner, "holds_when"),
                any_of=branches,
                mark=mark,
                measure=reading.text(inner, "measure"),
                start=start,
                until=until,
                place=reading.place(node),
            )
        )
    return tuple(clauses)


def read_classes(reading: Reading, found: Fields) -> dict[str, Classification]:
    """Return the classifications that could be read."""
    classes: dict[str, Classification] = {}
    for name, name_node, node in reading.named(found, "classes"):
        inner = reading.fields(node, PACK_SHAPES["classification"], name_node)
        if inner is not None:
            label, label_en = reading.text(inner, "label"), reading.text(inner, "label_en")
            options = _options(reading, inner)
            classes[name] = Classification(name, label, label_en, options, reading.place(name_node))
    return classes


def read_amounts(reading: Reading, found: Fields) -> dict[str, Amount]:
    """Return the amounts that could be read."""
    amounts: dict[str, Amount] = {}
    for name, name_node, node in reading.named(found, "amounts"):
        inner = reading.fields(node, PACK_SHAPES["amount"], name_node)
        if inner is None:
            continue
        unit = reading.unit(inner)
        if unit is not None and unit.type in ("flag", "code", "date"):
            expected = " | ".join(
                key for key, item in UNITS.items() if item.type not in ("flag", "code", "date")
            )
            reading.wrong(
                inner["unit"], f"an amount is not a {unit.type}", expected, "use a class, or another unit"
            )
        mark = read_mark(reading, inner)
        refuse_not_found(reading, inner, mark)
        label, label_en = reading.text(inner, "label"), reading.text(inner, "label_en")
        expression = reading.text(inner, "is")
        place = reading.place(name_node)
        amounts[name] = Amount(name, label, label_en, unit or UNITS["number"], expression, mark, place)
    return amounts


def read_publications(
    reading: Reading,
    root: Node,
    found: Fields,
    results: tuple[Mapping[str, Scorecard], Mapping[str, Classification]],
    key: str,
) -> tuple[Publication, ...]:
    """Return what the pack publishes, checked against its points and classes and the facts that say so."""
    publications: list[Publication] = []
    points, classes = results
    names = _result_names(found, points)
    for node in reading.items(found, "publishes"):
        inner = reading.fields(node, PACK_SHAPES["publication"])
        if inner is None:
            continue
        fact, expression = reading.name(inner, "fact"), reading.text(inner, "is")
        if fact and any(fact == other.fact for other in publications):
            reading.wrong(
                inner["fact"], f"`{fact}` is published twice", "each fact once", "remove one of the two"
            )
        if expression and expression not in names:
            cure = near(expression, names) or "name one of them, or leave `is` out for the verdict"
            reading.wrong(
                inner["is"],
                f"`{expression}` is not a result of this pack",
                ", ".join(sorted(names)) or "no `is`",
                cure,
            )
        if fact:
            _check_publication(reading, inner, fact, key, classes.get(expression))
            _check_subject(reading, inner, fact, found.get("subject"))
        publications.append(Publication(fact, expression, reading.place(node)))
    published = {publication.fact for publication in publications}
    for fact in reading.known.facts.values():
        if fact.published_by == key and fact.name not in published:
            where = found.get("publishes") or root
            cure = f"add `- {{fact: {fact.name}}}` under `publishes`, or correct `published_by`"
            what = f"facts.yaml says that this pack publishes `{fact.name}`, and it does not"
            reading.wrong(where, what, "the fact under `publishes`", cure)
    return tuple(publications)


def _own_id(reading: Reading, found: Fields, lines: dict[str, int], called: str) -> str:
    own = reading.name(found, "id")
    if own and own in lines:
        what = f"the {called} `{own}` stands twice (also in line {lines[own]})"
        reading.wrong(found["id"], what, "each id once", "rename one of the two")
    if own:
        lines.setdefault(own, reading.place(found["id"]).line)
    return own


def _branches(reading: Reading, found: Fields, around: Mark) -> tuple[Branch, ...]:
    branches: list[Branch] = []
    lines: dict[str, int] = {}
    for node in reading.items(found, "any_of"):
        inner = reading.fields(node, PACK_SHAPES["branch"])
        if inner is None:
            continue
        own = _own_id(reading, inner, lines, "branch")
        mark = read_mark(reading, inner, around)
        refuse_not_found(reading, inner, mark)
        parts: list[Clause] = []
        if ("holds_when" in inner) == ("all_of" in inner):
            _wrong_condition(reading, node, inner, "branch", "all_of")
        elif "holds_when" in inner:
            parts = [_part(reading, node, inner, own, mark)]
        within: dict[str, int] = {}
        for item in reading.items(inner, "all_of"):
            part = reading.fields(item, PACK_SHAPES["part"])
            if part is not None:
                id_ = _own_id(reading, part, within, "part")
                part_mark = read_mark(reading, part, mark)
                refuse_not_found(reading, part, part_mark)
                parts.append(_part(reading, item, part, id_, part_mark))
        branches.append(Branch(own, reading.text(inner, "label"), tuple(parts), reading.place(node)))
    return tuple(branches)


def _wrong_condition(reading: Reading, node: Node, found: Fields, called: str, several: str) -> None:
    """Report something that has two conditions, or none."""
    expected = f"either `holds_when` or `{several}`"
    if several in found:
        reading.wrong(found[several], f"`{several}` beside `holds_when`", expected, "keep one of the two")
    else:
        reading.wrong(node, f"this {called} has no condition", expected, "add `holds_when: …`")


def _part(reading: Reading, node: Node, found: Fields, own: str, mark: Mark) -> Clause:
    return Clause(
        id=own,
        label=reading.text(found, "label"),
        label_en=reading.text(found, "label_en"),
        holds_when=reading.text(found, "holds_when"),
        any_of=(),
        mark=mark,
        measure=reading.text(found, "measure"),
        place=reading.place(node),
    )


def _options(reading: Reading, found: Fields) -> tuple[ClassOption, ...]:
    """Return the options; one without a mark takes that of the classification, or the last one before it."""
    around: Mark | None = None
    if "cites" in found or "checked_on" in found or "verified" in found:
        require_mark(
            reading, found, found["options"] if "options" in found else next(iter(found.values())), "class"
        )
        around = read_mark(reading, found)
    options: list[tuple[ClassOption, Node]] = []
    lines: dict[str, int] = {}
    before = around
    for node in reading.items(found, "options"):
        inner = reading.fields(node, PACK_SHAPES["option"])
        if inner is None:
            continue
        otherwise = "holds_when" not in inner
        if around is None and not (otherwise and before is not None and "cites" not in inner):
            require_mark(reading, inner, node, "class option")
            mark = read_mark(reading, inner)
        else:
            mark = read_mark(reading, inner, around or before or NO_MARK)
        refuse_not_found(reading, inner, mark)
        before = mark
        start, until = read_span(reading, inner)
        value = reading.name(inner, "value", CODE)
        dated = start is not None or until is not None
        if value in lines and not dated:
            what = f"the class `{value}` stands twice (also in line {lines[value]})"
            reading.wrong(inner["value"], what, "each class once", "join the two conditions with OR")
        lines.setdefault(value, reading.place(node).line)
        label, label_en = reading.text(inner, "label"), reading.text(inner, "label_en")
        holds_when = reading.text(inner, "holds_when")
        option = ClassOption(value, label, label_en, holds_when, mark, start, until, reading.place(node))
        options.append((option, node))
    _check_otherwise(reading, options)
    return tuple(option for option, _ in options)


def _check_otherwise(reading: Reading, options: list[tuple[ClassOption, Node]]) -> None:
    """Report a missing "otherwise", or one that hides the classes after it."""
    hiding = [pair for pair in options[:-1] if not (pair[0].holds_when or pair[0].start or pair[0].until)]
    for _, node in hiding:
        cure = "move it to the end, or give it a condition"
        reading.wrong(node, "a class without condition is not the last", "otherwise last", cure)
    if options and options[-1][0].holds_when and not hiding:
        cure = "add a last option without `holds_when` for all others"
        reading.wrong(options[-1][1], "the last class has a condition", "a last class for all others", cure)


def _result_names(found: Fields, points: Mapping[str, Scorecard]) -> set[str]:
    """Return the names a publication may give: points and their parts, classes, amounts."""
    names = set(points)
    for key in ("points", "classes", "amounts"):
        node = found.get(key)
        if node is not None and type(node) is MappingNode:
            names |= {name.value for name, _ in node.value if isinstance(name.value, str)}
    for card in points.values():
        for indicator in card.indicators:
            names |= {f"{card.name}.{part}" for part in (indicator.name, indicator.group) if part}
    return names


def _check_subject(reading: Reading, found: Fields, name: str, subject: Node | None) -> None:
    """Report a pack about one kind of subject that publishes a fact about another."""
    fact = reading.known.facts.get(name)
    if fact is None or subject is None or subject.value not in words(SUBJECT_WORDS):
        return
    if fact.subject != subject.value:
        what = f"the subject of `{name}` is {fact.subject}, of this pack {subject.value}"
        cure = f"write `subject: {subject.value}` in facts.yaml, or publish another fact"
        reading.wrong(found["fact"], what, f"a fact with `subject: {subject.value}`", cure)


def _check_publication(
    reading: Reading, found: Fields, name: str, key: str, classes: Classification | None
) -> None:
    known = reading.known
    fact = known.facts.get(name)
    if fact is None:
        if not known.facts_unreadable and name not in known.broken_facts:
            cure = near(name, known.facts) or "declare it in facts.yaml with `published_by`"
            reading.wrong(found["fact"], f"no fact `{name}`", "a fact of facts.yaml", cure)
        return
    if fact.published_by != key:
        says = f"published_by: {fact.published_by}" if fact.published_by else "no published_by"
        cure = f"write `published_by: {key}` in facts.yaml, or do not publish it here"
        reading.wrong(found["fact"], f"`{name}` has {says} in facts.yaml", f"published_by: {key}", cure)
    if "is" not in found and fact.type != "flag":
        cure = "add `is: …`, the result that it becomes"
        reading.wrong(found["fact"], f"`{name}` is a {fact.type}, the verdict is a flag", "a flag", cure)
    if classes is not None and fact.codes:
        for option in classes.options:
            if option.value and option.value not in fact.codes:
                cure = near(option.value, fact.codes) or "add the code in facts.yaml"
                what = f"the class `{option.value}` is not a code of {name}"
                reading.wrong(found["is"], what, ", ".join(fact.codes), cure)
