"""The quality report as one self-contained page; its HTML stands in quality_page.html."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any

from kerong.adapters.registers.checks import GRAVITY_LABELS
from kerong.adapters.registers.places import METHODS

if TYPE_CHECKING:
    from collections.abc import Sequence

_FRAGMENT = re.compile(r"<!-- fragment: (\w+) -->\n(.*?)(?=<!-- fragment: |\Z)", re.DOTALL)


def page(report: dict[str, Any]) -> str:
    """Return the page for a report."""
    rows = report["rows"]
    sections = [
        table(
            "列的含义",
            ("文件中的列", "含义", "单位", "依据"),
            [
                (x["column"], f"{x['label']} {x['target']}".strip(), x["unit"], x["how"])
                for x in report["columns"]
            ],
        ),
        table(
            "没有导入的列",
            ("文件中的列", "原因"),
            [(x["column"], x["reason"]) for x in report["columns_left_out"]],
        ),
        table(
            "检查",
            ("处理", "检查", "行数", "写法示例（数字以 9 代）"),
            [
                (GRAVITY_LABELS[x["gravity"]], x["label"], x["rows"], "、".join(x["patterns"]))
                for x in report["checks"]
            ],
        ),
        table("市州", ("市州", "行数", *_method_heads(report)), _region_rows(report)),
        table("开发区（无行政区划代码，计入所属地）", ("开发区", "行数"), _pairs(report["zones"], "zone")),
        table(
            "成立年代",
            ("年代", "行数"),
            [(f"{x['decade']}–{x['decade'] + 9}", x["rows"]) for x in report["decades"]],
        ),
        table(
            "注册资本的写法（数字以 N 代）", ("写法", "行数"), _pairs(report["capital_spellings"], "spelling")
        ),
        table("注册资本的币种", ("币种", "行数"), _pairs(report["capital_currencies"], "currency")),
        table(
            "主体类型",
            ("类型", "依据", "行数"),
            [(x["label"], x["from_label"], x["rows"]) for x in report["forms"]],
        ),
        table("是否法人", ("是否", "行数"), list(report["legal_person"].items())),
        table(
            "空缺",
            ("事实", "空缺行数"),
            [(f"{x['label']} {x['column']}".strip(), x["rows"]) for x in report["missing"]],
        ),
    ]
    return fill(
        "page",
        source=report["source"]["name"],
        when=f"导入日 {report['source']['on']}",
        problems="problems.csv",
        read=f"{rows['read']:,}",
        imported=f"{rows['imported']:,}",
        rejected=f"{rows['rejected']:,}",
        left_out=f"{report['problems']['left_out']:,}",
        notes=Markup("".join(fill("item", text=note) for note in report["notes"])),
        assumptions=Markup("".join(fill("item", text=text) for text in report["assumptions"])),
        sections=Markup("".join(sections)),
    )


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def _method_heads(report: dict[str, Any]) -> list[str]:
    return [METHODS[method].partition("（")[0] for method in _methods(report)]


def _methods(report: dict[str, Any]) -> list[str]:
    return [one["method"] for one in report["region_methods"]]


def _region_rows(report: dict[str, Any]) -> list[tuple[Any, ...]]:
    methods = _methods(report)
    return [
        (x["region"], x["rows"], *(x["by"].get(method, 0) for method in methods)) for x in report["regions"]
    ]


def _pairs(entries: Sequence[dict[str, Any]], name: str) -> list[tuple[Any, ...]]:
    return [(one[name], one["rows"]) for one in entries]


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return a section with a table, or nothing where there are no rows; columns of integers stand to the right."""
    if not rows:
        return ""
    numeric = [all(isinstance(row[at], int) for row in rows) for at in range(len(heads))]
    head = "".join(
        fill("number_head" if is_number else "head", text=text)
        for text, is_number in zip(heads, numeric, strict=True)
    )
    body = "".join(
        fill("row", cells=Markup("".join(_cell(at, value) for at, value in enumerate(row)))) for row in rows
    )
    return fill("table", title=title, head=Markup(head), body=Markup(body))


def _cell(at: int, value: Any) -> str:
    if isinstance(value, int):
        return fill("number", text=f"{value:,}")
    return fill("first" if at == 0 else "cell", text=str(value))


def fill(name: str, **values: str) -> str:
    """Return a fragment of quality_page.html with its places filled; what is not Markup is escaped."""
    safe = {key: value if isinstance(value, Markup) else escape(str(value)) for key, value in values.items()}
    return _fragments()[name].substitute(safe)


@cache
def _fragments() -> dict[str, Template]:
    text = (files(__package__) / "quality_page.html").read_text(encoding="utf-8")
    return {match[1]: Template(match[2]) for match in _FRAGMENT.finditer(text)}
