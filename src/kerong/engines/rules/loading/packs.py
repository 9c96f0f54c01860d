"""Read one pack: its head, its parts, and what the parts must say together."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, cast

from kerong.basics.yaml_places import MappingNode, Node, ScalarNode, compose
from kerong.engines.rules.loading.clauses import read_amounts, read_classes, read_clauses, read_publications
from kerong.engines.rules.loading.headings import read_headings
from kerong.engines.rules.loading.keys import PACK_SHAPES, SUBJECT_WORDS, words
from kerong.engines.rules.loading.parameters import check_begun, read_parameters
from kerong.engines.rules.loading.points import read_points
from kerong.engines.rules.loading.reading import PACK_KEY, RESERVED, SOURCE_KEY, Fields, Known, Reading, near
from kerong.engines.rules.loading.spans import read_span
from kerong.engines.rules.model import Clause, Fact, Kind, Mistake, Pack, Parameter, Source, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NAMED = ("parameters", "points", "classes", "amounts")
_JUDGING = ("points", "classes", "clauses", "amounts", "publishes")
_LABELLED = frozenset({"label", "label_en", "measure"})


def read_pack_text(
    text: str, key: str, facts: Mapping[str, Fact], sources: Mapping[str, Source], *, file: str = ""
) -> tuple[Pack | None, list[Mistake]]:
    """Read the text of a pack, released or edited. Returns the pack only when nothing is wrong with it."""
    pack, _, mistakes = read_pack(text, key, Known(facts, sources), file or key)
    return pack, mistakes


def read_pack(text: str, key: str, known: Known, file: str) -> tuple[Pack | None, Node | None, list[Mistake]]:
    """Read a pack; also return its YAML, so that a library can be hashed without parsing twice."""
    root, broken = compose(text, file)
    if root is None:
        return None, None, broken
    reading = Reading(file, known)
    found = reading.fields(root, PACK_SHAPES["pack"])
    if found is None:
        return None, root, reading.mistakes
    pack = _read(reading, root, found, key, text)
    reading.mistakes.sort(key=lambda mistake: mistake.place.line)
    return (None if reading.mistakes else pack), root, reading.mistakes


def _read(reading: Reading, root: Node, found: Fields, key: str, text: str) -> Pack:
    _check_head(reading, root, found, key)
    kind = reading.word(found, "kind", words(PACK_SHAPES["pack"].keys["kind"].holds))
    subject = reading.word(found, "subject", words(SUBJECT_WORDS))
    start, until = read_span(reading, found)
    _check_names(reading, found)
    classes = read_classes(reading, found)
    parameters = read_parameters(reading, found, classes)
    check_begun(reading, start, parameters)
    points = read_points(reading, found)
    clauses = read_clauses(reading, found)
    amounts = read_amounts(reading, found)
    if "{" in text:
        _check_placeholders(reading, found, parameters)
    _check_substance(reading, root, found, kind, clauses)
    headings = read_headings(reading, found, kind, subject)
    return Pack(
        key=key,
        kind=cast("Kind", kind or "product"),
        label=reading.text(found, "label"),
        label_en=reading.text(found, "label_en"),
        subject=cast("Subject", subject or "enterprise"),
        summary=reading.text(found, "summary"),
        document=_document(reading, found),
        start=start,
        until=until,
        parameters=parameters,
        points=points,
        classes=classes,
        clauses=clauses,
        amounts=amounts,
        publishes=read_publications(reading, root, found, (points, classes), key),
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        place=reading.place(root),
        facets={name: reading.text({name: node}, name) for name, _, node in reading.named(found, "facets")},
        door=headings.door,
        tasks=headings.tasks,
        topic=headings.topic,
        stages=headings.stages,
    )


def _check_head(reading: Reading, root: Node, found: Fields, key: str) -> None:
    reading.one(found)
    if PACK_KEY.fullmatch(key) is None:
        cure = "rename the file or folder"
        expected = "small letters, digits and _, a letter first"
        reading.wrong(root, f"the path gives the key `{key}`, which is not a pack key", expected, cure)
    own = found.get("pack")
    if own is not None and own.value != key:
        cure = f"write `pack: {key}`, or move the file"
        reading.wrong(own, "the key differs from the path of the file", key, cure)


def _document(reading: Reading, found: Fields) -> str:
    document, known = reading.name(found, "document", SOURCE_KEY), reading.known
    if document and not known.sources_unreadable and document not in {*known.sources, *known.broken_sources}:
        cure = near(document, known.sources) or f"add policies/sources/{document}.yaml"
        reading.wrong(found["document"], f"no source `{document}`", "the name of a file under sources/", cure)
    return document


def _check_names(reading: Reading, found: Fields) -> None:
    """Report names that stand for two things: all that a pack names, and the facts, share one namespace."""
    seen: dict[str, tuple[str, int]] = {}
    for section in _NAMED:
        node = found.get(section)
        if type(node) is not MappingNode:
            continue
        name_node: Node
        for name_node, _ in node.value:
            if type(name_node) is not ScalarNode:
                continue
            name = name_node.value
            line = reading.place(name_node).line
            other = seen.setdefault(name, (section, line))
            if other[0] != section:
                what = f"`{name}` is already a name under `{other[0]}` (line {other[1]})"
                reading.wrong(name_node, what, "each name once in a pack", "rename one of the two")
            elif name in reading.known.facts or name in reading.known.broken_facts:
                what = f"`{name}` is the name of a fact"
                reading.wrong(name_node, what, "a name that no fact has", "rename it, for example `…_max`")
            elif name in RESERVED:
                reading.wrong(name_node, f"`{name}` is a word of predicates", "another name", "rename it")


def _check_placeholders(reading: Reading, found: Fields, parameters: Mapping[str, Parameter]) -> None:
    """Report ``{name}`` in labels that names no parameter, nor a column of one."""
    written = found.get("parameters")
    declared: set[str] = set()
    if type(written) is MappingNode:
        declared = {str(name.value) for name, _ in written.value}
    for section in ("clauses", "classes", "amounts"):
        node = found.get(section)
        for label in _labels(node) if node is not None else ():
            for name in _PLACEHOLDER.findall(label.value):
                _check_placeholder(reading, label, name, declared, parameters)


def _check_placeholder(
    reading: Reading, label: Node, name: str, declared: set[str], parameters: Mapping[str, Parameter]
) -> None:
    table, _, column = name.partition(".")
    parameter = parameters.get(table)
    if parameter is None:
        if table not in declared:
            cure = near(table, declared) or "name a parameter, or remove the braces"
            reading.wrong(label, f"{{{name}}} names no parameter", "a parameter of this pack", cure)
        return
    columns = [item.name for item in parameter.columns]
    if (column or columns) and column not in columns:
        expected = ", ".join(f"{{{table}.{item}}}" for item in columns) or f"{{{table}}}"
        what = (
            f"{{{name}}} names no column of {table}"
            if column
            else f"{{{name}}} is a table of several columns"
        )
        reading.wrong(label, what, expected, near(column, columns) or f"write {expected.split(',')[0]}")


def _labels(node: Node) -> Iterator[Node]:
    """Yield the label texts with a brace, at any depth."""
    if type(node) is MappingNode:
        for key, value in node.value:
            if type(value) is not ScalarNode:
                yield from _labels(value)
            elif "{" in value.value and key.value in _LABELLED:
                yield value
    elif type(node) is not ScalarNode:
        for item in node.value:
            yield from _labels(item)


def _check_substance(
    reading: Reading, root: Node, found: Fields, kind: str | None, clauses: tuple[Clause, ...]
) -> None:
    """Report a pack that decides nothing: without clauses every firm would meet it."""
    if kind in ("product", "recognition") and not clauses and "clauses" not in found:
        reading.wrong(
            root, f"this {kind} has no clauses, so everybody would meet it", "`clauses`", "add clauses"
        )
    if kind == "classification" and "classes" not in found and "points" not in found:
        reading.wrong(root, "this classification has no classes", "`classes` or `points`", "add classes")
    if kind != "terms":
        return
    if "parameters" not in found:
        reading.wrong(root, "these terms have no parameters", "`parameters`", "add the numbers of the policy")
    for section in _JUDGING:
        if section in found:
            cure = f"remove `{section}`, or choose another kind"
            reading.wrong(found[section], f"terms judge nobody and have `{section}`", "parameters only", cure)
