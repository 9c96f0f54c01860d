"""What every page says in the same way: marks, verdicts, citations, days, exact amounts, links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kerong.basics import industries, regions
from kerong.basics.acting import HOUSE_ROLE
from kerong.engines.rules.quantities import show_quantity
from kerong.engines.rules.wording import fact_words
from kerong.portal.language_words import (
    engine_language,
    in_chinese,
    in_chinese_span,
    is_chinese,
    is_foreign,
    said,
)
from kerong.records.packs import queries as packs
from kerong.records.parties import queries as parties

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.paginator import Page
    from django.utils.safestring import SafeString

    from kerong.engines.rules.evaluation import AmountWorkedOut, Evaluation, FactUsed
    from kerong.engines.rules.model import Fact, Mark, Pack, ShelfProduct, Unit

register = template.Library()

_DAY_PARTS = 3

# Where one capability's page may point to another's: the portal alone knows the addresses.
LINKS = {
    "home": "home",
    "work": "work",
    "rules": "policy_library:rules",
    "rule": "policy_library:rule",
    "value": "policy_library:value",
    "what_if": "policy_library:what_if",
    "sources": "policy_library:sources",
    "source": "policy_library:source",
    "unpublished": "policy_library:unpublished",
    "policy_search": "policy_library:policy_search",
    "comparisons": "policy_library:comparisons",
    "comparison": "policy_library:comparison",
    "shelf": "matchmaking:shelf",
    "shelf_product": "matchmaking:shelf_product",
    "shelf_compare": "matchmaking:shelf_compare",
    "firms": "matchmaking:firms",
    "firm": "matchmaking:firm",
    "doors": "matchmaking:doors",
    "evaluation": "matchmaking:evaluation",
    "pre_assess": "decisions:pre_assess",
    "decision": "decisions:decision",
    "step_up": "step_up",
    "new_draft": "packs:new_draft",
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


register.filter(said)
register.filter(in_chinese)
register.filter(is_foreign)


@register.filter
def day(value: date | int | None) -> str:
    """Print a day, given as a date or as yyyymmdd: 2026年11月23日."""
    if value is None or value == date.min:
        return ""
    stored = value if isinstance(value, int) else value.year * 10_000 + value.month * 100 + value.day
    return show_quantity(stored, "date", engine_language())


@register.filter
def exact(value: int | None, unit: Any) -> str:
    """Print a sum to the fen, for the title of a rounded one; nothing for other units."""
    if value is None or not isinstance(value, int) or unit.type != "money":
        return ""
    yuan, fen = divmod(abs(value), 100)
    return f"{'-' if value < 0 else ''}¥{yuan:,}.{fen:02}"


@register.filter
def written_day(text: str) -> str:
    """Print a day, a month or a year written as 2024-10-15, 2024-10 or 2024 in the reader's way."""
    parts = text.split("-")
    if not 1 <= len(parts) <= _DAY_PARTS or not all(part.isdecimal() for part in parts):
        return text
    try:
        whole = day(date(*(int(part) for part in (*parts, "1", "1")[:_DAY_PARTS])))
    except ValueError:
        return text
    if len(parts) == _DAY_PARTS:
        return whole
    if engine_language() == "en":
        return whole.split(" ", _DAY_PARTS - len(parts))[-1]
    return whole.partition("月" if len(parts) > 1 else "年")[0] + ("月" if len(parts) > 1 else "年")


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
    """Return the address of a page of another capability; arguments that are empty are left out."""
    return reverse(LINKS[name], args=[argument for argument in arguments if argument != ""])


@register.inclusion_tag("parts/mark.html")
def mark(verified: str) -> dict[str, Any]:
    """Say how sure we are of a value: word, icon, colour."""
    words, drawing = MARKS[verified]
    return {"verified": verified, "words": words, "icon_name": drawing, "meaning": MEANINGS[verified]}


@register.simple_tag
def mark_words(verified: str) -> str:
    """Say how sure we are in words alone, where no icon can stand."""
    return str(MARKS[verified][0])


@register.simple_tag
def highlighted(pieces: Iterable[Any]) -> SafeString:
    """Print the pieces of a text, those that were searched for marked; every piece is escaped."""
    parts = [format_html("<mark>{}</mark>" if piece.is_hit else "{}", piece.text) for piece in pieces]
    text = mark_safe("".join(parts))  # noqa: S308 - every piece went through format_html
    return text if engine_language() == "zh" or not is_chinese(text) else in_chinese_span(text)


