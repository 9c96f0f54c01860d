"""The questions the worker answers: status, counts, what-if and progress; small counts are hidden here."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kerong.basics import regions
from kerong.engines.rules.model import PolicyMistakesError
from kerong.engines.rules.quantities import show_quantity
from kerong.engines.rules.what_if import ChangeError, changed, what_if
from kerong.portal.worker.protocol import Request, RequestRefusedError
from kerong.portal.worker.small_cells import (
    MEASURES,
    cell,
    hidden_changes,
    hidden_of,
    is_small,
    sums_covered,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from kerong.engines.rules.model import Library
    from kerong.engines.rules.what_if import AmountChange, RuleChange
    from kerong.portal.worker.holding import Held, Holding

GROUPS = {"region": "region_code", "industry": "size_industry", "stage": "lifecycle_stage"}
CHANGES_MAX, TARGET_LENGTH_MAX, VALUE_LENGTH_MAX = 20, 200, 64
ANSWERS_KEPT = 64
DRAFT = "测算稿"


class Answers:
    """Answers requests from what is held; safe to use from several threads."""

    def __init__(self, holding: Holding) -> None:
        self.holding = holding
        self.table: dict[str, Callable[[Request], dict[str, Any]]] = {
            "status": self.status,
            "counts": self.counts,
            "what_if": self.what_if,
            "progress": self.progress,
        }
        self._lock = threading.Lock()
        self._computing = threading.Lock()
        self._kept: OrderedDict[object, dict[str, Any]] = OrderedDict()
        self._steps: dict[str | int, dict[str, Any]] = {}

    def answer(self, request: Request) -> dict[str, Any]:
        """Answer one request. Raises RequestRefusedError with the reason."""
        function = self.table.get(request.name)
        if function is None:
            raise RequestRefusedError(
                f"there is no request {request.name[:40]!r}; there are {', '.join(self.table)}"
            )
        return function(request)

    def status(self, request: Request) -> dict[str, Any]:
        """Tell whether we are warm, and by which law over which snapshot."""
        _no_more_than(request, set())
        held = self.holding.held
        found: dict[str, Any] = {
            "state": "ready" if held else "warming",
            "problem": self.holding.problem,
            "mistakes": list(self.holding.mistakes),
        }
        if held is not None:
            found |= {"seconds_to_warm": held.seconds_to_warm, **_head(held)}
        return found

    def counts(self, request: Request) -> dict[str, Any]:
        """Tell for every rule how many firms are eligible, near, one document away, not met, unknown."""
        _no_more_than(request, set())
        held = self.holding.ready()
        rules = [
            {"rule": key, **_labels(held, key), **_counted(asdict(counts))}
            for key, counts in held.counts.items()
        ]
        return {**_head(held), "rules": rules}

    def what_if(self, request: Request) -> dict[str, Any]:
        """Tell who would gain and lose if parameters had other values, by group."""
        _no_more_than(request, {"changes", "group_by"})
        held = self.holding.ready()
        changes = _changes(request.arguments.get("changes"))
        group_by = _group_by(request.arguments.get("group_by", list(GROUPS)))
        key = (held.law.sha256, held.snapshot.sha256, held.law.on, tuple(sorted(changes.items())), group_by)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        # One at a time: each uses all cores, and a queue is answered sooner than a crowd.
        self._step(request, "排队")
        try:
            with self._computing:
                found = self._computed(request, held, changes, group_by)
        finally:
            self._steps.pop(request.id or "", None)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > ANSWERS_KEPT:
                self._kept.popitem(last=False)
        return found

    def progress(self, request: Request) -> dict[str, Any]:
        """Tell how far a running request is: ``{"request": "progress", "of": its id}``."""
        _no_more_than(request, {"of"})
        of = request.arguments.get("of")
        step = self._steps.get(of) if isinstance(of, str | int) else None
        if step is None:
            return {"running": False}
        return {"running": True, "step": step["step"], "seconds": round(time.monotonic() - step["began"], 3)}

    def _step(self, request: Request, step: str) -> None:
        if request.id is not None:
            began = self._steps.get(request.id, {}).get("began", time.monotonic())
            self._steps[request.id] = {"step": step, "began": began}

    def _computed(
        self, request: Request, held: Held, changes: dict[str, str | int], group_by: tuple[str, ...]
    ) -> dict[str, Any]:
        self._step(request, "读入改动")
        try:
            after = changed(held.law.library, changes)
            self._step(request, "逐户测算")
            found = what_if(
                held.law.library, after, held.snapshot, held.law.on, [GROUPS[g] for g in group_by]
            )
        except (ChangeError, PolicyMistakesError) as error:
            raise RequestRefusedError(str(error)) from None
        self._step(request, "汇总")
        return {
            **_head(held),
            "draft": DRAFT,
            "changes": changes,
            "rules": [_rule_change(held, change, group_by) for change in found.rules],
        }


def _head(held: Held) -> dict[str, Any]:
    return {
        "on": held.law.on.isoformat(),
        "rows": held.snapshot.rows,
        "snapshot_sha256": held.snapshot.sha256,
        "law_sha256": held.law.sha256,
        "release_number": held.law.release_number,
        "following_files": held.law.following_files,
    }


def _labels(held: Held, key: str) -> dict[str, str]:
    pack = held.law.library.packs[key]
    return {"label": pack.label, "label_en": pack.label_en or pack.label}


def _counted(counts: Mapping[str, int]) -> dict[str, Any]:
    # The three add up to all firms, whose number is known.
    hidden = hidden_of(
        {(name,): count for name, count in counts.items()}, [[("eligible",), ("not_met",), ("unknown",)]]
    )
    return {name: cell(count, hidden=(name,) in hidden) for name, count in counts.items()}


def _rule_change(held: Held, change: RuleChange, group_by: tuple[str, ...]) -> dict[str, Any]:
    total = {
        "before": change.before[0], "after": change.after[0], "gained": change.gained, "lost": change.lost
    }  # fmt: skip
    tables = {
        group: {row.key: {m: int(getattr(row, m)) for m in MEASURES} for row in change.groups[GROUPS[group]]}
        for group in group_by
    }
    sums = {group: {row.key: row.amounts for row in change.groups[GROUPS[group]]} for group in group_by}
    hidden = hidden_changes(total, tables)
    near = {
        f"{name}_{side}": cell(counts[i], hidden=is_small(counts[i]))
        for i, name in ((1, "near"), (2, "document"))
        for side, counts in (("before", change.before), ("after", change.after))
    }
    return {
        "rule": change.rule,
        **_labels(held, change.rule),
        **{measure: cell(total[measure], hidden=("", "", measure) in hidden) for measure in MEASURES},
        **near,
        "groups": {
            group: sums_covered(
                [
                    {
                        "key": key,
                        "label": _group_label(held.law.library, group, key),
                        **{m: cell(row[m], hidden=(group, key, m) in hidden) for m in MEASURES},
                        "amounts": _amounts(
                            held, change.rule, sums[group][key], moved=_moved(hidden, group, key)
                        ),
                    }
                    for key, row in rows.items()
                ]
            )
            for group, rows in tables.items()
        },
        "amounts": _amounts(held, change.rule, change.amounts, moved=_moved(hidden, "", ""), whole=True),
    }


def _moved(hidden: Collection[tuple[str, str, str]], group: str, key: str) -> bool:
    """Tell whether a line's movement is hidden: then no difference of sums may tell it."""
    return bool({(group, key, measure) for measure in MEASURES} & set(hidden))


