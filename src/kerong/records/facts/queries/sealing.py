"""Values that a dump of the database must not give away: closed under a key of their subject."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kerong.basics import crypto
from kerong.records.facts.queries.kinds_of_data import SEALED_LEVEL, data_types_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kerong.engines.rules.model import Fact

_MARK = "sealed"
_PURPOSE = "facts.value"


def is_sensitive(fact: Fact, facts: Mapping[str, Fact]) -> bool:
    """Tell whether a fact is kept sealed, and masked in lists and exports."""
    return fact.sensitivity == SEALED_LEVEL or "personal" in data_types_of(fact, facts)


def close(values: Mapping[str, Any], *, owner: str, facts: Mapping[str, Fact]) -> dict[str, Any]:
    """Return values as they are stored: the sensitive ones sealed, null as null."""
    return {
        name: {
            _MARK: crypto.provider().seal(json.dumps(value), purpose=_PURPOSE, context=owner, own_key=True)
        }
        if value is not None and name in facts and is_sensitive(facts[name], facts)
        else value
        for name, value in values.items()
    }


def opened(value: Any, *, owner: str) -> Any:
    """Return a stored value as it was stated."""
    if isinstance(value, dict):
        return json.loads(crypto.provider().open(value[_MARK], purpose=_PURPOSE, context=owner))
    return value
