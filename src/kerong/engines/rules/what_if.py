"""What if a value of the law were different: who gains, who loses, and what the amounts become, by group.

Only the packs that differ, and those that use what they publish, are compiled and run again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kerong.basics import regions
from kerong.engines.rules.compiler import Catalogue, Compiler
from kerong.engines.rules.graph import MISSING
from kerong.engines.rules.model import (
    DatedValue,
    Fact,
    Library,
    Mark,
    Mistake,
    Pack,
    Parameter,
    PolicyMistakesError,
)
from kerong.engines.rules.population import DOCUMENT, ELIGIBLE, NEAR, PopulationKernel, PopulationVerdicts
from kerong.engines.rules.quantities import read_quantity
from kerong.engines.rules.resolution import CodeName
from kerong.engines.rules.syntax import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from kerong.engines.rules.snapshot import Snapshot

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

UNKNOWN_GROUP = ""


class ChangeError(ValueError):
    """A change that cannot be made: what is wrong and what may be changed."""


@dataclass(frozen=True, slots=True)
class AmountChange:
    """The sum of an amount over eligible firms before and after, in stored units, and over how many firms.

    ``firms_changed`` counts the firms eligible both before and after whose own amount differs.
    """

    name: str
    before: int
    after: int
    firms_before: int
    firms_after: int
    firms_changed: int = 0


@dataclass(frozen=True, slots=True)
class GroupChange:
    """One group of firms: how many are eligible before and after, who moves, and what the amounts become."""

    key: str
    before: int
    after: int
    gained: int
    lost: int
    amounts: tuple[AmountChange, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule before and after: counts are (eligible, near misses, one document away)."""

    rule: str
    before: tuple[int, int, int]
    after: tuple[int, int, int]
    gained: int
    lost: int
    groups: Mapping[str, tuple[GroupChange, ...]]
    amounts: tuple[AmountChange, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Every rule that the change touches. A draft estimate (测算稿), never a policy."""

    on: date
    rows: int
    rules: tuple[RuleChange, ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {**asdict(self), "on": self.on.isoformat()}


def changed(library: Library, changes: Mapping[str, str | int]) -> Library:
    """Return a library in which parameters have another value from the first day on.

    ``changes`` maps ``pack:parameter`` (or ``pack:table[row]`` and ``pack:table.column[row]``) to a quantity such
    as ``7000万元``, ``4.5%`` or a stored integer.

    Raises:
        ChangeError: there is no such parameter or row, or the quantity cannot be read.

    """
    packs = dict(library.packs)
    for target, written in changes.items():
        key, _, name = target.partition(":")
        pack = packs.get(key)
        if pack is None:
            raise ChangeError(f"there is no pack {key!r}; the packs are {', '.join(sorted(packs))}")
        if pack.kind == "terms" or pack.subject != "enterprise":
            raise ChangeError(
                f"{key} judges no firms (kind {pack.kind}, subject {pack.subject}); choose a rule about firms"
            )
        packs[key] = _with_value(pack, name, written)
    return replace(library, packs=packs, sha256=f"draft of {library.sha256}")


def _with_value(pack: Pack, name: str, written: str | int) -> Pack:
    path, _, row = name.removesuffix("]").partition("[")
    head, _, column = path.partition(".")
    parameter = pack.parameters.get(head)
    if parameter is None:
        known = ", ".join(pack.parameters) or "none"
        raise ChangeError(f"{pack.key} has no parameter {head!r}; it has {known}")
    position = 0
    unit = parameter.unit
    if parameter.columns:
        names = [c.name for c in parameter.columns]
        if column not in names:
            raise ChangeError(
                f"{head} has the columns {', '.join(names)}; write {pack.key}:{head}.column[row]"
            )
        position = names.index(column)
        unit = parameter.columns[position].unit
    if bool(parameter.by) != bool(row):
        keys = ", ".join(str(r.key or r.low) for r in parameter.values[-1].rows)
        hint = f"its rows are {keys}" if parameter.by else "it has no rows"
        raise ChangeError(f"{head}: {hint}; write {pack.key}:{head}{'[row]' if parameter.by else ''}")
    shape = Fact(path, parameter.label, parameter.label_en, unit.type, unit, -(2**62), 2**62)
    try:
        value = read_quantity(written, shape)
    except ValueError as error:
        raise ChangeError(f"{head}: {error}") from error
    values = tuple(_dated(dated, value, row, position) for dated in parameter.values)
    if not parameter.by and not values:
        raise ChangeError(f"{head} has no value to change")
    if row and all(new is old for new, old in zip(values, parameter.values, strict=True)):
        raise ChangeError(f"{head} has no row {row!r}")
    fresh: Parameter = replace(parameter, values=values)
    return replace(
        pack, parameters={**pack.parameters, head: fresh}, text_sha256=f"draft of {pack.text_sha256}"
    )


def _dated(dated: DatedValue, value: int | str, row: str, position: int) -> DatedValue:
    mark = Mark(dated.mark.cites, dated.mark.checked_on, "assumption", "测算稿")
    if not row:
        return replace(dated, value=value, mark=mark)
    if not any(_row_name(r.key, r.low) == row for r in dated.rows):
        return dated
    rows = tuple(
        replace(r, values=(*r.values[:position], value, *r.values[position + 1 :]), mark=mark)
        if _row_name(r.key, r.low) == row
        else r
        for r in dated.rows
    )
    return replace(dated, rows=rows)


def _row_name(key: str | None, low: int | None) -> str:
    return key if key is not None else str(low)


def touched(before: Library, after: Library) -> list[str]:
    """Return the packs that differ, and those that use facts they publish, directly or not."""
    found = {key for key in before.packs if before.packs[key] is not after.packs.get(key)}
    uses = {key: _facts_used(pack) for key, pack in after.packs.items()}
    while True:
        published = {p.fact for key in found for p in after.packs[key].publishes}
        more = {key for key, names in uses.items() if names & published} - found
        if not more:
            return [key for key in after.packs if key in found]
        found |= more


def _facts_used(pack: Pack) -> set[str]:
    texts = [a.expression for a in pack.amounts.values()]
    for clause in pack.clauses:
        texts += [clause.holds_when, *(part.holds_when for branch in clause.any_of for part in branch.parts)]
    texts += [option.holds_when for c in pack.classes.values() for option in c.options]
    for card in pack.points.values():
        for indicator in card.indicators:
            for line in (indicator, *indicator.best_of):
                texts += [line.of, *(line.ratio_of or ()), *(b.when for v in line.values for b in v.bands)]
    names = {name for text in texts if text for name in parsed(text)[1]}
    return names | {parameter.by for parameter in pack.parameters.values() if parameter.by}


def what_if(  # noqa: PLR0913, PLR0917 - two laws, the firms, and how to count them
    before: Library,
    after: Library,
    snapshot: Snapshot,
    on: date,
    group_by: Sequence[str] = (),
    keys: Sequence[str] | None = None,
) -> WhatIf:
    """Hold both laws against every firm and compare, rule by rule.

    ``group_by`` names code facts (given or published); ``region_code`` is grouped by 市州 (prefecture or
    province-run unit) and ``industry_code`` by division. ``keys`` limits the rules.

    Raises:
        PolicyMistakesError: the changed law cannot be compiled.

    """
    chosen = touched(before, after) if keys is None else list(keys)
    sides = [_Side(library, snapshot, on, chosen, group_by) for library in (before, after)]
    groups = sides[0].groups
    changes: list[RuleChange] = []
    positions = {rule.key: i for i, rule in enumerate(sides[1].catalogue.rules)}
    for i, rule in enumerate(sides[0].catalogue.rules):
        if rule.key in positions:
            changes.append(_change(rule.key, sides, (i, positions[rule.key]), groups))
    return WhatIf(on, snapshot.rows, tuple(changes))


class _Side:
    """One of the two laws, run over the snapshot."""

    def __init__(
        self, library: Library, snapshot: Snapshot, on: date, keys: Sequence[str], group_by: Sequence[str]
    ) -> None:
        compiler = Compiler(library, on)
        self.catalogue: Catalogue = compiler.compile(keys, "enterprise")
        self.snapshot = snapshot
        codes = {name: compiler.fact(name) for name in group_by if library.facts[name].published_by}
        if compiler.mistakes:
            mistakes: list[Mistake] = compiler.mistakes
            raise PolicyMistakesError(mistakes)
        self.outputs: dict[tuple[str, str], int] = {}
        columns: list[int] = []
        for rule in self.catalogue.rules:
            for name, column in rule.amounts.items():
                self.outputs[rule.key, name] = len(columns)
                columns.append(column)
        published: dict[str, tuple[int, tuple[str, ...]]] = {}
        for name, entry in codes.items():
            if isinstance(entry, CodeName):
                cases = tuple((entry.test((value,))[0], i + 1) for i, value in enumerate(entry.codes))
                published[name] = (len(columns), entry.codes)
                columns.append(
                    compiler.graph.add(("cases", tuple(c for c in cases if c[0] != compiler.graph.false)))
                )
        self.verdicts: PopulationVerdicts = PopulationKernel(self.catalogue, snapshot, columns).run(keep=True)
        self.groups = {name: self._grouped(name, published) for name in group_by}

    def _grouped(
        self, name: str, published: Mapping[str, tuple[int, tuple[str, ...]]]
    ) -> tuple[Ints, list[str]]:
        """Return the group number of every firm and the groups' keys; number 0 is "not known"."""
        rows = self.snapshot.rows
        if name in published:
            column, codes = published[name]
            values = self.verdicts.columns[column, :rows]
            return np.where(values == MISSING, 0, values), [UNKNOWN_GROUP, *codes]
        if name not in self.snapshot.code_rows:
            return np.zeros(rows, np.int64), [UNKNOWN_GROUP]
        dictionary = self.snapshot.dictionaries[name]
        shortened = [_group_key(name, code) for code in dictionary]
        keys = [UNKNOWN_GROUP, *sorted(set(shortened))]
        numbers = np.array([0, *(keys.index(short) for short in shortened)], np.int64)
        return numbers[self.snapshot.codes[self.snapshot.code_rows[name], :rows]], keys


def _group_key(name: str, code: str) -> str:
    """Return the group of a code: regions by 市州 (six digits), industries by division."""
    if name == "region_code":
        return regions.prefecture_of(code) or code
    if name == "industry_code":
        return code[:3] if code[:1].isalpha() else code[:2]
    return code


def _change(
    key: str, sides: Sequence[_Side], positions: tuple[int, int], groups: Mapping[str, tuple[Ints, list[str]]]
) -> RuleChange:
    before, after = (side.verdicts.eligible[i] for side, i in zip(sides, positions, strict=True))
    flags = [
        _flags(words, sides[0].snapshot.rows) for words in (before, after, after & ~before, before & ~after)
    ]
    names = [name for rule, name in sides[0].outputs if rule == key and (key, name) in sides[1].outputs]
    columns = {
        name: [side.verdicts.columns[side.outputs[key, name], : side.snapshot.rows] for side in sides]
        for name in names
    }
    return RuleChange(
        rule=key,
        before=_counts(sides[0].verdicts, positions[0]),
        after=_counts(sides[1].verdicts, positions[1]),
        gained=int(flags[2].sum()),
        lost=int(flags[3].sum()),
        groups={name: tuple(_group_changes(flags, *grouped, columns)) for name, grouped in groups.items()},
        amounts=tuple(_amount_change(name, sides_, flags[0], flags[1]) for name, sides_ in columns.items()),
    )


def _counts(verdicts: PopulationVerdicts, position: int) -> tuple[int, int, int]:
    row = verdicts.counts[position]
    return int(row[ELIGIBLE]), int(row[NEAR]), int(row[DOCUMENT])


def _flags(words: Words, rows: int) -> NDArray[np.bool_]:
    return np.unpackbits(words.view(np.uint8), bitorder="little")[:rows].astype(bool)


def _group_changes(
    flags: Sequence[NDArray[np.bool_]], numbers: Ints, keys: list[str], columns: Mapping[str, Sequence[Ints]]
) -> Iterable[GroupChange]:
    counted = [np.bincount(numbers[flag], minlength=len(keys)) for flag in flags]
    for i, key in enumerate(keys):
        found = [int(counts[i]) for counts in counted]
        if any(found):
            here = numbers == i
            amounts = (
                _amount_change(name, sides, flags[0] & here, flags[1] & here)
                for name, sides in columns.items()
            )
            yield GroupChange(key, found[0], found[1], found[2], found[3], tuple(amounts))


def _amount_change(
    name: str, columns: Sequence[Ints], before: NDArray[np.bool_], after: NDArray[np.bool_]
) -> AmountChange:
    sums: list[int] = []
    firms: list[int] = []
    for values, flag in zip(columns, (before, after), strict=True):
        chosen = values[flag]
        chosen = chosen[chosen != MISSING]
        # Sum in two halves: the total of a province may leave 64 bits.
        sums.append((int((chosen >> 32).sum()) << 32) + int((chosen & 0xFFFFFFFF).sum()))
        firms.append(len(chosen))
    differs = int((columns[0] != columns[1])[before & after].sum())
    return AmountChange(name, sums[0], sums[1], firms[0], firms[1], differs)
