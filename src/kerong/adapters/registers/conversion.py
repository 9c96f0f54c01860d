"""One batch of a register turned into columns of facts, with everything noticed on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kerong.adapters.registers import capital, dates, forms, places
from kerong.adapters.registers.checks import Problem
from kerong.adapters.registers.codes import read_codes
from kerong.adapters.registers.values import arrow_type, problems_of, read_fact_column

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    from kerong.adapters.registers.columns import Plan
    from kerong.adapters.registers.sources import RawBatch
    from kerong.adapters.registers.vocabulary import Vocabulary

_PLACE_ROLES = ("region", "province", "city", "district", "address")
_NO_LIMIT = 2**62
T = TypeVar("T")


@dataclass(slots=True)
class Converter:
    """Knows what the columns mean, and which codes came before."""

    plan: Plan
    vocabulary: Vocabulary
    on: date
    seen: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def schema(self) -> pa.Schema:
        """The columns of the output: identity, facts, and flags of the import."""
        fields = [pa.field("uscc", pa.string(), nullable=False), pa.field("name", pa.string())]
        fields += [
            pa.field("region_code", pa.string()),
            pa.field("registered_on", pa.int32()),
            pa.field("registered_capital_fen", pa.int64()),
            pa.field("enterprise_form_code", pa.string()),
            pa.field("is_legal_person", pa.int8()),
        ]
        taken = {one.name for one in fields}
        facts = self.vocabulary.facts
        for one in self.plan.facts:
            if one.target not in taken:
                fields.append(pa.field(one.target, arrow_type(facts[one.target])))
        fields += [
            pa.field("flag_row", pa.int64()),
            pa.field("flag_organisation_code_fails", pa.bool_()),
            pa.field("flag_capital_check", pa.string()),
            pa.field("flag_capital_currency", pa.string()),
            pa.field("flag_date_check", pa.string()),
            pa.field("flag_region_from", pa.string()),
            pa.field("flag_region_zone", pa.string()),
            pa.field("flag_form_from", pa.string()),
        ]
        return pa.schema(fields)


@dataclass(frozen=True, slots=True)
class Converted:
    """The rows to store, and what was noticed in all rows of the batch."""

    table: pa.RecordBatch
    read: int
    problems: list[Problem]
    codes_changed: int
    capital_shapes: Mapping[str, int]


def convert(batch: RawBatch, converter: Converter) -> Converted:
    """Check and convert a batch; rows without a usable, new code are left out."""
    plan = converter.plan
    code_column = plan.role("uscc")
    if code_column is None:
        raise ValueError("a plan always has a code column")
    codes = read_codes(batch, code_column.column)
    problems = [
        *(Problem(one.row, one.column, one.value, one.check) for one in batch.troubles),
        *codes.problems,
    ]
    keep = codes.good.copy()
    problems += _drop_repeated(batch, code_column.column, codes.texts, keep, converter.seen)
    columns: dict[str, pa.Array[Any]] = {"uscc": pa.array(codes.texts, pa.string())}
    columns |= _names(batch, plan, problems)
    columns |= _dates(batch, converter, problems)
    shapes, capitals = _capitals(batch, converter, problems)
    columns |= capitals
    columns |= _places(batch, plan, codes.texts, problems)
    columns |= _forms(batch, plan, codes.texts, columns["name"], problems)
    for assigned in plan.facts:
        fact = converter.vocabulary.facts[assigned.target]
        columns[assigned.target], found = read_fact_column(batch, assigned, fact, converter.on)
        problems += found
    columns["flag_row"] = pa.array(batch.rows)
    columns["flag_organisation_code_fails"] = pa.array(~codes.organisation_holds)
    schema = converter.schema
    table = pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)
    # A rejected row is reported for its identity alone: its other cells are not used.
    rejected = set(batch.rows[~keep].tolist())
    shown = [one for one in problems if one.row not in rejected or one.gravity == "rejected"]
    shown.sort(key=lambda one: one.row)
    count = len(batch.rows) + sum(one.check == "row_width" for one in batch.troubles)
    return Converted(table.filter(pa.array(keep)), count, shown, codes.changed, shapes)


def _drop_repeated(
    batch: RawBatch, column: str, texts: list[str], keep: NDArray[np.bool_], seen: dict[str, int]
) -> list[Problem]:
    problems: list[Problem] = []
    for at, (text, row) in enumerate(zip(texts, batch.rows.tolist(), strict=True)):
        if not keep[at]:
            continue
        first = seen.setdefault(text, row)
        if first != row:
            keep[at] = False
            problems.append(Problem(row, column, text, "code_duplicate", f"首次出现在第 {first} 行"))
    return problems


def _names(batch: RawBatch, plan: Plan, problems: list[Problem]) -> dict[str, pa.Array[Any]]:
    assigned = plan.role("name")
    if assigned is None:
        return {"name": _nothing(batch, pa.string())}
    trimmed = pc.utf8_trim_whitespace(batch.columns[assigned.column])
    empty = pc.fill_null(pc.equal(trimmed, ""), pa.scalar(value=True))
    blank = batch.rows[empty.to_numpy(zero_copy_only=False)]
    problems += [Problem(int(row), assigned.column, "", "name_missing") for row in blank]
    return {"name": pc.if_else(empty, pa.scalar(None, pa.string()), trimmed)}


def _dates(batch: RawBatch, converter: Converter, problems: list[Problem]) -> dict[str, pa.Array[Any]]:
    assigned = converter.plan.role("registered_on")
    if assigned is None:
        return {"registered_on": _nothing(batch, pa.int32()), "flag_date_check": _nothing(batch, pa.string())}
    encoded = batch.columns[assigned.column].dictionary_encode()
    read = [dates.read_date(text, converter.on) for text in encoded.dictionary.to_pylist()]
    checks = [one.check for one in read]
    problems += problems_of(batch, assigned.column, encoded, checks)
    return {
        "registered_on": _spread([one.number for one in read], pa.int32(), encoded),
        "flag_date_check": _spread([check or None for check in checks], pa.string(), encoded),
    }


def _capitals(
    batch: RawBatch, converter: Converter, problems: list[Problem]
) -> tuple[dict[str, int], dict[str, pa.Array[Any]]]:
    names = ("registered_capital_fen", "flag_capital_check", "flag_capital_currency")
    kinds = (pa.int64(), pa.string(), pa.string())
    assigned = converter.plan.role("registered_capital")
    if assigned is None:
        return {}, {name: _nothing(batch, kind) for name, kind in zip(names, kinds, strict=True)}
    fact = converter.vocabulary.facts.get("registered_capital_fen")
    highest = _NO_LIMIT if fact is None else fact.high
    encoded = batch.columns[assigned.column].dictionary_encode()
    spellings: list[str] = encoded.dictionary.to_pylist()
    read = [capital.read_capital(text, assigned.unit, highest) for text in spellings]
    checks = [one.check for one in read]
    problems += problems_of(batch, assigned.column, encoded, checks)
    values = (
        [one.fen for one in read],
        [one.check or None for one in read],
        [one.currency or None for one in read],
    )
    spread = {
        name: _spread(column, kind, encoded) for name, column, kind in zip(names, values, kinds, strict=True)
    }
    return _count_shapes(encoded, spellings), spread


def _count_shapes(encoded: pa.DictionaryArray[Any], spellings: list[str]) -> dict[str, int]:
    indices = encoded.indices.drop_null().to_numpy()
    rows = np.bincount(indices, minlength=len(spellings))
    shapes: dict[str, int] = {}
    for spelling, count in zip(spellings, rows.tolist(), strict=True):
        shape = capital.shape_of(spelling)
        shapes[shape] = shapes.get(shape, 0) + count
    return shapes


def _places(
    batch: RawBatch, plan: Plan, codes: list[str], problems: list[Problem]
) -> dict[str, pa.Array[Any]]:
    columns = {role: found.column for role in _PLACE_ROLES if (found := plan.role(role)) is not None}
    placed = places.place(batch, columns, codes)
    shown = columns.get("city") or columns.get("region") or columns.get("address") or ""
    flagged = {at: one.checks for at, one in enumerate(placed.answers) if one.checks}
    for row, index in enumerate(placed.index.to_pylist()):
        for check in flagged.get(index, ()):
            column = columns.get("region", shown) if check == "region_code_unknown" else shown
            value = batch.columns[column][row].as_py() if column else None
            problems.append(Problem(int(batch.rows[row]), column, value or "", check))
    return {
        "region_code": placed.column([one.code for one in placed.answers]),
        "flag_region_from": placed.column([one.method for one in placed.answers]),
        "flag_region_zone": placed.column([one.zone for one in placed.answers]),
    }


def _forms(
    batch: RawBatch, plan: Plan, codes: list[str], names: pa.Array[Any], problems: list[Problem]
) -> dict[str, pa.Array[Any]]:
    assigned = plan.role("form")
    blank = pa.repeat(pa.scalar(""), len(codes))
    types = (
        blank
        if assigned is None
        else pc.utf8_trim_whitespace(pc.fill_null(batch.columns[assigned.column], ""))
    )
    starts = pa.array([code[:2] for code in codes], pa.string())
    evidence = pc.binary_join_element_wise(starts, _name_kinds(names), types, "\x1f").dictionary_encode()
    decided: list[forms.Form] = []
    for text in evidence.dictionary.to_pylist():
        start, kind, type_text = text.split("\x1f", 2)
        decided.append(forms.decide_form(type_text, start, kind))
    flagged = {at: one.check for at, one in enumerate(decided) if one.check}
    for row, index in enumerate(evidence.indices.to_pylist()):
        if index in flagged:
            column = assigned.column if assigned is not None else ""
            problems.append(Problem(int(batch.rows[row]), column, types[row].as_py(), flagged[index]))
    return {
        "enterprise_form_code": _spread([one.code or None for one in decided], pa.string(), evidence),
        "is_legal_person": _spread([one.legal for one in decided], pa.int8(), evidence),
        "flag_form_from": _spread([one.source or None for one in decided], pa.string(), evidence),
    }


def _name_kinds(names: pa.Array[Any]) -> pa.Array[Any]:
    filled = pc.fill_null(names, "")
    branch, partnership, company = (
        pc.match_substring_regex(filled, pattern)
        for pattern in (forms.BRANCH_NAME, forms.PARTNERSHIP_NAME, forms.COMPANY_NAME)
    )
    return pc.case_when(
        pc.make_struct(branch, partnership, company), "branch", "partnership", "company", pa.scalar("")
    )


def _spread(values: list[T], kind: pa.DataType, encoded: pa.DictionaryArray[Any]) -> pa.Array[Any]:
    return pa.array(values, kind).take(encoded.indices)


def _nothing(batch: RawBatch, kind: pa.DataType) -> pa.Array[Any]:
    return pa.nulls(len(batch.rows), kind)
