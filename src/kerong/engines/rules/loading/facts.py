"""Read ``facts.yaml``: every fact a rule may mention, and who holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from kerong.basics.yaml_places import MappingNode, Node, ScalarNode
from kerong.engines.rules.derived import arity
from kerong.engines.rules.derived import names as derived_names
from kerong.engines.rules.loading.keys import FACT_SHAPES, SUBJECT_WORDS, words
from kerong.engines.rules.loading.reading import CODE, PACK_KEY, RESERVED, Fields, Reading, near
from kerong.engines.rules.model import FACT_TYPES, UNITS, Act, Fact, FactType, Holder, Period, Subject, Unit

# Type → (unit when none is written, lowest, highest stored value when no range is written).
_DEFAULTS: dict[str, tuple[str, int, int]] = {
    "money": ("", -(10**14), 10**14),
    "money_usd": ("", -(10**14), 10**14),
    "ratio": ("", -(10**7), 10**7),
    "count": ("", 0, 10**7),
    "months": ("months", 0, 2_400),
    "days": ("days", 0, 73_200),
    "seconds": ("seconds", 0, 10**8),
    "points": ("points", 0, 10_000),
    "number": ("number", -(10**9), 10**9),
    "flag": ("flag", 0, 1),
    "code": ("code", 0, 0),
    "date": ("date", 1900_01_01, 2199_12_31),
}
# A name ends in the stored unit, so that nobody compares fen with yuan.
_ENDINGS = {
    "money": ("_fen",),
    "money_usd": ("_usd_cents",),
    "ratio": ("_bp",),
    "count": ("_count",),
    "months": ("_months",),
    "days": ("_days",),
    "seconds": ("_seconds",),
    "date": ("_on",),
}
_USUAL = {"money": "wan_yuan", "money_usd": "wan_usd", "ratio": "percent", "count": "persons"}
_FLAG_BEGINNINGS = ("is_", "has_", "was_", "can_", "may_")


@dataclass(frozen=True, slots=True)
class FactsFile:
    """What was read of facts.yaml. ``broken`` holds the names of facts with mistakes."""

    facts: dict[str, Fact]
    holders: dict[str, Holder]
    broken: frozenset[str]


def read_facts(reading: Reading, root: Node) -> FactsFile | None:
    """Return the facts and holders that could be read, or None when the file as a whole could not."""
    found = reading.fields(root, FACT_SHAPES["facts_file"])
    if found is None:
        return None
    reading.one(found)
    holders: dict[str, Holder] = {}
    declared: set[str] = set()
    for key, key_node, node in reading.named(found, "holders"):
        declared.add(key)
        inner = reading.fields(node, FACT_SHAPES["holder"], key_node)
        if inner is not None:
            holders[key] = Holder(key, reading.text(inner, "label"), reading.text(inner, "label_en"))
    entries = reading.named(found, "facts")
    if "facts" not in found:
        return None
    facts: dict[str, Fact] = {}
    broken: set[str] = set()
    for name, name_node, node in entries:
        before = len(reading.mistakes)
        fact = _read_fact(reading, name, name_node, node, declared)
        if fact is None or len(reading.mistakes) > before:
            broken.add(name)
        else:
            facts[name] = fact
    nodes = {name: node for name, _, node in entries}
    _check_inputs(reading, facts, broken, nodes)
    _check_subjects(reading, facts, broken, nodes)
    return FactsFile(facts, holders, frozenset(broken))


def _read_fact(reading: Reading, name: str, name_node: Node, node: Node, holders: set[str]) -> Fact | None:
    found = reading.fields(node, FACT_SHAPES["fact"], name_node)
    kind = None if found is None else reading.word(found, "type", FACT_TYPES)
    if found is None or kind is None:
        return None
    _check_name(reading, name, name_node, kind)
    unit = _unit(reading, found, kind, name_node)
    low, high = _range(reading, found, kind, unit)
    holder = reading.name(found, "holder")
    if holder and holder not in holders:
        cure = near(holder, holders) or "add it under `holders`"
        reading.wrong(
            found["holder"], f"no holder `{holder}`", ", ".join(holders) or "a name under `holders`", cure
        )
    codes, codes_en = _codes(reading, found)
    code_system = (
        reading.word(found, "code_system", words(FACT_SHAPES["fact"].keys["code_system"].holds)) or ""
    )
    if kind == "code" and not codes and "codes" not in found and "code_system" not in found:
        reading.wrong(
            name_node, f"the code `{name}` has no list", "codes or code_system", "add `codes: {a: …}`"
        )
    for key in ("codes", "code_system"):
        if kind != "code" and key in found:
            reading.wrong(found[key], f"`{key}` on a fact of type {kind}", "type: code", f"remove `{key}`")
    derived, inputs = _derivation(reading, found)
    published_by = reading.name(found, "published_by", PACK_KEY)
    if derived and published_by:
        cure = "keep `derived`, or `published_by`"
        reading.wrong(found["published_by"], "a fact is both derived and published", "one of the two", cure)
    return Fact(
        name=name,
        label=reading.text(found, "label"),
        label_en=reading.text(found, "label_en"),
        type=cast("FactType", kind),
        unit=unit or UNITS["number"],
        low=low,
        high=high,
        subject=cast("Subject", reading.word(found, "subject", words(SUBJECT_WORDS)) or "enterprise"),
        holder=holder,
        document=reading.text(found, "document"),
        document_en=reading.text(found, "document_en"),
        sensitivity=reading.word(found, "sensitivity", words(FACT_SHAPES["fact"].keys["sensitivity"].holds))
        or "L2",
        freshness_months=reading.whole(found, "freshness_months", 1, 1_200),
        act=cast("Act", reading.word(found, "act", words(FACT_SHAPES["fact"].keys["act"].holds)) or "no"),
        effort=reading.whole(found, "effort", 1, 9) or 5,
        codes=codes,
        code_system=code_system,
        derived=derived,
        inputs=inputs,
        published_by=published_by,
        place=reading.place(name_node),
        codes_en=codes_en,
        period=cast(
            "Period", reading.word(found, "period", words(FACT_SHAPES["fact"].keys["period"].holds)) or ""
        ),
    )


def _check_name(reading: Reading, name: str, node: Node, kind: str) -> None:
    if name in RESERVED:
        reading.wrong(node, f"`{name}` is a word of predicates", "another name", "rename the fact")
    if kind == "flag" and not name.startswith(_FLAG_BEGINNINGS):
        expected = "a name that reads as a sentence: is_… or has_…"
        reading.wrong(
            node, f"the flag `{name}` does not read as a sentence", expected, f"rename it `is_{name}`"
        )
    ending = _ENDINGS.get(kind, ())
    if ending and not name.endswith(ending):
        cure = f"rename it `{name}{ending[0]}`"
        reading.wrong(
            node, f"`{name}` does not end in its stored unit", f"…{ending[0]} for type {kind}", cure
        )


def _unit(reading: Reading, found: Fields, kind: str, name_node: Node) -> Unit | None:
    permitted = [unit.key for unit in UNITS.values() if unit.type == kind]
    if "unit" in found:
        unit = reading.unit(found)
        if unit is not None and unit.type != kind:
            cure = f"write `unit: {_USUAL.get(kind, permitted[0])}`, or correct the type"
            reading.wrong(found["unit"], f"{unit.key} is not a unit of {kind}", " | ".join(permitted), cure)
            return None
        return unit
    default = _DEFAULTS[kind][0]
    if not default:
        cure = f"add `unit: {_USUAL[kind]}`"
        reading.wrong(
            name_node, f"`unit` is missing in this fact of type {kind}", " | ".join(permitted), cure
        )
        return None
    return UNITS[default]


def _range(reading: Reading, found: Fields, kind: str, unit: Unit | None) -> tuple[int, int]:
    _, low, high = _DEFAULTS[kind]
    node = found.get("range")
    if node is None or unit is None:
        return low, high
    if kind in ("flag", "code"):
        reading.wrong(node, f"a {kind} has no range", "no `range`", "remove `range`")
        return low, high
    inner = reading.fields(node, FACT_SHAPES["range"])
    if inner is None or len(inner) < 2:  # noqa: PLR2004 - min and max
        return low, high
    least, most = (reading.quantity(inner[key], unit, key) for key in ("min", "max"))
    if not isinstance(least, int) or not isinstance(most, int):
        return low, high
    if least > most:
        reading.wrong(node, "`min` is greater than `max`", "min ≤ max", "exchange the two")
    if kind in ("count", "months", "days", "seconds") and least < 0:
        reading.wrong(inner["min"], f"a {kind} below zero", "min: 0 or more", "write `min: 0`")
    return least, most


def _codes(reading: Reading, found: Fields) -> tuple[dict[str, str], dict[str, str]]:
    """Return the labels of the codes, and the English ones of those that have one."""
    codes: dict[str, str] = {}
    codes_en: dict[str, str] = {}
    for code, code_node, node in reading.named(found, "codes", CODE):
        if type(node) is not MappingNode:
            codes[code] = reading.text({code: node}, code)
            continue
        inner = reading.fields(node, FACT_SHAPES["code_label"], code_node)
        if inner is not None:
            codes[code] = reading.text(inner, "label")
            if "label_en" in inner:
                codes_en[code] = reading.text(inner, "label_en")
    return codes, codes_en


def _derivation(reading: Reading, found: Fields) -> tuple[str, tuple[str, ...]]:
    derived = reading.name(found, "derived")
    inputs = tuple(reading.pattern(node) or "" for node in reading.items(found, "inputs"))
    if "inputs" in found and "derived" not in found:
        reading.wrong(
            found["inputs"], "`inputs` without `derived`", "the function in `derived`", "add `derived: …`"
        )
    if not derived:
        return "", ()
    if derived not in derived_names():
        cure = near(derived, derived_names()) or "register the function in engines/rules/derived.py"
        reading.wrong(found["derived"], f"no derived function `{derived}`", ", ".join(derived_names()), cure)
    elif len(inputs) != arity(derived):
        where = found.get("inputs") or found["derived"]
        what = f"{derived} takes {arity(derived)} inputs and {len(inputs)} are given"
        reading.wrong(where, what, f"{arity(derived)} inputs", "correct `inputs`")
    return derived, inputs


def _check_inputs(reading: Reading, facts: dict[str, Fact], broken: set[str], nodes: dict[str, Node]) -> None:
    """Report inputs that are not facts, and derivations that go round in a circle."""
    for name, fact in list(facts.items()):
        where = _value_node(nodes[name], "inputs")
        missing = [item for item in fact.inputs if item and item not in facts and item not in broken]
        for item in missing:
            cure = near(item, facts) or f"declare `{item}`"
            reading.wrong(where, f"the input `{item}` of {name} is not a fact", "facts of this file", cure)
        path = [] if missing or name in broken else _circle(facts, name)
        if path:
            reading.wrong(
                where, "derived in a circle: " + " → ".join(path), "no circle", "derive from other facts"
            )
        broken.update(path, [name] if missing else [])
    for name in broken:
        facts.pop(name, None)


def _check_subjects(
    reading: Reading, facts: dict[str, Fact], broken: set[str], nodes: dict[str, Node]
) -> None:
    """Report a derived fact that is about somebody else than its inputs."""
    for name, fact in list(facts.items()):
        other = next((item for item in fact.inputs if facts.get(item, fact).subject != fact.subject), None)
        if other is not None:
            what = f"the subject of {name} is {fact.subject}, of its input `{other}` {facts[other].subject}"
            where = _value_node(nodes[name], "inputs")
            reading.wrong(where, what, "one subject", f"write `subject: {facts[other].subject}` on both")
            broken.add(name)
    for name in broken:
        facts.pop(name, None)


def _circle(facts: dict[str, Fact], start: str) -> list[str]:
    """Return the path from a fact back to itself through inputs, or nothing."""
    paths = [[start]]
    seen: set[str] = set()
    while paths:
        path = paths.pop()
        fact = facts.get(path[-1])
        for item in fact.inputs if fact is not None else ():
            if item == start:
                return [*path, item]
            if item not in seen:
                seen.add(item)
                paths.append([*path, item])
    return []


def _value_node(node: Node, key: str) -> Node:
    if type(node) is MappingNode:
        for key_node, value in node.value:
            if type(key_node) is ScalarNode and key_node.value == key:
                return value
    return node
