"""What a reading of invoices found and what the facts look like, in aggregates: plain values, text and page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from kerong.adapters.invoices.checks import CHECKS
from kerong.adapters.invoices.columns import DIRECTION_LABELS, MEANING_LABELS
from kerong.adapters.registers.checks import GRAVITY_LABELS
from kerong.adapters.registers.quality_page import Markup, fill, table
from kerong.adapters.registers.quality_text import table_lines

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence
    from datetime import date

    import pyarrow as pa

    from kerong.adapters.invoices.reading import ReadFile

FIRMS_MIN = 10
"""Quantiles of fewer firms than this would tell of single ones, so they are left out."""
_QUANTILES = (0.1, 0.5, 0.9)
CONVENTIONS = (
    "金额一律为不含税金额；作废发票不计金额，只计作废占比；红字发票冲减开具当月。",
    "月份为自然月，窗口为 --on 之前最后 12 个整月；没有分母的比率留空，不写 0。",
    "同一文件中各列完全相同的行只算一次；号码相同而内容不同的都算，因为号码要与发票代码合起来才唯一。",
)


@dataclass(frozen=True, slots=True)
class Span:
    """The window of the facts; both days belong to it."""

    on: date
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class FactColumn:
    """One fact of all firms as it is stored, with what readers see."""

    name: str
    label: str
    unit: str
    stored_per_unit: int
    values: pa.Array[Any]


def report(files: Sequence[ReadFile], facts: Sequence[FactColumn], span: Span) -> dict[str, Any]:
    """Return everything that was found as plain values; no row, no code and no name is among them."""
    sides = [_side(file, span) for file in files]
    return {
        "on": span.on.isoformat(),
        "window": {"first_day": span.first_day.isoformat(), "last_day": span.last_day.isoformat()},
        "sources": [{"direction": file.direction, **file.source} for file in files],
        "rows": {
            "read": sum(file.rows_read for file in files),
            "imported": sum(file.table.num_rows for file in files),
            "rejected": sum(file.rows_rejected for file in files),
        },
        "notes": [
            *(f"{DIRECTION_LABELS[file.direction]}：{note}" for file in files for note in file.notes),
            *_warnings(sides, span),
        ],
        "columns": [
            {"direction": file.direction, "column": column, "meaning": MEANING_LABELS[meaning]}
            for file in files
            for meaning, column in file.plan.columns.items()
        ],
        "columns_left_out": [
            {"direction": file.direction, "column": column} for file in files for column in file.plan.left_out
        ],
        "checks": [
            {
                "direction": file.direction,
                "check": key,
                "gravity": CHECKS[key].gravity,
                "label": CHECKS[key].label,
                "rows": count,
            }
            for file in files
            for key, count in _ordered(file.checks)
        ],
        "sides": sides,
        "firms": len(facts[0].values) if facts else 0,
        "facts": [_fact(one) for one in facts],
        "conventions": list(CONVENTIONS),
    }


def report_text(found: dict[str, Any]) -> str:
    """Say everything on the terminal."""
    rows, window = found["rows"], found["window"]
    lines = [
        f"读取 {rows['read']:,} 行，计入 {rows['imported']:,} 行，未计入 {rows['rejected']:,} 行",
        f"{found['firms']:,} 家企业",
        f"窗口 {window['first_day']} 至 {window['last_day']}（{found['on']} 之前最后 12 个整月）",
        *(f"  {note}" for note in found["notes"]),
    ]
    for title, heads, body in _sections(found):
        if body:
            lines += ["", title, *table_lines([heads, *([_plain(cell) for cell in row] for row in body)])]
    return "\n".join([*lines, "", *found["conventions"]])


def page(found: dict[str, Any]) -> str:
    """Return the same as a self-contained page, in the frame of the register's report."""
    rows = found["rows"]
    left_out = sum(one["rows"] for one in found["checks"] if one["gravity"] == "left_out")
    return fill(
        "page",
        source="、".join(one["name"] for one in found["sources"]),
        when=f"{found['window']['first_day']} 至 {found['window']['last_day']} 的发票",
        problems="problems_sales.csv、problems_purchases.csv",
        read=f"{rows['read']:,}",
        imported=f"{rows['imported']:,}",
        rejected=f"{rows['rejected']:,}",
        left_out=f"{left_out:,}",
        notes=Markup("".join(fill("item", text=note) for note in found["notes"])),
        assumptions=Markup("".join(fill("item", text=text) for text in found["conventions"])),
        sections=Markup("".join(table(title, heads, body) for title, heads, body in _sections(found))),
    )


