"""Hides small counts before they leave the worker, and enough others that nobody can subtract them back.

A count from 1 to 4 is hidden; 0 is shown, because it tells of nobody. Figures that add up (before + gained -
lost = after; the groups of a table = its total) never have exactly one hidden member: another one is hidden
with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

SMALLEST_SHOWN = 5
MEASURES = ("before", "after", "gained", "lost")

Name: TypeAlias = tuple[str, ...]
Table: TypeAlias = "Mapping[str, Mapping[str, int]]"
Cell: TypeAlias = dict[str, Any]


def is_small(count: int) -> bool:
    """Tell whether a count would point at few firms."""
    return 0 < count < SMALLEST_SHOWN


def cell(value: int | None, *, hidden: bool) -> Cell:
    """Return a figure as it leaves the worker."""
    return {"value": None if hidden else value, "suppressed": hidden}


def hidden_of(
    counts: Mapping[Name, int],
    equations: Sequence[Sequence[Name]],
    *,
    first: Callable[[Name], object] = lambda _name: 0,
    settled: Container[Name] = (),
    already: Iterable[Name] = (),
) -> set[Name]:
    """Return which counts to hide: the small ones, and more until no equation has exactly one hidden member.

    Of an equation's other members a count that is not zero is hidden, in the order of ``first``, then by
    size. ``already`` are hidden from the start; what is ``settled`` is decided and never hidden in addition.
    """
    hidden = set(already) | {name for name, n in counts.items() if is_small(n) and name not in settled}
    while True:
        lone = [equation for equation in equations if sum(name in hidden for name in equation) == 1]
        progress = False
        for equation in lone:
            visible = [name for name in equation if name not in hidden and name not in settled]
            if visible and sum(name in hidden for name in equation) == 1:
                hidden.add(min(visible, key=lambda name: (counts[name] == 0, first(name), counts[name])))
                progress = True
        if not progress:
            return hidden


def hidden_changes(total: Mapping[str, int], tables: Mapping[str, Table]) -> set[Name]:
    """Return the hidden cells of a what-if: ``(table, group, measure)``, both empty in the total.

    ``total`` and every row hold the measures before, after, gained and lost. ``before`` is the same in every
    question, so it is settled by itself and never hidden to cover another figure: one question would show
    what the other hides.
    """
    counts = {("", "", measure): total[measure] for measure in MEASURES}
    for table, rows in tables.items():
        counts |= {(table, group, m): row[m] for group, row in rows.items() for m in MEASURES}
    sums = [
        [("", "", measure), *((table, group, measure) for group in rows)]
        for table, rows in tables.items()
        for measure in MEASURES
    ]
    rows_add_up = [
        [(table, group, m) for m in MEASURES] for table, group, last in counts if last == MEASURES[0]
    ]
    before = {name: n for name, n in counts.items() if name[2] == "before"}
    settled = hidden_of(before, [sum_ for sum_ in sums if sum_[0] in before], first=lambda name: not name[0])
    return hidden_of(
        counts,
        [*rows_add_up, *sums],
        first=lambda name: (name[2] != "after", not name[0]),
        settled=before.keys(),
        already=settled,
    )


def sums_covered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Hide one more figure where a single one is hidden: the total less the others would give it away.

    ``rows`` are the groups of one table, each with its ``amounts``; the group with the fewest firms is chosen.
    """
    for position in range(len(rows[0]["amounts"]) if rows else 0):
        for side in ("before", "after"):
            amounts = [row["amounts"][position] for row in rows]
            shown = [a for a in amounts if not a[side]["suppressed"] and a[f"firms_{side}"]["value"]]
            if sum(a[side]["suppressed"] for a in amounts) == 1 and shown:
                fewest = min(shown, key=lambda amount: amount[f"firms_{side}"]["value"])
                fewest[side] = cell(None, hidden=True) | {"text": ""}
                fewest[f"firms_{side}"] = cell(None, hidden=True)
        changed = [row["amounts"][position] for row in rows if "firms_changed" in row["amounts"][position]]
        known = [a for a in changed if not a["firms_changed"]["suppressed"]]
        if known and len(changed) - len(known) == 1:
            fewest = min(known, key=_changed_order)
            fewest["firms_changed"] = cell(None, hidden=True)
    return rows


def _changed_order(amount: dict[str, Any]) -> tuple[bool, int]:
    """Put the smallest count first, and a count of nobody last: it covers only where nothing else can."""
    count = amount["firms_changed"]["value"]
    return count == 0, count
