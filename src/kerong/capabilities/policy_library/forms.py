"""What a visitor types on the what-if page: a rule, one of its numbers, and another value for it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from kerong.capabilities.policy_library.queries import Range, movable_parameters, movable_rules, range_of
from kerong.capabilities.policy_library.queries.expressions import label_of, language, shown
from kerong.engines.rules.model import NOWHERE, Fact
from kerong.engines.rules.quantities import QuantityError, read_quantity, stored_number

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kerong.engines.rules.model import Mark, Parameter
    from kerong.records.packs.queries import CurrentLaw


SEARCH_MAX = 100
_BARE_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_DIGITS_MANY = 12
WHOLE = 10_000
_POSITIVE = frozenset({"money", "money_usd", "months", "days", "seconds"})


def typed_text(request: HttpRequest, name: str) -> str:
    """Return what was typed into a search box: at most so long, without NUL, which no page can print."""
    return request.GET.get(name, "").replace("\0", "")[:SEARCH_MAX]


class WhatIfForm(forms.Form):
    """The choice of a rule and a parameter, and the value to try, in the parameter's unit or with one."""

    rule = forms.ChoiceField()
    parameter = forms.ChoiceField()
    value = forms.CharField(max_length=40, required=False)

    def __init__(self, law: CurrentLaw, asked: dict[str, str]) -> None:
        self.law = law
        rules = movable_rules(law)
        keys = [rule.key for rule in rules]
        rule = asked.get("rule") or next(iter(keys), "")
        pack = law.library.packs[rule] if rule in keys else None
        parameters = movable_parameters(pack, law.on) if pack else []
        names = [parameter.name for parameter in parameters]
        parameter = asked.get("parameter", "")
        # A parameter of the rule chosen before is no mistake: the visitor has just changed the rule.
        if parameter not in names and asked.get("rule_before", rule) != rule:
            parameter = ""
        parameter = parameter or next(iter(names), "")
        self.chosen: Parameter | None = pack.parameters[parameter] if pack and parameter in names else None
        self.pack = pack
        self.range: Range | None = range_of(self.chosen, law.on) if self.chosen else None
        same = (asked.get("rule_before", rule), asked.get("parameter_before", parameter)) == (rule, parameter)
        value = asked.get("value", "") if same else ""
        super().__init__({"rule": rule, "parameter": parameter, "value": value}, auto_id=False)
        self.choices_of("rule").choices = [(rule.key, label_of(rule)) for rule in rules]
        self.choices_of("parameter").choices = [(p.name, label_of(p)) for p in parameters]
        self.typed = value or (self.range.current_number if self.range else "")

    @property
    def chosen_label(self) -> str:
        """The parameter's label."""
        return label_of(self.chosen)

    @property
    def unit_label(self) -> str:
        """The unit of a bare number."""
        unit = self.chosen.unit if self.chosen else None
        return "" if unit is None else unit.label_en if language() == "en" else unit.label

    @property
    def slider_at(self) -> str:
        """Where the slider stands: at the typed value where that is a number, else at the value in force."""
        stored = getattr(self, "cleaned_data", {}).get("value") if self.is_bound else None
        if self.range is None:
            return ""
        return self.range.number(self.range.current if stored is None else stored)

    @property
    def current_mark(self) -> Mark | None:
        """The source of the value in force."""
        dated = self.chosen.in_force(self.law.on) if self.chosen else None
        return dated.mark if dated else None

    @property
    def bounds(self) -> dict[str, str]:
        """The ends of the slider and the value in force, in words."""
        if self.range is None or self.chosen is None:
            return {}
        ends = {"low": self.range.low, "current": self.range.current, "high": self.range.high}
        return {name: shown(value, self.chosen.unit) for name, value in ends.items()}

    @property
    def warning(self) -> str:
        """Ask to confirm a value that can be tried but hardly meant: a share over 100 %, a sum of nothing."""
        stored = getattr(self, "cleaned_data", {}).get("value")
        if stored is None or self.chosen is None or self.range is None or stored == self.range.current:
            return ""
        kind, current = self.chosen.unit.type, self.range.current
        if kind == "ratio":
            if stored > WHOLE >= current:
                return _("超过 100%，请确认")
            return _("低于 0，请确认") if stored < 0 <= current else ""
        if kind in _POSITIVE and stored <= 0 < current:
            return _("金额或期限为 0 或负数，请确认")
        return ""

    @property
    def value_words(self) -> str:
        """The value to try, in words."""
        stored = getattr(self, "cleaned_data", {}).get("value")
        return "" if stored is None or self.chosen is None else shown(stored, self.chosen.unit)

    def choices_of(self, name: str) -> Any:
        """Return a field with choices."""
        return self.fields[name]

    def clean_value(self) -> int | None:
        """Return the stored value to try: what was typed, or the value in force."""
        if self.chosen is None or self.range is None:
            return None
        text = unicodedata.normalize("NFKC", self.cleaned_data["value"]).strip()
        if not text:
            return self.range.current
        unit = self.chosen.unit
        any_fact = Fact("value", "", "", unit.type, unit, -(10**16), 10**16, place=NOWHERE)
        try:
            stored = stored_number(text.replace(",", ""), unit)
        except QuantityError:
            try:
                stored = int(read_quantity(text, any_fact))
            except QuantityError as error:
                if _BARE_NUMBER.fullmatch(text.replace(",", "")):
                    raise forms.ValidationError(self._why_not(text)) from error
                raise forms.ValidationError(
                    _("读不懂“%(typed)s”。请写一个数，例如 %(example)s。")
                    % {"typed": text[:40], "example": shown(self.range.current, unit)}
                ) from error
        if not self.range.floor <= stored <= self.range.ceiling:
            raise forms.ValidationError(self._out_of_range())
        return stored

    def _why_not(self, text: str) -> str:
        """Say why a plain number cannot be tried: it is too large, or finer than the unit allows."""
        digits, _dot, decimals = text.replace(",", "").lstrip("-").partition(".")
        if decimals.strip("0") and len(digits) < _DIGITS_MANY:
            return _("“%(typed)s”的小数太细：%(expected)s") % {"typed": text[:40], "expected": self._finest()}
        return self._out_of_range()

    def _finest(self) -> str:
        unit = self.chosen.unit if self.chosen else None
        factor = unit.factor if unit else 1
        if factor == 1:
            return _("这里只能写整数。")
        return _("最多写到小数点后 %(places)s 位。") % {"places": len(str(factor)) - 1}

    def _out_of_range(self) -> str:
        if self.range is None or self.chosen is None:
            return ""
        low, high = shown(self.range.floor, self.chosen.unit), shown(self.range.ceiling, self.chosen.unit)
        return _("超出范围：应在 %(low)s 至 %(high)s 之间。") % {"low": low, "high": high}
