"""What can be wrong with a line of an invoice file: how grave it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerong.adapters.registers.checks import Check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kerong.adapters.registers.checks import Gravity


CHECKS: Mapping[str, Check] = {
    check.key: check
    for check in (
        Check("row_width", "rejected", "列数与表头不符：多半是单元格里有逗号没有加引号，请在原系统重新导出"),
        Check("firm_missing", "rejected", "没有企业代号：请补上"),
        Check("day_missing", "rejected", "没有开票日期：请补上"),
        Check("day_unreadable", "rejected", "开票日期无法识别：请写成 2024-03-15"),
        Check("day_ambiguous", "rejected", "开票日期的日、月次序不明：请写成 2024-03-15"),
        Check("day_incomplete", "rejected", "开票日期缺少月或日：请写成 2024-03-15"),
        Check("day_serial", "rejected", "开票日期是表格软件的序号：请把该列改为日期格式"),
        Check("day_no_such_day", "rejected", "没有这一天：请核对开票日期"),
        Check("day_placeholder", "rejected", "开票日期在 1900 年以前，是占位值：请核对"),
        Check("net_missing", "rejected", "没有金额：请补上不含税金额；不用价税合计倒推"),
        Check("net_unreadable", "rejected", "金额无法识别：请写成 1234.56，红字写成 -1234.56"),
        Check("net_not_whole", "rejected", "金额的小数多于分：不作舍入，请核对原发票"),
        Check("net_too_large", "rejected", "金额超过 1,000 亿元：多半是单位写错，请核对"),
        Check("state_missing", "rejected", "没有发票状态：请补上“有效发票”或“作废发票”"),
        Check("state_unknown", "rejected", "发票状态不认识：请写成“有效发票”或“作废发票”"),
        Check("duplicate", "rejected", "与前面一行号码、日期、对方、金额、税额、状态全部相同：只算一次"),
        Check("cell_too_long", "left_out", "单元格内容过长：请核对"),
        Check("formula_without_value", "left_out", "公式没有保存计算结果：请在表格软件里打开后重新保存"),
        Check("tax_unusable", "left_out", "税额无法识别：金额照用，没有核对价税合计"),
        Check("total_unusable", "left_out", "价税合计无法识别：金额照用，没有核对价税合计"),
        Check("sums_disagree", "noted", "金额与税额之和不等于价税合计：按金额计入，请核对原发票"),
        Check("zero_valid", "noted", "有效发票的金额为 0：计入张数，不算有开票的日子"),
        Check("counterparty_missing", "noted", "没有写明对方：计入金额，不计入客户、供应商的各项"),
    )
}


@dataclass(frozen=True, slots=True)
class InvoiceProblem:
    """One line of the side file."""

    row: int
    column: str
    value: str
    check: str

    @property
    def gravity(self) -> Gravity:
        """How grave it is."""
        return CHECKS[self.check].gravity

    @property
    def reason(self) -> str:
        """Say what is wrong and what to do."""
        return CHECKS[self.check].label
