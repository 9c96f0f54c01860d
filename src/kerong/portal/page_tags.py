"""What every page says in the same way: marks, verdicts, citations, days, exact amounts, links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kerong.basics import industries, regions
from kerong.engines.rules.quantities import show_quantity
from kerong.engines.rules.wording import fact_words
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.safestring import SafeString

    from kerong.engines.rules.evaluation import AmountWorkedOut, Evaluation, FactUsed
    from kerong.engines.rules.model import Fact, Mark, Pack, Unit

register = template.Library()
YI_YUAN = 10_000_000_000

# Where one capability's page may point to another's: the portal alone knows the addresses.
LINKS = {
    "home": "home",
    "rules": "policy_library:rules",
    "rule": "policy_library:rule",
    "what_if": "policy_library:what_if",
    "firms": "matchmaking:firms",
    "firm": "matchmaking:firm",
    "evaluation": "matchmaking:evaluation",
}

# verified → (words, icon): never colour alone.
MARKS = {
    "official": (gettext_lazy("官方"), "seal"),
    "press": (gettext_lazy("报刊"), "paper"),
    "digest": (gettext_lazy("摘编"), "quote"),
    "derived": (gettext_lazy("推算"), "sum"),
    "assumption": (gettext_lazy("本软件假设"), "pencil"),
    "not_found": (gettext_lazy("未公布"), "gap"),
}
MEANINGS = {
    "official": gettext_lazy("在发文单位的正式文本或页面上读到"),
    "press": gettext_lazy("在新闻媒体或转载页上读到"),
    "digest": gettext_lazy("从摘编、转述读到，未见原文"),
    "derived": gettext_lazy("由已读到的数推算"),
    "assumption": gettext_lazy("本软件自己的选择，没有公布依据"),
    "not_found": gettext_lazy("找过，没有公布或没有读到；不猜"),
}

# truth or nearness → (words, icon).
VERDICTS = {
    "met": (gettext_lazy("符合"), "tick"),
    "not_met": (gettext_lazy("不符合"), "cross"),
    "unknown": (gettext_lazy("缺资料"), "question"),
    "near_miss": (gettext_lazy("差一条"), "almost"),
    "one_document_away": (gettext_lazy("差一份材料"), "document"),
}


@dataclass(frozen=True)
class CitedClause:
    """A citation looked up: the document, the clause, and the address of the page that was read."""

    number: str
    title: str
    issuer: str
    label: str
    summary: str
    address: str


@register.filter
def said(thing: Any, name: str) -> str | SafeString:
    """Return ``name`` or ``name_en`` of a thing; Chinese on an English page is marked as Chinese."""
    chinese = str(getattr(thing, name, "") or "")
    if _engine_language() == "zh":
        return chinese
    english = str(getattr(thing, f"{name}_en", "") or "")
    if english and not _is_chinese(english):
        return english
    return in_chinese(english or chinese)


@register.filter
def in_chinese(text: str) -> str | SafeString:
    """Mark a text of the law, which exists in Chinese only, on pages of another language."""
    if _engine_language() == "zh" or not _is_chinese(text):
        return text
    return format_html('<span lang="zh-Hans">{}</span>', text)


@register.filter
def day(value: date | int | None) -> str:
    """Print a day, given as a date or as yyyymmdd: 2026年11月23日."""
    if value is None or value == date.min:
        return ""
    stored = value if isinstance(value, int) else value.year * 10_000 + value.month * 100 + value.day
    return show_quantity(stored, "date", _engine_language())


@register.filter
def exact(value: int | None, unit: Any) -> str:
    """Print a sum to the fen, for the title of a rounded one; nothing for other units."""
    if value is None or not isinstance(value, int) or unit.type != "money":
        return ""
    yuan, fen = divmod(abs(value), 100)
    return f"{'-' if value < 0 else ''}¥{yuan:,}.{fen:02}"


@register.filter
def written_day(text: str) -> str:
    """Print a day written as 2024-10-15 in the reader's way; other texts as they are."""
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


@register.simple_tag
def icon(name: str, words: str = "") -> SafeString:
    """Draw an icon of our sprite; without words it is decoration and hidden from screen readers."""
    place = f"{static('kerong/icons.svg')}#{name}"
    if words:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', words, place
        )
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"/></svg>', place)


@register.simple_tag
def address_of(name: str, *arguments: Any) -> str:
    """Return the address of a page of another capability."""
    return reverse(LINKS[name], args=arguments)


@register.inclusion_tag("parts/mark.html")
def mark(verified: str) -> dict[str, Any]:
    """Say how sure we are of a value: word, icon, colour."""
    words, drawing = MARKS[verified]
    return {"verified": verified, "words": words, "icon_name": drawing, "meaning": MEANINGS[verified]}


@register.inclusion_tag("parts/verdict.html")
def verdict(truth: str, size: str = "") -> dict[str, Any]:
    """Say met, not met or unknown, or how near: word, icon, colour."""
    words, drawing = VERDICTS[truth]
    return {"truth": truth, "words": words, "icon_name": drawing, "size": size}


