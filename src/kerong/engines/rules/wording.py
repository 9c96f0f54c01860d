"""Comparisons in words: what is, what is required and what is missing, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Literal

from kerong.engines.rules.code_names import code_name
from kerong.engines.rules.model import UNITS, Fact, Library, Pack, Unit
from kerong.engines.rules.quantities import Language, show_quantity
from kerong.engines.rules.syntax import Tree, names_in

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
}
MIRRORED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
NEGATED = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_TEN_THOUSAND = ("int", 10_000)


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison taken apart: texts of both sides, and the gap in the unit of one fact."""

    measure: Words
    actual: Words
    operator: str
    required: Words
    gap: int | None
    gap_fact: str
    gap_text: Words


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
        texts = [
            Words(*(_shown(x, unit, language) for language in ("zh", "en"))) for x in dict.fromkeys(span)
        ]
        return Words(" 至 ".join(t.zh for t in texts), " to ".join(t.en for t in texts))

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
        gap, gap_text, gap_fact = None, Words("", ""), ""
        if left is not None and right is not None:
            short = _shortfall(operator, left[0] if operator in {">=", ">"} else left[1], right[0])
            if short is not None and short > 0:
                gap, gap_fact = short, a[1] if a[0] == "name" and a[1] not in names_in(b) else ""
                gap_text = _gap_words(operator, _difference(short, unit))
        return Compared(
            _named(measure, self.label_of(a)),
            self.shown(a, unit),
            operator,
            self.shown(b, unit),
            gap,
            gap_fact,
            gap_text,
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
                actual = Words("未知", "unknown")
                gap, gap_text = None, Words("", "")
                if parts is not None and wholes is not None and shares is not None:
                    if wholes[0] > 0:
                        value = parts[0] * 10_000 / wholes[0]
                        actual = Words(*(_shown(value, UNITS["percent"], x) for x in ("zh", "en")))
                    short = _shortfall(turned, parts[0], wholes[0] * shares[0] / 10_000)
                    if short is not None and short > 0:
                        gap = short
                        unit = self.unit_of(part)
                        words = Words(*(_shown(Fraction(short), unit, x) for x in ("zh", "en")))
                        named = Words(
                            f"{words.zh}{self.label_of(part).zh}", f"{words.en} of {self.label_of(part).en}"
                        )
                        gap_text = _gap_words(turned, named)
                # Moving a part that is also in the whole would move the requirement too.
                fact = part[1] if part[0] == "name" and part[1] not in names_in(product) else ""
                return Compared(
                    label, actual, turned, self.shown(share, UNITS["percent"]), gap, fact, gap_text
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


def _shortfall(operator: str, actual: Fraction, required: Fraction) -> int | None:
    """Return the least whole change that meets the comparison; None where no single direction would."""
    if operator == ">=":
        return ceil(required - actual)
    if operator == ">":
        return floor(required - actual) + 1
    if operator == "<=":
        return ceil(actual - required)
    if operator == "<":
        return floor(actual - required) + 1
    return None


def _difference(size: int, unit: Unit) -> Words:
    """Print a difference; between two ratios it is percentage points."""
    if unit.type == "ratio":
        points = f"{size // 100}.{size % 100:02}".rstrip("0").rstrip(".")
        return Words(f"{points} 个百分点", f"{points} percentage points")
    return Words(*(_shown(Fraction(size), unit, x) for x in ("zh", "en")))


def _gap_words(operator: str, amount: Words) -> Words:
    if operator in {">=", ">"}:
        return Words(f"还差 {amount.zh}", f"{amount.en} short")
    return Words(f"超出 {amount.zh}", f"{amount.en} over")


def _shown(value: Fraction, unit: Unit, language: Language | Literal["zh", "en"]) -> str:
    """Print an exact number in a unit; what is no whole stored unit is cut, never rounded up past a threshold."""
    whole = floor(value)
    text = show_quantity(whole, unit, "zh" if language == "zh" else "en")
    return text if value == whole else f"约 {text}" if language == "zh" else f"about {text}"


def fact_words(fact: Fact, value: int | str) -> Words:
    """Return a fact's value in words."""
    if fact.type == "code":
        return Words(code_name(fact, str(value)), code_name(fact, str(value), "en"))
    return Words(show_quantity(value, fact.unit, "zh"), show_quantity(value, fact.unit, "en"))
