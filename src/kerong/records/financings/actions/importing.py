"""Takes the results that banks send back as files: each row once, bad rows named, the others kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kerong.basics.money import MoneyError, parse_money
from kerong.records.evidence.actions import record
from kerong.records.financings.actions.agreeing import FinancingError, change, check_writer
from kerong.records.financings.models import EVENT_KINDS, FIVE_CLASSES, Event
from kerong.records.financings.queries import StoryError, by_reference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kerong.records.financings.models import Financing

STREAM = "financings"
ROWS_MAX = 20_000
# The head of the file, in order; banks fill it in Chinese, so it is Chinese whatever the page's language.
COLUMNS = {
    "reference": "合同编号",
    "key": "流水号",
    "kind": "事项",
    "happened_on": "发生日",
    "amount": "本金（元）",
    "interest": "利息（元）",
    "matures_on": "新到期日",
    "five_class": "五级分类",
    "new_reference": "新合同编号",
    "voids": "作废第几条",
    "remark": "说明",
}
KIND_BY_WORD = {
    **{key: key for key, _words in EVENT_KINDS},
    "放款": "drawdown",
    "用信": "drawdown",
    "还款": "repayment",
    "展期": "extension",
    "借新还旧": "refinancing",
    "无还本续贷": "rollover",
    "逾期": "overdue",
    "逾期归还": "overdue_cleared",
    "五级分类": "five_class",
    "五级分类调整": "five_class",
    "结清": "settlement",
    "终止": "termination",
    "更正": "void",
}
CLASS_BY_WORD = {
    **{key: key for key, _words in FIVE_CLASSES},
    "正常": "normal",
    "关注": "special_mention",
    "次级": "substandard",
    "可疑": "doubtful",
    "损失": "loss",
}
_SAID = {
    "extension": "matures_on",
    "rollover": "matures_on",
    "five_class": "five_class",
    "refinancing": "new_reference",
    "void": "voids",
}
_MISSING = gettext_lazy("没有填。")
# 2026/11/23, 2026.11.23 and 2026年11月23日 are all written in banks' files.
_DAY_MARKS = str.maketrans({"/": "-", ".": "-", "年": "-", "月": "-", "日": None})


class RowError(ValueError):
    """A cell that cannot be read; ``column`` names it as the file does."""

    def __init__(self, column: str, words: str) -> None:
        super().__init__(words)
        self.column = column


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that was not taken: its line in the file, the column if one is to blame, and what is wrong."""

    line: int
    column: str
    words: str


@dataclass(slots=True)
class ImportReport:
    """What became of a file."""

    taken: int = 0
    repeated: int = 0
    bad: list[BadRow] = field(default_factory=list)


def import_results(*, creditor: str, table: Sequence[Sequence[object]]) -> ImportReport:
    """Record the rows of a returned file and report; the first row is the head, in any order of columns.

    A row sent before (same contract, same serial number, same content) is counted as repeated. A bad row is named and
    the others are taken. Raises NotAllowedError, FinancingError for a head that is not ours or a file too long.
    """
    check_writer(creditor)
    head = [str(cell or "").strip() for cell in (table[0] if table else ())]
    known = {words: name for name, words in COLUMNS.items()}
    if missing := [words for words in list(COLUMNS.values())[:4] if words not in head]:
        raise FinancingError(_("表头缺少：%(names)s。请用模板。") % {"names": "、".join(missing)})
    if len(table) - 1 > ROWS_MAX:
        raise FinancingError(_("一个文件最多 %(rows)d 行，请分开传。") % {"rows": ROWS_MAX})
    report = ImportReport()
    for line, cells in enumerate(table[1:], 2):
        row = {known[words]: _text(cell) for words, cell in zip(head, cells, strict=False) if words in known}
        if any(row.values()):
            _take(creditor, line, row, report)
    content = {"taken": report.taken, "repeated": report.repeated, "bad": len(report.bad)}
    record(stream=STREAM, kind="results_imported", subject=creditor, content=content, detail=content)
    return report


def _take(creditor: str, line: int, row: Mapping[str, str], report: ImportReport) -> None:
    try:
        kind = _kind(row)
        financing = _financing(creditor, row)
        key = _needed(row, "key")
        was_there = Event.objects.filter(financing=financing, key=key).exists()
        with transaction.atomic():
            change(
                financing_id=financing.pk,
                kind=kind,
                happened_on=_day(row, "happened_on"),
                key=key,
                amount=_money(row, "amount"),
                interest=_money(row, "interest"),
                said=_said(kind, row),
                remark=row.get("remark", ""),
                channel="file",
            )
    except RowError as bad:
        report.bad.append(BadRow(line, bad.column, str(bad)))
    except (FinancingError, StoryError) as bad:
        report.bad.append(BadRow(line, "", str(bad)))
    else:
        report.repeated += was_there
        report.taken += not was_there


def _financing(creditor: str, row: Mapping[str, str]) -> Financing:
    found = by_reference(creditor=creditor, reference=_needed(row, "reference"))
    if found is None:
        raise RowError(
            COLUMNS["reference"],
            _("平台上没有这份合同。这里只记已有合同的变化；合同由机构的系统或平台登记。"),
        )
    return found


def _kind(row: Mapping[str, str]) -> str:
    word = _needed(row, "kind")
    if word not in KIND_BY_WORD:
        raise RowError(COLUMNS["kind"], _("没有“%(word)s”这种事项。") % {"word": word})
    return KIND_BY_WORD[word]


def _said(kind: str, row: Mapping[str, str]) -> dict[str, object]:
    name = _SAID.get(kind)
    if name is None:
        return {}
    if name == "matures_on":
        return {name: _day(row, name)}
    word = _needed(row, name)
    if name == "five_class":
        if word not in CLASS_BY_WORD:
            raise RowError(COLUMNS[name], _("五级分类写正常、关注、次级、可疑或损失。"))
        return {name: CLASS_BY_WORD[word]}
    if name == "voids":
        if not word.isdecimal():
            raise RowError(COLUMNS[name], _("写第几条，例如 3。"))
        return {name: int(word)}
    return {name: word}


def _needed(row: Mapping[str, str], name: str) -> str:
    word = row.get(name, "")
    if not word:
        raise RowError(COLUMNS[name], str(_MISSING))
    return word


def _day(row: Mapping[str, str], name: str) -> date:
    word = _needed(row, name).translate(_DAY_MARKS)[:10]
    try:
        parts = [int(part) for part in word.split("-")]
        return date(*parts)
    except (TypeError, ValueError):
        raise RowError(COLUMNS[name], _("日期写成 2026-11-23。")) from None


def _money(row: Mapping[str, str], name: str) -> int:
    word = row.get(name, "")
    try:
        amount = parse_money(word or "0")
    except MoneyError:
        raise RowError(COLUMNS[name], _("金额写成 1234.56，最多两位小数。")) from None
    if amount < 0:
        raise RowError(COLUMNS[name], _("金额不能是负数；更正请用“更正”。"))
    return amount


def _text(cell: object) -> str:
    if cell is None:
        return ""
    # A workbook knows whole numbers as 1200.0.
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
