"""Figures of the worker: counts and sums, with what is hidden, how they move, and the exact sum behind."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from kerong.engines.rules.quantities import show_quantity
from kerong.portal.language_words import engine_language
from kerong.portal.page_tags import with_exact

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from kerong.engines.rules.model import Unit

register = template.Library()
YI_YUAN = 10_000_000_000
MILLION_YUAN = 100_000_000


@register.simple_tag
def figure(cell: Any, sign: str = "") -> str | SafeString:
    """Print a figure of the worker; a hidden one says so, in words and not as a number."""
    if cell.value is None:
        return format_html('<span class="hidden-figure">{}</span>', _("隐去"))
    return f"{sign}{cell.value:,}" if cell.value else "0"


@register.simple_tag
def net_change(line: Any) -> str:
    """Print gained minus lost with its sign; nothing where a part of it is hidden."""
    gained, lost = line.gained.value, line.lost.value
    if gained is None or lost is None:
        return ""
    net = gained - lost
    return "±0" if net == 0 else f"{'+' if net > 0 else '−'}{abs(net):,}"


@register.simple_tag
def sum_figure(cell: Any, unit: Unit) -> str | SafeString:
    """Print a sum of the worker, rounded for reading, with the exact one in its title."""
    return figure(cell) if cell.value is None else with_exact(_rounded(cell.value, unit), cell.value, unit)


@register.simple_tag
def sum_change(difference: int | None, unit: Unit) -> str | SafeString:
    """Print how a sum moves, with its sign; nothing where a part of it is hidden."""
    if difference is None:
        return ""
    if difference == 0:
        return "±0"
    sign = "+" if difference > 0 else "−"
    return with_exact(f"{sign}{_rounded(abs(difference), unit)}", difference, unit)


def _rounded(value: int, unit: Unit) -> str:
    """Print a sum of money with two decimals of 亿元, or in whole 万元; the title keeps every fen."""
    if unit.type == "money" and abs(value) >= YI_YUAN:
        in_billions = engine_language() == "en"
        size, word = (YI_YUAN * 10, " billion yuan") if in_billions else (YI_YUAN, "亿元")
        return f"{Decimal(value) / size:,.2f}{word}"
    if unit.type == "money" and abs(value) >= MILLION_YUAN:
        if engine_language() == "en":
            return f"{Decimal(value) / MILLION_YUAN:,.2f} million yuan"
        return f"{Decimal(value) / (MILLION_YUAN // 100):,.0f}万元"
    return show_quantity(value, unit, engine_language())
