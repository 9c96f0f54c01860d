"""The keys of a workflow and of a calendar file: what each holds, whether it is needed, its name in Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerong.engines.workflows.model import DAY_UNITS, OUTCOMES, PARTY_KINDS, VERIFIED

if TYPE_CHECKING:
    from collections.abc import Mapping

TASKS_MAX = 65


@dataclass(frozen=True, slots=True)
class Key:
    """One key. ``holds`` is a scalar's name, ``=shape``, ``{shape}`` (names to shapes), or words apart by `` | ``."""

    holds: str
    zh: str
    needed: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A mapping: what it is called in messages, and its keys."""

    called: str
    keys: Mapping[str, Key]

    @property
    def needed(self) -> tuple[str, ...]:
        """Return the keys that must be there."""
        return tuple(name for name, key in self.keys.items() if key.needed)


def _words(options: tuple[str, ...]) -> str:
    return " | ".join(options)


_MARK = {
    "cites": Key("citation", "依据：来源#锚点", needed=True),
    "checked_on": Key("day", "核对日期", needed=True),
    "verified": Key(_words(VERIFIED), "核实程度", needed=True),
    "note": Key("text", "说明；未公布时写在哪里找过"),
}
_LABELS = {"label": Key("text", "名称", needed=True), "label_en": Key("text", "英文名称", needed=True)}

SHAPES: dict[str, Shape] = {
    "workflow": Shape(
        "workflow",
        {
            "schema": Key("one", "格式版本，写1", needed=True),
            "kind": Key("workflow", "类别，写workflow", needed=True),
            "workflow": Key("pack_key", "本流程的键，与路径相同"),
            **_LABELS,
            "summary": Key("text", "一句话说明", needed=True),
            "summary_en": Key("text", "英文说明", needed=True),
            "tasks": Key("tasks", "对应建设方案第几项任务"),
            **_MARK,
            "owner": Key("name", "事项归谁：一个参与方", needed=True),
            "start": Key("name", "起点状态", needed=True),
            "line": Key("names", "主线：依次经过的状态", needed=True),
            "parts": Key("{part}", "参与方", needed=True),
            "states": Key("{state}", "状态", needed=True),
            "materials": Key("{reason}", "动作会用到的材料或证明"),
            "transitions": Key("{transition}", "动作", needed=True),
            "reasons": Key("{reason_list}", "原因清单"),
            "clocks": Key("{clock}", "时限"),
            "pauses": Key("{reason}", "可以暂停计时的原因"),
        },
    ),
    "part": Shape(
        "part", {**_LABELS, "kinds": Key("kinds", "哪类主体可以担任：" + "、".join(PARTY_KINDS), needed=True)}
    ),
    "state": Shape(
        "state",
        {
            **_LABELS,
            "phase": Key("text", "所属阶段", needed=True),
            "phase_en": Key("text", "所属阶段的英文", needed=True),
            "turn": Key("name", "轮到谁"),
            "says": Key("text", "对企业说的一句话"),
            "says_en": Key("text", "同上，英文"),
            "waits": Key("text", "等外部回传时显示的话，如银行未回传"),
            "waits_en": Key("text", "同上，英文"),
            "means_approved": Key("flag", "是否意味着已批准"),
            "final": Key("flag", "是否终点"),
            "outcome": Key(_words(OUTCOMES), "终点的结果"),
        },
    ),
    "transition": Shape(
        "transition",
        {
            **_LABELS,
            "from": Key("names", "从哪些状态", needed=True),
            "to": Key("name", "到哪个状态", needed=True),
            "who": Key("names", "由哪些参与方", needed=True),
            "duties": Key("duties", "须有其中一项职责"),
            "needs": Key("names", "须有的材料或证明"),
            "remark": Key("required", "必须写说明时写required"),
            "reasons": Key("name", "用哪份原因清单"),
            "approval": Key("dotted", "须先批准的事项"),
            "exit": Key("flag", "是否离开主线"),
            "different_person_from": Key("names", "不得与做过这些动作的人相同"),
        },
    ),
    "reason_list": Shape(
        "list of reasons",
        {
            "for_firm": Key("{firm_reason}", "对企口径", needed=True),
            "internal": Key("{reason}", "行内口径"),
        },
    ),
    "firm_reason": Shape(
        "reason",
        {
            **_LABELS,
            "next_step": Key("text", "企业下一步可以做什么", needed=True),
            "next_step_en": Key("text", "同上，英文", needed=True),
        },
    ),
    "reason": Shape("reason", _LABELS),
    "clock": Shape(
        "clock",
        {
            **_LABELS,
            "during": Key("names", "在哪些状态时走"),
            "starts_with": Key("names", "从哪些动作起"),
            "stops_with": Key("names", "到哪些动作止"),
            "unit": Key(_words(DAY_UNITS), "工作日或自然日", needed=True),
            "value": Key("days", "公布的天数，未公布写null", needed=True, nullable=True),
            **_MARK,
            "assumed": Key("=assumed", "未公布时本软件的假设"),
            "yellow_before": Key("days", "到期前几天亮黄灯（本软件的选择）", needed=True),
            "escalate_to": Key("name", "超时报给谁：一个参与方，或supervisor", needed=True),
            "pauses": Key("flag", "暂停时是否停走，默认是"),
        },
    ),
    "assumed": Shape("assumed length", {"value": Key("days", "天数", needed=True), **_MARK}),
    "calendar": Shape(
        "calendar",
        {
            "schema": Key("one", "格式版本，写1", needed=True),
            "kind": Key("calendar", "类别，写calendar", needed=True),
            "year": Key("year", "年份", needed=True),
            "label": Key("text", "名称", needed=True),
            **_MARK,
            "holidays": Key("{holiday}", "放假", needed=True),
            "made_up": Key("day_list", "调休上班的周末", needed=True),
        },
    ),
    "holiday": Shape(
        "holiday",
        {
            "label": Key("text", "名称", needed=True),
            "from": Key("day", "第一天", needed=True),
            "until": Key("day", "最后一天", needed=True),
        },
    ),
}
