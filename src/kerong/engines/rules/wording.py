"""Comparisons in words: what is, what is required and what is missing, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerong.engines.rules.code_names import code_name
from kerong.engines.rules.comparing import (
    NOTHING,
    Span,
    Words,
    gap_words,
    joined,
    least_shortfall,
    shown,
    shown_span,
    told,
)
from kerong.engines.rules.model import UNITS, Fact, Library, Pack, Unit
from kerong.engines.rules.quantities import show_quantity
from kerong.engines.rules.syntax import Tree, names_in
from kerong.engines.rules.together import rounded, step_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kerong.engines.rules.interpreter import Interpreter

OPERATORS: Mapping[str, tuple[str, str]] = {
    ">=": ("不低于", "at least"),
    ">": ("高于", "more than"),
    "<=": ("不超过", "at most"),
    "<": ("低于", "less than"),
    "=": ("等于", "exactly"),
    "<>": ("不等于", "other than"),
    "": ("为", "to be"),
    "date>=": ("不早于", "no earlier than"),
    "date>": ("晚于", "after"),
    "date<=": ("不晚于", "no later than"),
    "date<": ("早于", "before"),
    "date=": ("等于", "exactly"),
    "date<>": ("不等于", "other than"),
}
MIRRORED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
NEGATED = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_TEN_THOUSAND = ("int", 10_000)


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison taken apart: exact texts of both sides, the gap in the unit of one fact, and the sentence.

    ``said`` has both sides as the sentence says them: in one unit with the gap, sums rounded to 0.01万元. The gap
    is None while one side is not certain; its text then says the least.
    """

    measure: Words
    actual: Words
    operator: str
    required: Words
    gap: int | None
    gap_fact: str
    gap_text: Words
    said: tuple[Words, Words]