def _sections(found: dict[str, Any]) -> list[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]]:
    return [
        (
            "列的含义",
            ("方向", "文件中的列", "含义"),
            [(_direction(x), x["column"], x["meaning"]) for x in found["columns"]],
        ),
        ("没有用到的列", ("方向", "文件中的列"), [(_direction(x), x["column"]) for x in found["columns_left_out"]]),
        (
            "检查",
            ("方向", "处理", "检查与办法", "行数"),
            [(_direction(x), GRAVITY_LABELS[x["gravity"]], x["label"], x["rows"]) for x in found["checks"]],
        ),
        (
            "发票",
            ("方向", "企业", "行数", "作废", "红字（有效）", "窗口之后", "首日", "末日"),
            [
                (
                    _direction(x), x["firms"], x["rows"], x["void"], x["negative"], x["after_window"],
                    x["first_day"], x["last_day"],
                )
                for x in found["sides"]
            ],
        ),
        (
            "事实",
            ("事实", "名称", "有值", "缺", "十分位", "中位数", "九分位", "单位"),
            [
                (x["label"], x["name"], x["known"], x["missing"], *(x["quantiles"] or ("—",) * 3), x["unit"])
                for x in found["facts"]
            ],
        ),
    ]  # fmt: skip


def _side(file: ReadFile, span: Span) -> dict[str, Any]:
    rows = file.table
    days = pc.min_max(rows.column("day")).as_py()
    valid, net = rows.column("is_valid").to_numpy(), rows.column("net_fen").to_numpy()
    later = pc.greater(rows.column("day"), span.last_day)
    return {
        "direction": file.direction,
        "rows": rows.num_rows,
        "firms": len(rows.column("firm").unique()),
        "void": int((~valid).sum()),
        "negative": int((valid & (net < 0)).sum()),
        "after_window": int(pc.sum(later).as_py() or 0),
        "first_day": "" if days["min"] is None else days["min"].isoformat(),
        "last_day": "" if days["max"] is None else days["max"].isoformat(),
    }


def _warnings(sides: Sequence[dict[str, Any]], span: Span) -> list[str]:
    last = max((one["last_day"] for one in sides), default="")
    if not last or last >= span.last_day.isoformat():
        return []
    seen = f"最后一张发票开于 {last}，早于窗口末日 {span.last_day}：末尾的月份可能没有取全"
    return [f"{seen}。如果是这样，请用 --on {last[:8]}01，只算到它之前的整月。"]


def _fact(one: FactColumn) -> dict[str, Any]:
    known = one.values.drop_null().to_numpy(zero_copy_only=False)
    quantiles = None
    if len(known) >= FIRMS_MIN:
        found = np.quantile(known, _QUANTILES, method="inverted_cdf")
        quantiles = [f"{int(value) / one.stored_per_unit:,.2f}".removesuffix(".00") for value in found]
    return {
        "name": one.name,
        "label": one.label,
        "unit": one.unit,
        "known": len(known),
        "missing": one.values.null_count,
        "quantiles": quantiles,
    }


def _ordered(checks: Counter[str]) -> list[tuple[str, int]]:
    gravities = list(GRAVITY_LABELS)
    return sorted(checks.items(), key=lambda item: (gravities.index(CHECKS[item[0]].gravity), -item[1]))


def _direction(one: dict[str, Any]) -> str:
    return DIRECTION_LABELS[one["direction"]]


def _plain(cell: Any) -> str:
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
