"""What an import found, in aggregates only: counts and shapes of spellings, never a name or a code."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from kerong.adapters.registers import capital
from kerong.adapters.registers.checks import CHECKS, GRAVITY_LABELS
from kerong.adapters.registers.columns import NOT_STORED
from kerong.adapters.registers.places import METHODS
from kerong.basics import regions

if TYPE_CHECKING:
    from kerong.adapters.registers.columns import Plan
    from kerong.adapters.registers.conversion import Converted
    from kerong.adapters.registers.vocabulary import Vocabulary

_EXAMPLES = 5
# Only columns whose cells cannot name anyone give examples, and those as patterns.
_WITH_EXAMPLES = ("capital_", "date_")
_FORM_SOURCES = {"type": "按类型", "code": "按代码第 2 位", "name": "按名称", "": "无依据"}
_ELSEWHERE = "省外或未知"


@dataclass(slots=True)
class Tally:
    """Counts gathered batch by batch."""

    rows_read: int = 0
    rows_imported: int = 0
    codes_changed: int = 0
    checks: Counter[str] = field(default_factory=Counter[str])
    rejected_rows: set[int] = field(default_factory=set[int])
    patterns: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    shapes: Counter[str] = field(default_factory=Counter[str])
    currencies: Counter[str] = field(default_factory=Counter[str])
    places: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    zones: Counter[str] = field(default_factory=Counter[str])
    decades: Counter[int] = field(default_factory=Counter[int])
    forms: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    legal: Counter[str] = field(default_factory=Counter[str])
    nulls: Counter[str] = field(default_factory=Counter[str])

    def add(self, converted: Converted) -> None:
        """Count one batch."""
        table = converted.table
        self.rows_read += converted.read
        self.rows_imported += table.num_rows
        self.codes_changed += converted.codes_changed
        for one in converted.problems:
            self.checks[one.check] += 1
            if one.gravity == "rejected":
                self.rejected_rows.add(one.row)
            if one.check.startswith(_WITH_EXAMPLES):
                self.patterns.setdefault(one.check, Counter())[pattern_of(one.value)] += 1
        self.shapes.update(converted.capital_shapes)
        self._count_columns(table)

    def _count_columns(self, table: pa.RecordBatch) -> None:
        for name in table.schema.names:
            if not name.startswith("flag_"):
                self.nulls[name] += table.column(name).null_count
        for currency, count in _counts(table, "flag_capital_currency"):
            self.currencies[str(currency)] += count
        for zone, count in _counts(table, "flag_region_zone"):
            self.zones[str(zone)] += count
        for legal, count in _counts(table, "is_legal_person", nulls=True):
            self.legal[{1: "是", 0: "否"}.get(legal, "未知")] += count
        for day, count in _counts(table, "registered_on"):
            self.decades[day // 100_000 * 10] += count
        for pair, count in _pairs(table, "region_code", "flag_region_from"):
            self.places[_prefecture_name(pair[0]), pair[1]] += count
        for pair, count in _pairs(table, "enterprise_form_code", "flag_form_from"):
            self.forms[pair] += count


def report(
    tally: Tally, plan: Plan, vocabulary: Vocabulary, notes: list[str], source: dict[str, Any]
) -> dict[str, Any]:
    """Return everything the import found as plain values for JSON, text and page."""
    labels = {name: fact.label for name, fact in vocabulary.facts.items()}
    form_fact = vocabulary.facts.get("enterprise_form_code")
    form_labels = {} if form_fact is None else form_fact.codes
    by_gravity: Counter[str] = Counter()
    for key, count in tally.checks.items():
        by_gravity[CHECKS[key].gravity] += count
    return {
        "source": source,
        "notes": notes,
        "rows": {
            "read": tally.rows_read,
            "imported": tally.rows_imported,
            "rejected": len(tally.rejected_rows),
            "codes_normalised": tally.codes_changed,
        },
        "problems": {key: by_gravity[key] for key in GRAVITY_LABELS},
        **columns_of(plan),
        "checks": [_check(tally, key, count) for key, count in _ordered(tally)],
        "capital_spellings": _ranked(tally.shapes, "spelling"),
        "capital_currencies": _ranked(tally.currencies, "currency"),
        "regions": _regions(tally),
        "region_methods": _ranked(_by_method(tally), "method"),
        "zones": _ranked(Counter({_zone_name(key): count for key, count in tally.zones.items()}), "zone"),
        "decades": [{"decade": decade, "rows": count} for decade, count in sorted(tally.decades.items())],
        "forms": [
            {
                "form": form,
                "label": form_labels.get(form, form) if form else "未知",
                "from": source_of,
                "from_label": _FORM_SOURCES[source_of],
                "rows": count,
            }
            for (form, source_of), count in tally.forms.most_common()
        ],
        "legal_person": dict(tally.legal.most_common()),
        "missing": [
            {"column": name, "label": labels.get(name, ""), "rows": count}
            for name, count in tally.nulls.items()
        ],
        "assumptions": [check.label for check in CHECKS.values() if "我们的假设" in check.label],
    }


def columns_of(plan: Plan) -> dict[str, Any]:
    """Return what every column means and which are left out."""
    return {
        "columns": [
            {"column": one.column, "target": one.target, "label": one.label, "unit": one.unit, "how": one.how}
            for one in plan.assigned
            if one.target not in NOT_STORED
        ],
        "columns_left_out": [{"column": column, "reason": reason} for column, reason in plan.ignored],
    }


def pattern_of(text: str) -> str:
    """Return a value with every digit as 9, or a fixed phrase where other words than money and time occur."""
    shape = capital.shape_of("".join(character for character in text if character not in "年月日:/tTzZ "))
    if shape == "（其他文字）":
        return shape
    return "".join("9" if character.isdigit() else character for character in text.strip())


def _check(tally: Tally, key: str, count: int) -> dict[str, Any]:
    check = CHECKS[key]
    examples = [pattern for pattern, _ in tally.patterns.get(key, Counter()).most_common(_EXAMPLES)]
    return {"check": key, "gravity": check.gravity, "label": check.label, "rows": count, "patterns": examples}


def _ordered(tally: Tally) -> list[tuple[str, int]]:
    gravities = list(GRAVITY_LABELS)
    return sorted(tally.checks.items(), key=lambda item: (gravities.index(CHECKS[item[0]].gravity), -item[1]))


def _ranked(counter: Counter[str], name: str) -> list[dict[str, Any]]:
    return [{name: key, "rows": count} for key, count in counter.most_common()]


def _regions(tally: Tally) -> list[dict[str, Any]]:
    names = [region.name for region in regions.prefectures()]
    found = {name for name, _ in tally.places}
    table: list[dict[str, Any]] = []
    for name in [*(name for name in names if name in found), *sorted(found - set(names))]:
        by_method = {method: tally.places[name, method] for method in METHODS if tally.places[name, method]}
        table.append({"region": name, "rows": sum(by_method.values()), "by": by_method})
    return table


def _by_method(tally: Tally) -> Counter[str]:
    methods: Counter[str] = Counter()
    for (_, method), count in tally.places.items():
        methods[method] += count
    return methods


def _prefecture_name(code: str) -> str:
    prefecture = regions.find(regions.prefecture_of(code) or code)
    return _ELSEWHERE if prefecture is None else prefecture.name


def _zone_name(key: str) -> str:
    return next((zone.name for zone in regions.zones() if zone.key == key), key)


def _counts(table: pa.RecordBatch, name: str, *, nulls: bool = False) -> list[tuple[Any, int]]:
    counted = pc.value_counts(table.column(name)).to_pylist()
    return [(one["values"], one["counts"]) for one in counted if nulls or one["values"] is not None]


def _pairs(table: pa.RecordBatch, one: str, other: str) -> list[tuple[tuple[str, str], int]]:
    joined = pc.binary_join_element_wise(
        pc.fill_null(table.column(one), ""), pc.fill_null(table.column(other), ""), "\x1f"
    )
    counted = pc.value_counts(joined).to_pylist()
    return [(tuple(each["values"].split("\x1f")), each["counts"]) for each in counted]
