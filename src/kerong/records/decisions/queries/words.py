"""The words that a printed decision says, in both languages: stored with it, so that it reads the same for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import Promise

KINDS: dict[str, Promise] = {
    "pre_assessment": _("预评"),
    "approval": _("审批决定"),
    "claim": _("代偿决定"),
    "grant": _("补贴决定"),
    "label": _("认定决定"),
    "score": _("评分"),
}
"""What is decided. A kind that is not listed is shown by its key."""

_WORDS: dict[str, Promise] = {
    "verdict.met": _("符合"),
    "verdict.not_met": _("不符合"),
    "verdict.unknown": _("缺资料"),
    "verdict.near_miss": _("差一条"),
    "verdict.one_document_away": _("差一份材料"),
    "mark.official": _("官方"),
    "mark.press": _("报刊"),
    "mark.digest": _("摘编"),
    "mark.derived": _("推算"),
    "mark.assumption": _("本软件假设"),
    "mark.not_found": _("未公布"),
    "head.ways": _("怎样才能符合"),
    "head.missing": _("缺的资料"),
    "head.amounts": _("金额"),
    "head.clauses": _("逐条"),
    "head.points": _("得分"),
    "head.classes": _("分类"),
    "head.parameters": _("用到的规则数值"),
    "head.facts": _("用到的资料"),
    "head.cited": _("依据的条款（我们的概括）"),
    "column.verdict": _("结论"),
    "column.clause": _("条件"),
    "column.reason": _("理由"),
    "column.cited": _("依据"),
    "column.name": _("名称"),
    "column.value": _("数值"),
    "column.since": _("自何日起"),
    "column.source": _("来源"),
    "column.as_of": _("截至"),
    "column.holder": _("谁掌握"),
    "column.document": _("由哪份材料提供"),
    "column.indicator": _("指标"),
    "column.points": _("得分"),
    "column.most": _("最高分"),
    "any_of": _("满足其中一项即可"),
    "removed": _("此项已依法移除"),
    "disputed": _("异议核查中"),
    "subject": _("主体"),
    "decided_at": _("作出时间"),
    "on": _("按此日的规则"),
    "by": _("由谁作出"),
    "purpose": _("查询目的"),
    "release": _("政策发布"),
    "no_release": _("未发布的规则文件（开发中）"),
    "in_force_from": _("施行日"),
    "hash.pack": _("规则原文 SHA-256"),
    "hash.library": _("全部规则 SHA-256"),
    "hash.texts": _("发布全文 SHA-256"),
    "hash.record": _("记录 SHA-256"),
    "machine": _("本结果由系统按规则算出，是预评，不是审批结论。"),
}


def both(text: Promise | str) -> dict[str, str]:
    """Return a text in Chinese and English."""
    said = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            said[key] = str(text)
    return said


def all_words() -> dict[str, dict[str, str]]:
    """Return every word of a printed decision in both languages, as they are today."""
    return {name: both(text) for name, text in _WORDS.items()}


def kind_words(kind: str) -> dict[str, str]:
    """Return the name of a kind of decision in both languages."""
    return both(KINDS.get(kind, kind))
