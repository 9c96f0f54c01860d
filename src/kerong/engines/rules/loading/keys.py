"""The one table of keys: what may be written in a policy file, and how an editor explains it in Chinese.

The loader refuses what is not here, and ``schemas.py`` turns the same table into the JSON Schemas of editors.

``holds`` is a kind of scalar (see ``schemas.SCALARS``), or ``=shape`` for one of another shape, ``[shape]``
for a list of them, ``{shape}`` for named ones. ``"a | b"`` lists the permitted words.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kerong.engines.rules.model import FACT_TYPES, INSTITUTION_KINDS, PRODUCT_KINDS

VERIFIED_WORDS = "official | press | digest | derived | assumption | not_found"
VERDICT_WORDS = "met | not_met | unknown"
SUBJECT_WORDS = "enterprise | person | pool | institution | fund"
SUBJECT_ZH = "对象：企业 enterprise、自然人 person、资金池 pool、金融机构 institution、基金 fund"
DOOR_WORDS = "equity | debt | listing"
STAGE_WORDS = "seed | startup | growth | mature"
TASKS_MAX = 65


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what it holds, its explanation for editors, whether it must be there and may be null."""

    holds: str
    zh: str
    needed: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A mapping with fixed keys. ``called`` is its name in messages; the rest is worked out once."""

    called: str
    keys: dict[str, Key]
    needed: tuple[str, ...] = field(init=False)
    nullable: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "needed", tuple(name for name, key in self.keys.items() if key.needed))
        nullable = frozenset(name for name, key in self.keys.items() if key.nullable)
        object.__setattr__(self, "nullable", nullable)


def words(holds: str) -> tuple[str, ...]:
    """Return the permitted words of a key that holds one of a list."""
    return tuple(holds.split(" | "))


_LABEL = {"label": Key("text", "中文名称", needed=True), "label_en": Key("text", "英文名称")}
_MARK = {
    "cites": Key("citation", "依据：文件键#条款锚点，例如 some-document#art3", needed=True),
    "checked_on": Key("day", "核对日期（年-月-日）", needed=True),
    "verified": Key(
        VERIFIED_WORDS,
        "可信程度：official 官方原文、press 媒体原文、digest 转述、derived 推算、assumption 我们的假设、"
        "not_found 未查到（数值为 null）",
        needed=True,
    ),
    "note": Key("text", "说明：例如在哪里查过"),
}
_OWN_MARK = {name: Key(key.holds, key.zh + "；不写则沿用外层") for name, key in _MARK.items()}
_SPAN = {
    "from": Key("day", "生效首日；不写表示一直有效", nullable=True),
    "until": Key("day", "失效前的最后一日；不写表示仍然有效", nullable=True),
}
_DATED = {
    "from": Key("day", "自哪天起；首日不详写 null，并写 seen_since", needed=True, nullable=True),
    "seen_since": Key("day", "首日不详时：最早见到其已生效的日期"),
}
_BOUNDS = {
    "at_least": Key("number", "不低于（含）"),
    "above": Key("number", "高于（不含）"),
    "below": Key("number", "低于（不含）"),
    "at_most": Key("number", "不超过（含）"),
}
BOUNDS: tuple[str, ...] = tuple(_BOUNDS)

_MEASURE = {
    "of": Key("expression", "被评分的量：事实名或算式"),
    "ratio_of": Key("pair", "比例：[部分, 整体]，按交叉相乘精确比较"),
    "unit": Key("unit", "分档数字的单位"),
    "values": Key("[dated_bands]", "按日期列出的评分档"),
}

PACK_SHAPES: dict[str, Shape] = {
    "pack": Shape(
        "pack",
        {
            "schema": Key("one", "格式版本，现在为 1", needed=True),
            "pack": Key("pack_key", "规则包键；写了就必须与路径一致"),
            "kind": Key(
                "product | recognition | classification | terms",
                "种类：产品 product、认定 recognition、分类 classification、"
                "政策条款 terms（只有参数，不判定任何人）",
                needed=True,
            ),
            **_LABEL,
            "subject": Key(SUBJECT_WORDS, SUBJECT_ZH, needed=True),
            "summary": Key("text", "一句话说明（用我们自己的话）"),
            "document": Key("source_key", "主要依据文件的键（policies/sources/ 下的文件名）", needed=True),
            **_SPAN,
            "facets": Key("texts", "自由标签，用于列表筛选"),
            "door": Key(DOOR_WORDS, "给企业打开哪扇门：股权 equity、债权 debt、上市 listing；称号类不写"),
            "tasks": Key("tasks", "对应建设方案的任务编号（1—65）"),
            "topic": Key("name", "可比主题：同一主题的规则包按参数名并排比较"),
            "stages": Key(
                "stages", "公布适用的生命周期阶段：种子 seed、初创 startup、成长 growth、成熟 mature"
            ),
            "parameters": Key("{parameter}", "参数：政策里的数"),
            "points": Key("{scorecard}", "评分表"),
            "classes": Key("{classification}", "分档分类：自上而下取第一个符合的"),
            "clauses": Key("[clause]", "条件：每一条单独说明"),
            "amounts": Key("{amount}", "测算结果：额度、比例等"),
            "publishes": Key("[publication]", "把结果发布为事实，供其他规则包使用"),
        },
    ),
    "parameter": Shape(
        "parameter",
        {
            **_LABEL,
            "unit": Key("unit", "数值的单位"),
            "by": Key("name", "表格按什么查：事实、本包的分类或参数"),
            "by_unit": Key("unit", "表格区间数字的单位"),
            "columns": Key("{column}", "多列表格的各列"),
            "values": Key("[dated_value]", "按日期列出的数值：修改政策时新增一条，不覆盖旧的", needed=True),
        },
    ),
    "column": Shape("column", {**_LABEL, "unit": Key("unit", "本列数值的单位", needed=True)}),
    "dated_value": Shape(
        "dated value",
        {
            **_DATED,
            "value": Key("value", "数值；未公布写 null", nullable=True),
            "rows": Key("[row]", "表格的各行"),
            **_MARK,
            "alternatives": Key("[alternative]", "另有公布的不同说法：只展示，不使用"),
        },
    ),
    "alternative": Shape("alternative", {"value": Key("value", "另一说法的数值", needed=True), **_MARK}),
    "row": Shape(
        "row",
        {
            "key": Key("code", "代码"),
            **_BOUNDS,
            "value": Key("value", "数值；未公布写 null", nullable=True),
            **_OWN_MARK,
        },
    ),
    "scorecard": Shape(
        "scorecard",
        {
            **_LABEL,
            "max": Key("whole", "满分，必须等于各指标满分之和", needed=True),
            "indicators": Key("{indicator}", "各项指标", needed=True),
        },
    ),
    "indicator": Shape(
        "indicator",
        {
            **_LABEL,
            "max": Key("whole", "本项满分", needed=True),
            "group": Key("name", "所属分组"),
            **_MEASURE,
            "best_of": Key("{line}", "几种算法取其高"),
        },
    ),
    "line": Shape("line of best_of", {**_LABEL, **_MEASURE}),
    "dated_bands": Shape(
        "dated bands",
        {**_DATED, **_MARK, "bands": Key("[band]", "评分档：自上而下取第一个符合的", needed=True)},
    ),
    "band": Shape(
        "band",
        {
            **_BOUNDS,
            "is": Key("codes", "代码列表"),
            "when": Key("predicate", "条件式"),
            "points": Key("whole", "得分；未公布写 null", needed=True, nullable=True),
            "label": Key("text", "本档的名称"),
        },
    ),
    "classification": Shape(
        "classification", {**_LABEL, "options": Key("[option]", "各类，自上而下", needed=True), **_OWN_MARK}
    ),
    "option": Shape(
        "class option",
        {
            "value": Key("code", "类的代码", needed=True),
            **_LABEL,
            "holds_when": Key("predicate", "条件式；最后一类不写，表示其余"),
            **_SPAN,
            **_OWN_MARK,
        },
    ),
    "clause": Shape(
        "clause",
        {
            "id": Key("name", "条件的键，本包内唯一", needed=True),
            **_LABEL,
            "measure": Key("text", "被限制的量叫什么，用于说明文字"),
            "holds_when": Key("predicate", "条件式"),
            "any_of": Key("[branch]", "任选其一的几种途径"),
            **_SPAN,
            **_MARK,
        },
    ),
    "branch": Shape(
        "branch",
        {
            "id": Key("name", "途径的键", needed=True),
            **_LABEL,
            "measure": Key("text", "被限制的量叫什么，用于说明文字"),
            "holds_when": Key("predicate", "条件式"),
            "all_of": Key("[part]", "须同时满足的各项"),
            **_OWN_MARK,
        },
    ),
    "part": Shape(
        "part",
        {
            "id": Key("name", "分项的键", needed=True),
            **_LABEL,
            "measure": Key("text", "被限制的量叫什么，用于说明文字"),
            "holds_when": Key("predicate", "条件式", needed=True),
            **_OWN_MARK,
        },
    ),
    "amount": Shape(
        "amount",
        {
            **_LABEL,
            "unit": Key("unit", "结果的单位", needed=True),
            "is": Key("expression", "算式，可用 share(数, 比例, 'down')", needed=True),
            **_MARK,
        },
    ),
    "publication": Shape(
        "publication",
        {
            "fact": Key("name", "事实名（在 facts.yaml 里声明 published_by）", needed=True),
            "is": Key("dotted", "发布哪个结果：评分、分类或测算；不写表示是否符合"),
        },
    ),
}

FACT_SHAPES: dict[str, Shape] = {
    "facts_file": Shape(
        "facts file",
        {
            "schema": Key("one", "格式版本，现在为 1"),
            "holders": Key("{holder}", "谁掌握事实", needed=True),
            "facts": Key("{fact}", "规则可以提到的每一项事实", needed=True),
        },
    ),
    "holder": Shape("holder", _LABEL),
    "fact": Shape(
        "fact",
        {
            **_LABEL,
            "type": Key(
                " | ".join(FACT_TYPES),
                "类型",
                needed=True,
            ),
            "unit": Key("unit", "人们读写它时用的单位"),
            "range": Key("=range", "取值范围（以 unit 计）"),
            "subject": Key(SUBJECT_WORDS, SUBJECT_ZH),
            "holder": Key("name", "由谁掌握（holders 里的键）"),
            "document": Key("text", "能证明它的一份材料"),
            "document_en": Key("text", "能证明它的一份材料（英文）"),
            "sensitivity": Key("L1 | L2 | L3 | L4", "数据分级"),
            "freshness_months": Key("whole", "多少个月内有效"),
            "act": Key("up | down | either | no", "企业能否改变它：up 增、down 减、either 均可、no 不能"),
            "period": Key(
                "past_year | past_years",
                "已结账年度的数：past_year 上一年度或上一年末，past_years 更早或几个年度；只有下次申报才能变",
            ),
            "effort": Key("whole", "改变它的难度：1 易 … 9 难"),
            "codes": Key("code_texts", "代码及名称（封闭列表）；名称可写成 {label: …, label_en: …}"),
            "code_system": Key("gbt2260 | gbt4754", "开放代码所用的国家标准"),
            "derived": Key("name", "由哪个登记的函数推算"),
            "inputs": Key("names", "推算所用的事实"),
            "published_by": Key("pack_key", "由哪个规则包发布"),
        },
    ),
    "code_label": Shape("code", _LABEL),
    "range": Shape(
        "range", {"min": Key("value", "最小值", needed=True), "max": Key("value", "最大值", needed=True)}
    ),
}

SOURCE_SHAPES: dict[str, Shape] = {
    "source": Shape(
        "source",
        {
            "schema": Key("one", "格式版本，现在为 1"),
            "source": Key("source_key", "文件键；写了就必须与文件名一致"),
            "title": Key("text", "文件标题", needed=True),
            "number": Key("text", "文号"),
            "issuer": Key("text", "发文机关", needed=True),
            "dated": Key("text", "成文日期：年-月-日，或 年-月，或 年"),
            "address": Key("text", "网址（在哪里读到）"),
            "note": Key("text", "说明"),
            "anchors": Key("{anchor}", "条款锚点", needed=True),
        },
    ),
    "anchor": Shape(
        "anchor",
        {
            "label": Key("text", "条款名称，例如 第三条", needed=True),
            "summary": Key("text", "用我们自己的话概括", needed=True),
            "address": Key("text", "条款所在网址，不写则同文件，写 null 则不链接", nullable=True),
        },
    ),
}

SHELF_SHAPES: dict[str, Shape] = {
    "shelf": Shape(
        "shelf file",
        {
            "schema": Key("one", "格式版本，现在为 1", needed=True),
            "institution": Key("name", "机构键；写了就必须与文件名一致"),
            **_LABEL,
            "kind": Key(" | ".join(INSTITUTION_KINDS), "机构种类", needed=True),
            "products": Key("[product]", "公开信息中的产品（未经机构确认）", needed=True),
        },
    ),
    "product": Shape(
        "product",
        {
            "id": Key("name", "产品键，本机构内唯一", needed=True),
            **_LABEL,
            "kind": Key(" | ".join(PRODUCT_KINDS), "产品种类", needed=True),
            "door": Key(DOOR_WORDS, "给企业打开哪扇门：股权 equity、债权 debt、上市 listing", needed=True),
            "region": Key("region", '适用地区：GB/T 2260 代码，全国写 "000000"', needed=True),
            "amount_max": Key("=bound", "最高额度；未公布写 null（案例金额不是上限）"),
            "term_max": Key("=bound", "最长期限（月）；未公布写 null"),
            "rate": Key("text", "利率说法（我们的话）；未公布写 null"),
            "guarantee_mode": Key("text", "担保方式；未公布写 null"),
            "summary": Key("text", "是什么、给谁（我们的话）", needed=True),
            "conditions": Key("texts_listed", "公布的条件，一句一条"),
            "cases": Key("texts_listed", "媒体报道的案例，不是上限"),
            "rule": Key("pack_key", "由哪个产品规则包判断是否符合"),
            "stages": Key("stages", "公布适用的生命周期阶段"),
            **_MARK,
        },
    ),
    "bound": Shape(
        "bound", {"value": Key("number", "数值", needed=True), "unit": Key("unit", "单位", needed=True)}
    ),
}

CASE_SHAPES: dict[str, Shape] = {
    "cases_file": Shape(
        "cases file",
        {
            "schema": Key("one", "格式版本，现在为 1"),
            "pack": Key("pack_key", "针对哪个规则包", needed=True),
            "cases": Key("[case]", "算例", needed=True),
        },
    ),
    "case": Shape(
        "case",
        {
            "name": Key("text", "算例名称，本文件内唯一", needed=True),
            "on": Key("day", "按哪一天的规则算", needed=True),
            "facts": Key(
                "quantities", "已知事实：整数、true/false、代码、日期，或 5000万元、4.2%、18个月", needed=True
            ),
            "expect": Key("=expect", "应当得到的结果", needed=True),
        },
    ),
    "expect": Shape(
        "expectation",
        {
            "verdict": Key(VERDICT_WORDS, "结论：符合 met、不符合 not_met、待定 unknown"),
            "nearness": Key("near_miss | one_document_away | none", "差一条、差一份材料、都不是"),
            "clauses": Key("verdicts", "各条件的结论"),
            "points": Key("intervals", "得分，或 [最低, 最高]"),
            "classes": Key("classes", "分类结果；未定写 null"),
            "amounts": Key("sums", "测算结果（以该结果的单位计）；算不出写 null"),
        },
    ),
}
