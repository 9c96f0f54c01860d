"""Whom a change of the law would move: the parameters whose value differs, put to the resident worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from kerong.adapters import worker_client
from kerong.engines.rules.quantities import show_quantity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from kerong.engines.rules.model import Library, Pack, Parameter

Trouble = Literal["", "cold", "gone", "refused"]
_MEASURED = frozenset(
    {"money", "money_usd", "ratio", "count", "months", "days", "seconds", "points", "number"}
)


@dataclass(frozen=True)
class RuleMoved:
    """One rule: how many firms qualify before and after, gain and lose; None where a count is too small to show."""

    rule: str
    label: str
    label_en: str
    before: int | None
    after: int | None
    gained: int | None
    lost: int | None


@dataclass(frozen=True)
class Effect:
    """What the worker answered. ``unmeasured`` names what it cannot try: tables, conditions, whole rules."""

    trouble: Trouble
    reason: str = ""
    rows: int = 0
    rules: tuple[RuleMoved, ...] = ()
    measured: tuple[str, ...] = ()
    unmeasured: tuple[str, ...] = ()


def effect_of(now: Library, then: Library, *, today: date, on: date, is_reversed: bool = False) -> Effect:
    """Ask the worker, which holds the law ``now``, who would gain and lose under the law ``then`` on its day.

    ``is_reversed`` swaps the answer: it says what ``now`` did to those who had ``then``.
    """
    changes, measured, unmeasured = _changes(now, then, today, on)
    said: dict[str, Any] = {"measured": tuple(measured), "unmeasured": tuple(unmeasured)}
    if not changes:
        return Effect("", **said)
    try:
        found = worker_client.ask({"request": "what_if", "changes": changes, "group_by": []})
    except worker_client.WorkerCold:
        return Effect("cold", **said)
    except worker_client.WorkerGone as error:
        return Effect("gone", str(error), **said)
    except worker_client.WorkerRefused as error:
        return Effect("refused", str(error), **said)
    rules = tuple(_rule(each, is_reversed=is_reversed) for each in found["rules"])
    return Effect("", rows=found["rows"], rules=rules, **said)


def _changes(
    now: Library, then: Library, today: date, on: date
) -> tuple[dict[str, str], list[str], list[str]]:
    changes: dict[str, str] = {}
    measured: list[str] = []
    unmeasured: list[str] = []
    for key in sorted({*now.packs, *then.packs}):
        old, new = now.packs.get(key), then.packs.get(key)
        if old is None or new is None:
            unmeasured += [pack.label for pack in (old, new) if pack is not None]
            continue
        if old.text_sha256 == new.text_sha256:
            continue
        before = len(measured) + len(unmeasured)
        for name in sorted({*old.parameters, *new.parameters}):
            was, is_now = old.parameters.get(name), new.parameters.get(name)
            values = _value(was, today), _value(is_now, on)
            if values[0] == values[1]:
                continue
            label = "·".join([new.label, *dict.fromkeys(each.label for each in (was, is_now) if each)])
            if is_now is not None and _can_try(old, was, values[0], values[1]):
                changes[f"{key}:{name}"] = show_quantity(int(values[1]), is_now.unit)
                measured.append(label)
            else:
                unmeasured.append(label)
        if len(measured) + len(unmeasured) == before and old.clauses != new.clauses:
            unmeasured.append(new.label)
    return changes, measured, unmeasured


def _value(parameter: Parameter | None, on: date) -> Any:
    dated = parameter.in_force(on) if parameter else None
    if dated is None:
        return None
    if dated.rows:
        return tuple((row.key, row.low, row.high, row.values) for row in dated.rows)
    return dated.value


def _can_try(pack: Pack, was: Parameter | None, old: Any, new: Any) -> bool:
    return (
        was is not None
        and isinstance(old, int)
        and isinstance(new, int)
        and was.unit.type in _MEASURED
        and pack.kind != "terms"
        and pack.subject == "enterprise"
    )


def _rule(each: Mapping[str, Any], *, is_reversed: bool) -> RuleMoved:
    names = ("after", "before", "lost", "gained") if is_reversed else ("before", "after", "gained", "lost")
    return RuleMoved(each["rule"], each["label"], each["label_en"], *(_cell(each[name]) for name in names))


def _cell(found: Any) -> int | None:
    return None if found["suppressed"] else int(found["value"])
