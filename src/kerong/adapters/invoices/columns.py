"""Which column of an invoice file means what: the tax bureau's headings, or our own names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from kerong.adapters.registers.sources import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Direction: TypeAlias = Literal["sale", "purchase"]

DIRECTION_LABELS: Mapping[Direction, str] = {"sale": "销项", "purchase": "进项"}
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "firm": ("企业代号", "企业代码", "统一社会信用代码", "firm", "uscc"),
    "number": ("发票号码", "invoice_no", "number"),
    "day": ("开票日期", "day", "date"),
    "buyer": ("购方单位代号", "购方识别号", "购方税号", "buyer"),
    "seller": ("销方单位代号", "销方识别号", "销方税号", "seller"),
    "counterparty": ("counterparty",),
    "net": ("金额", "net"),
    "tax": ("税额", "tax"),
    "total": ("价税合计", "total", "gross"),
    "net_fen": ("net_fen",),
    "tax_fen": ("tax_fen",),
    "total_fen": ("total_fen",),
    "state": ("发票状态", "state", "valid"),
    "direction": ("direction",),
}
MEANING_LABELS: Mapping[str, str] = {
    "firm": "企业",
    "number": "发票号码",
    "day": "开票日期",
    "counterparty": "对方",
    "net": "不含税金额",
    "tax": "税额",
    "total": "价税合计",
    "state": "是否有效",
    "direction": "方向",
}
_MEANINGS = {heading: meaning for meaning, headings in HEADINGS.items() for heading in headings}
_AMOUNTS = ("net", "tax", "total")
_PARTNER: Mapping[Direction, str] = {"sale": "buyer", "purchase": "seller"}
_KNOWN_HEADINGS_MIN = 3
FEN_PER_YUAN = 100


class HeadingError(SourceError):
    """Headings that cannot be understood; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The column of each meaning, and how many fen one of each amount is. ``number`` may be absent."""

    columns: Mapping[str, str]
    fen_per_one: Mapping[str, int]
    left_out: Sequence[str]


def looks_like_header(cells: Sequence[str]) -> bool:
    """Tell whether a row holds at least three known headings."""
    return sum(_meaning(cell) is not None for cell in cells) >= _KNOWN_HEADINGS_MIN


def make_plan(columns: Sequence[str], direction: Direction) -> Plan:
    """Decide what every column means. Raises HeadingError where a meaning is missing or given twice."""
    found: dict[str, str] = {}
    for column in columns:
        meaning = _meaning(column)
        if meaning is None:
            continue
        if meaning in found:
            raise HeadingError(f"“{found[meaning]}”和“{column}”是同一个意思：请只留一列。")
        found[meaning] = column
    _settle_partner(found, direction)
    factors: dict[str, int] = {}
    for amount in _AMOUNTS:
        if amount in found and f"{amount}_fen" in found:
            raise HeadingError(f"“{found[amount]}”和“{found[amount + '_fen']}”是同一个意思：请只留一列。")
        factors[amount] = 1 if f"{amount}_fen" in found else FEN_PER_YUAN
        if f"{amount}_fen" in found:
            found[amount] = found.pop(f"{amount}_fen")
    missing = [one for one in ("firm", "day", "counterparty", *_AMOUNTS, "state") if one not in found]
    if missing:
        wanted = "；".join("、".join(_spellings(one, direction)) for one in missing)
        raise HeadingError(f"缺少这些列（每组任选一种写法）：{wanted}。文件里有：{'、'.join(columns)}。")
    used = set(found.values())
    return Plan(found, factors, [column for column in columns if column not in used])


def _settle_partner(found: dict[str, str], direction: Direction) -> None:
    """Take the buyer of a sale and the seller of a purchase; a file of the other direction is refused."""
    other: Direction = "purchase" if direction == "sale" else "sale"
    mine, theirs = found.pop(_PARTNER[direction], None), found.pop(_PARTNER[other], None)
    if mine is not None and "counterparty" in found:
        raise HeadingError(f"“{mine}”和“{found['counterparty']}”是同一个意思：请只留一列。")
    if mine is not None:
        found["counterparty"] = mine
    elif theirs is not None and "counterparty" not in found:
        raise HeadingError(
            f"作为{DIRECTION_LABELS[direction]}给出的文件里只有“{theirs}”，"
            f"它像是{DIRECTION_LABELS[other]}发票：请检查 --sales 和 --purchases 是否写反了。"
        )


def _spellings(meaning: str, direction: Direction) -> tuple[str, ...]:
    if meaning == "counterparty":
        return (*HEADINGS[_PARTNER[direction]], "counterparty")
    return (*HEADINGS[meaning], *HEADINGS.get(f"{meaning}_fen", ()))


def _meaning(heading: str) -> str | None:
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", heading)).lower()
    return _MEANINGS.get(plain.removesuffix("(元)"))