class Speaker:
    """Puts the expressions of one pack, for one firm, into words."""

    def __init__(self, library: Library, pack: Pack, oracle: Interpreter) -> None:
        self.library, self.pack, self.oracle = library, pack, oracle

    def unit_of(self, tree: Tree) -> Unit:
        """Return the unit in which an expression is best read."""
        for name in names_in(tree):
            head, _, tail = name.partition(".")
            if head in self.pack.points:
                return UNITS["points"]
            if head in self.pack.parameters:
                parameter = self.pack.parameters[head]
                return next((c.unit for c in parameter.columns if c.name == tail), parameter.unit)
            if name in self.library.facts:
                return self.library.facts[name].unit
        return UNITS["number"]

    def label_of(self, tree: Tree) -> Words:
        """Return what an expression is called."""
        if tree[0] == "name":
            return self._name(tree[1])
        names = [self._name(name) for name in names_in(tree) if self._is_actual(name)]
        if not names:
            return Words("计算值", "computed value")
        return Words("、".join(n.zh for n in names), ", ".join(n.en for n in names))

    def _name(self, name: str) -> Words:
        head, _, tail = name.partition(".")
        pack = self.pack
        if head in pack.points:
            card = pack.points[head]
            indicator = next((i for i in card.indicators if i.name == tail), None)
            if indicator:
                return Words(
                    f"{card.label}·{indicator.label}", f"{card.label_en or card.label}: {indicator.label_en}"
                )
            return Words(card.label, card.label_en or card.label)
        if name in pack.classes:
            return Words(pack.classes[name].label, pack.classes[name].label_en or name)
        if head in pack.parameters:
            parameter = pack.parameters[head]
            column = next((c for c in parameter.columns if c.name == tail), parameter)
            return Words(column.label, column.label_en or column.label)
        fact = self.library.facts[name]
        return Words(fact.label, fact.label_en or fact.label)

    def _is_actual(self, name: str) -> bool:
        """Tell whether a name says something of the firm (and not of the law)."""
        return name.partition(".")[0] not in self.pack.parameters

    def says_of_firm(self, tree: Tree) -> bool:
        """Tell whether an expression depends on the firm."""
        return any(self._is_actual(name) for name in names_in(tree))

    def shown(self, tree: Tree, unit: Unit) -> Words:
        """Return an expression's value in words."""
        span = self.oracle.number(self.pack, tree)
        if span is None:
            return Words("未知", "unknown") if self.says_of_firm(tree) else self.unsaid(tree)
        return shown_span(span, unit)

    def unsaid(self, tree: Tree) -> Words:
        """Return why an expression of the law has no value for this firm."""
        for name in names_in(tree):
            parameter = self.pack.parameters.get(name.partition(".")[0])
            if parameter is not None and parameter.by and not self._is_known(parameter.by):
                key = self._name(parameter.by)
                return Words(f"视{key.zh}而定", f"depends on {key.en}")
        return Words("未公布", "not published")

    def _is_known(self, name: str) -> bool:
        value = self.oracle.value(self.pack, name)
        if isinstance(value, tuple):
            return bool(value[0] == value[1])
        return len(value) == 1 if isinstance(value, frozenset) else value is not None

    def compared(self, operator: str, a: Tree, b: Tree, measure: Words | None) -> Compared:
        """Take a comparison of numbers apart, with the firm's side first."""
        if not self.says_of_firm(a) and self.says_of_firm(b):
            a, b, operator = b, a, MIRRORED[operator]
        ratio = self._ratio(operator, a, b, measure)
        if ratio is not None:
            return ratio
        unit = self.unit_of(a)
        left, right = self.oracle.number(self.pack, a), self.oracle.number(self.pack, b)
        label, actual, required = _named(measure, self.label_of(a)), self.shown(a, unit), self.shown(b, unit)
        if left is None or right is None:
            # Without a value there is nothing that "at least" could stand before.
            compared_by = operator if right is not None else ""
            return Compared(label, actual, compared_by, required, None, "", NOTHING, (actual, required))
        if unit.type == "date":
            # Stored as yyyymmdd: their difference is no number of days.
            return Compared(label, actual, f"date{operator}", required, None, "", NOTHING, (actual, required))
        short = least_shortfall(operator, left, right)
        words = told(operator, left, right, short, unit)
        is_certain = left[0] == left[1] and right[0] == right[1]
        return Compared(
            label,
            words.actual if words.is_exact else actual,
            operator,
            words.required if words.is_exact else required,
            short if is_certain else None,
            a[1] if short and is_certain and a[0] == "name" and a[1] not in names_in(b) else "",
            gap_words(operator, words.gap, is_least=not is_certain) if short else NOTHING,
            (words.actual, words.required),
        )

    def _ratio(self, operator: str, a: Tree, b: Tree, measure: Words | None) -> Compared | None:
        """Read ``part * 10000 OP whole * share`` as a share of the whole, with the gap in the part's unit."""
        for x, y, turned in ((a, b, operator), (b, a, MIRRORED[operator])):
            part, product = _without_ten_thousand(x), y
            if part is None or product[0] != "*":
                continue
            for whole, share in ((product[1], product[2]), (product[2], product[1])):
                if self.says_of_firm(share) or self.unit_of(share).type != "ratio":
                    continue
                parts, wholes = self.oracle.number(self.pack, part), self.oracle.number(self.pack, whole)
                shares = self.oracle.number(self.pack, share)
                label = _named(
                    measure,
                    Words(
                        f"{self.label_of(part).zh}占{self.label_of(whole).zh}比",
                        f"{self.label_of(part).en} to {self.label_of(whole).en}",
                    ),
                )
                required = self.shown(share, UNITS["percent"])
                fact = part[1] if part[0] == "name" and part[1] not in names_in(product) else ""
                if parts is None or wholes is None or shares is None:
                    actual = Words("未知", "unknown")
                    compared_by = turned if shares is not None else ""
                    return Compared(
                        label, actual, compared_by, required, None, "", NOTHING, (actual, required)
                    )
                goals = (wholes[0] * shares[0] / 10_000, wholes[1] * shares[1] / 10_000)
                short = least_shortfall(turned, parts, goals)
                actual = _share_of(parts, wholes, up=short is not None and turned in {"<=", "<"})
                is_certain = parts[0] == parts[1] and goals[0] == goals[1]
                gap_text = NOTHING
                if short:
                    unit = self.unit_of(part)
                    up = rounded(short, step_of(unit.type, [short]), up=True)
                    amount = Words(*(show_quantity(up, unit, x) for x in ("zh", "en")))
                    short_of = gap_words(turned, amount, is_least=not is_certain)
                    named = self.label_of(part)
                    gap_text = Words(f"{named.zh}{short_of.zh}", f"{named.en} {short_of.en}")
                # Moving a part that is also in the whole would move the requirement too.
                return Compared(
                    label,
                    actual,
                    turned,
                    required,
                    short if is_certain else None,
                    fact if short and is_certain else "",
                    gap_text,
                    (actual, required),
                )
        return None

    def code_text(self, fact_or_class: str, code: str | None) -> Words:
        """Return a code in words."""
        if code is None:
            return Words("无", "none")
        if fact_or_class in self.pack.classes:
            option = next((o for o in self.pack.classes[fact_or_class].options if o.value == code), None)
            return Words(option.label, option.label_en or option.label) if option else Words(code, code)
        fact = self.library.facts.get(fact_or_class)
        return Words(code_name(fact, code), code_name(fact, code, "en")) if fact else Words(code, code)


def _named(measure: Words | None, found: Words) -> Words:
    """Return the clause's own name of the quantity, with the facts' English where it has none."""
    return found if measure is None else Words(measure.zh, measure.en or found.en)


def _without_ten_thousand(tree: Tree) -> Tree | None:
    if tree[0] == "*" and _TEN_THOUSAND in (tree[1], tree[2]):
        other: Tree = tree[2] if tree[1] == _TEN_THOUSAND else tree[1]
        return other
    return None


def _share_of(parts: Span, wholes: Span, *, up: bool) -> Words:
    """Print the share that a part has in a whole; two ends while facts are missing."""
    if wholes[0] <= 0:
        return Words("未知", "unknown")
    ends = dict.fromkeys((parts[0] * 10_000 / wholes[1], parts[1] * 10_000 / wholes[0]))
    return Words(
        *(joined([shown(x, UNITS["percent"], said, up=up) for x in ends], said) for said in ("zh", "en"))
    )


def fact_words(fact: Fact, value: int | str) -> Words:
    """Return a fact's value in words."""
    if fact.type == "code":
        return Words(code_name(fact, str(value)), code_name(fact, str(value), "en"))
    return Words(show_quantity(value, fact.unit, "zh"), show_quantity(value, fact.unit, "en"))
