"""Says the mistakes of a draft in Chinese: the loader writes English, and an official reads the page in Chinese."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import get_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

PARTS = ("what", "expected", "cure")
_SHAPES = {
    "pack": "政策文件", "dated value": "按日数值", "row": "行", "parameter": "参数", "clause": "条款", "branch": "分支",
    "source": "依据文件", "fact": "事实", "table": "表", "indicator": "指标", "result": "结果",
}  # fmt: skip
# The loader's sentences, most telling first; what none of them fits stays as it is written.
_SENTENCES: tuple[tuple[str, str], ...] = (
    (r"`(?P<a>.+)`: (?P<rest>.+)", "{a}：{rest}"),
    (r"`(?P<a>.*)` is not a number", "“{a}”不是数"),
    (r"`(?P<a>.*)` is not a flag", "“{a}”不是 true 或 false"),
    (r"`(?P<a>.*)` is not a day", "“{a}”不是日期"),
    (r"\"(?P<a>.*)\" is in quotes", "“{a}”带了引号"),
    (r"a number such as (?P<a>.+) or (?P<b>.+)", "写成数，例如 {a} 或 {b}"),
    (r"a whole number from (?P<a>.+) to (?P<b>.+)", "{a} 到 {b} 的整数"),
    (r"write digits, the unit stands elsewhere", "写阿拉伯数字，不写单位（单位在别处）"),
    (r"a comma inside a number splits it before `(?P<a>.+)`", "数里有逗号，在“{a}”前被断开"),
    (r"a number without commas", "不带逗号的数"),
    (r"write 1200, not 1,200", "写 1200，不写 1,200"),
    (r"remove the quotes", "去掉引号"),
    (r"true or false|write true or false", "true 或 false"),
    (
        r"two values begin on (?P<a>\S+) \(the other in line (?P<b>\d+)\)",
        "有两条数值都从 {a} 起（另一条在第 {b} 行）",
    ),
    (r"one value a day", "一天只有一条数值"),
    (r"correct the day, or move one to `alternatives`", "改正日期，或把其中一条移到 alternatives"),
    (r"`until` (?P<a>\S+) lies before `from` (?P<b>\S+)", "止于 {a} 早于起于 {b}"),
    (r"exchange or correct the two days", "对调或改正这两个日期"),
    (
        r"a value of `(?P<a>.+)` begins on (?P<b>\S+), before its pack on (?P<c>\S+)",
        "{a} 有一条数值从 {b} 起，早于本政策的 {c}",
    ),
    (r"(?P<a>\d{4}-\d\d-\d\d) or later", "{a} 或以后"),
    (r"`(?P<a>.+)` is missing in this (?P<s>.+)", "这个{s}缺少 {a}"),
    (r"`(?P<a>.+)` of this (?P<s>.+) is empty", "这个{s}的 {a} 是空的"),
    (r"`(?P<a>.+)` is empty", "{a} 是空的"),
    (r"the key `(?P<a>.+)` stands twice", "{a} 写了两次"),
    (r"the key `(?P<a>.+)`", "要有 {a}"),
    (r"`(?P<a>.+)` is not a key of an? (?P<s>.+)", "{s}里没有 {a} 这一项"),
    (r"`(?P<a>.+)` is not a value of `(?P<b>.+)`", "{b} 不能写“{a}”"),
    (r"`(?P<a>.+)` is not a list", "{a} 不是列表"),
    (r"`(?P<a>.+)` is not a mapping", "{a} 下面要分项写"),
    (r"each key once|each id once|each class once", "每项只写一次"),
    (r"keep one of the two|remove one of the two|one of the two|remove one", "两个只留一个"),
    (r"did you mean `(?P<a>.+)`\?", "是不是想写 {a}？"),
    (r"use one of these (?P<a>\d+)", "从这 {a} 个里选"),
    (r"remove it, or see docs/pack_format.md", "去掉它，或看格式说明 docs/pack_format.md"),
    (r"add `(?P<a>.+)`", "补上 {a}"),
    (r"write `(?P<a>.+)`", "写成 {a}"),
    (r"fill in `(?P<a>.+)`", "填上 {a}"),
    (r"remove `(?P<a>.+)`", "去掉 {a}"),
    (r"at least one (?:item|entry)", "至少一项"),
    (r"correct the number", "改正这个数"),
    (r"a value or null", "一个值，没有公布的写 null"),
    (r"a value|a text", "要填内容"),
    (r"this bracket overlaps the one in line (?P<a>\d+)", "这一档与第 {a} 行的一档重叠"),
    (r"between this bracket and the one in line (?P<a>\d+) is a gap", "这一档与第 {a} 行的一档之间有空档"),
    (r"brackets side by side", "各档首尾相接"),
    (r"no fact `(?P<a>.+)`", "没有名为 {a} 的事实"),
)


def in_words(mistakes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the mistakes of a version in the reader's language, as far as the sentences are known."""
    if not (get_language() or "").startswith("zh"):
        return [dict(each) for each in mistakes]
    return [{**each, **{part: sentence(str(each[part])) for part in PARTS}} for each in mistakes]


def sentence(text: str) -> str:
    """Return one sentence of the loader in Chinese, or as it is."""
    for pattern, words in _SENTENCES:
        if found := re.fullmatch(pattern, text, re.DOTALL):
            parts = found.groupdict()
            if "rest" in parts:
                parts["rest"] = sentence(parts["rest"])
            if "s" in parts:
                parts["s"] = _SHAPES.get(parts["s"], f" {parts['s']} ")
            return words.format(**parts)
    return text
