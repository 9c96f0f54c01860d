"""Expressions of a pack as people read them: labels for names, words for operators."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from kerong.engines.rules.quantities import Language, show_quantity

if TYPE_CHECKING:
    from datetime import date

    from kerong.engines.rules.model import ClassOption, Clause, Fact, Library, Pack, Unit

_TOKEN = re.compile(r"'[^']*'|[A-Za-z_][A-Za-z0-9_.]*|<=|>=|<>|[-+*=<>(),]|[0-9.]+|\s+")
_SIGNS = {"<=": "≤", ">=": "≥", "<>": "≠", "*": "×"}


def language() -> Language:
    """Return the engine's name of the reader's language."""
    return "en" if (translation.get_language() or "").startswith("en") else "zh"


def day_quoted(pack: Pack, span: Clause | ClassOption | None, on: date) -> date:
    """Return the day whose values stand in a clause: today, its last day once past, its first day before."""
    spans = (pack, span) if span is not None else (pack,)
    first = max((each.start for each in spans if each.start is not None), default=on)
    last = min((each.until for each in spans if each.until is not None), default=on)
    return last if last < on else max(first, on)


def clause_words(pack: Pack, clause: Clause, on: date) -> str:
    """Return the sentence of a clause with the values of its own time: old law is quoted as it was."""
    return filled(pack, label_of(clause), day_quoted(pack, clause, on))


def filled(pack: Pack, text: str, on: date) -> str:
    """Put the values in force into a label; a table is named, because its row depends on the firm."""

    def value(match: re.Match[str]) -> str:
        head, _dot, tail = match[1].partition(".")
        parameter = pack.parameters.get(head)
        if parameter is None:
            return match[0]
        if parameter.by:
            return _("“%(table)s”表中的数") % {"table": label_of(parameter)}
        dated = parameter.in_force(on)
        unit = next((column.unit for column in parameter.columns if column.name == tail), parameter.unit)
        return shown(dated.value if dated else None, unit)

    return re.sub(r"\{([a-z0-9_.]+)\}", value, text)


def shown(value: int | str | None, unit: Unit) -> str:
    """Print a stored value, or say that it is not published."""
    return _("未公布") if value is None else show_quantity(value, unit, language())


def label_of(thing: object) -> str:
    """Return a thing's label in the reader's language, in Chinese where there is no other."""
    english = getattr(thing, "label_en", "")
    return str(english if language() == "en" and english else getattr(thing, "label", ""))


def in_words(library: Library, pack: Pack, expression: str) -> str:
    """Print an expression with labels instead of names."""
    words = {"AND": _("且"), "OR": _("或"), "NOT": _("非"), "IN": _("属于"), "LIKE": _("开头为")}
    words |= {"IS": _("是"), "NULL": _("未知"), "BETWEEN": _("介于"), "TRUE": _("是"), "FALSE": _("否")}
    calls = {"least": _("取较小者"), "greatest": _("取较大者"), "share": _("按比例"), "floor": _("取整")}
    codes: dict[str, str] = {
        "down": _("尾数舍去"),
        "up": _("尾数进一"),
        "half_up": _("四舍五入"),
        "half_even": _("四舍六入五成双"),
    }

    def token(match: re.Match[str]) -> str:
        text = match[0]
        if text.startswith("'"):
            return codes.get(text[1:-1], text[1:-1].rstrip("%"))
        if text.upper() in words:
            return f" {words[text.upper()]} "
        if text in calls:
            return calls[text]
        if text[0].isalpha():
            codes.update(_codes(library, pack, text))
            return _name(library, pack, text)
        return f" {_SIGNS.get(text, text)} " if text in _SIGNS or text in "=<>+-" else text

    text = re.sub(r"\s+", " ", _TOKEN.sub(token, expression)).replace("( ", "(").strip()
    if language() == "en":
        return text
    return text.replace(", ", "，").replace("(", "（").replace(")", "）")


def _codes(library: Library, pack: Pack, name: str) -> dict[str, str]:
    if name in pack.classes:
        return {option.value: label_of(option) for option in pack.classes[name].options}
    fact: Fact | None = library.facts.get(name)
    return dict(fact.codes) if fact else {}


def _name(library: Library, pack: Pack, name: str) -> str:
    head, _dot, tail = name.partition(".")
    if head in pack.parameters:
        parameter = pack.parameters[head]
        return label_of(next((c for c in parameter.columns if c.name == tail), parameter))
    if head in pack.points:
        card = pack.points[head]
        indicator = next((i for i in card.indicators if i.name == tail), None)
        return label_of(indicator or card)
    if name in pack.classes:
        return label_of(pack.classes[name])
    return label_of(library.facts[name]) if name in library.facts else name