@register.simple_tag(takes_context=True)
def document_name(context: dict[str, Any], cited: Mark) -> str | SafeString:
    """Name the document and the clause of a citation, without the mark."""
    found = cited_clause(context["law"].library.sources, cited.cites)
    return in_chinese(f"{found.number or found.title} {found.label}".strip()) if found else ""


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
        "page": _page_of(context["law"].library.sources, cited.cites),
    }


@register.inclusion_tag("parts/task_chips.html")
def task_chips(tasks: Iterable[int]) -> dict[str, Any]:
    """Name the tasks of the plan that a rule or a product serves, small, by their numbers."""
    return {"tasks": tuple(tasks)}


@register.inclusion_tag("parts/law_notice.html")
def law_notice() -> dict[str, Any]:
    """Say on every page that edited files are followed, and which mistakes they hold."""
    law = packs.current()
    return {"following_files": law.following_files, "mistakes": law.mistakes}


def _page_of(sources: Any, cites: str) -> str:
    """Return where a citation stands in our own library of documents."""
    key, _hash, anchor = cites.partition("#")
    if key not in sources:
        return ""
    return reverse(LINKS["source"], args=[key]) + (f"#anchor-{anchor}" if anchor else "")


def cited_clause(sources: Any, cites: str) -> CitedClause | None:
    """Look a citation up; None where the document is not in the library."""
    key, _hash, anchor_key = cites.partition("#")
    source = sources.get(key)
    if source is None:
        return None
    anchor = source.anchors.get(anchor_key)
    # An anchor has its document's address unless its own page is said not to be one to link.
    address = anchor.address if anchor else source.address
    return CitedClause(
        number=source.number,
        title=source.title,
        issuer=source.issuer,
        label=anchor.label if anchor else "",
        summary=anchor.summary if anchor else "",
        address=address if urlsplit(address).scheme in {"http", "https"} else "",
    )


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
    if engine_language() == "en":
        text = words.en
        if fact.type == "code" and str(value) not in fact.codes_en:
            text = fact.codes.get(str(value), words.en)
        return in_chinese(text) if is_chinese(text) else with_exact(text, value, fact.unit)
    return with_exact(words.zh, value, fact.unit)


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


@register.simple_tag(takes_context=True)
def institution_of(context: dict[str, Any], product: ShelfProduct) -> str | SafeString:
    """Name the institution that offers a product of the reference shelf."""
    institution = context["law"].library.shelf.get(product.institution)
    return said(institution, "label") if institution else ""


@register.simple_tag
def worked_out(amount: AmountWorkedOut, pack: Pack) -> str | SafeString:
    """Print an amount, with the exact sum of money; or that it cannot be worked out."""
    text = said(amount, "text")
    if amount.value is None:
        return format_html('<span class="not-worked-out">{}</span>', text)
    return with_exact(text, amount.value, pack.amounts[amount.name].unit)


def _place(fact: Fact, code: str) -> str:
    """Name a region or an industry whose code has no labels in the dictionary of facts."""
    if fact.code_system == "gbt2260":
        return regions.full_name(code) if regions.find(code) else ""
    if fact.code_system == "gbt4754":
        found = industries.find(code)
        return industries.label_of(code) if found else ""
    return ""


def with_exact(text: str | SafeString, value: int | str | None, unit: Unit) -> str | SafeString:
    """Put the exact sum into the title of a rounded one; other texts stay as they are."""
    title = exact(value, unit) if isinstance(value, int) else ""
    return format_html('<abbr title="{}">{}</abbr>', title, text) if title else text


@register.filter
def thousands(value: int) -> str:
    """Print a count with separators."""
    return f"{value:,}"


@register.filter
def role_name(key: str) -> str:
    """Return the name of a role; the service itself has one too."""
    held = parties.role(key)
    return str(held.label) if held else _("系统") if key == HOUSE_ROLE else key


@register.filter
def party_name(reference: str) -> str | SafeString:
    """Return the name of a party by its reference, marked as Chinese on pages of another language."""
    return in_chinese(parties.name_of_party(reference)) if reference else ""


@register.filter
def page_numbers(page: Page[Any]) -> Iterable[int | str]:
    """Return the numbers that a list offers around the page it shows."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)


@register.inclusion_tag("parts/result_words.html")
def result_words(pack: Pack, found: Evaluation) -> dict[str, Any]:
    """Say the classes and points that a rule gives the firm."""
    return {
        "classes": [
            (pack.classes[name], labels) for name, labels in found.classes.items() if len(labels) == 1
        ],
        "points": found.points,
    }
