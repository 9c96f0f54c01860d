"""Reads 专户对账单 from csv or xlsx: one line for each receipt, and a running balance that must add up."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import openpyxl

from kerong.basics.money import MoneyError, parse_money

if TYPE_CHECKING:
    from collections.abc import Iterable

LINES_MAX = 20_000
COLUMNS = {
    "day": ("日期", "交易日期", "记账日期"),
    "receipt": ("回单号", "流水号", "回单编号", "交易流水号"),
    "received": ("收入", "贷方发生额", "收入金额", "贷方金额"),
    "paid": ("支出", "借方发生额", "支出金额", "借方金额"),
    "balance": ("余额", "账户余额"),
    "counterpart": ("对方户名", "对方名称"),
    "text": ("附言", "摘要", "用途"),
}
_NEEDED = ("day", "receipt", "received", "paid", "balance")


class StatementRefusedError(ValueError):
    """The file cannot be taken; ``mistakes`` names every wrong cell."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("; ".join(mistakes))


class BankLine(NamedTuple):
    """One movement as the bank states it; money that came in is positive."""

    happened_on: date
    receipt: str
    amount_fen: int
    balance_fen: int
    counterpart: str
    text: str


class BankFile(NamedTuple):
    """A whole statement."""

    lines: tuple[BankLine, ...]
    opening_fen: int
    closing_fen: int
    digest: str


def read_bank_statement(name: str, content: bytes) -> BankFile:
    """Read a statement whose safety was checked before. Raises StatementRefusedError with every wrong cell."""
    rows = _xlsx_rows(content) if name.lower().endswith(".xlsx") else _csv_rows(content)
    at, lines_above = _head(rows)
    mistakes: list[str] = []
    lines: list[BankLine] = []
    seen: set[str] = set()
    for number, row in enumerate(rows[lines_above:], start=lines_above + 1):
        cells = {field: (row[place] if place < len(row) else "") for field, place in at.items()}
        if not any(str(cell).strip() for cell in cells.values()):
            continue
        try:
            line = _line(cells)
        except ValueError as error:
            mistakes.append(f"第 {number} 行：{error}")
            continue
        if line.receipt in seen:
            mistakes.append(f"第 {number} 行：回单号 {line.receipt} 重复")
        if lines and lines[-1].balance_fen + line.amount_fen != line.balance_fen:
            short = line.balance_fen - lines[-1].balance_fen - line.amount_fen
            mistakes.append(f"第 {number} 行：余额与上一行不衔接，相差 {short / 100:.2f} 元")
        seen.add(line.receipt)
        lines.append(line)
    if len(lines) > LINES_MAX:
        mistakes.append(f"超过 {LINES_MAX} 行，请分期导入")
    if not lines and not mistakes:
        mistakes.append("文件里没有流水")
    if [line.happened_on for line in lines] != sorted(line.happened_on for line in lines):
        mistakes.append("日期没有从早到晚排列")
    if mistakes:
        raise StatementRefusedError(mistakes)
    return BankFile(
        tuple(lines),
        lines[0].balance_fen - lines[0].amount_fen,
        lines[-1].balance_fen,
        hashlib.sha256(content).hexdigest(),
    )


def _line(cells: dict[str, Any]) -> BankLine:
    received, paid = _money(cells["received"], "收入"), _money(cells["paid"], "支出")
    if (received == 0) == (paid == 0) or received < 0 or paid < 0:
        raise ValueError("收入和支出须填且只填一个，为正数")
    receipt = str(cells["receipt"]).strip()
    if not receipt:
        raise ValueError("没有回单号")
    if not str(cells["balance"]).strip():
        raise ValueError("没有余额")
    return BankLine(
        _day(cells["day"]),
        receipt[:64],
        received - paid,
        _money(cells["balance"], "余额"),
        str(cells.get("counterpart") or "").strip()[:120],
        str(cells.get("text") or "").strip()[:200],
    )


def _money(cell: Any, column: str) -> int:
    text = str(cell).strip()
    if not text:
        return 0
    try:
        return parse_money(text)
    except MoneyError as error:
        raise ValueError(f"{column}“{text[:30]}”不是以元为单位、最多两位小数的数") from error


def _day(cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    text = str(cell).strip().replace("/", "-").replace(".", "-")
    try:
        return datetime.strptime(text, "%Y%m%d" if text.isdecimal() else "%Y-%m-%d").date()  # noqa: DTZ007 - a day
    except ValueError as error:
        raise ValueError(f"日期“{text[:20]}”应写成 2026-11-23") from error


def _head(rows: list[list[Any]]) -> tuple[dict[str, int], int]:
    """Find the line with the columns' names among the first twenty; return where each column is."""
    for number, row in enumerate(rows[:20], start=1):
        names = [str(cell).strip().removesuffix("（元）").removesuffix("(元)") for cell in row]
        at = {
            field: next(names.index(word) for word in words if word in names)
            for field, words in COLUMNS.items()
            if any(word in names for word in words)
        }
        if all(field in at for field in _NEEDED):
            return at, number
    wanted = "、".join(COLUMNS[field][0] for field in _NEEDED)
    raise StatementRefusedError([f"前 20 行里没有找到表头；须有这些列：{wanted}"])


def _csv_rows(content: bytes) -> list[list[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return [list(row) for row in csv.reader(io.StringIO(text))]
    raise StatementRefusedError(["文件不是 UTF-8，也不是 GB18030"])


def _xlsx_rows(content: bytes) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    rows: Iterable[tuple[Any, ...]] = book.worksheets[0].iter_rows(values_only=True, max_row=LINES_MAX + 50)
    return [["" if cell is None else cell for cell in row] for row in rows]
