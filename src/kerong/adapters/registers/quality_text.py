"""The quality report as plain text for the terminal."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from kerong.adapters.registers.checks import GRAVITY_LABELS
from kerong.adapters.registers.places import METHODS

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPELLINGS = 20


def mapping_text(report: dict[str, Any]) -> str:
    """Say which column fills what, and which are left out and why."""
    rows = [
        (
            one["column"],
            "→ " + (f"{one['label']} " if one["label"] else "") + one["target"],
            one["unit"],
            one["how"],
        )
        for one in report["columns"]
    ]
    lines = ["列的含义", *table_lines(rows)]
    if report["columns_left_out"]:
        lines += [
            "",
            "没有导入的列",
            *table_lines([(x["column"], x["reason"]) for x in report["columns_left_out"]]),
        ]
    return "\n".join(lines)


def report_text(report: dict[str, Any]) -> str:
    """Say everything the import found."""
    rows = report["rows"]
    lines = [
        f"读取 {rows['read']:,} 行，导入 {rows['imported']:,} 行，未导入 {rows['rejected']:,} 行",
        f"规范了 {rows['codes_normalised']:,} 个代码的写法",
        *(f"  {note}" for note in report["notes"]),
    ]
    for gravity, label in GRAVITY_LABELS.items():
        found = [one for one in report["checks"] if one["gravity"] == gravity]
        if found:
            lines += ["", label, *table_lines([_check_row(one) for one in found])]
    lines += _section("市州", [(x["region"], f"{x['rows']:,}", _methods(x["by"])) for x in report["regions"]])
    lines += _section("开发区（计入所属地）", [(x["zone"], f"{x['rows']:,}") for x in report["zones"]])
    lines += _section(
        "成立年代", [(f"{x['decade']}–{x['decade'] + 9}", f"{x['rows']:,}") for x in report["decades"]]
    )
    spellings = [(x["spelling"], f"{x['rows']:,}") for x in report["capital_spellings"]]
    lines += _section("注册资本的写法", spellings[:_SPELLINGS])
    lines += _section("币种", [(x["currency"], f"{x['rows']:,}") for x in report["capital_currencies"]])
    lines += _section("主体类型", [(x["label"], x["from_label"], f"{x['rows']:,}") for x in report["forms"]])
    lines += _section("法人", [(key, f"{count:,}") for key, count in report["legal_person"].items()])
    lines += _section("空缺", [(x["column"], x["label"], f"{x['rows']:,}") for x in report["missing"]])
    return "\n".join(lines)


def _section(title: str, rows: Sequence[Sequence[str]]) -> list[str]:
    return ["", title, *table_lines(rows)] if rows else []


def _check_row(one: dict[str, Any]) -> tuple[str, str, str]:
    shown = "，例如 " + "、".join(one["patterns"]) if one["patterns"] else ""
    return (f"{one['rows']:,}", one["check"], one["label"] + shown)


def _methods(by: dict[str, int]) -> str:
    return "，".join(f"{METHODS[method].partition('（')[0]} {count:,}" for method, count in by.items())


def table_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lay out rows in columns; a Chinese character is two wide."""
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  "
        + "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