@register.inclusion_tag("parts/citation.html", takes_context=True)
def citation(context: dict[str, Any], cited: Mark, when: str = "") -> dict[str, Any]:
    """Name the document and clause behind a value, with our summary, the page read and the mark."""
    return {
        "cited": cited_clause(context["law"].library.sources, cited.cites),
        "mark": cited,
        "when": when,
        "is_listed": cited.cites in context.get("cites_listed", ()),
        "anchor": cited.cites.replace("#", "-"),
    }


@register.inclusion_tag("parts/law_notice.html")
def law_notice() -> dict[str, Any]:
    """Say on every page that edited files are followed, and which mistakes they hold."""
    law = packs.current()
    return {"following_files": law.following_files, "mistakes": law.mistakes}


def cited_clause(sources: Any, cites: str) -> CitedClause | None:
    """Look a citation up; None where the document is not in the library."""
    key, _hash, anchor_key = cites.partition("#")
    source = sources.get(key)
    if source is None:
        return None
    anchor = source.anchors.get(anchor_key)
    address = (anchor.address if anchor else "") or source.address
    return CitedClause(
        number=source.number,
        title=source.title,
        issuer=source.issuer,
        label=anchor.label if anchor else "",
        summary=anchor.summary if anchor else "",
        address=address if urlsplit(address).scheme in {"http", "https"} else "",
    )


def _engine_language() -> Any:
    return "en" if (translation.get_language() or "").startswith("en") else "zh"


@register.inclusion_tag("parts/outside_link.html")
def outside_link(address: str) -> dict[str, Any]:
    """Link to a page outside, which learns nothing about where the reader came from."""
    parts = urlsplit(address)
    return {
        "address": address if parts.scheme in {"http", "https"} else "",
        "host": parts.netloc,
        "text": address,
    }


@register.inclusion_tag("parts/cited_clauses.html", takes_context=True)
def cited_clauses(context: dict[str, Any], cites: Iterable[str]) -> dict[str, Any]:
    """List cited clauses once each, with our summaries and the pages where they were read."""
    sources = context["law"].library.sources
    found = [(cite.replace("#", "-"), cited_clause(sources, cite)) for cite in cites]
    return {"cited": [(anchor, clause) for anchor, clause in found if clause is not None]}


@register.simple_tag
def fact_value(fact: Fact, value: int | str | None) -> str | SafeString:
    """Print a fact's value in the reader's language; money carries the exact sum."""
    if value is None:
        return _("未知")
    if place := _place(fact, str(value)):
        return in_chinese(place)
    words = fact_words(fact, value)
    if _engine_language() == "en":
        text = fact.codes.get(str(value), words.en) if fact.type == "code" else words.en
        return in_chinese(text) if _is_chinese(text) else _with_exact(text, value, fact.unit)
    return _with_exact(words.zh, value, fact.unit)


@register.simple_tag(takes_context=True)
def used_value(context: dict[str, Any], used: FactUsed) -> str | SafeString:
    """Print the value of a fact that an evaluation used."""
    return fact_value(context["law"].library.facts[used.name], used.value)


@register.simple_tag(takes_context=True)
def holder_of(context: dict[str, Any], name: str) -> str | SafeString:
    """Name who holds a fact."""
    library = context["law"].library
    holder = library.holders.get(library.facts[name].holder)
    return said(holder, "label") if holder else ""


@register.simple_tag
def worked_out(amount: AmountWorkedOut, pack: Pack) -> str | SafeString:
    """Print an amount, with the exact sum of money; or that it cannot be worked out."""
    text = said(amount, "text")
    if amount.value is None:
        return format_html('<span class="not-worked-out">{}</span>', text)
    return _with_exact(text, amount.value, pack.amounts[amount.name].unit)


def _place(fact: Fact, code: str) -> str:
    """Name a region or an industry whose code has no labels in the dictionary of facts."""
    if fact.code_system == "gbt2260":
        return regions.full_name(code) if regions.find(code) else ""
    if fact.code_system == "gbt4754":
        found = industries.find(code)
        return industries.label_of(code) if found else ""
    return ""


def _with_exact(text: str | SafeString, value: int | str | None, unit: Unit) -> str | SafeString:
    title = exact(value, unit) if isinstance(value, int) else ""
    return format_html('<abbr title="{}">{}</abbr>', title, text) if title else text


def _is_chinese(text: str) -> bool:
    return any("一" <= letter <= "鿿" for letter in text)


@register.filter
def thousands(value: int) -> str:
    """Print a count with separators."""
    return f"{value:,}"


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
    if cell.value is None:
        return figure(cell)
    text = show_quantity(cell.value, unit, _engine_language())
    if unit.type == "money" and abs(cell.value) >= YI_YUAN:
        # Two decimals for reading; the title keeps every fen.
        in_billions = _engine_language() == "en"
        size, word = (YI_YUAN * 10, " billion yuan") if in_billions else (YI_YUAN, "亿元")
        text = f"{Decimal(cell.value) / size:,.2f}{word}"
    return _with_exact(text, cell.value, unit)


@register.inclusion_tag("parts/result_words.html")
def result_words(pack: Pack, found: Evaluation) -> dict[str, Any]:
    """Say the classes and points that a rule gives the firm."""
    return {
        "classes": [
            (pack.classes[name], labels) for name, labels in found.classes.items() if len(labels) == 1
        ],
        "points": found.points,
    }
