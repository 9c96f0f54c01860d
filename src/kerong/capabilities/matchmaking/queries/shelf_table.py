"""The shelf as a table to take away: every product with its source and mark, and its verdict for a firm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kerong.adapters.sheets import Cell
    from kerong.capabilities.matchmaking.queries.shelf_fit import Fit
    from kerong.capabilities.matchmaking.queries.shelf_lines import Bound, ShelfLine
    from kerong.engines.rules.model import Library

FEN_PER_WAN_YUAN = 1_000_000


@dataclass(frozen=True)
class Held:
    """The firm that the products are held against: the verdicts by rule, in words, and what they rest on."""

    fits: Mapping[str, Fit]
    truths: Mapping[str, str]
    against: str


def headings(held: Held | None = None) -> list[str]:
    """Name the columns in the reader's language."""
    verdict = [_("结论"), _("原因或所缺"), _("对照企业（演示）")] if held else []
    return [
        *(_("产品"), _("机构"), _("机构类别"), _("类别"), _("门"), _("地区")),
        *(_("额度上限（万元）"), _("规则上限（万元）"), _("期限上限（月）"), _("利率"), _("担保方式")),
        *(_("说明"), _("公布的条件"), _("媒体报道的案例，不是额度上限"), _("所依的规则")),
        *(_("来源"), _("文号"), _("条款"), _("网址"), _("可信程度"), _("查看日期"), *verdict, _("声明")),
    ]


def rows(
    library: Library,
    lines: Iterable[ShelfLine],
    doors: Mapping[str, str],
    marks: Mapping[str, str],
    held: Held | None = None,
) -> Iterator[list[Cell]]:
    """Yield a row for each product; doors and marks are words by key."""
    for line in lines:
        key, _hash, anchor_key = line.mark.cites.partition("#")
        source = library.sources.get(key)
        anchor = source.anchors.get(anchor_key) if source else None
        rule = library.packs.get(line.rule)
        yield [
            *(line.label, line.institution, line.institution_kind[0], line.kind_words),
            *(doors.get(line.door, ""), line.region_words),
            _bound(line.amount_is, line.amount_max_fen, FEN_PER_WAN_YUAN),
            None if line.rule_cap_fen is None else _in(FEN_PER_WAN_YUAN, line.rule_cap_fen),
            _bound(line.term_is, line.term_max_months, 1),
            *(line.rate or _not_said(line), line.guarantee_mode or _not_said(line), line.summary),
            *("\n".join(line.conditions), "\n".join(line.cases), rule.label if rule else ""),
            *(source.title if source else "", source.number if source else ""),
            *(
                anchor.label if anchor else "",
                anchor.address if anchor else source.address if source else "",
            ),
            marks[line.mark.verified],
            line.mark.checked_on.isoformat() if line.mark.checked_on else "",
            *(_verdict(line, held) if held else ()),
            _("公开信息，未经机构确认"),
        ]


def _bound(kind: Bound, stored: int | None, size: int) -> Cell:
    if stored is not None:
        return _in(size, stored)
    return _("见规则") if kind == "by_rule" else _("未公布")


def _not_said(line: ShelfLine) -> str:
    return _("见规则") if line.pack else _("未公布")


def _in(size: int, stored: int) -> int | float:
    whole, rest = divmod(stored, size)
    return whole if rest == 0 else stored / size


def _verdict(line: ShelfLine, held: Held) -> list[Cell]:
    fit = held.fits.get(line.rule)
    if fit is None:
        return [_("没有可判断的规则"), "", held.against]
    return [held.truths[fit.truth], fit.sentence, held.against]
