"""Read ``<area>/shelf/<institution>.yaml``: products made public, with where each was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from kerong.basics import regions
from kerong.basics.yaml_places import Node, ScalarNode, SequenceNode
from kerong.engines.rules.loading.headings import read_stages
from kerong.engines.rules.loading.keys import DOOR_WORDS, SHELF_SHAPES, words
from kerong.engines.rules.loading.marks import read_mark
from kerong.engines.rules.loading.reading import NAME, PACK_KEY, Fields, Reading, near
from kerong.engines.rules.model import (
    INSTITUTION_KINDS,
    PRODUCT_KINDS,
    UNITS,
    WHOLE_COUNTRY,
    FactType,
    Institution,
    ShelfProduct,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from kerong.engines.rules.model import Door, Pack


@dataclass(frozen=True, slots=True)
class Rules:
    """The packs a product may name as its rule. ``broken`` are keys of packs with mistakes of their own."""

    packs: Mapping[str, Pack]
    broken: Collection[str]


def read_institution(reading: Reading, root: Node, key: str, rules: Rules) -> Institution | None:
    """Return the institution of a file named ``key``, or None when anything about it is wrong."""
    found = reading.fields(root, SHELF_SHAPES["shelf"])
    if found is None:
        return None
    reading.one(found)
    if NAME.fullmatch(key) is None:
        expected = "small letters, digits and _, a letter first"
        reading.wrong(
            root, f"the file name `{key}` cannot be an institution's key", expected, "rename the file"
        )
    own = found.get("institution")
    if own is not None and own.value != key:
        cure = f"write `institution: {key}`, or rename the file"
        reading.wrong(own, "the key differs from the file name", key, cure)
    kind = reading.word(found, "kind", INSTITUTION_KINDS)
    products: list[ShelfProduct] = []
    lines: dict[str, int] = {}
    for node in reading.items(found, "products"):
        inner = reading.fields(node, SHELF_SHAPES["product"])
        if inner is None:
            continue
        product = _product(reading, node, inner, key, rules)
        if product.id in lines:
            what = f"the product `{product.id}` stands twice (also in line {lines[product.id]})"
            reading.wrong(inner["id"], what, "each id once", "rename one of the two")
        elif product.id:
            lines[product.id] = reading.place(inner["id"]).line
        products.append(product)
    label, label_en = reading.text(found, "label"), reading.text(found, "label_en")
    if reading.mistakes:
        return None
    return Institution(key, label, label_en, kind or "", tuple(products), reading.place(root))


def _product(reading: Reading, node: Node, found: Fields, institution: str, rules: Rules) -> ShelfProduct:
    mark = read_mark(reading, found)
    if mark.verified == "not_found":
        cure = "say where the product was read, or leave it out; a bound that is not published is null"
        reading.wrong(found["verified"], "a product cannot be not_found", "another word", cure)
    return ShelfProduct(
        institution=institution,
        id=reading.name(found, "id"),
        label=reading.text(found, "label"),
        label_en=reading.text(found, "label_en"),
        kind=reading.word(found, "kind", PRODUCT_KINDS) or "",
        door=cast("Door", reading.word(found, "door", words(DOOR_WORDS)) or ""),
        region=_region(reading, found),
        amount_max_fen=_bound(reading, found, "amount_max", "money"),
        term_max_months=_bound(reading, found, "term_max", "months"),
        rate=reading.text(found, "rate") or None,
        guarantee_mode=reading.text(found, "guarantee_mode") or None,
        summary=reading.text(found, "summary"),
        conditions=_texts(reading, found, "conditions"),
        cases=_texts(reading, found, "cases"),
        rule=_rule(reading, found, rules),
        stages=read_stages(reading, found),
        mark=mark,
        place=reading.place(node),
    )


def _region(reading: Reading, found: Fields) -> str:
    code = reading.text(found, "region")
    if code and code != WHOLE_COUNTRY and regions.find(code) is None:
        cure = f'write six digits, 420000 for the province, "{WHOLE_COUNTRY}" for the whole country'
        reading.wrong(found["region"], f"`{code}` is not a region", "a code of GB/T 2260", cure)
    return code


def _bound(reading: Reading, found: Fields, key: str, kind: FactType) -> int | None:
    """Return the largest amount or term in stored units, or None when it is not published."""
    node = found.get(key)
    inner = None if node is None else reading.fields(node, SHELF_SHAPES["bound"])
    if inner is None or "value" not in inner:
        return None
    unit = reading.unit(inner)
    if unit is None:
        return None
    if unit.type != kind:
        expected = " | ".join(other.key for other in UNITS.values() if other.type == kind)
        cure = f"write `unit: {'wan_yuan' if kind == 'money' else 'months'}`"
        reading.wrong(inner["unit"], f"{unit.key} is not a unit of `{key}`", expected, cure)
        return None
    value = reading.quantity(inner["value"], unit)
    if not isinstance(value, int):
        return None
    if value <= 0:
        reading.wrong(inner["value"], f"`{key}` is not above zero", "a number above 0, or null", "correct it")
    return value


def _texts(reading: Reading, found: Fields, key: str) -> tuple[str, ...]:
    """Return the sentences of a list, which may be empty."""
    node = found.get(key)
    if node is None or (type(node) is SequenceNode and not node.value):
        return ()
    return tuple(
        reading.text({key: item}, key) if type(item) is ScalarNode else _not_a_text(reading, item, key)
        for item in reading.items(found, key)
    )


def _not_a_text(reading: Reading, node: Node, key: str) -> str:
    # YAML takes "a: b" in a list as a mapping, which an official did not mean.
    reading.wrong(node, f"an item of `{key}` is not one text", "one text an item", "put the item in quotes")
    return ""


def _rule(reading: Reading, found: Fields, rules: Rules) -> str:
    key = reading.name(found, "rule", PACK_KEY)
    if not key or key in rules.broken:
        return key
    pack = rules.packs.get(key)
    if pack is None:
        cure = near(key, rules.packs) or "correct the key, or leave `rule` out"
        reading.wrong(found["rule"], f"no pack `{key}`", "the key of a pack of kind product", cure)
    elif pack.kind != "product":
        cure = "name the product's own pack, or leave `rule` out"
        reading.wrong(
            found["rule"], f"the pack `{key}` is of kind {pack.kind}", "a pack of kind product", cure
        )
    return key
