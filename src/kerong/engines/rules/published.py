"""The code that a pack publishes for one firm, such as its size or its stage of life."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.engines.rules.facts_known import completed
from kerong.engines.rules.interpreter import Interpreter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from kerong.engines.rules.model import ClassOption, Library


def published_option(
    library: Library, on: date, name: str, facts: Mapping[str, int | str | None]
) -> ClassOption | None:
    """Return the class that a published code fact has for a firm on a day, with its label and mark.

    None when the fact is not published by a pack in force, is no class, or could still be several.
    """
    fact = library.facts.get(name)
    pack = library.packs.get(fact.published_by) if fact else None
    if pack is None or not pack.in_force(on):
        return None
    class_name = next((said.expression for said in pack.publishes if said.fact == name), "")
    if class_name not in pack.classes:
        return None
    codes = Interpreter(library, on, completed(library, on, facts)).classes(pack, class_name)
    options = [o for o in pack.classes[class_name].options if o.value in codes and o.in_force(on)]
    return options[0] if len(codes) == 1 and options else None
