"""What a visitor types to change a fact of the demo firm: quantities with units, yes or no, codes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.utils import translation
from django.utils.translation import gettext as _

from kerong.engines.rules.quantities import (
    LARGEST,
    QuantityError,
    read_quantity,
    show_quantity,
    stored_number,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kerong.capabilities.matchmaking.queries import FactShown, FactsOfHolder
    from kerong.engines.rules.model import Fact, Holder
    from kerong.engines.rules.quantities import Language

LONGEST = 60
SUSPICIOUS = 100
"""A new value this many times the original, or this fraction of it, is asked about."""
# What a person writes into a field of each type, in stored units.
EXAMPLES = {"date": 20200315, "months": 24}


@dataclass(frozen=True)
class Change:
    """One fact that the visitor has changed, before and after, in stored units; None is not known."""

    fact: Fact
    before: int | str | None
    after: int | str | None


@dataclass(frozen=True)
class Unread:
    """One value of the address that changes nothing because it could not be read, and why."""

    fact: Fact
    message: str


@dataclass(frozen=True)
class FactRow:
    """One fact on the page, with its field where the visitor may change it.

    ``change`` is how its new value was understood; ``is_suspicious`` says that it differs so much from the
    original that the unit was probably meant otherwise.
    """

    shown: FactShown
    field: forms.BoundField | None
    change: Change | None
    is_suspicious: bool


@dataclass(frozen=True)
class FactsOnPage:
    """The facts in the order of the page."""

    first: list[FactRow]
    by_holder: list[tuple[Holder, list[FactRow]]]


class QuantityField(forms.CharField):
    """A fact as people write it; an empty field means that it is not known."""

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        super().__init__(required=False, max_length=LONGEST)

    def clean(self, value: Any) -> Any:
        """Return the stored value, or None. Raises ValidationError in the reader's language."""
        text = unicodedata.normalize("NFKC", str(super().clean(value))).strip()
        if not text:
            return None
        fact = self.fact
        try:
            stored = _read(text, fact)
        except QuantityError as error:
            raise forms.ValidationError(
                _("读不懂“%(typed)s”，请写成 %(example)s 这样。") % {"typed": text, "example": _example(fact)}
            ) from error
        if isinstance(stored, int) and not fact.low <= stored <= fact.high:
            low, high = (show_quantity(bound, fact.unit, _language()) for bound in (fact.low, fact.high))
            raise forms.ValidationError(_("应在 %(low)s 至 %(high)s 之间。") % {"low": low, "high": high})
        return stored


class ChoiceOfFact(forms.ChoiceField):
    """A yes-or-no fact, or one with a closed list of codes; the empty choice means that it is not known."""

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        codes = {**fact.codes, **fact.codes_en} if _language() == "en" else dict(fact.codes)
        labels = {"1": _("是"), "0": _("否")} if fact.type == "flag" else codes
        super().__init__(choices=[("", _("未知")), *labels.items()], required=False)

    def clean(self, value: Any) -> Any:
        """Return the stored value, or None."""
        chosen = super().clean(value)
        if not chosen:
            return None
        return int(chosen) if self.fact.type == "flag" else chosen


class FactsForm(forms.Form):
    """The facts of one firm as fields, filled with what is known, overlaid with what the visitor typed."""

    def __init__(
        self, facts: Iterable[Fact], known: Mapping[str, int | str | None], asked: Mapping[str, str]
    ) -> None:
        self.known = known
        self.facts = {fact.name: fact for fact in facts if can_be_typed(fact)}
        filled = {name: written(fact, known.get(name)) for name, fact in self.facts.items()}
        super().__init__({name: asked.get(name, text) for name, text in filled.items()}, auto_id="fact-%s")
        for name, fact in self.facts.items():
            is_choice = fact.type in {"flag", "code"}
            field: forms.Field = ChoiceOfFact(fact) if is_choice else QuantityField(fact)
            field.label = fact.label
            self.fields[name] = field

    def in_holders(self, holders: Iterable[FactsOfHolder], first: Iterable[str]) -> FactsOnPage:
        """Arrange facts and fields for the page: what is nearest to an answer first, the rest by holder.

        Only what the firm may act on, or what is missing, gets a field; the rest is printed.
        """
        wanted = list(first)
        changed = {change.fact.name: change for change in self.changes()}
        rows: dict[str, FactRow] = {}
        groups: list[tuple[Holder, list[FactRow]]] = []
        for group in holders:
            lines: list[FactRow] = []
            for shown in group.facts:
                name = shown.fact.name
                open_to_change = name in self.fields and (shown.fact.act != "no" or not shown.known)
                change = changed.get(name)
                field = self[name] if open_to_change else None
                row = FactRow(shown, field, change, change is not None and _is_suspicious(change))
                if name in wanted and open_to_change:
                    rows[name] = row
                else:
                    lines.append(row)
            if lines:
                groups.append((group.holder, lines))
        return FactsOnPage([rows[name] for name in wanted if name in rows], groups)

    def changes(self) -> list[Change]:
        """Return what differs from what is known; a field with an error changes nothing."""
        self.is_valid()
        return [
            Change(fact, self.known.get(name), self.cleaned_data[name])
            for name, fact in self.facts.items()
            if name in self.cleaned_data and self.cleaned_data[name] != self.known.get(name)
        ]

    def unread(self) -> list[Unread]:
        """Return what was typed or stood in the address and could not be read."""
        return [Unread(self.facts[name], str(messages[0])) for name, messages in self.errors.items()]

    def changed_facts(self) -> dict[str, int | str | None]:
        """Return the firm's facts with the changes made."""
        found = dict(self.known) | {change.fact.name: change.after for change in self.changes()}
        return {name: value for name, value in found.items() if value is not None}

    def query(self) -> str:
        """Return the changes as the end of an address, so that a link keeps them."""
        pairs = {change.fact.name: written(change.fact, change.after) for change in self.changes()}
        return f"?{urlencode(pairs)}" if pairs else ""


def can_be_typed(fact: Fact) -> bool:
    """Tell whether a visitor may change a fact here: neither computed nor a code without a list."""
    return not fact.derived and not fact.published_by and (fact.type != "code" or bool(fact.codes))


def written(fact: Fact, value: int | str | None) -> str:
    """Print a value as its field holds it."""
    if value is None:
        return ""
    if fact.type in {"flag", "code"}:
        return str(value)
    return show_quantity(value, fact.unit, _language())


def _is_suspicious(change: Change) -> bool:
    """Tell whether a quantity became a hundred times what it was, or a hundredth."""
    before, after = change.before, change.after
    if (
        change.fact.type in {"flag", "code", "date"}
        or not isinstance(before, int)
        or not isinstance(after, int)
    ):
        return False
    small, large = sorted((abs(before), abs(after)))
    return small > 0 and large > SUSPICIOUS * small


def _read(text: str, fact: Fact) -> int | str:
    """Read a quantity; a bare number is in the fact's own unit, as its field says."""
    if fact.type != "date":
        try:
            return stored_number(text.replace(",", ""), fact.unit)
        except QuantityError:
            pass
    # The range is checked by the caller, who can say it in the reader's language.
    return read_quantity(text, replace(fact, low=-LARGEST, high=LARGEST) if fact.type != "date" else fact)


def _example(fact: Fact) -> str:
    fallback = 200 * fact.unit.factor if fact.unit.factor > 1 else 20
    return show_quantity(EXAMPLES.get(fact.type, fallback), fact.unit, _language())


def _language() -> Language:
    return "en" if (translation.get_language() or "").startswith("en") else "zh"
