"""Personal and negative items of a record: each encrypted under keys of its own, which the law can have destroyed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kerong.basics import crypto
from kerong.basics.canonical import canonical
from kerong.records.facts.queries.sealing import is_sensitive

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kerong.engines.rules.model import Library

_PURPOSE = "decisions.item"
_KEPT = ("id", "name", "label", "label_en", "measure", "measure_en")
SEALED = "sealed"
ITEMS = "items"
REMOVED = "is_removed"


def sensitive(library: Library, names: Iterable[str]) -> list[str]:
    """Return those of the facts that a record keeps encrypted, sorted."""
    facts = library.facts
    return sorted(name for name in names if name in facts and is_sensitive(facts[name], facts))


def context_of(decision_id: str, item: str) -> str:
    """Return the name of the key of one item of one decision."""
    return f"decision:{decision_id}:{item}"


def close(element: Mapping[str, Any], *, decision_id: str, items: Iterable[str]) -> dict[str, Any]:
    """Return an element of a record with its content encrypted under the key of every item it tells of.

    What it is called stays readable. Without items it stays as it is.
    """
    names = sorted(items)
    if not names:
        return dict(element)
    text = canonical(element).decode()
    for item in names:
        text = crypto.provider().seal(
            text, purpose=_PURPOSE, context=context_of(decision_id, item), own_key=True
        )
    return {key: element[key] for key in _KEPT if key in element} | {SEALED: text, ITEMS: names}


def opened(element: Any, *, decision_id: str) -> Any:
    """Return a part of a record with everything readable; an element whose key is gone says ``is_removed``."""
    if isinstance(element, list):
        return [opened(each, decision_id=decision_id) for each in element]
    if not isinstance(element, dict):
        return element
    if SEALED not in element or ITEMS not in element:
        return {key: opened(value, decision_id=decision_id) for key, value in element.items()}
    text = element[SEALED]
    try:
        for item in reversed(element[ITEMS]):
            text = crypto.provider().open(text, purpose=_PURPOSE, context=context_of(decision_id, item))
    except crypto.DestroyedKeyError:
        return {key: value for key, value in element.items() if key != SEALED} | {REMOVED: True}
    return json.loads(text)


def is_whole(element: Any) -> bool:
    """Tell whether nothing of an opened part was removed."""
    if isinstance(element, list):
        return all(is_whole(each) for each in element)
    if isinstance(element, dict):
        return not element.get(REMOVED) and all(is_whole(value) for value in element.values())
    return True
