"""Say for one firm and one rule: met, not met or unknown, why, and with which facts, values and sources."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from kerong.engines.rules.code_names import prefix_name
from kerong.engines.rules.evaluation import (
    AmountWorkedOut,
    BranchExplanation,
    ClauseExplanation,
    Comparison,
    Evaluation,
    IndicatorPoints,
    MissingFact,
    Nearness,
    ScorecardPoints,
    Truth,
    Way,
)
from kerong.engines.rules.facts_known import MissingNames, completed, missing_fact
from kerong.engines.rules.interpreter import Interpreter, all_of
from kerong.engines.rules.interpreter import Truth as Kleene
from kerong.engines.rules.quantities import Language, show_quantity
from kerong.engines.rules.syntax import Tree, names_in, parsed
from kerong.engines.rules.used import Used
from kerong.engines.rules.wording import NEGATED, OPERATORS, Speaker, Words, fact_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kerong.engines.rules.compiler import Catalogue, Rule
    from kerong.engines.rules.model import Clause

_TRUTH: Mapping[Kleene, Truth] = {True: "met", False: "not_met", None: "unknown"}
_NOT_PUBLISHED = Words("未公布", "not published")


def explain(
    catalogue: Catalogue, key: str, facts: Mapping[str, int | str | None], ways: tuple[Way, ...] = ()
) -> Evaluation:
    """Hold one rule against one firm and give every reason.

    ``facts`` holds stored values; derived facts are worked out. ``ways`` are put into the result as given
    (see ``moves.ways``).

    Raises:
        KeyError: no rule of that key is in force.

    """
    rule = catalogue.rule(key)
    return _Explainer(catalogue, rule, completed(catalogue.library, catalogue.on, facts)).evaluation(ways)


class _Explainer:
    """Explains one rule to one firm."""

    def __init__(self, catalogue: Catalogue, rule: Rule, known: Mapping[str, int | str | None]) -> None:
        self.catalogue, self.rule, self.known = catalogue, rule, known
        self.library, self.on, self.pack = catalogue.library, catalogue.on, rule.pack
        self.oracle = Interpreter(self.library, self.on, known)
        self.speaker = Speaker(self.library, self.pack, self.oracle)

    def evaluation(self, ways: tuple[Way, ...]) -> Evaluation:
        clauses = tuple(self.clause(clause) for clause in self.rule.clauses)
        truths = [self.oracle.clause(self.pack, clause) for clause in self.rule.clauses]
        missing = {fact.name: fact for clause in clauses for fact in clause.missing}
        used = Used(self.rule, self.known, self.oracle, self.speaker)
        return Evaluation(
            rule=self.rule.key,
            label=self.pack.label,
            label_en=self.pack.label_en or self.pack.label,
            on=self.on,
            verdict=_TRUTH[all_of(truths)],
            nearness=self._nearness(truths),
            clauses=clauses,
            points=tuple(self._scorecard(name) for name in self.pack.points),
            classes={
                name: tuple(
                    self.speaker.code_text(name, value).zh for value in self.oracle.classes(self.pack, name)
                )
                for name in self.pack.classes
            },
            amounts=tuple(self._amount(name) for name in self.pack.amounts),
            parameters=tuple(used.parameters()),
            facts=tuple(used.facts()),
            missing=tuple(missing.values()),
            ways=ways,
            pack_sha256=self.pack.text_sha256,
            library_sha256=self.library.sha256,
        )

    def _nearness(self, truths: list[Kleene]) -> Nearness:
        """Judge nearness on distinct criteria: clauses that say the same count once."""
        by_criterion = dict(zip(self.rule.clause_criteria, truths, strict=True))
        unmet, unknown = (list(by_criterion.values()).count(kind) for kind in (False, None))
        if unmet == 1 and unknown == 0:
            return "near_miss"
        return "one_document_away" if unmet == 0 and unknown == 1 and not self.rule.blocked else "none"

    def clause(self, clause: Clause) -> ClauseExplanation:
        """Explain one clause."""
        truth = self.oracle.clause(self.pack, clause)
        branches = tuple(
            BranchExplanation(
                branch.id,
                self._filled(branch.label, "zh"),
                _TRUTH[all_of(self.oracle.clause(self.pack, part) for part in branch.parts)],
                tuple(self.clause(part) for part in branch.parts),
            )
            for branch in clause.any_of
        )
        measure = Words(clause.measure, "") if clause.measure else None
        comparisons = () if branches else tuple(self._comparisons(parsed(clause.holds_when)[0], measure))
        missing, unpublished = self._missing(clause) if truth is None else ((), ())
        label, label_en = (
            self._filled(clause.label, "zh"),
            self._filled(clause.label_en or clause.label, "en"),
        )
        words = self._sentence(truth, Words(label, label_en), comparisons, branches, missing, unpublished)
        return ClauseExplanation(
            clause.id,
            label,
            label_en,
            _TRUTH[truth],
            words.zh,
            words.en,
            comparisons,
            branches,
            clause.mark,
            missing,
            unpublished,
        )

    def _filled(self, text: str, language: Language) -> str:
        """Put the values in force into a label's placeholders."""

        def value(match: re.Match[str]) -> str:
            name = match[1]
            head, _, tail = name.partition(".")
            parameter = self.pack.parameters.get(head)
            if parameter is None:
                return match[0]
            unit = next((c.unit for c in parameter.columns if c.name == tail), parameter.unit)
            found = self.oracle.value(self.pack, name)
            if isinstance(found, frozenset):
                found = next(iter(cast("frozenset[str]", found)))
            if found is None:
                unsaid = self.speaker.unsaid(("name", name))
                return f"（数值{unsaid.zh}）" if language == "zh" else f"({unsaid.en})"
            return show_quantity(found, unit, language)

        return re.sub(r" ?（(数值[^）]*)） ?", r"（\1）", re.sub(r"\{([a-z0-9_.]+)\}", value, text))

    def _comparisons(
        self, tree: Tree, measure: Words | None, *, negated: bool = False
    ) -> Iterable[Comparison]:
        """Yield the comparisons of a condition, negations pushed inside."""
        match tree:
            case ("or", parts) if len(parts) > 1 and all(
                p[0] == "like" and p[1] == parts[0][1] for p in parts
            ):
                # Several prefixes of one code are one list, told once.
                yield self._other(tree, measure, negated=negated)
            case ("and" | "or", parts):
                for part in parts:
                    yield from self._comparisons(part, measure if len(parts) == 1 else None, negated=negated)
            case ("not", part):
                yield from self._comparisons(part, measure, negated=not negated)
            case ("between", a, low, high):
                first, second = ("cmp", ">=", a, low), ("cmp", "<=", a, high)
                yield from self._comparisons(first, measure, negated=negated)
                yield from self._comparisons(second, measure, negated=negated)
            case ("cmp", operator, a, b) if self._is_numeric(a, b):
                yield self._number(
                    tree, NEGATED[operator] if negated else operator, a, b, measure, negated=negated
                )
            case ("bool", _) | ("null",):
                return
            case _:
                yield self._other(tree, measure, negated=negated)

    def _is_numeric(self, a: Tree, b: Tree) -> bool:
        if "bool" in (a[0], b[0]) or "text" in (a[0], b[0]):
            return False
        return all(self.speaker.unit_of(x).type not in {"code", "flag"} or x[0] != "name" for x in (a, b))

    def _number(  # noqa: PLR0913 - a comparison has this many parts
        self, tree: Tree, operator: str, a: Tree, b: Tree, measure: Words | None, *, negated: bool
    ) -> Comparison:
        truth = self.oracle.truth(self.pack, ("not", tree) if negated else tree)
        found = self.speaker.compared(operator, a, b, measure)
        zh, en = OPERATORS[found.operator]
        required = found.required
        kept = truth is False
        said, asked = found.said
        sentence = Words(
            f"{found.measure.zh} {said.zh}，要求{f'{zh} ' if found.operator else '的数值'}{asked.zh}",
            f"{found.measure.en}: {said.en}, required{f' {en}' if found.operator else ':'} {asked.en}",
        )
        if kept and found.gap_text.zh:
            sentence = Words(f"{sentence.zh}，{found.gap_text.zh}", f"{sentence.en}, {found.gap_text.en}")
        return Comparison(
            truth=_TRUTH[truth],
            measure=found.measure.zh,
            measure_en=found.measure.en,
            actual=found.actual.zh,
            actual_en=found.actual.en,
            operator=zh,
            operator_en=en,
            required=required.zh,
            required_en=required.en,
            gap=found.gap if kept else None,
            gap_fact=found.gap_fact if kept else "",
            gap_text=found.gap_text.zh if kept else "",
            gap_text_en=found.gap_text.en if kept else "",
            sentence=sentence.zh,
            sentence_en=sentence.en,
        )

    def _other(self, tree: Tree, measure: Words | None, *, negated: bool) -> Comparison:
        """Explain a test of a flag, a code, or of being known."""
        truth = self.oracle.truth(self.pack, ("not", tree) if negated else tree)
        names = [name for name in names_in(tree) if self.speaker.says_of_firm(("name", name))]
        name = names[0] if names else ""
        found = self.speaker.label_of(("name", name)) if name else Words("条件", "condition")
        label = Words(measure.zh, found.en) if measure else found
        actual = self._actual(name)
        required = self._required(tree, name, negated=negated)
        return Comparison(
            truth=_TRUTH[truth],
            measure=label.zh,
            measure_en=label.en,
            actual=actual.zh,
            actual_en=actual.en,
            operator="为",
            operator_en="to be",
            required=required.zh,
            required_en=required.en,
            sentence=f"{label.zh}：{actual.zh}，要求：{required.zh}",
            sentence_en=f"{label.en}: {actual.en}, required: {required.en}",
        )

    def _actual(self, name: str) -> Words:
        if not name:
            return Words("", "")
        value = self.oracle.value(self.pack, name)
        if value is None:
            return Words("未知", "unknown")
        if isinstance(value, frozenset):
            texts = [
                self.speaker.code_text(name, code) for code in sorted(cast("frozenset[str]", value), key=str)
            ]
            return Words("或".join(t.zh for t in texts), " or ".join(t.en for t in texts))
        if isinstance(value, tuple):
            return self.speaker.shown(("name", name), self.speaker.unit_of(("name", name)))
        fact = self.library.facts.get(name)
        return fact_words(fact, int(value)) if fact else Words(str(value), str(value))

    def _required(self, tree: Tree, name: str, *, negated: bool) -> Words:
        match tree:
            case ("name", _):
                return Words("否", "no") if negated else Words("是", "yes")
            case ("cmp", operator, a, b) if "bool" in (a[0], b[0]):
                wanted = (a if a[0] == "bool" else b)[1] == (operator == "=")
                return Words("是", "yes") if wanted != negated else Words("否", "no")
            case ("cmp", operator, a, b):
                item = b if a == ("name", name) else a
                return self._listed(name, (item,), excluded=(operator == "<>") != negated)
            case ("in", _, items):
                return self._listed(name, items, excluded=negated)
            case ("like", _, prefix):
                fact = self.library.facts.get(name)
                inside = prefix_name(fact, prefix) if fact else f"{prefix}…"
                return Words(f"{'非 ' if negated else ''}{inside}", f"{'not ' if negated else ''}{prefix}…")
            case ("or", parts):
                each = [self._required(part, name, negated=False) for part in parts]
                zh, en = "、".join(words.zh for words in each), ", ".join(words.en for words in each)
                return (
                    Words(f"不在 {zh} 之列", f"none of {en}")
                    if negated
                    else Words(f"{zh} 之一", f"one of {en}")
                )
            case ("isnull", _):
                return Words("已知", "known") if negated else Words("未登记", "not recorded")
            case _:
                return Words("成立", "to hold")

    def _listed(self, name: str, items: Iterable[Tree], *, excluded: bool) -> Words:
        texts: list[Words] = []
        for item in items:
            if item[0] == "text":
                texts.append(self.speaker.code_text(name, item[1]))
            elif item[0] == "name":
                value = self.oracle.value(self.pack, item[1])
                if isinstance(value, frozenset):
                    texts.append(self.speaker.code_text(name, next(iter(cast("frozenset[str]", value)))))
                else:
                    texts.append(self.speaker.shown(item, self.speaker.unit_of(item)))
            elif item[0] == "null":
                texts.append(_NOT_PUBLISHED)
            else:
                texts.append(self.speaker.shown(item, self.speaker.unit_of(("name", name))))
        zh, en = "、".join(t.zh for t in texts), ", ".join(t.en for t in texts)
        return Words(f"非 {zh}", f"none of {en}") if excluded else Words(zh, en)

    def _missing(self, clause: Clause) -> tuple[tuple[MissingFact, ...], tuple[str, ...]]:
        finder = MissingNames(self.library, self.on, self.known)
        for part in (clause, *(p for branch in clause.any_of for p in branch.parts)):
            if part.holds_when:
                finder.condition(self.pack, part.holds_when)
        return tuple(missing_fact(self.library, name) for name in finder.facts), tuple(finder.unpublished)

    def _sentence(  # noqa: PLR0913, PLR0917 - what a sentence is made of
        self, truth: Kleene, label: Words, comparisons: tuple[Comparison, ...], branches: tuple[BranchExplanation, ...],
        missing: tuple[MissingFact, ...], unpublished: tuple[str, ...],
    ) -> Words:  # fmt: skip
        if truth is None:
            return self._unknown_sentence(label, missing, unpublished)
        if branches:
            met = [branch.label for branch in branches if branch.truth == "met"]
            if met:
                return Words(f"符合：{met[0]}", f"met: {label.en}")
            tried = "；".join(
                f"{b.label}：" + "，".join(p.sentence for p in b.parts if p.truth != "met") for b in branches
            )
            tried_en = "; ".join(
                ", ".join(p.sentence_en for p in b.parts if p.truth != "met") for b in branches
            )
            return Words(f"以下各项均未满足——{tried}", f"none of these holds: {tried_en}")
        told = [c for c in comparisons if c.truth == _TRUTH[truth]] or list(comparisons)
        return Words(
            "；".join(c.sentence for c in told) or label.zh,
            "; ".join(c.sentence_en for c in told) or label.en,
        )

    @staticmethod
    def _unknown_sentence(
        label: Words, missing: tuple[MissingFact, ...], unpublished: tuple[str, ...]
    ) -> Words:
        zh: list[str] = []
        en: list[str] = []
        if missing:
            zh.append("缺少资料：" + "、".join(dict.fromkeys(_asked(fact) for fact in missing)))
            en.append("missing: " + ", ".join(dict.fromkeys(fact.label_en for fact in missing)))
        if unpublished:
            zh.append("、".join(f"“{name}”未公布" for name in unpublished))
            en.append("a value of this rule is not published")
        return Words(
            "；".join(zh) or f"{label.zh}：无法判断", "; ".join(en) or f"{label.en}: cannot be decided"
        )

    def _scorecard(self, name: str) -> ScorecardPoints:
        card = self.pack.points[name]
        indicators: list[IndicatorPoints] = []
        for indicator in card.indicators:
            low, high = self.oracle.points(self.pack, indicator)
            indicators.append(
                IndicatorPoints(
                    indicator.name,
                    indicator.label,
                    indicator.label_en,
                    indicator.group,
                    int(low),
                    int(high),
                    indicator.max,
                )
            )
        low, high = sum(i.low for i in indicators), sum(i.high for i in indicators)
        return ScorecardPoints(name, card.label, card.label_en, low, high, card.max, tuple(indicators))

    def _amount(self, name: str) -> AmountWorkedOut:
        amount = self.pack.amounts[name]
        span = self.oracle.number(self.pack, parsed(amount.expression)[0])
        value = int(span[0] // 1) if span is not None and span[0] == span[1] else None
        words = (
            self._no_amount(amount.expression)
            if value is None
            else Words(show_quantity(value, amount.unit, "zh"), show_quantity(value, amount.unit, "en"))
        )
        return AmountWorkedOut(name, amount.label, amount.label_en, value, words.zh, words.en, amount.mark)

    def _no_amount(self, expression: str) -> Words:
        """Say why an amount cannot be worked out: a value of the law is not published, or facts are missing."""
        finder = MissingNames(self.library, self.on, self.known)
        for name in names_in(parsed(expression)[0]):
            finder.name(self.pack, name)
        facts = [self.library.facts[name] for name in finder.facts]
        zh = [f"“{label}”未公布" for label in finder.unpublished] + [f"缺“{fact.label}”" for fact in facts]
        en = ["not published"] * bool(finder.unpublished) + [f"missing: {fact.label_en}" for fact in facts]
        why, why_en = f"（{'，'.join(zh)}）" if zh else "", f" ({', '.join(en)})" if en else ""
        return Words(f"无法计算{why}", f"cannot be worked out{why_en}")


def _asked(fact: MissingFact) -> str:
    source = "，".join(text for text in (fact.document, fact.holder) if text)
    return f"“{fact.label}”（{source}）" if source else f"“{fact.label}”"
