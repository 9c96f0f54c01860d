"""What holds, of everything that was observed of one subject: a pure function of the set, whatever its order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kerong.records.facts.queries.sources import rank_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime


class Observed(NamedTuple):
    """One observation as far as supersession looks at it."""

    id: str
    source: str
    as_of: date
    stated_at: datetime
    values: Mapping[str, Any]


class Standing(NamedTuple):
    """The values that hold, and the observation of each; "" names the one of all facts that are not listed."""

    values: dict[str, Any]
    origins: dict[str, str]


def standing(observations: Iterable[Observed]) -> Standing:
    """Work out what holds.

    Of one source the latest day decides, of one day the latest statement; a null takes the source's word back.
    Among the sources that still say something, the first in the declared order decides.
    """
    said: dict[str, dict[str, Observed]] = {}
    for one in sorted(observations, key=lambda each: (each.as_of, each.stated_at, each.id)):
        for name in one.values:
            said.setdefault(name, {})[one.source] = one
    holding: dict[str, Observed] = {}
    for name, by_source in said.items():
        live = [one for one in by_source.values() if one.values[name] is not None]
        if live:
            holding[name] = min(live, key=lambda each: (rank_of(each.source), each.source))
    values = {name: one.values[name] for name, one in sorted(holding.items())}
    return Standing(values, origins_of({name: one.id for name, one in holding.items()}))


def origins_of(by_name: Mapping[str, str]) -> dict[str, str]:
    """Write down which observation each fact comes from, the most frequent one only once."""
    if not by_name:
        return {}
    ids = list(by_name.values())
    usual = min(set(ids), key=lambda each: (-ids.count(each), each))
    return {"": usual} | {name: one for name, one in sorted(by_name.items()) if one != usual}


def origin_of(origins: Mapping[str, str], name: str) -> str:
    """Return the id of the observation that a fact comes from."""
    return origins.get(name) or origins.get("", "")