def _amounts(
    held: Held, rule: str, amounts: Iterable[AmountChange], *, moved: bool, whole: bool = False
) -> list[dict[str, Any]]:
    """Return sums of amounts; the sum after is hidden where its difference would tell of few firms.

    Also over how many firms the amount differs. A sum that differs for fewer than five is hidden after. Of the
    ``whole`` rule the count is left out when its movement is hidden.
    """
    found: list[dict[str, Any]] = []
    for amount in amounts:
        declared = held.law.library.packs[rule].amounts[amount.name]
        few = is_small(amount.firms_changed)
        firms_moved = moved or few or is_small(abs(amount.firms_after - amount.firms_before))
        row: dict[str, Any] = {
            "name": amount.name, "label": declared.label, "label_en": declared.label_en or declared.label
        }  # fmt: skip
        for side, firms, value, closed in (
            ("before", amount.firms_before, amount.before, False),
            ("after", amount.firms_after, amount.after, firms_moved),
        ):
            hidden = closed or is_small(firms)
            row[side] = cell(value, hidden=hidden) | {
                "text": "" if hidden else show_quantity(value, declared.unit)
            }
            row[f"firms_{side}"] = cell(firms, hidden=hidden)
        if not (whole and moved):
            same = amount.firms_before - amount.firms_changed
            hidden = few or (amount.firms_changed > 0 and (moved or is_small(same)))
            row["firms_changed"] = cell(amount.firms_changed, hidden=hidden)
        found.append(row)
    return found


def _group_label(library: Library, group: str, key: str) -> str:
    if not key:
        return "不明"
    if group == "region":
        region = regions.find(key)
        return region.name if region is not None else key
    return library.facts[GROUPS[group]].codes.get(key, key)


def _no_more_than(request: Request, known: set[str]) -> None:
    if strange := sorted(set(request.arguments) - known):
        raise RequestRefusedError(
            f"{request.name} does not know {', '.join(name[:40] for name in strange[:5])}"
            + (f"; it knows {', '.join(sorted(known))}" if known else "")
        )


def _changes(found: object) -> dict[str, str | int]:
    if not isinstance(found, dict) or not 0 < len(found) <= CHANGES_MAX:
        raise RequestRefusedError(
            f'changes: 1 to {CHANGES_MAX} pairs such as {{"pack:parameter": "7000万元"}} were expected'
        )
    for target, value in found.items():
        if len(target) > TARGET_LENGTH_MAX:
            raise RequestRefusedError(f"changes: {target[:40]}… is too long")
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise RequestRefusedError(f"changes: {target[:80]} needs a text with its unit, such as 7000万元")
        if isinstance(value, str) and len(value) > VALUE_LENGTH_MAX:
            raise RequestRefusedError(f"changes: the value of {target[:80]} is too long")
        if isinstance(value, int) and abs(value) >= 1 << 62:
            raise RequestRefusedError(f"changes: the value of {target[:80]} is too large")
    return found


def _group_by(found: object) -> tuple[str, ...]:
    if not isinstance(found, list) or any(group not in GROUPS for group in found if isinstance(group, str)):
        raise RequestRefusedError(f"group_by: a list of {', '.join(GROUPS)} was expected")
    if any(not isinstance(group, str) for group in found):
        raise RequestRefusedError(f"group_by: a list of {', '.join(GROUPS)} was expected")
    return tuple(group for group in GROUPS if group in found)
