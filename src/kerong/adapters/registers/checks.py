"""What can be wrong with a row, in one table: how grave it is and what to tell the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from kerong.basics.identity_codes import FAULT_LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

Gravity: TypeAlias = Literal["rejected", "left_out", "noted"]

GRAVITY_LABELS: Mapping[Gravity, str] = {
    "rejected": "整行未导入",
    "left_out": "该项留空",
    "noted": "已导入，供核对",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of problem."""

    key: str
    gravity: Gravity
    label: str


CHECKS: Mapping[str, Check] = {
    check.key: check
    for check in (
        *(
            Check(f"code_{fault}", "rejected", f"统一社会信用代码：{label}")
            for fault, label in FAULT_LABELS.items()
            if fault != "organisation_check"
        ),
        Check("code_duplicate", "rejected", "统一社会信用代码重复，只导入第一次出现的一行"),
        Check("row_width", "rejected", "列数与表头不符"),
        Check(
            "code_organisation_check", "noted", "第 17 位（GB 11714 组织机构代码校验码）不符，整码校验通过"
        ),
        Check("name_missing", "noted", "没有名称"),
        Check("cell_too_long", "left_out", "单元格内容过长"),
        Check("formula_without_value", "left_out", "公式没有保存计算结果"),
        Check("date_unreadable", "left_out", "日期无法识别"),
        Check("date_ambiguous", "left_out", "日期的日、月次序不明"),
        Check("date_incomplete", "left_out", "日期缺少月或日"),
        Check("date_serial", "left_out", "日期是表格软件的序号，请改为日期格式"),
        Check("date_no_such_day", "left_out", "没有这一天"),
        Check("date_in_future", "left_out", "日期晚于导入日"),
        Check("date_placeholder", "left_out", "日期在 1900 年以前，视为占位值（我们的假设）"),
        Check("date_before_1949", "noted", "日期早于 1949 年 10 月（我们的假设）"),
        Check("capital_unreadable", "left_out", "注册资本无法识别"),
        Check("capital_without_unit", "left_out", "注册资本没有单位，请在列名或映射文件中写明"),
        Check("capital_foreign", "left_out", "注册资本为外币，不按假定汇率折算"),
        Check("capital_lost_point", "left_out", "注册资本疑似丢失小数点，数值会大 10,000 倍（我们的假设）"),
        Check("capital_negative", "left_out", "注册资本为负数"),
        Check("capital_zero", "left_out", "注册资本为 0，视为未填（我们的假设）"),
        Check("capital_out_of_range", "left_out", "注册资本超出 facts.yaml 规定的范围"),
        Check("capital_tiny", "noted", "注册资本不足 1,000 元（我们的假设）"),
        Check("capital_rounded", "noted", "注册资本的小数多于分，已四舍六入到分"),
        Check("region_unknown", "left_out", "注册地无法确定"),
        Check("region_code_unknown", "left_out", "行政区划代码不在 GB/T 2260 表内"),
        Check("region_address_conflict", "noted", "住所所在区县不属于所列城市，按城市导入"),
        Check(
            "region_city_outvoted",
            "noted",
            "所列城市与住所不符，登记机关与住所一致，按住所导入（我们的假设）",
        ),
        Check("region_code_conflict", "noted", "登记机关（代码第 3–8 位）与所列城市不同，按城市导入"),
        Check("form_unknown_text", "noted", "类型文字无法识别"),
        Check("form_conflict", "noted", "类型为公司而名称为分支机构，按分支机构导入"),
        Check("value_unreadable", "left_out", "数值无法识别"),
        Check("value_not_whole", "left_out", "数值不是整数个存储单位，不作舍入"),
        Check("value_out_of_range", "left_out", "数值超出 facts.yaml 规定的范围"),
        Check("value_unknown_code", "left_out", "代码不在规定的清单内"),
    )
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the side file."""

    row: int
    column: str
    value: str
    check: str
    detail: str = ""

    @property
    def gravity(self) -> Gravity:
        """How grave it is."""
        return CHECKS[self.check].gravity

    @property
    def reason(self) -> str:
        """Say what is wrong."""
        label = CHECKS[self.check].label
        return f"{label}：{self.detail}" if self.detail else label
